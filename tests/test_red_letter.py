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
