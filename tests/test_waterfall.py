"""The waterfall of 第七条 against an independent sequential reference, on random programmes, to the cent."""

import shutil
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hesuan.flows.warehouse import connect
from tests.city import APPLICANTS, City, hash_of, run
from tests.waterfall_reference import Case, awards

BATCH = 20
"""Programmes per run of the engine: each has a year, and so a pool and caps, of its own."""
EDGES = (
    49_999_99,
    50_000_00,
    50_000_01,
    99_999_99,
    100_000_00,
    999_999_98,
    1_000_000_00,
    1_000_000_02,
    2_400_000_00,
)
CARDS = 400


def with_tax(net: int) -> int:
    return (net * 106 + 50) // 100


@st.composite
def cases(draw: st.DrawFn, year: int, place: int) -> Case:
    nets = draw(
        st.lists(st.one_of(st.sampled_from(EDGES), st.integers(1_00, 1_500_000_00)), min_size=1, max_size=2)
    )
    invoices = tuple((net, with_tax(net)) for net in nets)
    gross = sum(g for _, g in invoices)
    red_net = draw(st.sampled_from((0, 0, 0, 1, nets[0] // 3, nets[0])))
    price = draw(st.sampled_from((1060, 999, 733)))
    exact = -(-gross * 3600 // price // CARDS) * CARDS
    used = draw(st.sampled_from((exact, exact + CARDS, exact - CARDS, exact // 2 // CARDS * CARDS)))
    less = st.sampled_from((None, gross, gross - 1, gross // 2, gross + 5_00))
    return Case(
        name=f"{year}-{place}",
        year=year,
        applicant=draw(st.sampled_from(APPLICANTS[:4])),
        order=draw(st.integers(0, 80_000)) * 100 + place,
        claimed=max(0, sum(nets) + draw(st.sampled_from((0, 0, -1, 1, -10_000_00)))),
        invoices=invoices,
        red=(-red_net, -with_tax(red_net)),
        card_seconds=max(CARDS, used),
        price=price,
        contract=draw(less),
        paid=draw(less),
    )


@st.composite
def programmes(draw: st.DrawFn) -> tuple[list[Case], dict[tuple[int, str], int]]:
    found: list[Case] = []
    redeemed: dict[tuple[int, str], int] = {}
    for year in range(2026, 2026 + BATCH):
        found += [draw(cases(year, place)) for place in range(draw(st.integers(1, 9)))]
        if draw(st.integers(0, 3)) == 0:
            amount = draw(st.sampled_from((499_999_99, 500_000_00, 2_999_999_99, 3_000_000_00, 12_345_67)))
            redeemed[year, draw(st.sampled_from(APPLICANTS[:5]))] = amount
    return found, redeemed


def yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


def city_of(found: list[Case], redeemed: dict[tuple[int, str], int]) -> City:
    city = City().with_register()
    for place, case in enumerate(found):
        _add(city, case, place)
    for (year, applicant), amount in redeemed.items():
        city.add(
            "grant_history",
            policy_year=year,
            applicant_id=applicant,
            contract_no=f"OLD-{year}",
            claimed_yuan=yuan(amount),
            redeemed_yuan=yuan(amount),
        )
    return city


def _add(city: City, case: Case, place: int) -> None:
    """The case as papers: contract, usage, invoices with their red letter, payment, claim."""
    gross = yuan(sum(g for _, g in case.invoices))
    hour, rest = divmod(case.order // 100, 3600)
    at = f"{hour:02}:{rest // 60:02}:{rest % 60:02}.{case.order % 100:03}"
    city.claim(
        case.name, hours=CARDS, gross=gross, applicant=case.applicant, year=case.year, at=at, cards=CARDS
    )
    contract = city.row("contract", contract_no=f"K-{case.name}")
    contract["amount_yuan"] = None if case.contract is None else yuan(case.contract)
    contract["signed_on"] = f"{case.year}-01-{2 + place % 9:02}"
    contract["ends_on"] = f"{case.year}-12-31"
    city.row("contract_line", contract_no=f"K-{case.name}")["unit_price_yuan"] = yuan(case.price)
    city.rows["statement"].pop()
    usage = city.row("usage_interval", record_id=f"J-{case.name}")
    usage["ended_at"] = _after(case.year, case.card_seconds // CARDS)
    _invoices(city, case)
    city.row("claim", claim_id=f"C-{case.name}")["claimed_cost_yuan"] = yuan(case.claimed)
    if case.paid is not None:
        city.add(
            "payment",
            payment_id=f"P-{case.name}",
            paid_on=f"{case.year}-10-25",
            payer_id=case.applicant,
            payee_id=contract["provider_id"],
            amount_yuan=yuan(case.paid),
            contract_no=f"K-{case.name}",
        )


def _after(year: int, seconds: int) -> str:
    from datetime import datetime, timedelta

    return (datetime(year, 3, 1) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S+08:00")  # noqa: DTZ001


def _invoices(city: City, case: Case) -> None:
    first = city.rows["invoice"][-1]
    numbered = f"{case.year % 100:02}51{hash_of(case.name):015}"
    city.rows["invoice_line"].pop()
    city.rows["claim_invoice"].pop()
    for place, (net, gross) in enumerate(case.invoices):
        number = f"{numbered}{place}"
        _invoice(city, first, number, net, gross, status="normal")
        city.add("claim_invoice", claim_id=f"C-{case.name}", invoice_number=number, allocated_yuan=yuan(net))
    city.rows["invoice"].remove(first)
    if case.red[0]:
        number = f"{numbered}9"
        _invoice(city, first, number, case.red[0], case.red[1], status="red")
        city.rows["invoice"][-1]["original_invoice_number"] = f"{numbered}0"


def _invoice(city: City, first: dict[str, object], number: str, net: int, gross: int, *, status: str) -> None:
    city.add(
        "invoice",
        **{
            **first,
            "invoice_number": number,
            "net_yuan": yuan(net),
            "tax_yuan": yuan(gross - net),
            "gross_yuan": yuan(gross),
            "status": status,
        },
    )


def proposed(city: City) -> dict[str, int]:
    """Fen per claim as the engine publishes them."""
    folder = Path(tempfile.mkdtemp())
    try:
        outcome = run(city.hand_in(folder))
        with connect(outcome.database, read_only=True) as connection:
            rows = connection.execute(
                "select claim_id, proposed_subsidy_yuan from published.claim"
            ).fetchall()
    finally:
        shutil.rmtree(folder)
    return {claim_id.removeprefix("C-"): int(amount.scaleb(2)) for claim_id, amount in rows}


def compare(found: tuple[list[Case], dict[tuple[int, str], int]]) -> None:
    ours, theirs = proposed(city_of(*found)), awards(*found)
    assert {n: (ours.get(n), theirs[n]) for n in theirs if ours.get(n) != theirs[n]} == {}
    assert set(ours) == set(theirs)


# A whole city runs per example: shrinking one would take an hour, and the differing claims are printed anyway.
UNHURRIED = {
    "phases": (Phase.explicit, Phase.reuse, Phase.generate),
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "print_blob": True,
}


@given(programmes())
@settings(max_examples=5, derandomize=True, **UNHURRIED)
def test_a_hundred_random_programmes_agree_with_the_reference(found: tuple[list[Case], dict]) -> None:
    compare(found)


@pytest.mark.slow
@given(programmes())
@settings(max_examples=50, **UNHURRIED)
def test_a_thousand_random_programmes_agree_with_the_reference(found: tuple[list[Case], dict]) -> None:
    compare(found)
