"""What is done file by file, on any machine and with nothing but the bucket: taking in, and staging.

Copies are named by their content, so what lies on a machine already is never fetched and never wrong.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hesuan.flows.bucket.place import Bucket
from hesuan.flows.bucket.store import Listed, Store, store_of
from hesuan.flows.intake import evidence
from hesuan.flows.intake.evidence import Intake, object_path, read_declaration
from hesuan.flows.intake.kept_object import ABSENT, DAMAGED, DAMAGED_HOME, WHOLE, keep_object, sha256_of
from hesuan.flows.intake.seen import note_of, read_note, write_note
from hesuan.flows.lake.file_set import SAYS, begin, is_as_made, is_whole, place_set, set_folder
from hesuan.flows.stages import stage as stages
from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import EvidenceFault, InputFault

INBOX = "inbox"
TAKEN = "taken"
ASIDE = f"evidence/{DAMAGED_HOME}"


@dataclass(frozen=True)
class Handed:
    """An object of the inbox as it was listed, and what the nearest source.toml states."""

    object: Listed
    declaration: dict[str, Any]

    @property
    def name(self) -> str:
        return self.object.name.removeprefix(f"{INBOX}/")


def handed_in(bucket: Bucket) -> list[Handed]:
    """Every object of the inbox, sorted by name."""
    store = store_of(bucket)
    objects = {one.name: one for one in store.listed(INBOX)}
    says = {
        name: _declaration(store, name)
        for name in objects
        if name.rsplit("/", 1)[-1] == evidence.DECLARATION_NAME
    }
    return [Handed(objects[name], _nearest(name, says)) for name in sorted(objects)]


def _declaration(store: Store, name: str) -> dict[str, Any]:
    """As of a file beside others: one that cannot be read is told when they are staged."""
    there = store.read(name)
    try:
        return read_declaration(there.content, place=name.removeprefix(f"{INBOX}/")) if there else {}
    except InputFault as fault:
        return {"unreadable": str(fault)}


def _nearest(name: str, says: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Same folder, then upwards within the inbox; a declaration declares nothing about itself."""
    if name in says:
        return {}
    folder = name
    while "/" in folder:
        folder = folder.rsplit("/", 1)[0]
        if f"{folder}/{evidence.DECLARATION_NAME}" in says:
            return says[f"{folder}/{evidence.DECLARATION_NAME}"]
    return {}


def take_in(handed: Handed, bucket: Bucket, taken_on: str) -> Intake:
    """As `evidence.take_in`: the copy is hashed and stored. An object that was taken in here before is not read again.

    Raises InputFault when the object changes while it is read, or when its name would lead clients elsewhere.
    """
    if any(part in ("", ".", "..") for part in handed.name.split("/")):
        raise InputFault(f"inbox/{handed.name}: 名称中有空的、“.”或“..”的一段，不能收录，请改名")
    store = store_of(bucket)
    copies = store.copies
    note = note_of_object(handed.object, copies)
    sha256 = read_note(note) or _copied(store, handed, copies)
    how = _found(store, sha256, handed.object.size)
    if how != WHOLE:
        if not object_path(copies, sha256).exists():
            sha256 = _copied(store, handed, copies)
        store.keep(object_path(copies, sha256), object_name(copies, sha256))
    write_note(note, sha256)
    return Intake(sha256, handed.name, handed.object.size, taken_on, handed.declaration, found=how)


def note_of_object(handed: Listed, copies: Workspace) -> Path:
    """Of the object of the inbox, as it was listed."""
    return note_of(copies.root / TAKEN, handed.name, handed.etag, handed.size)


def _found(store: Store, sha256: str, size: int) -> str:
    """How the stored object is found, as far as its length tells. What is damaged is laid aside, as in a folder."""
    there = store.look(object_name(store.copies, sha256))
    if there is None:
        return ABSENT
    if there.size == size:
        return WHOLE
    partial = evidence.incoming_path(store.copies, there.name)
    try:
        store.fetch(there.name, partial)
        store.keep(partial, f"{ASIDE}/{sha256}-{sha256_of(partial)}")
    finally:
        partial.unlink(missing_ok=True)
    return DAMAGED


def object_name(copies: Workspace, sha256: str) -> str:
    return object_path(copies, sha256).relative_to(copies.root).as_posix()


def keep_evidence(store: Store, sha256: str, size: int) -> None:
    """Store this machine's copy; what is stored already is not written again."""
    if not _is_stored(store, sha256, size):
        store.keep(object_path(store.copies, sha256), object_name(store.copies, sha256))


def bring_evidence(intake: Intake, store: Store) -> None:
    """The stored object among this machine's copies. Raises EvidenceFault where it is not what was taken in."""
    copies, kept = store.copies, object_path(store.copies, intake.sha256)
    if kept.exists():
        return
    partial = evidence.incoming_path(copies, intake.sha256)
    store.fetch(object_name(copies, intake.sha256), partial)
    if sha256_of(partial) != intake.sha256:
        partial.unlink()
        raise EvidenceFault(
            f"{store.bucket}/{object_name(copies, intake.sha256)}: 与收录时的 SHA-256 不符；请把它移到 {ASIDE} 再运行，"
            f"由收件箱里的原件（{intake.name}）补回"
        )
    keep_object(partial, kept)


def _is_stored(store: Store, sha256: str, size: int) -> bool:
    there = store.look(object_name(store.copies, sha256))
    return there is not None and there.size == size


def _copied(store: Store, handed: Handed, copies: Workspace) -> str:
    """SHA-256 of the copy that lies among this machine's copies now."""
    partial = evidence.incoming_path(copies, handed.name)
    store.fetch(handed.object.name, partial)
    if store.look(handed.object.name) != handed.object:
        partial.unlink()
        raise InputFault(f"inbox/{handed.name}: 读取过程中文件被改动，请待其写完再收录")
    sha256 = sha256_of(partial)
    keep_object(partial, object_path(copies, sha256))
    return sha256


def stage(intake: Intake, bucket: Bucket, user_hash_key: str) -> str:
    """The name of the file's set, which is whole in the bucket now: staged.json is stored last.

    Raises EvidenceFault where the stored object is not what was taken in.
    """
    store = store_of(bucket)
    copied = set_folder(intake, store.copies, user_hash_key=user_hash_key)
    if not is_as_made(copied):
        shutil.rmtree(copied, ignore_errors=True)
        bring_evidence(intake, store)
    folder = stages.stage(intake, store.copies, user_hash_key)
    for path in sorted(folder.iterdir(), key=lambda path: (path.name == SAYS, path.name)):
        store.keep(path, f"lake/{folder.name}/{path.name}")
    return folder.name


def bring_set(name: str, store: Store) -> Path | None:
    """A set of the bucket among this machine's copies; None where what is stored is not all that was made, or other."""
    folder = store.copies.lake / name
    if is_whole(folder):
        return folder
    making = begin(folder)
    for part in store.listed(f"lake/{name}"):
        store.fetch(part.name, making / part.name.rsplit("/", 1)[-1])
    if not is_as_made(making):
        shutil.rmtree(making)
        return None
    place_set(making, folder)
    return folder
