"""Real Slurm exports of every version through the whole pipeline: nothing lost, nothing unknown made zero."""

import shutil
from pathlib import Path

import pytest

from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace, make_workspace
from tests.city import POLICY
from tests.night import tally
from tests.realdata import real
from tests.test_lsf_accounting import record as lsf_record
from tests.test_pbs_accounting import record as pbs_record
from tests.test_same_figures import conserved
from tests.test_sge_accounting import job as sge_job


def taken_in(root: Path, *paths: Path) -> Workspace:
    workspace = make_workspace(root, policy=POLICY)
    for path in paths:
        shutil.copy(path, workspace.inbox / "submissions")
    tally(workspace)
    return workspace


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return taken_in(tmp_path_factory.mktemp("json"), *sorted(real("slurm_json").glob("*.json")))


def ask(workspace: Workspace, query: str) -> list[tuple]:
    with connect(workspace.published, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_every_file_is_read_or_refused_with_a_reason(answers: Workspace) -> None:
    handed_in = list(real("slurm_json").glob("*.json"))
    assert len(handed_in) == 52
    # Two of them are the same answer, byte for byte.
    assert ask(answers, "select count(*) from published.input_file") == [
        (len({p.read_bytes() for p in handed_in}),)
    ]
    assert (
        ask(
            answers, "select file_name from published.input_file where status <> 'read' and reason_zh is null"
        )
        == []
    )
    assert ask(answers, "select distinct status from published.input_file") == [("read",)]
    conserved(answers)


def test_the_zombie_adds_no_hours(answers: Workspace, tmp_path: Path) -> None:
    """RUNNING for 102 228 976 s with a limit of 7 200 min, 2 cards. In the whole set a later export supersedes it."""
    alone = taken_in(tmp_path, real("slurm_json/SARC_sacct_slurm_23_11_5.json"))
    counted = (
        "select fate, elapsed_seconds, stop_s - begin_s from reconciled.interval where cluster_id = 'mila'"
    )
    assert ask(alone, counted) == [("open", 102_228_976, 0)]
    assert ask(alone, "select anomaly, counted_seconds from published.usage_anomaly") == [("open", 0)]
    for workspace in (alone, answers):
        assert ask(workspace, "select count(*) from published.usage_day where cluster_id = 'mila'") == [(0,)]


def test_jobs_without_a_card_count_stay_unknown(answers: Workspace) -> None:
    """Every job of the emulated cluster asked for cards or may have: none has a count, so none has zero."""
    assert ask(
        answers,
        "select count(*) from reconciled.interval where cluster_id = 'hpc' and card_units is not null",
    ) == [(0,)]
    used = ask(
        answers,
        "select count(*), count(allocated_card_seconds), sum(unknown_card_record_count) > 0"
        " from published.usage_day where cluster_id = 'hpc'",
    )
    assert used[0][0] > 0
    assert used[0][1:] == (0, True)


def test_a_count_that_is_there_is_counted(answers: Workspace) -> None:
    """22.05: 16 cards for 124 403 s; 21.08 (requeued): the smaller of 86 301 s and 94 363 s, one card."""
    counted = ask(
        answers,
        "select cluster_id, sum(allocated_card_seconds) from published.usage_day"
        " where allocated_card_seconds > 0 group by 1 order by 1",
    )
    assert counted == [("cedar", 86_301), ("narval", 16 * 124_403)]


def test_the_smaller_of_two_lengths_counts_and_is_listed(tmp_path: Path) -> None:
    workspace = taken_in(tmp_path, real("xdmod/sacct/10000users.log.gz"))
    assert ask(workspace, "select sum(wall_seconds), sum(ended_count) from published.usage_day") == [
        (10_000, 10_000)
    ]
    listed = ask(
        workspace,
        "select count(*), min(span_seconds), max(counted_seconds), min(elapsed_seconds)"
        " from published.usage_anomaly where anomaly = 'elapsed_mismatch'",
    )
    assert listed == [(10_000, 1, 1, 257_080)]
    conserved(workspace)


def test_the_e_invoices_are_read(tmp_path: Path) -> None:
    workspace = taken_in(tmp_path, *sorted(real("einvoice").glob("*.xml")))
    found = ask(
        workspace,
        "select invoice_number, net_yuan::varchar, gross_yuan::varchar, status from lake.invoice order by 1",
    )
    assert found == [
        ("23440000000000100001", "2.00", "2.12", "normal"),
        ("26320000000000100001", "38.39", "39.54", "normal"),
    ]
    conserved(workspace)


def test_what_one_scheduler_states_makes_no_zero_of_anothers_silence(tmp_path: Path) -> None:
    """Logs of three schedulers that name no cluster: only of PBS is it known that cards are told."""
    workspace = make_workspace(tmp_path, policy=POLICY)
    folder = workspace.inbox / "submissions"
    logs = {
        "pbs": f"{pbs_record(job_id='7', Resource_List__ngpus='4')}\n{pbs_record(job_id='8')}",
        "lsf": lsf_record(),
        "sge": sge_job(category="-u ma"),
    }
    for name, text in logs.items():
        (folder / name).write_text(f"{text}\n", encoding="utf-8")
    tally(workspace)
    counted = "select split_part(record_id, ':', 1), cluster_id, card_units // 21000 from reconciled.interval order by all"
    assert ask(workspace, counted) == [
        ("lsf", None, None),
        ("pbs", None, 0),
        ("pbs", None, 4),
        ("sge", None, None),
    ]
