"""Bound volumes of the lake: the sets of many small files read as one, for opening a file costs more than its rows.

Sets stand in the order in which their files were taken in, so the first 64 stay the first 64 night after night: they
are bound once. A volume is made of sets alone, says nothing that they do not say, and may be thrown away at any time.
"""

from pathlib import Path

from hesuan.flows import code
from hesuan.flows.lake.file_set import begin, finish_derived, is_whole_of, set_name
from hesuan.flows.occupancy.sample import TABLE as SAMPLES
from hesuan.flows.warehouse import connect, parquet, quoted

SETS = 64
# Sets that are large by themselves are read where they lie: copying them would cost more than opening them.
MOST_BYTES = 64 * 2**20


def volumes(folders: list[Path]) -> list[Path]:
    """The folders to read instead of these, in their order: of every 64 sets their volume, of the rest themselves.

    folders: sets in the order of their intake. Volumes are made beside them where they are missing.
    """
    reading: list[Path] = []
    for first in range(0, len(folders), SETS):
        sets = folders[first : first + SETS]
        reading += sets if len(sets) < SETS else _bound(sets)
    return reading


def _bound(sets: list[Path]) -> list[Path]:
    volume = sets[0].parent / _name(sets)
    if not is_whole_of(volume, sets):
        pages = _pages(sets)
        if sum(page.stat().st_size for found in pages.values() for page in found) > MOST_BYTES:
            return sets
        _bind(pages, volume)
    return [volume]


def _name(sets: list[Path]) -> str:
    return set_name(code.code_digest(), [folder.name for folder in sets])


def _pages(sets: list[Path]) -> dict[str, list[Path]]:
    """The Parquet files of the sets by the name they bear in the volume; samples row by row stay where they lie."""
    found: dict[str, list[Path]] = {}
    for folder in sets:
        for path in sorted(folder.glob("*.parquet")):
            table, *part = path.name.removesuffix(".parquet").split(".")
            found.setdefault(f"{table}{'.0000' if part else ''}.parquet", []).append(path)
    found.pop(f"{SAMPLES}.0000.parquet", None)
    return found


def _bind(pages: dict[str, list[Path]], volume: Path) -> None:
    making = begin(volume)
    with connect() as connection:
        for name, found in pages.items():
            connection.execute(
                f"copy (from {parquet(found)}) to {quoted(str(making / name))} (format parquet, compression lz4)"
            )
    finish_derived(making, volume, kind="volume")
