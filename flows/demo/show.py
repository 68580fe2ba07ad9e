"""The demo's workspace: a fresh folder with the synthetic city in its inbox."""

import shutil
from pathlib import Path

from hesuan.flows.demo.city import write_city
from hesuan.flows.workspace import Workspace, make_workspace
from hesuan.schemas.fault import UsageFault
from hesuan.schemas.policy import default_policy_id

MARK = ".demo"


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
    return workspace
