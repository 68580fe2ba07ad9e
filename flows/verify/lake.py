"""Whether the files of the lake are still as they were written: no reader of Parquet looks, and a turned bit is another figure.

Tells damage, not intent: who rewrites a file of the lake can rewrite what its set says of it, and running again from the
evidence finds that.
"""

import json
from collections.abc import Iterator

from hesuan.flows.lake.file_set import SAYS, checked_sum
from hesuan.flows.workspace import Workspace


def lake_amiss(workspace: Workspace) -> tuple[int, list[str]]:
    """How many files of the lake were read, and one line for each that is another. Sets that say no sums are left out."""
    count, amiss = 0, []
    for place, expected in _summed(workspace):
        try:
            found = checked_sum(workspace.lake / place)
        except OSError:
            # What is missing is made again by the next night.
            continue
        count += 1
        if found != expected:
            folder = place.split("/")[0]
            amiss.append(f"lake/{place}: 不再是写下时的内容；请删去 lake/{folder} 再运行，由原件重做")
    return count, amiss


def _summed(workspace: Workspace) -> Iterator[tuple[str, str]]:
    for says in sorted(workspace.lake.glob(f"*/{SAYS}")):
        try:
            sums = json.loads(says.read_text("utf-8")).get("sums", {})
        except (OSError, ValueError, AttributeError):
            continue
        yield from ((f"{says.parent.name}/{name}", expected) for name, expected in sums.items())
