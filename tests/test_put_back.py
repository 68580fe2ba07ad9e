"""What stood before and is handed in again under the same name stands again; what merely lies there changes nothing."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from hesuan.flows.intake.evidence import Intake, inbox_files, ledger, record, take_in
from hesuan.flows.intake.standing import standing
from hesuan.flows.occupancy.shared import settle, shared_days
from hesuan.flows.stages.reconcile import reconcile
from hesuan.flows.stages.stage import stage
from hesuan.flows.verify.folder import verify_folder
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace, make_workspace
from tests.city import APPLICANTS, POLICY, PROVIDER, City
from tests.night import after_first_night, tally
from tests.test_correction import ask, job, jobs
from tests.test_same_figures import conserved

NIGHTS = "2026-03-{:02}"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "w", policy=POLICY)


def taken_in(workspace: Workspace, night: int) -> list[Intake]:
    """What a night finds new in the inbox."""
    taken_on = NIGHTS.format(night)
    return record([take_in(path, workspace, taken_on) for path in inbox_files(workspace)], workspace)


def nights(workspace: Workspace, name: str, *contents: str) -> list[int]:
    """How many intakes each night adds, the file of that name holding one content a night."""
    counts = []
    for night, content in enumerate(contents, start=1):
        (workspace.inbox / name).write_text(content, encoding="utf-8")
        counts.append(len(taken_in(workspace, night)))
    return counts


def test_a_content_put_back_is_an_intake_and_one_that_stays_is_none(workspace: Workspace) -> None:
    assert nights(workspace, "a.csv", "x", "x", "y", "x", "x", "y", "y") == [1, 0, 1, 1, 0, 1, 0]


def test_a_declaration_put_back_stands(workspace: Workspace) -> None:
    (workspace.inbox / "a.csv").write_text("x", encoding="utf-8")
    first, second = 'cluster_id = "first"\n', 'cluster_id = "second"\n'
    assert nights(workspace, "source.toml", first, second, first, first) == [2, 2, 2, 0]
    [stands] = [i for i in standing(ledger(workspace)) if i.name == "a.csv"]
    assert stands.declaration == {"cluster_id": "first"}
    assert (stands.batch, stands.back_batch) == (1, 0), "the file itself never changed its content"


def test_one_content_under_two_names_is_taken_in_once_each(workspace: Workspace) -> None:
    for folder in ("p", "q"):
        (workspace.inbox / folder).mkdir()
        (workspace.inbox / folder / "source.toml").write_text(f'cluster_id = "{folder}"\n', encoding="utf-8")
        (workspace.inbox / folder / "a.csv").write_text("x", encoding="utf-8")
    assert [len(taken_in(workspace, night)) for night in (1, 2, 3)] == [4, 0, 0]


def test_a_copy_says_nothing_while_the_file_that_stands_is_there_unread(workspace: Workspace) -> None:
    test_one_content_under_two_names_is_taken_in_once_each(workspace)
    copies = [take_in(p, workspace, "2026-03-04") for p in inbox_files(workspace) if p.parent.name == "q"]
    assert record(copies, workspace, {"p/a.csv"}) == []
    assert [intake.name for intake in record(copies, workspace)] == ["q/a.csv"]


def test_what_came_back_keeps_its_first_day_and_tells_the_last(workspace: Workspace) -> None:
    nights(workspace, "a.csv", "x", "y", "x", "y", "x")
    found = {i.byte_count: i for i in standing(ledger(workspace)) if i.sha256 == ledger(workspace)[0].sha256}
    assert [(i.batch, i.taken_on, i.back_batch, i.back_on) for i in found.values()] == [
        (1, "2026-03-01", 5, "2026-03-05")
    ]
    assert "back_batch" not in (workspace.evidence / "intake.jsonl").read_text("utf-8")


def test_logs_that_rotate_do_not_come_back(workspace: Workspace) -> None:
    """Every night each file takes the next name: a content never returns to a name that it had."""
    for night in range(1, 5):
        for age in range(night):
            (workspace.inbox / f"usage.{age}").write_text(f"day {night - age}", encoding="utf-8")
        taken_in(workspace, night)
    assert {i.back_batch for i in standing(ledger(workspace))} == {0}


def test_a_table_put_back_stands_again(tmp_path: Path) -> None:
    """And so does its run: a night of its own, compared with the one before, which a quiet night leaves alone."""
    workspace = after_first_night(tmp_path)
    claims = workspace.inbox / "registry" / "claim.csv"
    asked = claims.read_text(encoding="utf-8")
    runs = []
    for content in (asked.replace("60000.00", "55000.00"), asked, asked):
        claims.write_text(content, encoding="utf-8")
        runs.append(tally(workspace))
    assert runs[0].run_id != runs[1].run_id == runs[2].run_id
    assert [run.fresh_count for run in runs] == [1, 0, 0]
    assert ask(workspace, "select claimed_cost_yuan::varchar from published.claim") == [("60000.00",)]
    [gone] = ask(
        workspace, "select row_no, next_row_no, file_sha256 <> next_file_sha256 from published.superseded"
    )
    assert gone == (2, 2, True)
    told = "select before, after, cause_kind, before_run_id from published.change where figure = 'claimed_cost_yuan'"
    assert ask(workspace, told) == [("55000.00", "60000.00", "superseded", runs[0].run_id)]
    conserved(workspace)
    assert verify_folder(workspace.root).troubles == []


def test_what_a_file_is_declared_to_be_explains_what_changed(tmp_path: Path) -> None:
    """Declared otherwise, that taken back, moved to another's folder, and moved back."""
    city = City().with_register().honest("a", hours=6000)
    (usage,) = city.rows.pop("usage_interval")
    usage.pop("provider_id")
    workspace = city.hand_in(tmp_path)
    submissions = workspace.inbox / "submissions"
    for folder, provider_id in (("a", PROVIDER), ("z", APPLICANTS[6])):
        (submissions / folder).mkdir()
        (submissions / folder / "source.toml").write_text(f'provider_id = "{provider_id}"\n', "utf-8")
    (submissions / "a/usage.csv").write_text(City({"usage_interval": [usage]}).csv("usage_interval"), "utf-8")
    ours, theirs = ((submissions / f"{folder}/source.toml").read_text("utf-8") for folder in "az")
    tally(workspace)
    told = "select distinct cause_kind, cause_zh from published.change where figure = 'metered_gpu_hours'"
    night: Callable[[], object]
    for night, by in (
        (lambda: (submissions / "a/source.toml").write_text(f"{theirs}# 更正\n", "utf-8"), "a/source.toml"),
        (lambda: (submissions / "a/source.toml").write_text(ours, "utf-8"), "a/source.toml"),
        (lambda: (submissions / "a/usage.csv").rename(submissions / "z/usage.csv"), "z/usage.csv"),
        (lambda: (submissions / "z/usage.csv").rename(submissions / "a/usage.csv"), "a/usage.csv"),
    ):
        night()
        tally(workspace)
        assert ask(workspace, told) == [("superseded", f"submissions/{by}（用量区间 1 行，取代先前的行）")]
    assert ask(workspace, "select distinct cause_kind from published.change") == [("superseded",)]


