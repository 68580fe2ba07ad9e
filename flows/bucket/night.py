"""A workspace in a bucket, from the door: made, held, run and read, on the copies that this machine keeps of it."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hesuan.flows.before.earlier import run_id_in
from hesuan.flows.bucket.book import SETTINGS, bring_small
from hesuan.flows.bucket.engine import Ashore
from hesuan.flows.bucket.lease import LEASE_SECONDS, leased
from hesuan.flows.bucket.paper import keep_report
from hesuan.flows.bucket.place import Bucket
from hesuan.flows.bucket.shelf import newest, shelf
from hesuan.flows.bucket.store import store_of
from hesuan.flows.engine import Engine
from hesuan.flows.reference.cited import citing
from hesuan.flows.stages.report import report
from hesuan.flows.workspace import LATEST, Workspace, held, settings_text
from hesuan.reports.sheet.template_book import write_templates
from hesuan.schemas.fault import UsageFault

TEMPLATES = "templates"


def make(bucket: Bucket, *, policy: str) -> list[str]:
    """Templates and hesuan.toml; settings that are there stay as they are. Addresses of the templates."""
    store = store_of(bucket)
    store.write(SETTINGS, settings_text(policy=policy).encode(), over=None)
    say = citing(existing(bucket).settings().policy or policy)
    with tempfile.TemporaryDirectory() as folder:
        written = [path for path in write_templates(Path(folder), say) if path.is_file()]
        names = [f"{TEMPLATES}/{path.relative_to(folder).as_posix()}" for path in written]
        for path, name in zip(written, names, strict=True):
            store.keep(path, name)
    return [f"{bucket}/{name}" for name in names]


def existing(bucket: Bucket) -> Workspace:
    """This machine's copies, with the settings. Raises UsageFault where the bucket holds no workspace."""
    store = store_of(bucket)
    if bring_small(store, SETTINGS) is None:
        raise UsageFault(f"{bucket}: 不是工作区（没有 {SETTINGS}）；请先运行 hesuan init")
    return store.copies


@contextmanager
def afloat(bucket: Bucket, *, seconds: float = LEASE_SECONDS) -> Iterator[Callable[[Engine], Engine]]:
    """The workspace held, here and in the bucket; what makes any engine work on it.

    Raises WorkspaceBusy where another run has it, UsageFault where the bucket holds no workspace.
    """
    store = store_of(bucket)
    existing(bucket)
    with held(store.copies), leased(store, seconds=seconds) as lease:
        yield lambda engine: Ashore(engine, store, lease)


def published(bucket: Bucket, run_id: str = LATEST) -> Path:
    """A copy of the newest published database, or of a run's. Raises UsageFault where there is none."""
    return newest(store_of(bucket), run_id)


def is_published(bucket: Bucket) -> bool:
    return bool(shelf(store_of(bucket)).databases)


def rewritten(bucket: Bucket, run_id: str | None, *, lang: str) -> Path:
    """Write the report of a run again, here and in the bucket; the folder here."""
    store = store_of(bucket)
    database = newest(store, run_id or LATEST)
    settings = store.copies.settings().with_language(lang)
    is_newest = run_id_in(database) == shelf(store).databases[-1].run_id
    folder = report(database, store.copies.reports, run_id_in(database), settings, is_newest=is_newest)
    keep_report(store, folder, is_newest=is_newest)
    return folder
