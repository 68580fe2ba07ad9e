"""Days of which several files speak about one card: their samples are looked at together, once, and kept in the lake.

A range query answers one metric, so power and utilisation of a card come in two files; a later file may correct
some days of an earlier one. Only such card-days are read again row by row.
"""

from dataclasses import dataclass
from pathlib import Path

from hesuan.flows.intake.evidence import Intake, file_order
from hesuan.flows.lake.file_set import begin, finish_derived, is_whole, set_name
from hesuan.flows.lake.volume import volumes
from hesuan.flows.occupancy.occupy import occupy_jointly
from hesuan.flows.occupancy.sample import SampleSet, sample_set
from hesuan.flows.warehouse import connect, parquet
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
    shared as (
        select provider_id, day_no, list(distinct device_uuid) as spellings, list(distinct set_no order by set_no) as set_nos
        from followed
        group by provider_id, day_no, card
        having bool_or(is_among)
    )
    select provider_id, day_no, list_sort(flatten(list(spellings))), set_nos
    from shared
    group by provider_id, day_no, set_nos
    order by provider_id, day_no, set_nos
"""


@dataclass(frozen=True)
class SharedDay:
    """Cards of a provider on one day of Asia/Shanghai, and the files that speak of them, in their order."""

    provider_id: str | None
    day_no: int
    cards: tuple[str, ...]
    sets: tuple[SampleSet, ...]


@dataclass(frozen=True)
class Settled:
    """What a shared day came to lies in `folder`, in place of what the single files said of it."""

    day: SharedDay
    folder: Path


def shared_days(intakes: list[Intake], folders: list[Path]) -> list[SharedDay]:
    """Card-days whose samples in two files lie among one another; empty where every card has its own file.

    However its letters are written, a card is one; `cards` names each spelling.
    Asked of the hours summed by day: they name their file, and lie bound where there are many files.
    """
    if len(_days_in(folders)) < 2:
        return []
    sets, days = _in_order(intakes, folders), parquet(_days_in(volumes(folders)))
    with connect() as connection:
        rows = connection.execute(SHARED.format(days=days), [[s.file_sha256 for s in sets]]).fetchall()
    return [SharedDay(who, day, tuple(cards), tuple(sets[n] for n in nos)) for who, day, cards, nos in rows]


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
    if not is_whole(folder):
        making = begin(folder)
        occupy_jointly(
            list(day.sets), making, provider_id=day.provider_id, day_no=day.day_no, cards=list(day.cards)
        )
        finish_derived(making, folder, kind="shared")
    return Settled(day, folder)


def _name(day: SharedDay) -> str:
    return set_name([s.folder.name for s in day.sets], day.provider_id, day.day_no)