def built(workspace: Workspace) -> Path:
    intakes = standing(ledger(workspace))
    folders = [stage(intake, workspace, "key") for intake in intakes]
    shared = [settle(day, workspace) for day in shared_days(intakes, folders)]
    return reconcile(intakes, folders, shared, [], workspace.warehouse / ".work", None)


def rows(build: Path, query: str) -> list[tuple]:
    with connect(build, read_only=True) as connection:
        return connection.execute(query).fetchall()


CHANGED = """
    select o.taken_on, n.taken_on, r.changed_on, r.row_count
    from reconciled.rewritten as r
    join lake.input_file as o on o.file_sha256 = r.file_sha256
    join lake.input_file as n on n.file_sha256 = r.by_file_sha256
    order by all
"""


def test_usage_put_back_is_a_change_of_the_day_it_came_back(workspace: Workspace) -> None:
    """And what the content itself had replaced before was changed on the day it first came."""
    older = jobs(job("a", card_count=3)).csv("usage_interval")
    (workspace.inbox / "older.csv").write_text(older, encoding="utf-8")
    first, second = (jobs(job("a", card_count=n)).csv("usage_interval") for n in (1, 2))
    nights(workspace, "a.csv", "", first, second, first)
    build = built(workspace)
    assert rows(build, "select card_units // 21000 from reconciled.interval") == [(1,)]
    assert rows(build, CHANGED) == [
        ("2026-03-01", "2026-03-02", date(2026, 3, 2), 1),
        ("2026-03-03", "2026-03-02", date(2026, 3, 4), 1),
    ]
    restored = "select version_no, is_restored, card_count::integer from lake.old_usage order by 1"
    assert rows(build, restored) == [(2, True, 2), (3, False, 3)]


