"""A share of the lake that each night reads against the sums that its sets keep: what is damaged goes, and is made anew.

No reader of Parquet looks whether a bit has turned, and to look at the whole lake each night would cost what is old.
So much is looked at that a night after a year costs what one after a month does. `hesuan verify` looks at everything.
"""

import json
import os
import re
import shutil
from bisect import bisect_right
from pathlib import Path

from hesuan.flows.lake.file_set import SAYS, checked_sum
from hesuan.flows.workspace import Workspace

SETS_A_NIGHT = 128
BYTES_A_NIGHT = 64 << 20
# The name of the last set that was looked at. No evidence: without it, the turn begins anew.
LOOKED = ".looked"
_SET = re.compile("[0-9a-f]{32}")


def put_right(workspace: Workspace) -> list[str]:
    """A line for each set of tonight's share that was other than it was made, and is gone now."""
    if not workspace.lake.is_dir():
        return []
    names = sorted(filter(_SET.fullmatch, os.listdir(workspace.lake)))
    last = workspace.lake / LOOKED
    first = bisect_right(names, last.read_text("utf-8", "replace")) if last.exists() else 0
    lines, read, looked = [], 0, ""
    for looked in [*names[first:], *names[:first]][:SETS_A_NIGHT]:
        folder = workspace.lake / looked
        damaged, size = _damaged(folder)
        if damaged:
            shutil.rmtree(folder, ignore_errors=True)
            lines.append(f"lake/{looked}/{damaged}: 不再是写下时的内容，这一份已删去，由原件重做")
        read += size
        if read >= BYTES_A_NIGHT:
            break
    if looked:
        last.write_text(looked, "utf-8")
    return lines


def _damaged(folder: Path) -> tuple[str | None, int]:
    """The first part that is other than its sum says, and how many bytes were read. What is missing the night sees itself."""
    read = 0
    try:
        sums = json.loads((folder / SAYS).read_text("utf-8"))["sums"]
        for name, expected in sums.items():
            read += (folder / name).stat().st_size
            if checked_sum(folder / name) != expected:
                return name, read
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None, read
    return None, read
