"""Days of which several files speak about one card: they are looked at together, once, and kept in the lake.

A range query answers one metric, so power and utilisation of a card come in two files; a later file may correct
some days of an earlier one; and samples that name nobody are of who holds the card by the usage records. Only such
card-days are read again row by row.
"""

from dataclasses import dataclass
from pathlib import Path

from hesuan.flows.intake.evidence import Intake, file_order
from hesuan.flows.lake.file_set import begin, finish_derived, is_whole_of, parts_of, set_name, staged_of
from hesuan.flows.lake.volume import volumes
from hesuan.flows.occupancy.holding import DEVICES, RECORDS, Told, make_holdings
from hesuan.flows.occupancy.occupy import occupy_jointly
from hesuan.flows.occupancy.sample import SampleSet, sample_set
from hesuan.flows.warehouse import Connection, connect, parquet
from hesuan.flows.workspace import Workspace

SHARED = """
    with ranked as (select unnest(files) as file_sha256, unnest(range(len(files))) as set_no from (select $1 as files)),
    spans as (
        select
            provider_id,
            device_uuid,
            lower(device_uuid) as card,
            day_no,
            set_no,
            min(first_s) as first_s,
            max(last_s) as last_s,
        from {days}
        join ranked using (file_sha256)
        group by provider_id, device_uuid, day_no, set_no
    ),
    followed as (
        select *, first_s <= max(last_s) over (
            partition by provider_id, card, day_no order by first_s, last_s, set_no, device_uuid
            rows between unbounded preceding and 1 preceding
        ) as is_among
        from spans
    ),
    spoken as (
        select
            provider_id,
            day_no,
            card,
            list(distinct device_uuid) as spellings,
            list(distinct set_no order by set_no) as set_nos,
            bool_or(is_among) as is_shared,
        from followed
        group by provider_id, day_no, card
    ),
    shared as (
        select s.*, h.held
        from spoken as s
        left join held_day as h
            on h.card = s.card and h.day_no = s.day_no and h.provider_id is not distinct from s.provider_id
        where s.is_shared or h.held is not null
    )
    select
        provider_id,
        day_no,
        list_sort(flatten(list(spellings))),
        set_nos,
        md5(string_agg(concat(card, chr(30), held), chr(29) order by card) filter (held is not null)),
    from shared
    group by provider_id, day_no, set_nos
    order by provider_id, day_no, set_nos
"""
NOBODYS = """
    create temp table nobodys as
    select distinct provider_id, lower(device_uuid) as card, day_no
    from {days}
    where tenant is null and contract_no is null
"""
ASKED = "create temp table asked as select distinct provider_id, card from nobodys"
# By whom a card was held on a day, as one text: where that is another one, the day is made anew.
HELD_DAY = """
    create temp table held_day as
    with by_day as (
        select *, unnest(range((begin_s + 28800) // 86400, (stop_s - 1 + 28800) // 86400 + 1)) as day_no from holding
    )
    select
        h.provider_id,
        h.card,
        h.day_no,
        string_agg(
            concat_ws(
                chr(31),
                greatest(h.begin_s, h.day_no * 86400 - 28800),
                least(h.stop_s, h.day_no * 86400 + 57600),
                coalesce(h.holder.cluster_id, ''),
                coalesce(h.holder.tenant, ''),
                coalesce(h.holder.contract_no, '')
            ),
            chr(30) order by h.begin_s
        ) as held,
    from by_day as h
    semi join nobodys as n on n.card = h.card and n.day_no = h.day_no and n.provider_id is not distinct from h.provider_id
    group by h.provider_id, h.card, h.day_no
"""
NOTHING_HELD = "create temp table held_day (provider_id varchar, card varchar, day_no bigint, held varchar)"


@dataclass(frozen=True)
class SharedDay:
    """Cards of a provider on one day of Asia/Shanghai, and the files that speak of them, in their order.

    told: where samples of the day name nobody and a card of it was held, what tells by whom; held: MD5 of what it tells.
    """

    provider_id: str | None
    day_no: int
    cards: tuple[str, ...]
    sets: tuple[SampleSet, ...]
    held: str | None
    told: Told | None


@dataclass(frozen=True)
class Settled:
    """What a shared day came to lies in `folder`, in place of what the single files said of it."""

    day: SharedDay
    folder: Path


def shared_days(intakes: list[Intake], folders: list[Path]) -> list[SharedDay]:
    """Card-days whose samples in two files lie among one another, or name nobody while a record holds the card.

    Empty where every card has its own file, which says whose it is. However its letters are written, a card is one;
    `cards` names each spelling. Asked of the hours summed by day: they name their file, and lie bound where there are many.
    """
    several = len(_days_in(folders)) > 1
    bound = volumes(folders) if several else folders
    found = _days_in(bound)
    if not found:
        return []
    sets, days = _in_order(intakes, folders), parquet(found)
    with connect() as connection:
        connection.execute(NOBODYS.format(days=days))
        is_any = connection.execute("select count(*) from nobodys").fetchall() != [(0,)]
        told = _told(intakes, folders, bound) if is_any else None
        if told is None and not several:
            return []
        _find_held_days(connection, told)
        rows = connection.execute(SHARED.format(days=days), [[s.file_sha256 for s in sets]]).fetchall()
    return [
        SharedDay(who, day, tuple(cards), tuple(sets[n] for n in nos), held, told if held else None)
        for who, day, cards, nos, held in rows
    ]


def _told(intakes: list[Intake], folders: list[Path], bound: list[Path]) -> Told | None:
    """What tells who held a card; None without usage records."""
    records, devices = (
        tuple(part for folder in bound for part in parts_of(folder, table)) for table in (RECORDS, DEVICES)
    )
    if not records:
        return None
    pairs = zip(intakes, folders, strict=True)
    ordered = sorted(pairs, key=lambda pair: file_order(pair[0], staged_of(pair[1]).latest))
    files = tuple((intake.sha256, intake.declaration.get("exported_at")) for intake, _ in ordered)
    return Told(files, records, devices)


def _find_held_days(connection: Connection, told: Told | None) -> None:
    """Table held_day: the card-days in `nobodys` of which is told who held the card."""
    if told is None:
        connection.execute(NOTHING_HELD)
        return
    connection.execute(ASKED)
    make_holdings(connection, told)
    connection.execute(HELD_DAY)


def _days_in(folders: list[Path]) -> list[Path]:
    """The Parquet files of hours summed by day."""
    found = (folder / "occupancy_day.parquet" for folder in folders)
    return [path for path in found if path.exists()]


def _in_order(intakes: list[Intake], folders: list[Path]) -> list[SampleSet]:
    """The sets in the order of files; samples know no other instant than those of their declaration."""
    pairs = sorted(zip(intakes, folders, strict=True), key=lambda pair: file_order(pair[0]))
    return [sample_set(intake, folder, rank=rank) for rank, (intake, folder) in enumerate(pairs)]


def settle(day: SharedDay, workspace: Workspace) -> Settled:
    """The day's set in the lake, made where it is not there yet."""
    folder = workspace.lake / _name(day)
    if not is_whole_of(folder, (each.folder for each in day.sets)):
        making = begin(folder)
        occupy_jointly(
            list(day.sets),
            making,
            provider_id=day.provider_id,
            day_no=day.day_no,
            cards=list(day.cards),
            told=day.told,
        )
        finish_derived(making, folder, kind="shared")
    return Settled(day, folder)


def _name(day: SharedDay) -> str:
    return set_name(
        [s.folder.name for s in day.sets], day.provider_id, day.day_no, *([day.held] if day.held else [])
    )
