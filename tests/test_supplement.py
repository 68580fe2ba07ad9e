"""A supplement with papers of its own: its invoices and its usage stand on both sides of one comparison."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.city import APPLICANTS, PRICE, PROVIDER, City
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


def test_a_claim_that_names_no_invoice_counts_those_of_the_supplement(tmp_path: Path) -> None:
    city = supplemented()
    city.rows["claim_invoice"] = []
    workspace = city.hand_in(tmp_path)
    tally(workspace)
    assert ask(workspace, CLAIM) == [("hold", 45_000, Decimal("95400.00"))]


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


def compared(city: City, root: Path) -> dict[str, str]:
    """Rule → sentence, of the rules that compare hours billed with hours metered."""
    workspace = city.hand_in(root)
    tally(workspace)
    return dict(
        ask(
            workspace,
            "select rule_id, sentence_zh from published.finding where rule_id in ('REC-001', 'REC-002', 'REC-006')",
        )
    )


def test_hours_billed_under_a_supplement_and_logged_under_the_contract_agree(tmp_path: Path) -> None:
    city = supplemented()
    city.row("usage_interval", contract_no="K-s")["contract_no"] = "K-a"
    assert compared(city, tmp_path) == {}


def test_hours_billed_under_a_supplement_that_nobody_used_are_in_excess(tmp_path: Path) -> None:
    city = supplemented()
    city.rows["usage_interval"] = [row for row in city.rows["usage_interval"] if row["contract_no"] == "K-a"]
    told = compared(city, tmp_path)
    assert list(told) == ["REC-001"]
    assert told["REC-001"].startswith(
        "合同 K-a + K-s 计费 9000.0000 卡时，可计入的计量 6000.0000 卡时，计费多 3000.0000 卡时"
        "（容许 90.0000 卡时）；按核算单价约 31800.00 元"
    )


@pytest.mark.parametrize("hours", [6000, 9000])
def test_a_supplement_without_a_bill_is_billed_by_its_invoice_unless_the_contracts_bill_lists_it(
    hours: int, tmp_path: Path
) -> None:
    city = supplemented()
    city.rows["statement"] = [row for row in city.rows["statement"] if row["contract_no"] == "K-a"]
    city.row("statement").update(quantity=hours, amount_yuan=PRICE * hours)
    assert compared(city, tmp_path) == {}


def test_usage_of_a_supplement_at_a_fixed_price_makes_up_for_no_hours(tmp_path: Path) -> None:
    city = supplemented()
    for table in ("contract_line", "statement"):
        city.row(table, contract_no="K-s").update(unit="项", quantity=1, unit_price_yuan=PRICE * 3000)
    city.row("usage_interval", contract_no="K-a")["card_count"] = 32
    told = compared(city, tmp_path)
    assert list(told) == ["REC-001"]
    assert told["REC-001"].startswith("合同 K-a 计费 6000.0000 卡时，可计入的计量 4800.0000 卡时")


def test_a_supplement_on_other_cards_does_not_mix_what_the_contract_leaves_unsaid(tmp_path: Path) -> None:
    city = supplemented()
    city.add("device", **city.rows["device"][0] | {"device_model": "910B"})
    city.row("statement", contract_no="K-a")["device_model"] = None
    for table in ("contract_line", "statement", "usage_interval"):
        city.row(table, contract_no="K-s")["device_model"] = "910B"
    assert compared(city, tmp_path) == {}


def test_a_contract_billed_eightfold_is_told_beside_a_large_supplement(tmp_path: Path) -> None:
    city = supplemented()
    city.row("usage_interval", contract_no="K-a")["card_count"] = 5
    told = compared(city, tmp_path)
    assert list(told) == ["REC-001", "REC-006"]
    assert told["REC-006"].startswith(
        "合同 K-a 计费 6000.0000 卡时，可计入的计量 750.0000 卡时，计费对计量之比接近 8；"
    )


def paid(city: City, contract_no: str, amount: Decimal, **more: str) -> None:
    parties = {"payer_id": APPLICANTS[0], "payee_id": PROVIDER, "paid_on": "2026-10-25"}
    city.add(
        "payment",
        payment_id=f"P-{contract_no}",
        contract_no=contract_no,
        amount_yuan=amount,
        **parties,
        **more,
    )


PAID = "select proposed_subsidy_yuan, paid_yuan from published.claim"


@pytest.mark.parametrize("is_invoice_named", [False, True])
def test_what_is_paid_under_a_supplement_is_paid_for_the_claim(
    is_invoice_named: bool, tmp_path: Path
) -> None:
    city = supplemented()
    for contract_no, hours in ("K-a", 6000), ("K-s", 3000):
        number = city.row("invoice", contract_no=contract_no)["invoice_number"]
        paid(city, contract_no, PRICE * hours, **({"invoice_number": number} if is_invoice_named else {}))
    workspace = city.hand_in(tmp_path)
    tally(workspace)
    assert ask(workspace, PAID) == [(45_000, Decimal("95400.00"))]


def test_what_is_paid_for_a_supplements_invoice_that_is_not_claimed_makes_up_for_nothing(
    tmp_path: Path,
) -> None:
    city = supplemented()
    number = city.row("invoice", contract_no="K-s")["invoice_number"]
    city.rows["claim_invoice"] = [r for r in city.rows["claim_invoice"] if r["invoice_number"] != number]
    city.row("claim").update(claimed_cost_yuan="60000.00", claimed_subsidy_yuan="30000.00")
    paid(city, "K-a", PRICE * 5000)
    paid(city, "K-s", PRICE * 3000)
    workspace = city.hand_in(tmp_path)
    tally(workspace)
    assert ask(workspace, PAID) == [(25_000, Decimal("53000.00"))]


def told_of(rule_id: str, city: City, root: Path) -> tuple[list[tuple[object, ...]], list[str]]:
    """The claims, and what a rule says of them."""
    workspace = city.hand_in(root)
    tally(workspace)
    sentences = "select sentence_zh from published.finding where rule_id = ?"
    return ask(workspace, CLAIM), [row[0] for row in ask(workspace, sentences.replace("?", f"'{rule_id}'"))]


def test_a_supplement_above_the_tariff_of_its_day_is_told(tmp_path: Path) -> None:
    city = supplemented()
    city.row("contract_line", contract_no="K-s")["unit_price_yuan"] = "12.00"
    claims, told = told_of("PRC-001", city, tmp_path)
    assert claims == [("hold", 45_000, Decimal("95400.00"))]
    assert told == [
        "合同 K-a + K-s 有 1 行明细的单价高于签订日公示的收费标准，如补充合同 K-s 第 1 行（智算服务 A800）："
        "合同 12.000000 元/卡时，公示 10.600000 元/卡时；用量按公示价核算，少计 4200.00 元。"
    ]


def test_a_bill_of_a_supplement_goes_by_the_supplements_price(tmp_path: Path) -> None:
    city = supplemented()
    city.row("contract_line", contract_no="K-s")["unit_price_yuan"] = "8.00"
    _, told = told_of("REC-003", city, tmp_path)
    assert told[0].startswith(
        "合同 K-a + K-s 的 2 行计费合计 95400.00 元，按计费数量乘以合同价应为 87600.00 元；"
        "超出容许的有 1 行（首行：S-s 第 1 行），扣除折让 0.00 元后共多 7800.00 元。"
    )


@pytest.mark.parametrize(("starts_on", "is_over"), [("2026-02-01", False), ("2026-11-01", True)])
def test_a_bill_of_the_contract_goes_by_a_supplements_price_in_its_term(
    starts_on: str, is_over: bool, tmp_path: Path
) -> None:
    city = supplemented()
    city.row("contract_line", contract_no="K-a")["unit_price_yuan"] = "9.00"
    city.row("contract", contract_no="K-s").update(starts_on=starts_on, ends_on="2026-12-31")
    city.row("usage_interval", contract_no="K-s")["contract_no"] = "K-a"
    _, told = told_of("REC-003", city, tmp_path)
    assert any("超出容许的有 1 行（首行：S-a 第 1 行）" in sentence for sentence in told) is is_over


@pytest.mark.parametrize("is_line_kept", [False, True])
def test_a_supplement_without_a_price_of_its_own_goes_by_the_contracts(
    is_line_kept: bool, tmp_path: Path
) -> None:
    """One with no lines, and one that only adds another model."""
    city = supplemented()
    line = city.row("contract_line", contract_no="K-s")
    if is_line_kept:
        line["device_model"] = "910B"
    else:
        city.rows["contract_line"].remove(line)
    claims, told = told_of("REC-003", city, tmp_path)
    assert claims == [("hold", 45_000, Decimal("95400.00"))]
    assert "有合同价可比的 2 行，在合同中找不到单价或没有数量的 0 行" in told[0]
    assert "计量乘以合同价 95400.00 元" in told[0]


def test_tiers_go_on_into_a_supplement_without_a_price_of_its_own(tmp_path: Path) -> None:
    city = supplemented()
    city.rows["contract_line"].remove(city.row("contract_line", contract_no="K-s"))
    city.row("contract_line", contract_no="K-a")["quantity"] = None
    tier = {"line_no": 2, "quantity": 7000, "unit_price_yuan": "10.00"}
    city.add("contract_line", **city.row("contract_line", contract_no="K-a") | tier)
    claims, _ = told_of("REC-003", city, tmp_path)
    assert claims == [("hold", Decimal("43018.86"), Decimal("91200.00"))]
