"""Ledgers that were changed after a night published: the next night tells it, and then goes by what lies there."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hesuan.flows.intake.evidence import ledger
from hesuan.flows.ledger.book import book_path
from hesuan.flows.verify.since_published import changed_by_hand
from hesuan.flows.workspace import Workspace
from tests.night import IN_TIME, after_first_night, tally
from tests.test_verify import HAN, no_database, published

Lines = list[dict]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return after_first_night(tmp_path / "w")


def rewrite(path: Path, change: Callable[[Lines], Lines]) -> None:
    lines = change([json.loads(line) for line in path.read_text("utf-8").splitlines()])
    path.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), "utf-8")


def an_intake_less(lines: Lines) -> Lines:
    """And the number of its batch made to fit."""
    kept = [line for line in lines if "blacklist" not in line["intake"]["name"]]
    return [{**line, "of": len(kept)} for line in kept]


def an_earlier_day(lines: Lines) -> Lines:
    return [{**line, "intake": {**line["intake"], "taken_on": "2026-01-01"}} for line in lines]


def another_amount(lines: Lines) -> Lines:
    return [
        {**line, "entry": {**line["entry"], "amount_yuan": "1.00"}} if line["entry"]["amount_yuan"] else line
        for line in lines
    ]


@pytest.mark.parametrize(
    ("ledger_name", "change", "says"),
    [
        ("intake.jsonl", an_intake_less, "registry/blacklist.csv（5936aac8d29c…）有 1 行，收录台账有 0 条"),
        ("intake.jsonl", an_earlier_day, "taken_on 为 2026-04-05，收录台账记作 2026-01-01"),
        ("ledger.jsonl", another_amount, "与 evidence/ledger.jsonl 所记不同"),
    ],
)
def test_a_ledger_changed_by_hand_is_told_by_the_next_night(
    workspace: Workspace, ledger_name: str, change: Callable[[Lines], Lines], says: str
) -> None:
    rewrite(workspace.evidence / ledger_name, change)
    outcome = tally(workspace, today=IN_TIME)
    assert outcome.evidence[0].startswith("收录台账或券台账与上次公布的不符，共 ")
    assert says in outcome.evidence[1]
    english = [line for line in outcome.lines(lang="en") if line.startswith("evidence: ")]
    assert len(english) == len(outcome.evidence)
    assert [line for line in english if HAN.search(line)] == []


def test_ledgers_that_only_grew_are_as_they_were(workspace: Workspace) -> None:
    for content in ("x", "y"):
        (workspace.inbox / "note.txt").write_text(content, "utf-8")
        assert tally(workspace, today=IN_TIME).evidence == ()
    assert len({intake.batch for intake in ledger(workspace)}) == 3


def test_a_restored_backup_is_told_and_a_database_that_cannot_say_is_not_asked(workspace: Workspace) -> None:
    book_path(workspace).unlink()
    assert len(changed_by_hand(workspace)) > 1
    published(workspace, "alter table lake.input_file rename column batch to other")
    published(workspace, "drop table published.ledger_entry")
    assert changed_by_hand(workspace) == []
    no_database(workspace)
    assert changed_by_hand(workspace) == []


def test_a_database_with_what_no_night_writes_is_told_and_stops_no_night(workspace: Workspace) -> None:
    published(workspace, "update published.ledger_event set event = 'given' where event = 'effect'")
    [_, line] = changed_by_hand(workspace)
    assert "券台账里有本程序写不出的值" in line
    tally(workspace, today=IN_TIME)
