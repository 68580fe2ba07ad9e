"""What is published of providers: days with and without logs, use against installed cards, verdicts by provider."""

from collections.abc import Iterator
from datetime import date

import pytest

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import Connection, make
from tests.rule_case import court, fill

# 2026-03-01 00:00 in Asia/Shanghai, as UTC seconds.
MARCH = 1772294400
DAY = 86400
CARDS = sql_cards("published")


@pytest.fixture
def empty() -> Iterator[Connection]:
    with court() as connection:
        connection.execute("create schema published")
        connection.execute(
            "create table published.late_file (file_sha256 varchar, provider_id varchar, month varchar)"
        )
        yield connection


def made(connection: Connection, name: str, columns: str) -> list[tuple]:
    make(connection, CARDS[f"published.{name}"])
    return connection.execute(f"select {columns} from published.{name} order by all").fetchall()


def days_of_march(rows: list[tuple]) -> dict[int, str]:
    return {day.day: state for day, state in rows}


def claimed_from_the_first_to_the_fourth(connection: Connection, submitted_on: str) -> None:
    fill(
        connection, "reconciled.claim_paper", f"claim_id | contract_no | submitted_on\nC | K | {submitted_on}"
    )
    term = "contract_no | provider_id | starts_on | ends_on | counts_until\nK | P | 2026-03-01 | 2026-03-04 | 2026-12-31"
    fill(connection, "reconciled.contract_term", term)


def recorded(connection: Connection, *records: tuple[int, int, str]) -> None:
    """begin and end in seconds of March, and the file."""
    lines = [f"P | {MARCH + begin} | {MARCH + stop} | {file}" for begin, stop, file in records]
    fill(
        connection, "reconciled.interval", "\n".join(["provider_id | begin_s | stop_s | file_sha256", *lines])
    )


def test_a_day_in_the_term_without_any_record_is_missing(empty: Connection) -> None:
    claimed_from_the_first_to_the_fourth(empty, "2026-06-01")
    # From noon of the first to the last second of the second: midnight of the third is not in it.
    recorded(empty, (DAY // 2, 2 * DAY, "a"))
    found = days_of_march(made(empty, "log_day", "log_on, state"))
    assert found == {1: "arrived", 2: "arrived", 3: "missing", 4: "missing"}


def test_a_second_past_midnight_is_a_day_with_a_record(empty: Connection) -> None:
    claimed_from_the_first_to_the_fourth(empty, "2026-06-01")
    recorded(empty, (DAY // 2, 2 * DAY + 1, "a"))
    found = days_of_march(made(empty, "log_day", "log_on, state"))
    assert found == {1: "arrived", 2: "arrived", 3: "arrived", 4: "missing"}


def test_nothing_is_expected_after_the_claim_was_handed_in(empty: Connection) -> None:
    claimed_from_the_first_to_the_fourth(empty, "2026-03-02")
    assert days_of_march(made(empty, "log_day", "log_on, state")) == {1: "missing", 2: "missing"}


def test_a_day_is_late_only_where_every_file_that_tells_of_it_is(empty: Connection) -> None:
    empty.execute("insert into published.late_file values ('b', 'P', '2026-03')")
    recorded(empty, (0, 10, "a"), (0, DAY + 10, "b"))
    assert days_of_march(made(empty, "log_day", "log_on, state")) == {1: "arrived", 2: "late"}


def test_use_stands_beside_the_cards_listed_on_that_day(empty: Connection) -> None:
    use = "provider_id | device_model | usage_on | allocated_card_unit_seconds | unknown_card_record_count"
    rows = [f"P | A800 | 2026-03-0{n} | {21000 * 3600} | 0" for n in (1, 2, 3)]
    rows.append(f"P | H20 | 2026-03-01 | {21000 * 7200} | 1")
    fill(empty, "reconciled.usage_day", "\n".join([use, *rows]))
    device = "provider_id | device_uuid | device_model | card_count | valid_from | valid_to"
    fill(
        empty,
        "lake.device",
        "\n".join([device, "P | g1 | A800 | 1 | 2026-01-01 | 2026-03-02", "P |  | A800 | 8 | 2026-03-02 | "]),
    )
    found = made(empty, "capacity_day", "device_model, usage_on, used_gpu_hours, installed_card_count")
    assert [(m, d.day, str(u), n) for m, d, u, n in found] == [
        ("A800", 1, "1.0000", 1),
        ("A800", 2, "1.0000", 9),
        ("A800", 3, "1.0000", 8),
        ("H20", 1, "2.0000", None),
    ]


def test_a_provider_with_use_but_on_no_list_is_told_without_a_day_of_entry(empty: Connection) -> None:
    recorded(empty, (0, 10, "a"))
    fill(empty, "lake.provider", "provider_id | provider_name | listed_on\nQ | 甲 | 2026-01-05")
    assert made(empty, "provider", "provider_id, listed_on") == [("P", None), ("Q", date(2026, 1, 5))]


def test_verdicts_are_counted_by_the_provider_of_the_claim(empty: Connection) -> None:
    fill(empty, "reconciled.claim_paper", "claim_id | provider_id\nC1 | P\nC2 | P\nC3 | Q")
    verdicts = "rule_id | subject_kind | subject_id | claim_id | verdict\n"
    verdicts += "R | claim | C1 | C1 | pass\nR | claim | C2 | C2 | unknown\nR | claim | C3 | C3 | flag\nR | invoice | I |  | flag"
    fill(empty, "decided.verdict", verdicts)
    columns = "provider_id, pass_count, flag_count, unknown_count, not_applicable_count"
    assert made(empty, "provider_coverage", columns) == [
        ("P", 1, 0, 1, 0),
        ("Q", 0, 1, 0, 0),
        (None, 0, 1, 0, 0),
    ]
