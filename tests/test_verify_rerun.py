"""`hesuan verify --rerun`: what follows from the evidence comes out once more, and what does not is named."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hesuan.flows.command.fault_english import fault_english
from hesuan.flows.engine import Inline
from hesuan.flows.intake.evidence import ledger, object_path, record
from hesuan.flows.stages.publish import figure_digest
from hesuan.flows.verify import rerun
from hesuan.flows.verify.answer import Verified
from hesuan.flows.verify.folder import verify_folder
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import UsageFault
from tests.city import City
from tests.night import after_first_night, of_one_reading, tally


@pytest.fixture(autouse=True)
def _policy_of_the_nights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nights of tests go by one reading of the policy; what is run again is to go by the same."""
    monkeypatch.setattr(rerun, "load_policy", of_one_reading)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return after_first_night(tmp_path / "w")


def run_again(workspace: Workspace) -> Verified:
    return rerun.rerun(verify_folder(workspace.root), workspace.root, Inline())


def forge(workspace: Workspace, *changes: str) -> None:
    """Change the published database, and the digest of its figures with it."""
    path = workspace.published.resolve()
    path.chmod(0o644)
    with connect(path) as connection:
        for change in changes:
            connection.execute(change)
        connection.execute("update published.run set figure_sha256 = ?", [figure_digest(connection)])
    path.chmod(0o444)


def test_what_follows_from_the_evidence_comes_out_once_more(workspace: Workspace) -> None:
    found = run_again(workspace)
    assert found.troubles == []
    with connect(workspace.published, read_only=True) as connection:
        rows = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where schema_name <> 'earlier'"
        )
        names = {name for (name,) in rows.fetchall()}
    of_others = {
        "run",
        "run_before",
        "change",
        "finding_change",
        "fresh_file",
        "ledger_entry",
        "ledger_balance",
        "ledger_check",
        "applicant_year",
    }
    assert found.rerun_count == len(names - {f"published.{name}" for name in of_others})
    assert f"{found.rerun_count} 张表" in found.lines(lang="zh")[5]
    assert found.lines(lang="zh")[5].endswith("逐一相符")


# The same figures by other words: what is published still follows from the rest.
OTHERWISE = "case when amount < -most then -most when amount > most then most else amount end"


def test_what_people_ask_by_and_what_figures_were_made_of_is_compared_too(workspace: Workspace) -> None:
    changes = {
        "lake.applicant": "update lake.applicant set applicant_id = 'x'",
        "published.more": "create view published.more as select 1 as one",
        "published.v_兑现汇总": """comment on view published."v_兑现汇总" is 'x'""",
        "published.v_资金池": 'create or replace view published."v_资金池" as select 1 as one',
        "published.合同详情": 'create or replace macro published."合同详情"(x) as table select 1 as one',
        "reconciled.at_most": f"create or replace macro reconciled.at_most(amount, most) as {OTHERWISE}",
    }
    forge(workspace, *changes.values())
    assert verify_folder(workspace.root).troubles == []
    lines = run_again(workspace).troubles
    assert [line.split(" ")[0] for line in lines] == list(changes)
    assert [line for line in lines if "由证据重算" in fault_english(line)] == []


def test_nothing_in_the_workspace_is_touched(workspace: Workspace) -> None:
    def lying() -> list[tuple[Path, int, int]]:
        return [
            (path, path.lstat().st_mtime_ns, path.lstat().st_size)
            for path in sorted(workspace.root.rglob("*"))
        ]

    before = lying()
    run_again(workspace)
    assert lying() == before


def test_a_figure_changed_together_with_its_digest_is_named(workspace: Workspace) -> None:
    """By the tables it follows from; run again, by how it comes out."""
    forge(workspace, "update published.reconciliation set metered_gpu_hours = metered_gpu_hours + 1")
    seen = verify_folder(workspace.root)
    [line] = seen.troubles
    assert line.endswith("published.reconciliation 与库内由以得出的表不合，有 2 行")
    assert run_again(workspace).rerun_count is None
    found = rerun.rerun(replace(seen, amiss={key: [] for key in seen.amiss}), workspace.root, Inline())
    [line] = found.troubles
    assert line == "published.reconciliation 与由证据重算所得不同，有 2 行，其一为 K-a、1、2026-03"
    assert fault_english(line).startswith("published.reconciliation: ")
    assert found.lines(lang="zh")[5].endswith("有不符，见上")


def test_a_table_more_or_less_is_named(workspace: Workspace) -> None:
    forge(workspace, "create table published.other as select 1 as one")
    [line] = run_again(workspace).troubles
    assert line.split(" ")[0] == "published.other"
    forge(workspace, "drop table published.late_file")
    [line] = run_again(workspace).troubles
    assert line == "warehouse/hesuan.duckdb: published.late_file 不在库内"
    assert fault_english(line) == "warehouse/hesuan.duckdb: published.late_file is missing from the database"


def test_runs_after_others_and_runs_that_looked_back_come_out_once_more(tmp_path: Path) -> None:
    city = City().with_register().honest("a", hours=6000).honest("b", hours=6000, year=2027)
    workspace = city.hand_in(tmp_path / "w")
    tally(workspace)
    known = ledger(workspace)
    record([replace(known[0], name="registry/again.csv", declaration={"tenant": "t"})], workspace)
    tally(workspace)
    assert run_again(workspace).troubles == []
    tally(workspace, as_of=date(2026, 12, 31))
    assert run_again(workspace).troubles == []


def test_what_came_in_since_is_left_out(workspace: Workspace) -> None:
    known = ledger(workspace)
    record([replace(known[0], declaration={"tenant": "t"})], workspace)
    assert run_again(workspace).troubles == []


def test_where_something_is_amiss_it_is_not_run(workspace: Workspace) -> None:
    path = object_path(workspace, ledger(workspace)[0].sha256)
    path.chmod(0o644)
    path.write_bytes(b"?")
    found = run_again(workspace)
    assert found.troubles != []
    assert found.rerun_count is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("update published.run set code_sha256 = repeat('0', 64)", "由别的版本（代码 000000000000…）公布"),
        ("update published.run set policy_sha256 = repeat('0', 64)", "与公布时的不是同一份"),
    ],
)
def test_what_cannot_be_run_again_is_told(
    workspace: Workspace, change: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    forge(workspace, change)
    sound = replace(verify_folder(workspace.root), amiss={})
    with pytest.raises(UsageFault, match=says):
        rerun.rerun(sound, workspace.root, Inline())


def test_before_the_first_run_there_is_nothing_to_run_again(workspace: Workspace) -> None:
    for path in (workspace.published, *workspace.dated()):
        path.unlink()
    with pytest.raises(UsageFault, match="还没有公布的数据库"):
        run_again(workspace)
