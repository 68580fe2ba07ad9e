"""What pages and sheets say of a parameter that changes is what is in force on the run's day, not what begins later."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hesuan.flows.warehouse import Connection, connect
from hesuan.reports.published import listed, reason_length, value_in_force
from hesuan.reports.sheet.case_sheet import RULES
from hesuan.schemas.policy import Policy
from tests.night import IN_TIME, after_first_night, of_one_reading, tally
from tests.report_city import city

KEY = "panel.reason_min_chars"
CHANGES = """
    update published.parameter set valid_to = date '2026-10-01' where key = 'panel.reason_min_chars';
    insert into published.parameter (key, value, valid_from) values ('panel.reason_min_chars', '20', date '2026-10-01');
"""


def on(connection: Connection, day: str | None, newest_file: str = "2026-01-05") -> str:
    connection.execute("update published.run set as_of = ?", [day])
    connection.execute(
        "update published.input_file set first_seen_at = ?::timestamptz", [f"{newest_file} 00:00:00+08"]
    )
    return reason_length(connection)


@pytest.mark.parametrize(
    ("day", "newest_file", "length"),
    [
        ("2026-09-30", "2026-11-01", "10"),
        ("2026-10-01", "2026-01-05", "20"),
        (None, "2026-09-30", "10"),
        (None, "2026-10-01", "20"),
        # Before anything is in force the first value is taken, as policy.number takes it.
        ("2025-06-01", "2025-06-01", "10"),
    ],
)
def test_the_value_of_the_runs_day_is_told(day: str | None, newest_file: str, length: str) -> None:
    with city() as connection:
        connection.execute(CHANGES)
        assert on(connection, day, newest_file) == length


def test_what_has_ended_is_in_force_no_more() -> None:
    with city() as connection:
        connection.execute(f"update published.parameter set valid_to = date '2026-09-01' where key = '{KEY}'")
        assert value_in_force(connection, KEY) is None


def test_the_workbook_says_from_when_each_value_holds() -> None:
    with city() as connection:
        connection.execute(CHANGES)
        _, rows = listed(connection, RULES)
    spans = [(row["取值"], row["生效日"], row["失效日"]) for row in rows if row["编号"] == KEY]
    assert spans == [("10", date(2026, 1, 1), date(2026, 10, 1)), ("20", date(2026, 10, 1), None)]


def amended() -> Policy:
    """Sums are taken with their tax from 2027 on."""
    found = []
    for parameter in of_one_reading().parameters:
        if parameter.key == "base.tax":
            found.append(replace(parameter, value="inclusive", valid_from=date(2027, 1, 1)))
            parameter = replace(parameter, valid_to=date(2027, 1, 1))
        found.append(parameter)
    return replace(of_one_reading(), parameters=tuple(found), sha256="amended from 2027")


def test_the_reading_taken_is_that_of_the_claims(tmp_path: Path) -> None:
    workspace = after_first_night(tmp_path)
    tally(workspace, amended(), today=IN_TIME)
    with connect(workspace.newest(), read_only=True) as connection:
        taken = connection.execute(
            "select reading_value from published.reading_total where reading_key = 'base.tax'"
        ).fetchall()
    assert taken == [("exclusive",)]
