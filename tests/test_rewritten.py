"""What of a usage record a later file may complete, and what it may not say otherwise without a word."""

from pathlib import Path

import pytest

from hesuan.flows.workspace import make_workspace
from tests.city import POLICY
from tests.test_put_back import built, nights, rows

HEADER = "JobID|JobIDRaw|Account|Submit|Start|End|ElapsedRaw|State|AllocTRES"
HOUR = 21000 * 3600
FOUND = "select row_count, before_unit_seconds, after_unit_seconds from reconciled.rewritten"


def export(
    *, end: str = "2026-03-01T02:00:00", elapsed: int = 7200, state: str = "COMPLETED", gres: str = "a800=4"
) -> str:
    """One job of four cards that began with the first of March."""
    start = "2026-03-01T00:00:00"
    return f"{HEADER}\n7|7|t-a|{start}|{start}|{end}|{elapsed}|{state}|cpu=8,gres/gpu:{gres},node=1\n"


def found(root: Path, *contents: str) -> list[tuple]:
    workspace = make_workspace(root, policy=POLICY)
    nights(workspace, "sacct.txt", *contents)
    return rows(built(workspace), FOUND)


@pytest.mark.parametrize(
    ("first", "before"),
    [
        (export(elapsed=3600), 4 * HOUR),
        (export(state="NODE_FAIL"), 0),
        (export(gres="v100=4"), 8 * HOUR),
        (export(end="2026-03-01T01:00:00"), 4 * HOUR),
        (export(gres="a800=2"), 4 * HOUR),
        (export(state="RUNNING", end="Unknown", gres="a800=2"), None),
    ],
)
def test_what_counts_for_hours_or_their_worth_is_not_changed_in_silence(
    tmp_path: Path, first: str, before: int | None
) -> None:
    assert found(tmp_path, first, export()) == [(1, before, 8 * HOUR)]


@pytest.mark.parametrize(
    "first",
    [
        export(state="RUNNING", end="Unknown", elapsed=3600),
        # sacct -T cuts the end of what still runs to the end of the window.
        export(state="RUNNING", end="2026-03-01T01:00:00", elapsed=3600),
        export(gres="A800=4"),
        export(state="TIMEOUT"),
    ],
)
def test_a_run_that_was_not_over_may_be_completed(tmp_path: Path, first: str) -> None:
    assert found(tmp_path, first, export()) == []


def without(content: str, *columns: str) -> str:
    cells = [line.split("|") for line in content.splitlines()]
    kept = [place for place, name in enumerate(cells[0]) if name not in columns]
    return "\n".join("|".join(line[place] for place in kept) for line in cells) + "\n"


@pytest.mark.parametrize("column", ["JobIDRaw", "Submit"])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_run_exported_again_with_other_columns_counts_once(
    tmp_path: Path, *, column: str, is_first: bool
) -> None:
    """Its record_id tells less without them; the job's number and its start tell the run."""
    task = export(elapsed=7200).replace("7|7|t-a", "7_1|9|t-a")
    later = export().replace("7|7|t-a", "7_2|7|t-a").replace("T00:00:00|2026", "T00:00:05|2026")
    pair = [task, without(task + later.splitlines()[1] + "\n", column)]
    workspace = make_workspace(tmp_path, policy=POLICY)
    nights(workspace, "sacct.txt", *(pair if is_first else reversed(pair)))
    build = built(workspace)
    counted = "select split_part(record_id, ':', 2), card_units // 21000 from reconciled.interval order by 1"
    assert rows(build, counted) == [("7_1", 4), ("7_2", 4)]
    replaced = "select before_unit_seconds, after_unit_seconds from reconciled.old_usage"
    assert rows(build, replaced) == [(8 * HOUR, 8 * HOUR)]
    assert rows(build, FOUND) == []


def days(gres: str, *more: int) -> str:
    """The job of that many cards, and further jobs of other days."""
    return export(gres=gres) + "".join(
        f"{day}|{day}|t-a|2026-03-{day:02}T00:00:00|2026-03-{day:02}T00:00:00|2026-03-{day:02}T01:00:00|3600|COMPLETED|gres/gpu=1\n"
        for day in more
    )


CHANGED_ON = (
    "select changed_on::varchar, row_count, before_unit_seconds, after_unit_seconds from reconciled.rewritten"
)


@pytest.mark.parametrize(
    ("exports", "expected"),
    [
        # Changed, and changed back in a file that has a day more.
        ([days("a800=4"), days("a800=8", 2), days("a800=4", 2, 3)], [("2026-03-03", 1, 16 * HOUR, 8 * HOUR)]),
        # Handed in again whole: what counts is the day on which it came back.
        (
            [days("a800=4"), days("a800=8", 2), days("a800=4", 2, 3), days("a800=4", 2, 3, 4)],
            [("2026-03-03", 1, 16 * HOUR, 8 * HOUR)],
        ),
        # Changed back twice.
        (
            [days("a800=4"), days("a800=8"), days("a800=4", 2), days("a800=8", 2), days("a800=4", 2, 3)],
            [("2026-03-05", 1, 16 * HOUR, 8 * HOUR)],
        ),
        # Put right once, and handed in again with every day since: changed on the day it was put right.
        (
            [days("a800=8"), days("a800=4", 2), days("a800=4", 2, 3), days("a800=4", 2, 3, 4)],
            [("2026-03-02", 1, 16 * HOUR, 8 * HOUR)],
        ),
        ([days("a800=4"), days("a800=4", 2), days("a800=4", 2, 3)], []),
    ],
)
def test_a_value_changed_back_is_a_change_of_the_day_it_came_back(
    tmp_path: Path, exports: list[str], expected: list[tuple]
) -> None:
    workspace = make_workspace(tmp_path, policy=POLICY)
    nights(workspace, "sacct.txt", *exports)
    assert rows(built(workspace), CHANGED_ON) == expected