def samples(util: int, count: int = 10) -> str:
    """So many minutes of one card."""
    noon = datetime.fromisoformat("2026-03-01T12:00:00+08:00")
    made = [
        {
            "provider_id": PROVIDER,
            "device_uuid": "GPU-1",
            "sampled_at": (noon + timedelta(minutes=n)).isoformat(),
            "tenant": "t-a",
            "contract_no": "K-a",
            "util_percent": util,
        }
        for n in range(count)
    ]
    return City({"usage_sample": made}).csv("usage_sample")


def test_samples_put_back_stand_again(workspace: Workspace) -> None:
    (workspace.inbox / "source.toml").write_text("sample_period_seconds = 60\n", encoding="utf-8")
    nights(workspace, "a.csv", samples(80), samples(0), samples(80))
    build = built(workspace)
    assert rows(build, "select metered_seconds, active_seconds from reconciled.sample_day") == [(600, 600)]
    assert rows(build, CHANGED) == [("2026-03-02", "2026-03-01", date(2026, 3, 3), 10)]


def test_samples_put_back_among_further_ones_are_a_change_of_the_day_they_came_back(
    workspace: Workspace,
) -> None:
    (workspace.inbox / "source.toml").write_text("sample_period_seconds = 60\n", encoding="utf-8")
    nights(workspace, "a.csv", samples(80), samples(0), samples(80, 12))
    assert rows(built(workspace), CHANGED) == [("2026-03-02", "2026-03-03", date(2026, 3, 3), 10)]


def test_an_invoice_row_put_right_by_what_stood_before_is_cured(workspace: Workspace) -> None:
    """The table in between had a number that cannot be read."""
    city = City().honest("a", hours=6000)
    (workspace.inbox / "claim.csv").write_text(city.csv("claim"), encoding="utf-8")
    good = city.csv("claim_invoice")
    [number] = [row["invoice_number"] for row in city.rows["claim_invoice"]]
    bad = good.replace(str(number), "1.2E+19")
    nights(workspace, "claim_invoice.csv", good, bad)
    cured = "select is_cured from reconciled.invoice_number_reject"
    assert rows(built(workspace), cured) == [(False,)]
    nights(workspace, "claim_invoice.csv", good)
    assert rows(built(workspace), cured) == [(True,)]


def test_the_days_of_a_log_put_back_are_those_it_first_came_on(tmp_path: Path) -> None:
    """March closes on the 5th of April: what came the day after was late, what it replaced was not."""
    workspace = after_first_night(tmp_path)
    log = workspace.inbox / "submissions" / "log.csv"
    for cards, today in ((1, date(2026, 4, 5)), (8, date(2026, 4, 6)), (1, date(2026, 5, 20))):
        log.write_text(jobs(job("a", card_count=cards)).csv("usage_interval"), encoding="utf-8")
        tally(workspace, today=today)
    first = "select distinct first_seen_at::date from published.input_file where kind = 'usage_interval' order by 1"
    assert ask(workspace, first) == [(date(2026, 4, 5),), (date(2026, 4, 6),)]
    late = "select first_seen_on, is_first_of_month, added_gpu_hours::integer from published.late_file"
    assert ask(workspace, late) == [(date(2026, 4, 6), False, 7)]
    moved = "select before_gpu_hours::integer, after_gpu_hours::integer from published.superseded_file"
    assert ask(workspace, moved) == [(8, 1)]
