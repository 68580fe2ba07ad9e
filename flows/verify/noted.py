"""Whether what was not read again since it was taken in is what the store has of it: the notes of `flows.intake.seen`.

A note that somebody wrote lets a file of the inbox be taken for another of its length: the ledger and the store then
agree with each other and with a content that nobody handed in. Bears on files that lie as they lay when they were noted;
in a copy of a workspace there are none.
"""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from hesuan.flows.intake.evidence import inbox_files, inbox_name
from hesuan.flows.intake.kept_object import sha256_of
from hesuan.flows.intake.seen import is_settled, note_of_file, read_note
from hesuan.flows.verify.answer import Looked
from hesuan.flows.workspace import Workspace

Found = tuple[str, int, str, str]
"""Of a file of the inbox: its name, how many bytes it has, its SHA-256, and the one that its note says."""


def looked_at_inbox(workspace: Workspace) -> Looked:
    """Every file of the inbox that a night would go by the note of."""
    return looked(found for path in inbox_files(workspace) if (found := _read_again(path, workspace)))


def looked(found: Iterable[Found], *, notes: str = "lake/.seen") -> Looked:
    """notes: where they lie, in what is told."""
    count, byte_count, amiss = 0, 0, []
    for name, size, sha256, noted in found:
        count, byte_count = count + 1, byte_count + size
        if sha256 != noted:
            told = f"内容的 SHA-256 是 {sha256}，{notes} 记作 {noted}"
            amiss.append(f"inbox/{name}: {told}：收录的不是这一份；请删去 {notes} 再运行")
    return Looked(count, byte_count, amiss)


def _read_again(path: Path, workspace: Workspace) -> Found | None:
    """None where there is no note that a night would go by, or the file is not at rest."""
    with suppress(OSError):
        found = path.lstat()
        name = inbox_name(path, workspace)
        note = note_of_file(name, found, workspace)
        noted = read_note(note)
        if noted is not None and is_settled(note, found):
            sha256 = sha256_of(path)
            if path.lstat().st_ctime_ns == found.st_ctime_ns:
                return name, found.st_size, sha256, noted
    return None
