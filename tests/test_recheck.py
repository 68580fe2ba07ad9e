"""Invoices of paid claims are due for a check 6 and 12 months after the payment (解读 R21)."""

from collections.abc import Iterator
from datetime import date

import pytest

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import Connection, build
from hesuan.reports.page import overview
from tests.rule_case import court, fill

Rows = list[tuple[object, ...]]
CARDS = {name: card for name, card in sql_cards("published").items() if name == "published.recheck"}
TABLES = {
    "reconciled.claim_paper": """
claim_id | contract_no | provider_id | submitted_on
C_paid   | K_paid      | P           | 2026-08-01
C_due    | K_due       | P           | 2026-08-01
C_old    | K_old       | P           | 2026-08-01
C_open   | K_open      | P           | 2026-08-01
""",
    "reconciled.claim_redeemed": """
claim_id | redeemed_yuan | redeemed_on
C_paid   | 25000.00      | 2026-08-31
C_old    | 25000.00      |
""",
    "published.payment_list": """
claim_id | decided_at
C_due    | 2026-12-01 10:00
""",
    "reconciled.claim_invoice_use": """
claim_id | invoice_number
C_paid   | I_paid
C_due    | I_due
C_old    | I_old
C_open   | I_open
""",
    "lake.invoice_check": """
invoice_number | checked_at       | result
I_paid         | 2027-02-27 23:59 | normal
I_paid         | 2027-02-28 00:00 | normal
I_paid         | 2027-03-05 09:00 | red
I_due          | 2026-11-30 09:00 | normal
I_old          | 2027-11-30 09:00 | normal
""",
}


@pytest.fixture(scope="module")
def published() -> Iterator[Connection]:
    with court() as connection:
        connection.execute("create schema published")
        connection.execute("create table published.payment_list (claim_id varchar, decided_at timestamptz)")
        for relation, table in TABLES.items():
            fill(connection, relation, table)
        build(connection, CARDS)
        yield connection


@pytest.fixture(scope="module")
def rechecks(published: Connection) -> Rows:
    return published.execute("""
        select claim_id, month_no, due_on::varchar, checked_on::varchar, result, is_checked
        from published.recheck
        order by claim_id, month_no
    """).fetchall()


def of(rechecks: Rows, claim_id: str) -> Rows:
    return [row[1:] for row in rechecks if row[0] == claim_id]


def test_the_first_check_on_the_day_or_later_counts(rechecks: Rows) -> None:
    """Six months after 31 August is the last of February."""
    assert of(rechecks, "C_paid") == [
        (6, "2027-02-28", "2027-02-28", "normal", True),
        (12, "2027-08-31", None, None, False),
    ]


def test_a_check_before_the_day_leaves_it_open(rechecks: Rows) -> None:
    assert of(rechecks, "C_due") == [
        (6, "2027-06-01", None, None, False),
        (12, "2027-12-01", None, None, False),
    ]


def test_a_payment_of_an_unknown_day_is_due_on_an_unknown_day(rechecks: Rows) -> None:
    assert of(rechecks, "C_old") == [(6, None, None, None, False), (12, None, None, None, False)]


def test_a_claim_that_is_not_paid_is_not_rechecked(rechecks: Rows) -> None:
    assert of(rechecks, "C_open") == []


def test_the_first_page_counts_the_open_ones_and_names_the_first_day(published: Connection) -> None:
    assert overview.recheck(published) == {"row_count": 5, "first_due_on": date(2027, 6, 1)}
