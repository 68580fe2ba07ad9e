"""Where a workspace lies: in a folder of this machine, or in a bucket of which this machine keeps copies.

The library that buckets need is loaded only where one is named, the demo's city only where it is made.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType

from hesuan.flows.before.earlier import run_id_in
from hesuan.flows.bucket.place import Bucket, Root
from hesuan.flows.engine import Engine, Inline
from hesuan.flows.graph import Order, nightly
from hesuan.flows.outcome import Outcome
from hesuan.flows.panel.deciding import Decided, decide, decide_sheet
from hesuan.flows.panel.sheet import read_panel_sheet
from hesuan.flows.reference.cited import citing
from hesuan.flows.stages.report import report
from hesuan.flows.verify.answer import Verified
from hesuan.flows.verify.folder import verify_folder
from hesuan.flows.verify.rerun import rerun
from hesuan.flows.workspace import LATEST, Workspace, existing_workspace, held, make_workspace
from hesuan.reports.sheet.template_book import write_templates
from hesuan.schemas.fault import UsageFault
from hesuan.schemas.policy import default_policy_id


def made(root: Root, *, policy: str) -> list[str]:
    """A workspace with its templates; where those lie. Settings that are there stay as they are, and name the policy."""
    if isinstance(root, Bucket):
        written: list[str] = _of_buckets("night").make(root, policy=policy)
        return written
    say = citing(_policy_of(make_workspace(root, policy=policy)))
    return [str(path) for path in write_templates(root / "templates", say)]


def existing(root: Root) -> Workspace:
    """The workspace; of one in a bucket this machine's copies, with its settings. Raises UsageFault where there is none."""
    if isinstance(root, Bucket):
        found: Workspace = _of_buckets("night").existing(root)
        return found
    return existing_workspace(root)


def ordered(root: Root, policy_id: str | None, *, today: date, as_of: date | None) -> Order:
    """The order for a run; without a policy the one that the settings name. Raises UsageFault where there is no workspace."""
    workspace = existing(root)
    chosen = policy_id or _policy_of(workspace)
    return Order(workspace.root, chosen, today, as_of, root if isinstance(root, Bucket) else None)


def policy_in_force(root: Root) -> str:
    """Which policy a run follows that names none. Raises UsageFault where a bucket holds no workspace."""
    return _policy_of(existing(root) if isinstance(root, Bucket) else Workspace(root))


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
    with _of_buckets("night").afloat(order.bucket) as around, opened as engine:
        return nightly(told(around(engine)), order)


def published(root: Root) -> Path:
    """The newest published database, or this machine's copy. Raises UsageFault before the first run."""
    if isinstance(root, Bucket):
        found: Path = _of_buckets("night").published(root)
        return found
    return Workspace(root).newest()


def run_database(root: Root, name: str) -> Path:
    """The kept database of a run, or this machine's copy. name, faults: as of `Workspace.run_database`."""
    if isinstance(root, Bucket):
        found: Path = _of_buckets("night").published(root, name)
        return found
    return Workspace(root).run_database(name)


def is_published(root: Root) -> bool:
    if isinstance(root, Bucket):
        return bool(_of_buckets("night").is_published(root))
    return Workspace(root).published.exists()


def reported(root: Root, run_id: str | None, *, lang: str = "zh") -> Path:
    """The report of a run written again, of the newest where none is named, with pages in `lang` whatever the settings say.

    reports/latest stays with the newest. Raises UsageFault where it is not kept, WorkspaceBusy while another run is at work:
    two that write one report would clear away each other's files.
    """
    if isinstance(root, Bucket):
        found: Path = _of_buckets("night").rewritten(root, run_id, lang=lang)
        return found
    workspace = Workspace(root)
    database, settings = workspace.run_database(run_id or LATEST), workspace.settings().with_language(lang)
    run_id, newest = run_id_in(database), run_id_in(workspace.newest().resolve())
    with held(workspace):
        return report(database, workspace.reports, run_id, settings, is_newest=run_id == newest)


def decided(root: Root, path: Path, *, at: datetime) -> Decided:
    """The decisions on a sheet, taken in as of the instant `at`; with one line refused, none. Raises as `decide_sheet`."""
    workspace = existing(root)
    if isinstance(root, Path):
        return decide_sheet(path, workspace, at=at)
    filled = read_panel_sheet(path)
    with _of_buckets("desk").at_desk(root) as database:
        return decide(filled, path.name, workspace, database=database, at=at)


def demo_made(root: Root, *, seed: int) -> Root:
    """Where the demo's workspace lies, made anew below the root. Raises UsageFault where something else lies there."""
    home = f"demo/seed-{seed}"
    if isinstance(root, Bucket):
        made: Bucket = _of_buckets("demo").make_demo(root.below(home), seed=seed)
        return made
    from hesuan.flows.demo.show import make_demo

    return make_demo(root / home, seed=seed).root


def verified(root: Root, *, is_rerun: bool = False) -> Verified:
    """Whether evidence and figures are what was taken in and published. Raises UsageFault where there is no evidence.

    is_rerun: also whether the newest run comes out once more; raises as `rerun`, and for a bucket.
    """
    if isinstance(root, Bucket):
        if is_rerun:
            raise UsageFault(f"--rerun: {root} 在存储里；请先把它复制到本机的文件夹")
        found: Verified = _of_buckets("verify").verify_bucket(root)
        return found
    verified = verify_folder(root)
    return rerun(verified, root, Inline()) if is_rerun else verified


def _policy_of(workspace: Workspace) -> str:
    """What the settings name; without them the house's own."""
    return workspace.settings().policy or default_policy_id()


def _of_buckets(name: str) -> ModuleType:
    try:
        return import_module(f"hesuan.flows.bucket.{name}")
    except ImportError as error:
        raise UsageFault("s3:// 上的工作区须安装 hesuan[s3]") from error
