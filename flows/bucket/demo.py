"""The demo's workspace in a bucket: made in a folder, then stored, its settings last: without them it is no workspace."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hesuan.flows.bucket.book import SETTINGS
from hesuan.flows.bucket.lease import LOCK, leased
from hesuan.flows.bucket.place import Bucket
from hesuan.flows.bucket.store import Store, store_of
from hesuan.flows.demo import show
from hesuan.flows.workspace import held
from hesuan.schemas.fault import UsageFault, WorkspaceBusy

FOLDERS = ("inbox", "evidence", "demo")
OBJECTS_AT_ONCE = 8


def make_demo(bucket: Bucket, *, seed: int) -> Bucket:
    """A new workspace; an earlier demo there is replaced, anything else is left alone.

    Raises UsageFault where there is something that is no demo, WorkspaceBusy where a run holds it.
    """
    store = store_of(bucket)
    there = {one.name for one in store.listed("")} - {LOCK}
    if there and show.MARK not in there:
        raise UsageFault(f"{bucket}: 已有文件，且不是演示工作区；请换一个位置（-w）")
    store.copies.root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, held(store.copies), leased(store) as lease:
        made = show.make_demo(Path(folder) / "city", seed=seed)
        lease.check()
        _clear(store)
        _fill(store, made.root)
        lease.check()
        if store.write(SETTINGS, (made.root / SETTINGS).read_bytes(), over=None) is None:
            raise WorkspaceBusy(f"{bucket}/{SETTINGS}: 另一次运行已在此建工作区，本次停止")
    return bucket


def _clear(store: Store) -> None:
    """All but the lock and the mark, which says at every moment that the place is a demo's."""
    store.write(show.MARK, b"", over=None)
    store.remove(SETTINGS)
    names = [one.name for one in store.listed("") if one.name not in (LOCK, show.MARK)]
    with ThreadPoolExecutor(OBJECTS_AT_ONCE) as beside:
        list(beside.map(store.remove, names))


def _fill(store: Store, root: Path) -> None:
    paths = [path for folder in FOLDERS for path in sorted((root / folder).rglob("*")) if path.is_file()]
    with ThreadPoolExecutor(OBJECTS_AT_ONCE) as beside:
        list(beside.map(lambda path: store.keep(path, path.relative_to(root).as_posix()), paths))
