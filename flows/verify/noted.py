"""Whether what was not read again since it was taken in is what the store has of it: the notes of `flows.intake.seen`.

A note that somebody wrote lets a file of the inbox be taken for another of its length: the ledger and the store then
agree with each other and with a content that nobody handed in. Bears on files that lie as they lay when they were noted;
in a copy of a workspace there are none.
"""

from contextlib import suppress
from pathlib import Path

from hesuan.flows.intake.evidence import inbox_files, inbox_name
from hesuan.flows.intake.kept_object import sha256_of
from hesuan.flows.intake.seen import is_settled, note_of_file, read_note
from hesuan.flows.workspace import Workspace


def noted_amiss(workspace: Workspace) -> tuple[int, list[str]]:
    """How many files of the inbox were read against their notes, and one line for each that its note has otherwise."""
    read = [found for path in inbox_files(workspace) if (found := _read_again(path, workspace)) is not None]
    amiss = [
        f"inbox/{name}: 内容的 SHA-256 是 {sha256}，lake/.seen 记作 {noted}：收录的不是这一份；请删去 lake/.seen 再运行"
        for name, sha256, noted in read
        if sha256 != noted
    ]
    return len(read), amiss


def _read_again(path: Path, workspace: Workspace) -> tuple[str, str, str] | None:
    """Name, SHA-256 and what the note says; None where there is no note that a night would go by, or the file is not at rest."""
    with suppress(OSError):
        found = path.lstat()
        name = inbox_name(path, workspace)
        note = note_of_file(name, found, workspace)
        noted = read_note(note)
        if noted is not None and is_settled(note, found):
            sha256 = sha256_of(path)
            if path.lstat().st_ctime_ns == found.st_ctime_ns:
                return name, sha256, noted
    return None
