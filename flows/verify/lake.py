"""Whether the files of the lake are still as they were written: no reader of Parquet looks, and a turned bit is another figure.

Tells damage, not intent: who rewrites a file of the lake can rewrite what its set says of it, and running again from the
evidence finds that.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from hesuan.flows.lake.file_set import OWN_SUM, SAYS, checked_sum, own_sum
from hesuan.flows.verify.answer import Looked
from hesuan.flows.workspace import Workspace

Found = tuple[str, int, str, str]
"""Of a file of the lake: its place, how many bytes were read, its sum, and the one that its set says."""


def looked_at_lake(workspace: Workspace, *, home: str = "lake") -> Looked:
    """Every file of the lake that its set says a sum of. home: what the lake is called in what is told."""
    return looked(_read(workspace, home))


def looked(found: Iterable[Found]) -> Looked:
    count, byte_count, amiss = 0, 0, []
    for place, size, is_sum, expected in found:
        count, byte_count = count + 1, byte_count + size
        if is_sum != expected:
            folder = place.rsplit("/", 1)[0]
            amiss.append(f"{place}: 不再是写下时的内容；请删去 {folder} 再运行，由原件重做")
    return Looked(count, byte_count, amiss)


def sums_said(says: bytes) -> dict[str, str]:
    """By file what a set says of its parts; of a set of older code, or a broken one, nothing."""
    return dict(_parsed(says).get("sums", {}))


def says_itself(place: str, says: bytes) -> list[Found]:
    """The same of what the set says, under its place; of a set of older code nothing."""
    said = _parsed(says)
    return [(place, len(says), own_sum(said), str(said[OWN_SUM]))] if OWN_SUM in said else []


def _parsed(says: bytes) -> dict[str, Any]:
    try:
        said = json.loads(says)
    except ValueError:
        # The next night makes it anew.
        return {}
    return said if isinstance(said, dict) else {}


def _read(workspace: Workspace, home: str) -> Iterator[Found]:
    for says in sorted(workspace.lake.glob(f"*/{SAYS}")):
        content, place = _content(says), f"{home}/{says.parent.name}"
        yield from says_itself(f"{place}/{SAYS}", content)
        for name, expected in sums_said(content).items():
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
