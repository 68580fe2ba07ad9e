"""A red letter is one by its status, by its negative amount, or by both; it lowers the invoice that it names."""

from decimal import Decimal
from pathlib import Path

import pytest

from hesuan.flows.warehouse import connect
from tests.city import City
from tests.night import tally


@pytest.mark.parametrize(("status", "sign"), [("red", -1), ("red", 1), ("normal", -1)])
def test_a_red_letter_lowers_its_invoice(tmp_path: Path, status: str, sign: int) -> None:
    city = City().with_register().honest("a", hours=16_000)
    invoice = city.row("invoice", contract_no="K-a")
    amounts = {"net_yuan": "40000.00", "tax_yuan": "2400.00", "gross_yuan": "42400.00"}
    red = {name: sign * Decimal(amount) for name, amount in amounts.items()} | {
        "invoice_number": "26510000009999999999",
        "issued_on": "2026-10-25",
        "status": status,
        "original_invoice_number": invoice["invoice_number"],
    }
    city.add("invoice", **{**invoice, **red})
    city.add("claim_invoice", claim_id="C-a", invoice_number="26510000007777777777", allocated_yuan="1.00")
    workspace = city.hand_in(tmp_path)
    tally(workspace)
    with connect(workspace.published, read_only=True) as connection:
        told = "select net_yuan, red_net_yuan, effective_net_yuan, red_count from reconciled.invoice_state"
        [(net, taken_off, left, count)] = connection.execute(told).fetchall()
        faces = "select is_handed_in, is_red from reconciled.claim_invoice_face order by invoice_number"
        seen = connection.execute(faces).fetchall()
        claimed = connection.execute("select invoiced_net_yuan from published.claim").fetchall()
    assert (taken_off, left, count) == (Decimal("-40000.00"), net - Decimal("40000.00"), 1)
    assert claimed == [(left,)]
    # An invoice that was not handed in is missed, and no red letter.
    assert seen == [(True, False), (False, False)]


@pytest.mark.parametrize(
    ("checked_at", "disposition"), [("2026-10-24 10:00:00", "hold"), ("2026-10-26 10:00:00", "approve")]
)
def test_a_red_letter_without_an_original_holds_until_a_later_check(
    tmp_path: Path, checked_at: str, disposition: str
) -> None:
    city = City().with_register().honest("a", hours=16_000)
    invoice = city.row("invoice", contract_no="K-a")
    red = {name: -Decimal(str(invoice[name])) for name in ("net_yuan", "tax_yuan", "gross_yuan")}
    number = {
        "invoice_number": "26510000009999999999",
        "issued_on": "2026-10-25",
        "status": "red",
        "contract_no": None,
    }
    city.add("invoice", **{**invoice, **red, **number})
    city.add(
        "invoice_check", invoice_number=invoice["invoice_number"], checked_at=checked_at, result="normal"
    )
    workspace = city.hand_in(tmp_path)
    tally(workspace)
    with connect(workspace.published, read_only=True) as connection:
        told = connection.execute(
            "select disposition, reasons, proposed_subsidy_yuan from published.claim"
        ).fetchall()
        shown = connection.execute(
            "select \"values\"->>'invoice_number' from published.evidence_row where finding_id = 'INV-002:C-a' order by 1"
        ).fetchall()
    assert told == [(disposition, ["INV-002"] if disposition == "hold" else [], Decimal("80000.00"))]
    numbers = sorted([invoice["invoice_number"], "26510000009999999999"])
    assert [n for (n,) in shown if n] == (numbers if disposition == "hold" else [])


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("051001900111", {"original_invoice_number": "05100190011112345678"}),
        ("5100191130", {"original_invoice_number": "510019113012345678"}),
        ("5100191130", {"remark": "被红冲蓝字发票号码：510019113012345678"}),
    ],
    ids=["twelve digits", "ten digits", "ten digits in the remark"],
)
def test_an_invoice_of_before_is_named_by_its_code_and_number_in_one(
    tmp_path: Path, code: str, named: dict[str, str]
) -> None:
    city = City().with_register().honest("a", hours=16_000)
    invoice = city.row("invoice", contract_no="K-a")
    amounts = {"net_yuan": "-40000.00", "tax_yuan": "-2400.00", "gross_yuan": "-42400.00"}
    red = {"invoice_number": "26510000009999999999", "issued_on": "2026-10-25", "status": "red"}
    city.add("invoice", **{**invoice, **amounts, **red, **named})
    old = {"invoice_code": code, "invoice_number": "12345678"}
    for table in ("invoice_line", "statement", "claim_invoice"):
        city.row(table, invoice_number=invoice["invoice_number"])["invoice_number"] = old["invoice_number"]
    invoice |= old
    workspace = city.hand_in(tmp_path)
    tally(workspace)
    with connect(workspace.published, read_only=True) as connection:
        told = connection.execute("select invoiced_net_yuan, proposed_subsidy_yuan from published.claim")
        assert told.fetchall() == [(Decimal("120000.00"), Decimal("60000.00"))]
