"""Invoice lines in card-months that do not say which month: judged only where every month of the contract says the same."""

from collections.abc import Iterator
from typing import Any

import pytest

from hesuan.flows.warehouse import Connection, connect
from tests.city import APPLICANTS, City
from tests.night import tally

# Ten card-months: 6720 card-hours in February, 7200 in a month of 30 days, 7440 in one of 31.
# Contract → its term, hours metered, the period on the line, and what REC-001 and REC-002 make of it.
LONG, MARCH = ("2026-02-01", "2026-10-31"), ("2026-03-01", "2026-03-31")
SITUATIONS: dict[str, tuple[tuple[str, str], int, tuple[str, str] | None, str, str]] = {
    "short": (LONG, 6000, None, "flag", "pass"),
    "february": (LONG, 6720, None, "unknown", "pass"),
    "between": (LONG, 7200, None, "unknown", "unknown"),
    "long": (LONG, 7440, None, "pass", "unknown"),
    "more": (LONG, 8000, None, "pass", "flag"),
    "written": (LONG, 6720, MARCH, "flag", "pass"),
    # Invoiced in October, served in March: the contract knows no other month.
    "march": (MARCH, 7440, None, "pass", "pass"),
    "less": (MARCH, 6720, None, "flag", "pass"),
}


def city() -> City:
    town = City().with_register()
    for n, (name, ((starts_on, ends_on), hours, period, *_)) in enumerate(SITUATIONS.items()):
        town.honest(name, hours=hours, applicant=APPLICANTS[n % len(APPLICANTS)])
        town.row("contract", contract_no=f"K-{name}").update(starts_on=starts_on, ends_on=ends_on)
        town.row("contract_line", contract_no=f"K-{name}").update(
            unit="卡月", quantity=10, unit_price_yuan="7000"
        )
        number = town.row("invoice", contract_no=f"K-{name}")["invoice_number"]
        line = town.row("invoice_line", invoice_number=number)
        line.update(unit="卡月", quantity=10)
        if period:
            line.update(period_from=period[0], period_to=period[1])
    town.rows["statement"] = []
    return town


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    outcome = tally(city().hand_in(tmp_path_factory.mktemp("undated")))
    with connect(outcome.database, read_only=True) as connection:
        yield connection


def asked(connection: Connection, question: str, *values: str) -> list[tuple[Any, ...]]:
    return connection.execute(question, list(values)).fetchall()


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_bill_is_above_what_was_metered_only_where_its_shortest_month_is(
    told: Connection, name: str
) -> None:
    said = "select rule_id, verdict from decided.verdict where claim_id = ? and rule_id in ('REC-001', 'REC-002') order by all"
    *_, above, below = SITUATIONS[name]
    assert asked(told, said, f"C-{name}") == [("REC-001", above), ("REC-002", below)]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("february", "；未写计费期，按 31 天的月折算"),
        ("march", "；未写计费期，按 31 天的月折算"),
        ("written", "卡时（三十日的月）"),
    ],
)
def test_the_line_says_which_month_was_taken(told: Connection, name: str, says: str) -> None:
    [(conversion,)] = asked(
        told, "select conversion_zh from published.bill_line where contract_no = ?", f"K-{name}"
    )
    assert conversion.endswith(says)


def test_the_finding_says_how_many_lines_name_no_month(told: Connection) -> None:
    [(sentence,)] = asked(
        told, "select sentence_zh from published.finding where finding_id = 'REC-001:C-february'"
    )
    assert "单位不能折算的计费行 0 行，按月计价而未写计费期的 1 行" in sentence
