"""Inbox files that lie as they lay when they were taken in: they need not be read again.

A note holds a file's size, times, inode and SHA-256. Nobody can set a file's change time, so where it is the same, so is
the content; but the clocks of file systems are coarse, and a file that changed shortly before its note was written is
read once more. Notes are no evidence: without them everything is read.
"""

import hashlib
import json
import os
from pathlib import Path

from hesuan.flows.workspace import Workspace

COARSE_NS = 2_000_000_000


def seen(name: str, found: os.stat_result, workspace: Workspace) -> str | None:
    """SHA-256 of the inbox file of that name, where a note says it; None where it must be read."""
    note = _note(name, workspace)
    try:
        says = json.loads(note.read_text("utf-8"))
        is_settled = found.st_ctime_ns + COARSE_NS < note.stat().st_mtime_ns
        return str(says["sha256"]) if is_settled and says["as"] == _as(found) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_in_mind(name: str, found: os.stat_result, sha256: str, workspace: Workspace) -> None:
    note = _note(name, workspace)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps({"as": _as(found), "sha256": sha256}), "utf-8")


def _as(found: os.stat_result) -> list[int]:
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev]


def _note(name: str, workspace: Workspace) -> Path:
    return workspace.lake / ".seen" / hashlib.sha256(name.encode()).hexdigest()[:32]
