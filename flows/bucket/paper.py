"""The reports of a workspace in a bucket: stored page by page, the index last; reports/latest holds the newest run's id."""

from pathlib import Path

from hesuan.flows.bucket.store import Store

FOLDER = "reports"
INDEX = "index.html"
LATEST = f"{FOLDER}/latest"


def keep_report(store: Store, folder: Path, *, is_newest: bool = True) -> None:
    """The folder of one run in place of what the bucket holds of it; is_newest: no later run is published."""
    home = f"{FOLDER}/{folder.name}"
    before = {one.name for one in store.listed(home)}
    pages = {
        f"{home}/{path.relative_to(folder).as_posix()}": path for path in folder.rglob("*") if path.is_file()
    }
    for name in sorted(pages, key=lambda name: (name == f"{home}/{INDEX}", name)):
        store.keep(pages[name], name)
    for name in sorted(before - set(pages)):
        store.remove(name)
    if not is_newest:
        return
    latest = store.read(LATEST)
    store.write(LATEST, folder.name.encode(), over=latest.etag if latest else None)
