"""Requests of pods fetched in windows: what two windows both show is counted once."""

from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import connect, make
from hesuan.flows.workspace import make_workspace
from tests.city import POLICY
from tests.night import tally
from tests.rule_case import court, fill
from tests.test_k8s_request_series import STEP, answer, series

CARDS = 2


def hours(root: Path, *windows: list[dict[str, Any]], says: str = "") -> tuple[float, int]:
    """Allocated steps of cards of tenant lab, and the records that overlap an earlier one."""
    workspace = make_workspace(root / "w", policy=POLICY)
    for nth, found in enumerate(windows):
        folder = workspace.inbox / f"submissions/{nth}"
        folder.mkdir()
        (folder / "requests.json").write_text(answer(*found), encoding="utf-8")
        told = f'provider_id = "91330000142942095H"\n{says}'
        (folder / "source.toml").write_text(told, encoding="utf-8")
    with connect(tally(workspace).database, read_only=True) as connection:
        [(seconds,)] = connection.execute(
            "select sum(allocated_card_seconds) from published.usage_day where tenant = 'lab'"
        ).fetchall()
        [(trimmed,)] = connection.execute(
            "select count(*) from reconciled.stretch where trimmed_seconds > 0"
        ).fetchall()
    return float(seconds) / STEP, trimmed


@pytest.mark.parametrize(
    ("windows", "steps", "trimmed"),
    [
        ([range(0, 20), range(15, 40)], 39, 1),
        ([range(15, 40), range(0, 20)], 39, 1),
        ([range(0, 40), range(10, 20)], 39, 1),
        ([range(0, 10), range(20, 30)], 18, 0),
    ],
)
def test_windows_that_overlap_count_once(
    tmp_path: Path, windows: list[range], steps: int, trimmed: int
) -> None:
    assert hours(tmp_path, *([series(window)] for window in windows)) == (CARDS * steps, trimmed)


@pytest.mark.parametrize(
    ("windows", "steps"),
    [
        ([range(0, 20), range(20, 40)], 39),
        ([range(20, 40), range(0, 20)], 39),
        ([range(0, 10), range(10, 20), range(20, 30), range(31, 40)], 37),
    ],
)
def test_a_step_between_two_windows_is_no_gap_where_it_is_declared(
    tmp_path: Path, windows: list[range], steps: int
) -> None:
    """As between two samples of one window; two steps are a gap."""
    found = [[series(window)] for window in windows]
    assert hours(tmp_path, *found, says=f"sample_period_seconds = {STEP}\n") == (CARDS * steps, 0)


@pytest.mark.parametrize(
    ("windows", "steps"),
    [
        ([range(0, 20), range(20, 40)], 39),
        ([range(0, 20), range(21, 40)], 37),
        ([range(0, 1), range(1, 20)], 18),
    ],
    ids=["one step", "two steps", "one sample tells no step"],
)
def test_a_step_between_two_windows_that_nobody_declared_is_that_of_the_first(
    tmp_path: Path, windows: list[range], steps: int
) -> None:
    assert hours(tmp_path, *([series(window)] for window in windows)) == (CARDS * steps, 0)


def test_a_step_of_hours_is_believed_only_where_it_is_declared(tmp_path: Path) -> None:
    """Samples five steps, an hour and a quarter, apart."""
    first, second = [series(range(0, 20, 5))], [series(range(20, 40, 5))]
    assert hours(tmp_path / "a", first, second) == (CARDS * (15 + 15), 0)
    told = f"sample_period_seconds = {5 * STEP}\n"
    assert hours(tmp_path / "b", first, second, says=told) == (CARDS * 35, 0)


def test_a_request_that_changes_between_two_windows_holds_until_it_is_seen(tmp_path: Path) -> None:
    windows = [[series(range(0, 16))], [series(range(16, 21), value="4")]]
    assert hours(tmp_path, *windows, says=f"sample_period_seconds = {STEP}\n") == (2 * 16 + 4 * 4, 0)


def test_a_pod_that_ended_within_a_window_is_not_drawn_on(tmp_path: Path) -> None:
    """Another is seen to the window's end; the first may have come again under its name."""
    first = [series(range(0, 19)), series(range(0, 20), pod="other", namespace="other")]
    found = hours(tmp_path, first, [series(range(20, 40))], says=f"sample_period_seconds = {STEP}\n")
    assert found == (CARDS * (18 + 19), 0)


def test_two_pods_of_one_tenant_are_two(tmp_path: Path) -> None:
    assert hours(tmp_path, [series(range(0, 20))], [series(range(10, 30), pod="p-2")]) == (
        CARDS * (19 + 19),
        0,
    )


def test_a_request_that_changes_in_the_second_window_only_counts_on(tmp_path: Path) -> None:
    """Two cards up to step 20, of which both windows show some, then four."""
    early = [series(range(0, 16))]
    late = [series(range(10, 20)), series(range(20, 31), value="4")]
    assert hours(tmp_path, early, late) == (2 * 20 + 4 * 10, 1)


def test_windows_of_two_tenancies_count_once() -> None:
    """A window is its contract's on whose day it begins; the pod holds its cards once all the same."""
    row = (
        "interval_no | record_id | is_of_series | contract_no | card_units | begin_s | stop_s | is_billable\n"
    )
    with court() as connection:
        fill(
            connection,
            "reconciled.interval",
            f"{row}1 | k8s-series:u:n:0 | true | C1 | 42000 | 0 | 7200 | true\n"
            "2 | k8s-series:u:n:3600 | true | C2 | 42000 | 3600 | 10800 | true\n",
        )
        make(connection, sql_cards("reconciled")["reconciled.stretch"])
        found = connection.execute(
            "select contract_no, stop_s - begin_s from reconciled.stretch order by interval_no"
        ).fetchall()
    assert found == [("C1", 7200), ("C2", 3600)]
