"""The published databases of a workspace in a bucket: whole objects named by their content, and a list.

The list is small and is what is flipped. A database that it does not name was never published.
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from hesuan.flows.before.earlier import run_id_in
from hesuan.flows.bucket.lease import Lease
from hesuan.flows.bucket.store import Store
from hesuan.flows.intake.kept_object import sha256_of
from hesuan.flows.workspace import LATEST, run_named
from hesuan.schemas.fault import EvidenceFault, UsageFault, WarehouseFault, WorkspaceBusy

FOLDER = "warehouse"
STANDING = f"{FOLDER}/newest.json"
NAME_DIGITS = 16
CACHE = "kept"


@dataclass(frozen=True)
class Database:
    """One published file; its name says day and run, its digest what is in it."""

    file_name: str
    sha256: str

    @property
    def name(self) -> str:
        return f"{FOLDER}/{self.sha256[:NAME_DIGITS]}/{self.file_name}"

    @property
    def run_id(self) -> str:
        return run_id_in(Path(self.file_name))


@dataclass(frozen=True)
class Shelf:
    """The databases that stand, oldest first, as of the etag."""

    databases: tuple[Database, ...]
    etag: str | None


def shelf(store: Store) -> Shelf:
    """Raises WarehouseFault where the list is no list of ours."""
    there = store.read(STANDING)
    if there is None:
        return Shelf((), None)
    try:
        listed = json.loads(there.content)["databases"]
        return Shelf(tuple(Database(str(one["name"]), str(one["sha256"])) for one in listed), there.etag)
    except (ValueError, KeyError, TypeError) as error:
        raise WarehouseFault(f"{store.bucket}/{STANDING}: 读不懂：{error}") from error


def newest(store: Store, run_id: str = LATEST) -> Path:
    """A copy of the newest database, or of a run's, by the first letters of its id. Raises UsageFault where there is none."""
    standing = shelf(store).databases
    if not standing:
        raise UsageFault(f"{store.bucket}: 还没有公布的数据库；请先运行 hesuan run")
    by_run = {one.run_id: one for one in standing}
    return copy_of(store, standing[-1] if run_id == LATEST else by_run[run_named(run_id, by_run)])


def bring_earlier(store: Store) -> Shelf:
    """What a run may have to be told against, in this machine's warehouse and nothing else: the newest of two runs.

    What a dead run left there was never published and goes.
    """
    stands, warehouse = shelf(store), store.copies.warehouse
    shutil.rmtree(warehouse, ignore_errors=True)
    warehouse.mkdir(parents=True)
    last = {one.run_id: one for one in stands.databases}
    ordered = sorted(last.values(), key=stands.databases.index)
    for age, one in enumerate(ordered[-2:], 1):
        path = warehouse / one.file_name
        os.link(copy_of(store, one), path)
        # Which one is newer is read off the times of the files; any run from now on is newer still.
        os.utime(path, ns=(age, age))
    return stands


def put_up(store: Store, database: Path, earlier: Shelf, *, keep: int, lease: Lease) -> None:
    """Store the file, then name it as the newest in one step; older ones than `keep` runs go.

    Raises WorkspaceBusy where another run published meanwhile; then nothing has changed.
    """
    fresh = Database(database.name, sha256_of(database))
    store.keep(database, fresh.name)
    others = [one for one in earlier.databases if one.run_id != fresh.run_id]
    standing = [*others[max(0, len(others) - max(keep, 2) + 1) :], fresh]
    listed = [{"name": one.file_name, "sha256": one.sha256} for one in standing]
    lease.check()
    content = json.dumps({"databases": listed}, indent=1).encode()
    if store.write(STANDING, content, over=earlier.etag) is None:
        raise WorkspaceBusy(f"{store.bucket}/{STANDING}: 另一次运行已公布，本次未公布")
    lease.check()
    _forget(store, standing, stale={one.name for one in earlier.databases} - {one.name for one in standing})


def _forget(store: Store, standing: list[Database], *, stale: set[str]) -> None:
    """Objects that no longer stand, and copies of others than those that do. Readers that have one open keep it.

    An object that no list ever named may be another run's that is about to be: it stays.
    """
    for name in sorted(stale):
        store.remove(name)
    for folder in (store.copies.root / CACHE).glob("*"):
        if folder.name not in {one.sha256 for one in standing}:
            shutil.rmtree(folder, ignore_errors=True)


def copy_of(store: Store, database: Database) -> Path:
    """Raises EvidenceFault where what is stored is not what was published."""
    path = store.copies.root / CACHE / database.sha256 / database.file_name
    if not path.exists():
        store.fetch(database.name, path)
        if sha256_of(path) != database.sha256:
            path.unlink()
            raise EvidenceFault(f"{store.bucket}/{database.name}: 与公布时的 SHA-256 不符")
        path.chmod(0o444)
    return path
