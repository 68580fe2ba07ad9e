"""A file that stays as it is while source.toml beside it changes: what its usage was, and what it is."""

from datetime import date
from pathlib import Path

import pytest

from hesuan.flows.intake.evidence import ledger
from hesuan.flows.intake.former import told_by_former
from hesuan.flows.intake.standing import standing
from hesuan.flows.occupancy.shared import settle, shared_days
from hesuan.flows.stages.reconcile import reconcile, run_id_of
from hesuan.flows.stages.stage import stage
from hesuan.flows.verify.folder import verify_folder
from hesuan.flows.workspace import Workspace, make_workspace
from tests.city import APPLICANTS, POLICY, PROVIDER, City
from tests.night import tally
from tests.test_correction import ask
from tests.test_put_back import nights, rows, samples, taken_in
from tests.test_rewritten import HOUR, export

OURS, THEIRS = f'provider_id = "{PROVIDER}"\n', f'provider_id = "{APPLICANTS[6]}"\n'
SHANGHAI, UTC = OURS, OURS + 'time_zone = "UTC"\n'
TENANTS = City(
    {
        "tenant": [
            {"provider_id": who, "tenant": "t-a", "contract_no": contract_no, "valid_from": "2026-01-01"}
            for who, contract_no in ((PROVIDER, "K-a"), (APPLICANTS[6], "K-b"))
        ]
    }
).csv("tenant")
FOUND = """
    select contract_no, declared_on::varchar, changed_on::varchar, row_count, before_unit_seconds, after_unit_seconds
    from reconciled.redeclared order by contract_no, declared_on
"""


def found(root: Path, content: str, *declared: str, query: str = FOUND) -> list[tuple]:
    """What was found after so many nights, of which each declares the file otherwise."""
    workspace = make_workspace(root, policy=POLICY)
    (workspace.inbox / "tenant.csv").write_text(TENANTS, "utf-8")
    (workspace.inbox / "log.txt").write_text(content, "utf-8")
    nights(workspace, "source.toml", *declared)
    return rows(built(workspace), query)


def built(workspace: Workspace) -> Path:
    intakes = standing(ledger(workspace))
    folders, former_folders = (
        [stage(intake, workspace, "key") for intake in told] for told in (intakes, told_by_former(intakes))
    )
    shared = [settle(day, workspace) for day in shared_days(intakes, folders)]
    return reconcile(intakes, folders, shared, [], workspace.warehouse / ".work", None, former_folders)


def test_usage_declared_to_be_of_another_provider_is_told_of_both_contracts(tmp_path: Path) -> None:
    assert found(tmp_path, export(), THEIRS, OURS) == [
        ("K-a", "2026-03-01", "2026-03-02", 1, 0, 8 * HOUR),
        ("K-b", "2026-03-01", "2026-03-02", 1, 8 * HOUR, 0),
    ]


def test_another_zone_makes_other_rows_and_a_zone_named_that_held_anyway_does_not(tmp_path: Path) -> None:
    assert found(tmp_path / "moved", export(), SHANGHAI, UTC) == [
        ("K-a", "2026-03-01", "2026-03-02", 1, 8 * HOUR, 8 * HOUR)
    ]
    assert found(tmp_path / "same", export(), SHANGHAI, OURS + 'time_zone = "Asia/Shanghai"\n') == []


def test_each_declaration_that_stood_is_compared_and_one_put_back_changed_nothing(tmp_path: Path) -> None:
    """Of three nights the second said otherwise: what was filed on the first night stands as it did."""
    assert found(tmp_path, export(), SHANGHAI, UTC, SHANGHAI) == [
        ("K-a", "2026-03-02", "2026-03-03", 1, 8 * HOUR, 8 * HOUR)
    ]


def test_what_a_declaration_left_open_may_be_completed(tmp_path: Path) -> None:
    assert found(tmp_path, export(), OURS, OURS + 'cluster_id = "c1"\n') == []


