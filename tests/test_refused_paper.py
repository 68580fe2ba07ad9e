"""A row that would lower what a claim gets and could not be read: people see it before anything is paid."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.city import APPLICANTS, PROVIDER, City
from tests.night import tally
from tests.test_slurm_run import ask

RED = "26510000009999999999"
CLAIM = "select disposition, proposed_subsidy_yuan, list_contains(reasons, 'REC-010') from published.claim"


def city() -> City:
    """12 000 card-hours, 127 200 yuan with tax."""
    return City().with_register().honest("a", hours=12_000)


def red_letter(made: City, written: str) -> dict[str, Any]:
    """Of half the invoice, on the day as written."""
    [invoice] = made.rows["invoice"]
    amounts = {"net_yuan": "-60000.00", "tax_yuan": "-3600.00", "gross_yuan": "-63600.00", "status": "red"}
    named = {"invoice_number": RED, "original_invoice_number": invoice["invoice_number"]}
    return invoice | amounts | named | {"issued_on": written}


def test_a_red_letter_that_cannot_be_read_holds_the_claim_until_it_is_put_right(tmp_path: Path) -> None:
    made = city()
    made.add("invoice", **red_letter(made, "十月二十五"))
    workspace = made.hand_in(tmp_path)
    tally(workspace)
    assert ask(workspace, CLAIM) == [("hold", Decimal("60000.00"), True)]
    shown = "select file_name, row_no from published.evidence_row where finding_id = 'REC-010:C-a'"
    assert ("registry/invoice.csv", 3) in ask(workspace, shown)
    made.rows["invoice"][1]["issued_on"] = "2026-10-25"
    (workspace.inbox / "registry" / "invoice.csv").write_text(made.csv("invoice"), encoding="utf-8")
    tally(workspace)
    assert ask(workspace, CLAIM) == [("approve", Decimal("30000.00"), False)]


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (
            "payment",
            {"payment_id": "P-back", "paid_on": "2026-10-29", "payer_id": APPLICANTS[0], "payee_id": PROVIDER}
            | {"amount_yuan": "(50000.00)", "contract_no": "K-a"},
        ),
        (
            "grant_history",
            {"policy_year": 2026, "applicant_id": APPLICANTS[0], "contract_no": "K-old"}
            | {"claimed_yuan": "400000.00", "redeemed_yuan": "40万"},
        ),
    ],
)
def test_a_refund_and_an_earlier_grant_too(tmp_path: Path, table: str, row: dict[str, Any]) -> None:
    made = city()
    made.add(table, **row)
    workspace = made.hand_in(tmp_path)
    tally(workspace)
    assert ask(workspace, CLAIM) == [("hold", Decimal("60000.00"), True)]


def test_another_firms_row_holds_nothing(tmp_path: Path) -> None:
    made = city()
    made.add(
        "grant_history",
        policy_year=2026,
        applicant_id=APPLICANTS[1],
        contract_no="K-else",
        redeemed_yuan="40万",
    )
    workspace = made.hand_in(tmp_path)
    tally(workspace)
    assert ask(workspace, CLAIM) == [("approve", Decimal("60000.00"), False)]
