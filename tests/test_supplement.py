"""A supplement with papers of its own: its invoices and its usage stand on both sides of one comparison."""

from decimal import Decimal
from pathlib import Path

from tests.city import APPLICANTS, PRICE, City
from tests.night import tally
from tests.test_slurm_run import ask

CLAIM = "select disposition, proposed_subsidy_yuan, supported_yuan from published.claim"


def supplemented() -> City:
    """6000 card-hours under K-a, 3000 under its supplement K-s, claimed together for 90 000 yuan."""
    city = City().with_register()
    for name, hours, cards in ("a", 6000, 40), ("s", 3000, 20):
        own = {"applicant": APPLICANTS[0], "year": 2026, "at": "09:00:00", "cards": cards}
        city.claim(name, hours=hours, gross=PRICE * hours, **own)
    city.row("contract", contract_no="K-s")["parent_contract_no"] = "K-a"
    city.row("claim_invoice", claim_id="C-s")["claim_id"] = "C-a"
    for table, key in ("voucher", "voucher_id"), ("claim", "claim_id"), ("material", "claim_id"):
        city.rows[table] = [row for row in city.rows[table] if not row[key].endswith("-s")]
    city.row("claim", claim_id="C-a").update(claimed_cost_yuan="90000.00", claimed_subsidy_yuan="45000.00")
    return city


def test_what_was_used_under_a_supplement_counts_and_is_shown_to_the_panel(tmp_path: Path) -> None:
    workspace = supplemented().hand_in(tmp_path)
    tally(workspace)
    assert ask(workspace, CLAIM) == [("hold", 45_000, Decimal("95400.00"))]
    [(verdict, sentence)] = ask(
        workspace, "select verdict, sentence_zh from published.finding where rule_id = 'REC-003'"
    )
    assert verdict == "unknown"
    assert (
        "计量乘以合同价 95400.00 元（其中补充合同 K-s 的 31800.00 元，各条未核对其用量，请专家组核对）"
        in sentence
    )


def test_less_used_under_both_than_was_invoiced_is_cut_to_what_was_used(tmp_path: Path) -> None:
    city = supplemented()
    city.row("usage_interval", contract_no="K-s")["card_count"] = 10
    workspace = city.hand_in(tmp_path)
    tally(workspace)
    assert ask(workspace, CLAIM) == [("hold", 37_500, Decimal("79500.00"))]


def test_a_supplement_whose_usage_is_logged_under_the_contract_passes(tmp_path: Path) -> None:
    city = supplemented()
    city.row("usage_interval", contract_no="K-s")["contract_no"] = "K-a"
    for row in city.rows["statement"]:
        row["contract_no"] = "K-a"
    workspace = city.hand_in(tmp_path)
    tally(workspace)
    assert ask(workspace, CLAIM) == [("approve", 45_000, Decimal("95400.00"))]


def test_usage_under_a_supplement_before_the_contracts_voucher_is_usage_before_it(tmp_path: Path) -> None:
    city = supplemented()
    city.row("voucher", voucher_id="V-a")["effective_at"] = "2026-03-02 00:00:00"
    workspace = city.hand_in(tmp_path)
    tally(workspace)
    early = "select contract_no from reconciled.contract_day where cause = 'before_voucher' group by all order by all"
    assert ask(workspace, early) == [("K-a",), ("K-s",)]
