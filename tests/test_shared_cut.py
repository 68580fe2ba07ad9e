"""Two contracts share three invoices, each share cut to the fen, and the vouchers were taken off when they were paid."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.city import APPLICANTS, PROVIDER, City
from tests.night import tally
from tests.test_slurm_run import ask

CENT = Decimal("0.01")
SHARED = {
    "26510000000000000100": (Decimal("45933.33"), Decimal("24266.66")),
    "26510000000000000300": (Decimal("45933.33"), Decimal("24266.66")),
    "26510000000000000500": (Decimal("45933.34"), Decimal("24266.68")),
}
"""Invoice → its gross and what was paid for it: 137 800 yuan, less two vouchers of 30 000 and 35 000."""


def city_of_two(short: Decimal) -> City:
    """6000 and 7000 card-hours, six and seven thirteenths of each invoice; `short` of it was not paid."""
    city = City().with_register().honest("a", hours=6000).honest("b", hours=7000)
    city.row("voucher", voucher_id="V-a")["face_yuan"] = "30000.00"
    city.row("voucher", voucher_id="V-b")["face_yuan"] = "35000.00"
    invoice, line = city.rows["invoice"][0], city.rows["invoice_line"][0]
    for table in ("invoice", "invoice_line", "claim_invoice"):
        city.rows[table] = []
    for row in city.rows["statement"]:
        row["invoice_number"] = None
    for number, (gross, paid) in SHARED.items():
        net = (gross / Decimal("1.06")).quantize(CENT)
        amounts = {"invoice_number": number, "net_yuan": net, "tax_yuan": gross - net}
        city.add("invoice", **invoice | amounts | {"gross_yuan": gross, "contract_no": None})
        city.add("invoice_line", **line | amounts | {"quantity": None, "unit": None})
        first = (net * 6 / 13).quantize(CENT)
        for claim, part in (("C-a", first), ("C-b", net - first)):
            city.add("claim_invoice", claim_id=claim, invoice_number=number, allocated_yuan=part)
        city.add(
            "payment",
            payment_id=f"P-{number}",
            paid_on="2026-10-21",
            payer_id=APPLICANTS[0],
            payee_id=PROVIDER,
            amount_yuan=paid - short,
            invoice_number=number,
        )
    return city


@pytest.mark.parametrize(
    ("short", "expected"),
    [
        ("0", [("C-a", "approve", Decimal("30000.00")), ("C-b", "approve", Decimal("35000.00"))]),
        ("1", [("C-a", "reject", Decimal("0.00")), ("C-b", "reject", Decimal("0.00"))]),
    ],
    ids=["all was paid", "some was not"],
)
def test_shares_cut_to_the_fen_take_no_voucher_away(
    tmp_path: Path, short: str, expected: list[tuple[str, str, Decimal]]
) -> None:
    workspace = city_of_two(Decimal(short)).hand_in(tmp_path)
    tally(workspace)
    asked = "select claim_id, disposition, proposed_subsidy_yuan from published.claim order by claim_id"
    assert ask(workspace, asked) == expected
