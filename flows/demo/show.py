"""The demo's workspace: a fresh folder with the synthetic city in its inbox."""

import shutil
from datetime import date
from itertools import groupby
from pathlib import Path

from hesuan.flows.demo.city import write_city
from hesuan.flows.intake.evidence import record, take_in
from hesuan.flows.workspace import Workspace, make_workspace
from hesuan.schemas.fault import UsageFault
from hesuan.schemas.policy import default_policy_id

MARK = ".demo"
# Day of the following month on which a provider hands its logs in.
HANDED_IN_ON = 2
LAST_MONTH = 11


def make_demo(folder: Path, *, seed: int) -> Workspace:
    """A new workspace at `folder`; an earlier demo there is replaced, anything else is left alone.

    Raises UsageFault where the folder holds something that is no demo.
    """
    if folder.exists():
        if not (folder / MARK).exists():
            raise UsageFault(f"{folder}: 已有文件，且不是演示工作区；请换一个位置（-w）")
        shutil.rmtree(folder)
    workspace = make_workspace(folder, policy=default_policy_id())
    with (folder / "hesuan.toml").open("a", encoding="utf-8") as settings:
        # Two hundred papers would double the time to the first look; the setting is there to be changed.
        settings.write("paper = false\n")
    (folder / MARK).touch()
    write_city(workspace.inbox, seed=seed)
    _take_in_monthly(workspace)
    return workspace


def _take_in_monthly(workspace: Workspace) -> None:
    """The scheduler logs of each month as a night soon after it took them in; November's are still to come."""
    logs = sorted(workspace.inbox.rglob("sacct-????-??.txt"), key=lambda path: (path.stem, path))
    for stem, found in groupby(logs, key=lambda path: path.stem):
        year, month = map(int, stem.split("-")[1:])
        if month < LAST_MONTH:
            taken_on = date(year, month + 1, HANDED_IN_ON).isoformat()
            record([take_in(path, workspace, taken_on) for path in found], workspace)