def test_usage_is_told_of_whose_row_another_file_replaced_since(tmp_path: Path) -> None:
    """Else a file that says the same of it, but for a word, would make the change forgotten."""
    told = found(tmp_path, export(), THEIRS, OURS)
    (tmp_path / "inbox/later.txt").write_text(export(state="TIMEOUT"), "utf-8")
    taken_in(Workspace(tmp_path), 3)
    build = built(Workspace(tmp_path))
    stands = "select f.file_name from reconciled.interval join lake.input_file as f using (file_sha256)"
    assert rows(build, stands) == [("later.txt",)]
    assert rows(build, "select * from reconciled.rewritten") == []
    assert rows(build, FOUND) == told


def test_of_a_row_that_became_a_copy_only_what_it_was_is_told(tmp_path: Path) -> None:
    own = tmp_path / "inbox/own"
    own.mkdir(parents=True)
    (own / "source.toml").write_text(OURS, "utf-8")
    (own / "log.txt").write_text(f"{export()}\n", "utf-8")
    assert found(tmp_path, export(), THEIRS, OURS) == [("K-b", "2026-03-01", "2026-03-02", 1, 8 * HOUR, 0)]


def test_a_later_export_time_is_no_other_declaration(tmp_path: Path) -> None:
    later = [OURS + f"exported_at = 2026-04-0{day}T00:00:00\n" for day in (1, 2)]
    assert found(tmp_path, export(), *later) == []


def test_rows_that_state_their_provider_themselves_are_not_changed_by_a_declaration(tmp_path: Path) -> None:
    job = {
        "provider_id": PROVIDER,
        "cluster_id": "c1",
        "record_id": "1",
        "tenant": "t-a",
        "card_count": 1,
        "started_at": "2026-03-01T09:00:00+08:00",
        "ended_at": "2026-03-01T10:00:00+08:00",
    }
    own = City({"usage_interval": [job]}).csv("usage_interval")
    assert found(tmp_path, own, THEIRS, OURS) == []


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ((SHANGHAI, SHANGHAI + 'cluster_id = "c2"\n'), []),
        ((SHANGHAI + 'cluster_id = "C2"\n', SHANGHAI + 'cluster_id = "c2"\n'), []),
        ((SHANGHAI, SHANGHAI + "sample_period_seconds = 90\n"), []),
        (
            (SHANGHAI + "sample_period_seconds = 600\n", SHANGHAI + "sample_period_seconds = 60\n"),
            [("K-a", "2026-03-01", "2026-03-02", 10, 1140 * 21000, 600 * 21000)],
        ),
        (
            (SHANGHAI + 'cluster_id = "c1"\n', SHANGHAI + 'cluster_id = "c2"\n'),
            [("K-a", "2026-03-01", "2026-03-02", 10, 600 * 21000, 600 * 21000)],
        ),
    ],
)
def test_of_samples_the_hours_are_compared(
    tmp_path: Path, declared: tuple[str, ...], expected: list[tuple]
) -> None:
    assert found(tmp_path, samples(80), *declared) == expected


def test_a_run_that_read_another_past_of_its_files_is_another_run(tmp_path: Path) -> None:
    """The same files under the same declarations, one of which was another for a night."""
    found(tmp_path / "plain", export(), SHANGHAI)
    found(tmp_path / "turned", export(), SHANGHAI, UTC, SHANGHAI)
    ids = {
        run_id_of(standing(ledger(Workspace(tmp_path / name))), ("p", "s"), None)
        for name in ("plain", "turned")
    }
    assert len(ids) == 2


@pytest.mark.slow
def test_a_claim_is_held_whose_log_was_declared_otherwise_after_it_was_filed(tmp_path: Path) -> None:
    city = City().with_register().honest("a", hours=6000)
    (usage,) = city.rows.pop("usage_interval")
    usage.pop("provider_id")
    workspace = city.hand_in(tmp_path)
    folder = workspace.inbox / "submissions"
    (folder / "usage.csv").write_text(City({"usage_interval": [usage]}).csv("usage_interval"), "utf-8")
    told = "select severity, claim_id from published.finding where rule_id = 'MTR-003'"
    for declared, day, expected in (
        (THEIRS, date(2026, 11, 1), []),
        (THEIRS + 'cluster_id = "c1"\n', date(2026, 11, 23), []),
        (OURS, date(2026, 11, 24), [("hold", "C-a")]),
    ):
        (folder / "source.toml").write_text(declared, "utf-8")
        tally(workspace, today=day)
        assert ask(workspace, told) == expected
    assert verify_folder(tmp_path).troubles == []
