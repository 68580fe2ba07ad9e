"""Drawers: the cards of a city by the hash of their names, so that providers are compared a drawer at a time, anywhere.

A drawer is a hash bucket; called otherwise because a bucket is where a workspace may lie.
Only cards that two providers name at all are in a drawer: an honest city has none, and compares nothing.
"""

from dataclasses import dataclass
from pathlib import Path

from hesuan.flows.lake.file_set import begin, finish_derived, is_whole_of, set_name
from hesuan.flows.lake.volume import volumes
from hesuan.flows.occupancy.occupy import bounded
from hesuan.flows.spell.card import SLOTS, UNBROKEN
from hesuan.flows.spell.keep import SPELLS
from hesuan.flows.warehouse import connect, parquet, quoted
from hesuan.flows.workspace import Workspace

# As many tasks at most. What comes out does not depend on it.
DRAWERS = 16
MET = "elsewhere.parquet"
SHARED = """
    with placed as (select slot, provider_id, file_index as set_no from {spells}),
    shared as (
        select slot from placed group by slot having min(provider_id) < max(provider_id)
    )
    select list(distinct slot order by slot), list(distinct set_no order by set_no)
    from placed
    semi join shared using (slot)
    group by slot * {count} // {slots}
    order by slot * {count} // {slots}
"""
# Unbroken spells of one provider never overlap: where two of a card do, they are two providers'.
COMPARED = """
    copy (
        with spells as (
            select distinct slot, card, provider_id, is_record, from_day, to_day
            from {spells}
            where slot between {first} and {last} and slot in ({asked})
        ),
        {unbroken},
        followed as (
            select
                card,
                from_day <= max(to_day) over (
                    partition by card, is_record
                    order by from_day, to_day, provider_id
                    rows between unbounded preceding and 1 preceding
                ) as is_met,
            from unbroken
        )
        select card from followed where is_met group by card order by card
    ) to {path} (format parquet, compression lz4)
"""


@dataclass(frozen=True)
class Drawer:
    """Slots that hold cards of two providers or more, and the sets that speak of them."""

    slots: tuple[int, ...]
    sets: tuple[Path, ...]


def drawers(folders: list[Path], count: int = DRAWERS) -> list[Drawer]:
    """The drawers of a night, in the order of their slots; none where no card has a name at two providers."""
    sets = [folder for folder in volumes(folders) if (folder / SPELLS).exists()]
    if not sets:
        return []
    spells = parquet(folder / SPELLS for folder in sets)
    with connect() as connection:
        rows = connection.execute(SHARED.format(spells=spells, count=count, slots=SLOTS)).fetchall()
    return [Drawer(tuple(slots), tuple(sets[number] for number in numbers)) for slots, numbers in rows]


def compare(drawer: Drawer, workspace: Workspace) -> Path:
    """The drawer's set in the lake, made where it is not there yet: the cards in use at two providers on one day."""
    names = sorted(folder.name for folder in drawer.sets)
    folder = workspace.lake / set_name("drawer", names, drawer.slots)
    if is_whole_of(folder, drawer.sets):
        return folder
    making = begin(folder)
    query = COMPARED.format(
        spells=parquet(each / SPELLS for each in drawer.sets),
        first=drawer.slots[0],
        last=drawer.slots[-1],
        asked=", ".join(str(slot) for slot in drawer.slots),
        unbroken=UNBROKEN,
        path=quoted(str(making / MET)),
    )
    with bounded(making) as connection:
        connection.execute(query)
    finish_derived(making, folder, kind="drawer")
    return folder
