"""Whether the files of the lake are still as they were written: no reader of Parquet looks, and a turned bit is another figure.

Tells damage, not intent: who rewrites a file of the lake can rewrite what its set says of it, and running again from the
evidence finds that.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from hesuan.flows.lake.file_set import MAKING, OWN_SUM, SAYS, checked_sum, own_sum
from hesuan.flows.verify.answer import Looked
from hesuan.flows.workspace import Workspace

Found = tuple[str, int, str, str]
"""Of a file of the lake: its place, how many bytes were read, its sum, and the one that its set says."""


def looked_at_lake(workspace: Workspace, *, home: str = "lake") -> Looked:
    """Every file of the lake that its set says a sum of. home: what the lake is called in what is told."""
    seen = looked(_read(workspace, home))
    unsaid = [
        f"{place}: 没有 {SAYS}；请删去 {place} 再运行，由原件重做"
        for place in dict.fromkeys(_unsaid(workspace, home))
    ]
    return replace(seen, amiss=[*seen.amiss, *unsaid])


def looked(found: Iterable[Found]) -> Looked:
    count, byte_count, amiss = 0, 0, []
    for place, size, is_sum, expected in found:
        count, byte_count = count + 1, byte_count + size
        if is_sum != expected:
            folder = place.rsplit("/", 1)[0]
            amiss.append(f"{place}: 不再是写下时的内容；请删去 {folder} 再运行，由原件重做")
    return Looked(count, byte_count, amiss)


def said_by(place: str, says: bytes) -> tuple[dict[str, str], list[Found]]:
    """By file what a set says of its parts, and what it says itself, under its place.

    Of a set of older code neither may be there; one that cannot be read the next night makes anew.
    """
    try:
        said = json.loads(says)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        return {}, []
    itself = [(place, len(says), own_sum(said), str(said[OWN_SUM]))] if OWN_SUM in said else []
    return dict(said.get("sums", {})), itself


def _unsaid(workspace: Workspace, home: str) -> Iterator[str]:
    """Sets that say nothing of themselves: a set comes to stand with what it says, or not at all."""
    for part in sorted(workspace.lake.glob("*/*.parquet")):
        folder = part.parent
        if folder.suffix != MAKING and not (folder / SAYS).exists():
            yield f"{home}/{folder.name}"


def _read(workspace: Workspace, home: str) -> Iterator[Found]:
    for says in sorted(workspace.lake.glob(f"*/{SAYS}")):
        content, place = _content(says), f"{home}/{says.parent.name}"
        sums, itself = said_by(f"{place}/{SAYS}", content)
        yield from itself
        for name, expected in sums.items():
            try:
                path = says.parent / name
                yield f"{place}/{name}", path.stat().st_size, checked_sum(path), expected
            except OSError:
                # What is missing is made again by the next night.
                continue


def _content(says: Path) -> bytes:
    try:
        return says.read_bytes()
    except OSError:
        return b""
