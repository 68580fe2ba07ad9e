"""Notes of what was taken in before and has not changed: it need not be read again.

A note is named by all that would tell a change, and holds the SHA-256 of the content. Notes are no evidence: where there
is none, or a broken one, everything is read.

Of a file: size, times, inode. Nobody can set a file's change time, so where it is the same, so is the content; but the
clocks of file systems are coarse, and a file that changed shortly before its note was written is read once more.
"""

import hashlib
import json
import os
import re
from pathlib import Path

from hesuan.flows.workspace import Workspace

COARSE_NS = 2_000_000_000
_SHA256 = re.compile(b"[0-9a-f]{64}")


def note_of(folder: Path, *tells: str | int | None) -> Path:
    """Where the note lies of a thing about which that is known."""
    return folder / hashlib.sha256(json.dumps(tells).encode()).hexdigest()


def read_note(note: Path) -> str | None:
    """The SHA-256 that a note holds."""
    try:
        says = note.read_bytes()
    except OSError:
        return None
    return says.decode("ascii") if _SHA256.fullmatch(says) else None


def write_note(note: Path, sha256: str) -> None:
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(sha256, "utf-8")


def note_of_file(name: str, found: os.stat_result, workspace: Workspace) -> Path:
    """Of the inbox file of that name, as it was found."""
    tells = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev)
    return note_of(workspace.lake / ".seen", name, *tells)


def is_settled(note: Path, found: os.stat_result) -> bool:
    """Whether the file had not changed for a while when its note was written."""
    try:
        return found.st_ctime_ns + COARSE_NS < note.stat().st_mtime_ns
    except OSError:
        return False
