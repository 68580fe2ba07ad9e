"""Daily exports handed in together, none of which says when it was made: the later day's is the newer."""

from pathlib import Path

import pytest

from hesuan.flows.workspace import make_workspace
from tests.city import POLICY, PROVIDER
from tests.night import tally
from tests.test_slurm_run import ask

HEADER = "记录编号,租户,卡数,开始时间,结束时间,状态"
# What else stands in a file decides its content hash, and nothing more.
OTHERS = ("X", "Y", "Z", "W", "V")


@pytest.mark.parametrize("other", OTHERS)
def test_a_run_that_ended_the_day_after_has_ended(tmp_path: Path, other: str) -> None:
    workspace = make_workspace(tmp_path, policy=POLICY)
    folder = workspace.inbox / "submissions" / "p"
    folder.mkdir()
    (folder / "source.toml").write_text(f'provider_id = "{PROVIDER}"\n', encoding="utf-8")
    days = {
        "1": ("A,lab,8,2026-03-01 08:00:00,,RUNNING", "2026-03-01 09:00:00,2026-03-01 23:50:00,COMPLETED"),
        "2": ("A,lab,8,2026-03-01 08:00:00,2026-03-02 08:00:00,COMPLETED", "2026-03-02 09:00:00,2026-03-02 23:50:00,COMPLETED"),
    }  # fmt: skip
    for day, (run, span) in days.items():
        lines = [HEADER, run, f"{other}{day},lab,1,{span}"]
        (folder / f"{day}.csv").write_text("\n".join(lines), encoding="utf-8")
    tally(workspace)
    found = ask(workspace, "select state, stop_s - begin_s from reconciled.interval where record_id = 'A'")
    assert found == [("COMPLETED", 86_400)]
