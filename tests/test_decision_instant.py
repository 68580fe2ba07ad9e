"""Decisions on one claim at one instant: none is the later, so neither a file's nor a row's place may choose between them."""

import json
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.engine import Inline
from hesuan.flows.panel.record import recorded
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from tests.city import City
from tests.conftest import Said
from tests.night import IN_TIME, after_first_night, tally
from tests.test_decide import as_csv, only, rows_of

AT = "2026-12-01 10:00:00"
REASON = "三方用量一致，算力赋能效益显著"
APPROVE = {"panellist": "王评审", "decision": "approve"}
REJECT = {"panellist": "李评审", "decision": "reject"}
CUT = {"panellist": "李评审", "decision": "adjust", "adjusted_yuan": "20000.00"}
SPLIT = "同一时刻的意见不一（李评审 不予、王评审 通过），须重新确认"
Decision = dict[str, str]


def asked(workspace: Workspace, query: str) -> list[tuple[Any, ...]]:
    with connect(workspace.newest(), read_only=True) as connection:
        return connection.execute(query).fetchall()


def decided(root: Path, *files: list[Decision]) -> tuple[str, str | None]:
    """What is payable on C-a, and why not, when each list of decisions came in as a file, on one night after the other."""
    workspace = after_first_night(root)
    ((code,),) = asked(workspace, "select check_code from published.claim_state")
    for number, decisions in enumerate(files):
        city = City()
        for decision in decisions:
            same = {"claim_id": "C-a", "decided_at": AT, "reason": REASON, "figures_sha256": code}
            city.add("decision", **(same | decision))
        path = workspace.inbox / "decisions" / f"{number}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(city.csv("decision"), encoding="utf-8")
    tally(workspace, today=IN_TIME, engine=Inline())
    [(payable, obstacle)] = asked(
        workspace, "select payable_yuan::varchar, obstacle_zh from published.decision"
    )
    return payable, obstacle


@pytest.mark.parametrize("order", list(permutations([APPROVE, REJECT])))
@pytest.mark.parametrize("is_one_file", [True, False])
def test_two_experts_who_differ_at_one_instant_hold_the_claim_and_are_named(
    tmp_path: Path, order: tuple[Decision, ...], is_one_file: bool
) -> None:
    files = [list(order)] if is_one_file else [[decision] for decision in order]
    assert decided(tmp_path, *files) == ("0.00", SPLIT)


@pytest.mark.parametrize("order", list(permutations([CUT, CUT | {"adjusted_yuan": "25000.00"}])))
def test_one_expert_with_two_sums_at_one_instant_holds_the_claim(
    tmp_path: Path, order: tuple[Decision, ...]
) -> None:
    says = "同一时刻的意见不一（李评审 核减为 20000.00 元、李评审 核减为 25000.00 元），须重新确认"
    assert decided(tmp_path, list(order)) == ("0.00", says)


def test_two_experts_who_agree_at_one_instant_are_paid_by(tmp_path: Path) -> None:
    """Each in words of his own; one of them wrote none."""
    other = APPROVE | {"panellist": "李评审", "reason": "同意"}
    assert decided(tmp_path, [APPROVE, other, APPROVE]) == ("30000.00", None)


def test_a_later_decision_settles_what_was_split(tmp_path: Path) -> None:
    later = APPROVE | {"decided_at": "2026-12-01 10:00:01"}
    assert decided(tmp_path, [APPROVE, REJECT], [later]) == ("30000.00", None)


def test_a_split_instant_before_the_latest_does_not_matter(tmp_path: Path) -> None:
    assert decided(tmp_path, [CUT | {"decided_at": "2026-12-02 10:00:00"}, APPROVE, REJECT]) == (
        "20000.00",
        None,
    )


def test_the_history_keeps_every_decision_of_the_instant(tmp_path: Path) -> None:
    decided(tmp_path, [APPROVE, REJECT])
    rows = asked(
        Workspace(tmp_path),
        "select panellist, is_latest, conflict_zh is not null from published.decision_history",
    )
    assert sorted(rows) == [("李评审", False, True), ("王评审", True, True)]
    assert len(recorded(Workspace(tmp_path), taken_on=IN_TIME.isoformat())) == 2


def test_what_was_split_may_be_confirmed_in_the_same_words(
    hesuan: Callable[..., Said], tmp_path: Path
) -> None:
    decided(tmp_path / "w", [APPROVE, REJECT])
    sheet = as_csv(tmp_path / "表.csv", rows_of(tmp_path / "w", only("C-a")))
    code, out, _ = hesuan("decide", sheet, "-w", tmp_path / "w", "--at", "2026-12-02 10:00:00", "--json")
    assert (code, json.loads(out)["recorded_count"]) == (0, 1)
