"""Where a workspace lies: in a folder of this machine, or in a bucket of which this machine keeps copies.

The library that buckets need is loaded only where one is named.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from types import ModuleType

from hesuan.flows.bucket.place import Bucket, Root
from hesuan.flows.earlier import run_id_in
from hesuan.flows.engine import Engine
from hesuan.flows.graph import Order, nightly
from hesuan.flows.outcome import Outcome
from hesuan.flows.stages.report import report
from hesuan.flows.workspace import Workspace, existing_workspace, held, make_workspace
from hesuan.reports.template_book import write_templates
from hesuan.schemas.fault import UsageFault
from hesuan.schemas.policy import default_policy_id


def made(root: Root, *, policy: str) -> list[str]:
    """A workspace with its templates; where those lie. What is already there stays as it is."""
    if isinstance(root, Bucket):
        written: list[str] = _night().make(root, policy=policy)
        return written
    make_workspace(root, policy=policy)
    return [str(path) for path in write_templates(root / "templates")]


def existing(root: Root) -> Workspace:
    """The workspace; of one in a bucket this machine's copies, with its settings. Raises UsageFault where there is none."""
    if isinstance(root, Bucket):
        found: Workspace = _night().existing(root)
        return found
    return existing_workspace(root)


def ordered(root: Root, policy_id: str | None, *, today: date, as_of: date | None) -> Order:
    """The order for a run; without a policy the one that the settings name. Raises UsageFault where there is no workspace."""
    workspace = existing(root)
    chosen = policy_id or workspace.settings().policy or default_policy_id()
    return Order(workspace.root, chosen, today, as_of, root if isinstance(root, Bucket) else None)


def carried_out(
    order: Order,
    opened: AbstractContextManager[Engine],
    *,
    told: Callable[[Engine], Engine] = lambda engine: engine,
) -> Outcome:
    """The night, with the workspace held and then the engine opened. Raises WorkspaceBusy where another run holds it.

    told: an engine around it that tells how far it is.
    """
    if order.bucket is None:
        with held(Workspace(order.root)), opened as engine:
            return nightly(told(engine), order)
    with _night().afloat(order.bucket) as around, opened as engine:
        return nightly(told(around(engine)), order)


def published(root: Root) -> Path:
    """The newest published database, or this machine's copy. Raises UsageFault before the first run."""
    if isinstance(root, Bucket):
        found: Path = _night().published(root)
        return found
    return Workspace(root).newest()


def is_published(root: Root) -> bool:
    if isinstance(root, Bucket):
        return bool(_night().is_published(root))
    return Workspace(root).published.exists()


def reported(root: Root, run_id: str | None, *, lang: str = "zh") -> Path:
    """The report of a run written again, of the newest where none is named, with pages in `lang` whatever the settings say.

    Raises UsageFault where it is not kept.
    """
    if isinstance(root, Bucket):
        found: Path = _night().rewritten(root, run_id, lang=lang)
        return found
    workspace = Workspace(root)
    database = workspace.run_database(run_id or "latest")
    return report(database, workspace.reports, run_id_in(database), workspace.settings().with_language(lang))


def folder_of(root: Root, *, command: str) -> Path:
    """The folder, for what can only be done in one. Raises UsageFault where the workspace lies in a bucket."""
    if isinstance(root, Bucket):
        raise UsageFault(f"hesuan {command}: 还不能用于 s3:// 上的工作区，请给出本机的文件夹")
    return root


def _night() -> ModuleType:
    try:
        from hesuan.flows.bucket import night
    except ImportError as error:
        raise UsageFault("s3:// 上的工作区须安装 hesuan[s3]") from error
    return night
