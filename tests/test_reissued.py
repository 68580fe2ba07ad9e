"""Where a contract has no statement its invoices bill it: one that is void or taken back by a red letter bills nothing."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import connect, make
from tests.city import City
from tests.night import tally
from tests.rule_case import court, fill

RED, NEW = "26510000009999999999", "26510000008888888888"


def billed(city: City, folder: Path) -> tuple[Decimal | None, list[str]]:
    """Card-hours of the claim, and the rules of REC that did not pass."""
    workspace = city.hand_in(folder)
    tally(workspace)
    with connect(workspace.published, read_only=True) as connection:
        [(hours,)] = connection.execute("select billed_gpu_hours from published.claim").fetchall()
        found = connection.execute("select rule_id from published.finding where rule_id like 'REC-00%'")
        return hours, [rule for (rule,) in found.fetchall()]


def taken_back(row: dict[str, Any], share: str, **more: Any) -> dict[str, Any]:
    """What a red letter says of a share of an invoice, or of its line."""
    amounts = {name: row[name] for name in ("net_yuan", "tax_yuan", "gross_yuan", "quantity") if name in row}
    lowered = {name: -Decimal(str(amount)) * Decimal(share) for name, amount in amounts.items()}
    return {**row, **lowered, "invoice_number": RED, **more}


def city_without_statement() -> City:
    city = City().with_register().honest("a", hours=6000)
    city.rows["statement"] = []
    return city


def papers(city: City) -> tuple[dict[str, Any], dict[str, Any]]:
    """The invoice of the contract and its line."""
    return city.row("invoice", contract_no="K-a"), city.rows["invoice_line"][0]


def take_back(city: City, share: str) -> None:
    """A red letter, with its line, for a share of the invoice."""
    invoice, line = papers(city)
    old = invoice["invoice_number"]
    city.add("invoice", **taken_back(invoice, share, status="red", original_invoice_number=old))
    city.add("invoice_line", **taken_back(line, share))


def test_an_invoice_taken_back_and_issued_again_bills_once(tmp_path: Path) -> None:
    city = city_without_statement()
    invoice, line = papers(city)
    take_back(city, "1")
    city.add("invoice", **{**invoice, "invoice_number": NEW, "issued_on": "2026-10-22"})
    city.add("invoice_line", **{**line, "invoice_number": NEW})
    city.row("claim_invoice")["invoice_number"] = NEW
    assert billed(city, tmp_path) == (Decimal(6000), [])


@pytest.mark.parametrize(("status", "hours"), [("normal", 12_000), ("void", 6000)])
def test_a_void_invoice_bills_nothing(tmp_path: Path, status: str, hours: int) -> None:
    city = city_without_statement()
    invoice, line = papers(city)
    city.add("invoice", **{**invoice, "invoice_number": NEW, "status": status})
    city.add("invoice_line", **{**line, "invoice_number": NEW})
    assert billed(city, tmp_path)[0] == hours


def test_of_a_red_letter_for_a_part_its_lines_go_off(tmp_path: Path) -> None:
    city = city_without_statement()
    take_back(city, "0.25")
    assert billed(city, tmp_path)[0] == 4500


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("1", ("approve", Decimal("30000.00"))), ("0.9", ("reject", Decimal("0.00")))],
    ids=["the same amount", "another amount"],
)
def test_an_invoice_issued_again_after_the_filing_is_as_old_as_the_first(
    tmp_path: Path, amount: str, expected: tuple[str, Decimal]
) -> None:
    """A title was wrong: taken back and issued again when the claim lay with the panel. Another amount is another invoice."""
    city = City().with_register().honest("a", hours=6000)
    invoice, line = papers(city)
    take_back(city, "1")
    again = {n: Decimal(str(invoice[n])) * Decimal(amount) for n in ("net_yuan", "tax_yuan", "gross_yuan")}
    city.add("invoice", **{**invoice, **again, "invoice_number": NEW, "issued_on": "2026-11-10"})
    lined = {n: Decimal(str(line[n])) * Decimal(amount) for n in ("net_yuan", "tax_yuan", "quantity")}
    city.add("invoice_line", **{**line, **lined, "invoice_number": NEW})
    city.row("claim_invoice")["invoice_number"] = NEW
    city.row("claim_invoice")["allocated_yuan"] = again["net_yuan"]
    city.row("statement")["invoice_number"] = NEW
    workspace = city.hand_in(tmp_path)
    tally(workspace)
    with connect(workspace.published, read_only=True) as connection:
        asked = "select disposition, proposed_subsidy_yuan from published.claim"
        assert connection.execute(asked).fetchall() == [expected]


def pairs(reds: str, states: str, persons: str = "applicant_id | person_id") -> list[tuple[Any, ...]]:
    """Invoice issued again → the one in whose place it stands."""
    with court() as connection:
        given = (
            ("reconciled.red_letter", reds),
            ("reconciled.invoice_state", states),
            ("reconciled.applicant_person", persons),
        )
        for name, rows in given:
            fill(connection, name, "\n".join(row.strip() for row in rows.strip().splitlines()))
        make(connection, sql_cards("reconciled")["reconciled.reissued_invoice"])
        asked = "select invoice_number, first_number from reconciled.reissued_invoice order by all"
        return connection.execute(asked).fetchall()


def test_each_invoice_taken_back_is_issued_again_once() -> None:
    """Two taken back and three of the amount after: the third is another invoice, and so is one of before a red letter."""
    reds = """
        invoice_number | issued_on
        O1             | 2026-11-05
        O2             | 2026-11-08
        O3             | 2026-11-05
    """
    states = """
        invoice_number | contract_no | seller_id | buyer_id | issued_on  | gross_yuan | red_gross_yuan
        O1             |             | P         | U        | 2026-10-01 | 100        | -100
        O2             | K           | P         | U        | 2026-10-02 | 100        | -100
        N1             | K           | P         | U        | 2026-11-06 | 100        | 0
        N2             | K           | P         | U        | 2026-11-09 | 100        | 0
        N3             | K           | P         | U        | 2026-11-10 | 100        | 0
        O3             | K           | P         | V        | 2026-10-01 | 100        | -100
        N4             | K           | P         | V        | 2026-11-04 | 100        | 0
        N5             | L           | P         | V        | 2026-11-06 | 100        | 0
    """
    assert pairs(reds, states) == [("N1", "O1"), ("N2", "O2")]


def test_an_invoice_is_issued_again_to_the_branch_or_its_head_office() -> None:
    """The title was wrong: the head office's for its branch's. Another firm's takes no place."""
    reds = """
        invoice_number | issued_on
        O1             | 2026-11-05
        O2             | 2026-11-05
    """
    states = """
        invoice_number | contract_no | seller_id | buyer_id | issued_on  | gross_yuan | red_gross_yuan
        O1             | K           | P         | U        | 2026-10-01 | 100        | -100
        N1             | K           | P         | U_branch | 2026-11-06 | 100        | 0
        O2             | L           | P         | U        | 2026-10-01 | 100        | -100
        N2             | L           | P         | V        | 2026-11-06 | 100        | 0
    """
    assert pairs(reds, states, "applicant_id | person_id\nU | U\nU_branch | U") == [("N1", "O1")]


def test_an_invoice_of_another_contract_takes_no_place() -> None:
    """The same parties and amount, as every year: the first contract's was taken back and never issued again."""
    reds = """
        invoice_number | issued_on
        O1             | 2025-11-05
        O2             | 2026-11-08
    """
    states = """
        invoice_number | contract_no | seller_id | buyer_id | issued_on  | gross_yuan | red_gross_yuan
        O1             | K25         | P         | U        | 2025-10-01 | 100        | -100
        O2             | K26         | P         | U        | 2026-10-02 | 100        | -100
        N2             | K26         | P         | U        | 2026-11-09 | 100        | 0
    """
    assert pairs(reds, states) == [("N2", "O2")]
