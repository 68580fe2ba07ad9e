"""What `hesuan verify` says of a workspace in a bucket: every object of its evidence read as it lies there.

Nothing is held and nothing changed. What a run writes comes in the opposite order of what is read here, so that one
which goes on meanwhile is not taken for a loss.
"""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from hesuan.flows.bucket.book import INTAKE, LEDGER
from hesuan.flows.bucket.place import Bucket
from hesuan.flows.bucket.shelf import Database, copy_of, shelf
from hesuan.flows.bucket.step import ASIDE, INBOX, TAKEN, note_of_object
from hesuan.flows.bucket.store import Listed, Store, store_of
from hesuan.flows.intake.evidence import ledger_path
from hesuan.flows.intake.seen import read_note
from hesuan.flows.lake.file_set import SAYS, sum_of
from hesuan.flows.ledger.book import book_path
from hesuan.flows.verify import lake, noted
from hesuan.flows.verify.answer import Looked, Run, Verified
from hesuan.flows.verify.folder import SM3_TOO, Kept, hashes, published, verified
from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import UsageFault

OBJECTS = "evidence/objects"
OBJECTS_AT_ONCE = 8


def verify_bucket(bucket: Bucket) -> Verified:
    """As of a folder. Raises UsageFault where no evidence lies there."""
    store = store_of(bucket)
    standing = shelf(store).databases
    there = store.read(INTAKE)
    if there is None and not standing:
        raise UsageFault(f"{bucket}: 没有收录台账（evidence/intake.jsonl），不是证据文件夹，也不是工作区")
    names = SM3_TOO if standing else SM3_TOO[:1]

    def kept(one: Listed) -> Kept:
        return Kept(one.name, one.size, hashes(store.blocks(one.name), names))

    with ThreadPoolExecutor(OBJECTS_AT_ONCE) as beside:
        found = list(beside.map(kept, store.listed(OBJECTS)))
    # Among the copies a run may be writing its own.
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        ledger_path(workspace).parent.mkdir()
        if there is not None:
            ledger_path(workspace).write_bytes(there.content)
        posted = store.read(LEDGER)
        if posted is not None:
            book_path(workspace).write_bytes(posted.content)
        damaged_count = sum(1 for _ in store.listed(ASIDE))
        run = _newest(store, standing, found, workspace)
        answer = verified(found, workspace, run, damaged_count=damaged_count)
    return replace(
        answer.with_rest(_looked_at_inbox(store), _looked_at_lake(store)), copies=str(store.copies.root)
    )


def _looked_at_inbox(store: Store) -> Looked:
    """Every object of the inbox that a night on this machine would go by the note of."""

    def read(one: Listed) -> noted.Found | None:
        says = read_note(note_of_object(one, store.copies))
        if says is None:
            return None
        [sha256] = hashes(store.blocks(one.name), SM3_TOO[:1])
        name = one.name.removeprefix(f"{INBOX}/")
        return (name, one.size, sha256, says) if store.look(one.name) == one else None

    with ThreadPoolExecutor(OBJECTS_AT_ONCE) as beside:
        found = [one for one in beside.map(read, store.listed(INBOX)) if one]
    return noted.looked(found, notes=str(store.copies.root / TAKEN))


def _looked_at_lake(store: Store) -> Looked:
    """The lake in the bucket, of which machines bring their copies, and the copies that this one reads."""
    listed = {one.name: one for one in store.listed("lake")}

    def read(name: str) -> list[lake.Found]:
        there, folder = store.read(name), name.rsplit("/", 1)[0]
        sums, itself = lake.said_by(name, there.content if there else b"")
        found = [
            (listed[f"{folder}/{part}"], said) for part, said in sums.items() if f"{folder}/{part}" in listed
        ]
        parts = [(one.name, one.size, sum_of(store.blocks(one.name)), said) for one, said in found]
        return [*itself, *parts]

    with ThreadPoolExecutor(OBJECTS_AT_ONCE) as beside:
        there = list(beside.map(read, [name for name in listed if name.endswith(f"/{SAYS}")]))
    stored = lake.looked(one for found in there for one in found)
    copied = lake.looked_at_lake(store.copies, home=str(store.copies.lake))
    return Looked(
        stored.count + copied.count, stored.byte_count + copied.byte_count, [*stored.amiss, *copied.amiss]
    )


def _newest(
    store: Store, standing: tuple[Database, ...], kept: list[Kept], workspace: Workspace
) -> tuple[Run | None, list[str]]:
    """Of the newest database: as it lies there against the list, then as of a folder. workspace: with the ledgers."""
    if not standing:
        return None, []
    newest = standing[-1]
    if store.look(newest.name) is None:
        return None, [f"{newest.name}: 名单上的数据库不在存储里"]
    if hashes(store.blocks(newest.name), SM3_TOO[:1]) != (newest.sha256,):
        return None, [f"{newest.name}: 与公布时的 SHA-256 不符"]
    return published(copy_of(store, newest), kept, workspace, place=newest.name)
