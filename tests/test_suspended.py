"""A record that says it was suspended for longer than it ran counts no time, and that is told."""

from pathlib import Path

from hesuan.flows.workspace import make_workspace
from tests.city import POLICY, PROVIDER
from tests.night import tally
from tests.test_slurm_run import ask

TOLD = """记录编号,租户,卡数,开始时间,结束时间,挂起秒数,状态
A_whole,lab,1,2026-03-01 08:00:00,2026-03-01 09:00:00,3600,COMPLETED
B_over,lab,1,2026-03-01 08:00:00,2026-03-01 09:00:00,3601,COMPLETED
C_still,lab,1,2026-03-01 08:00:00,,7201,RUNNING
D_ran,lab,1,2026-03-01 08:00:00,,7200,RUNNING
"""


def test_a_record_suspended_for_longer_than_it_ran_is_told(tmp_path: Path) -> None:
    """Exported two hours after all of them began."""
    workspace = make_workspace(tmp_path, policy=POLICY)
    folder = workspace.inbox / "submissions" / "p"
    folder.mkdir()
    said = f'provider_id = "{PROVIDER}"\nexported_at = "2026-03-01T10:00:00+08:00"\n'
    (folder / "source.toml").write_text(said, encoding="utf-8")
    (folder / "a.csv").write_text(TOLD, encoding="utf-8")
    tally(workspace)
    told = ask(workspace, "select record_id, anomaly, counted_seconds, row_no from published.usage_anomaly")
    assert told == [("B_over", "suspended_over", 0, 3), ("C_still", "suspended_over", 0, 4)]
