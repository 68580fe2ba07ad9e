"""Where a contract has no statement its invoices bill it: one that is void or taken back by a red letter bills nothing."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.warehouse import connect
from tests.city import City
from tests.night import tally

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
