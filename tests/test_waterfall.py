"""The waterfall of 第七条 against an independent sequential reference, on random programmes and every reading, to the cent."""

import random
import shutil
import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from hesuan.flows.warehouse import connect
from tests.city import APPLICANTS, City, Pageless, hash_of, run
from tests.waterfall_reference import FIELDS, Case, History, Reading, awards

BATCH = 250
"""Programmes per run of the engine: each has a year, and so a pool and caps, of its own."""
FEW = 6
EVERYDAY, FULL = 2, 20
"""Batches: 500 and 5000 programmes."""
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
GROUPS = {APPLICANTS[1]: APPLICANTS[1], APPLICANTS[2]: APPLICANTS[1]}
CLASSES = {APPLICANTS[3]: 2, APPLICANTS[4]: 1}
World = tuple[str, str]
DEFAULT: World = ("", "")


def with_tax(net: int) -> int:
    return (net * 106 + 50) // 100


def case_of(chance: random.Random, year: int, place: int) -> Case:
    nets = [
        chance.choice(
            (chance.choice(EDGES), chance.randint(1_00, 1_500_000_00), chance.randint(1_00, 90_000_00))
        )
        for _ in range(chance.randint(1, 2))
    ]
    invoices = tuple((net, with_tax(net)) for net in nets)
    gross = sum(g for _, g in invoices)
    red_net = chance.choice((0, 0, 0, 1, nets[0] // 3, nets[0]))
    price = chance.choice((1060, 999, 733, 1250))
    storage = chance.choice((0, 1, nets[0] // 7, nets[0] // 2))
    exact = -(-gross * 3600 // price // CARDS) * CARDS
    used = chance.choice((exact, exact + CARDS, exact - CARDS, exact // 2 // CARDS * CARDS))
    less = (None, gross, gross - 1, gross // 2, gross + 5_00)
    half = sum(nets) // 2
    return Case(
        name=f"{year}-{place:03}",
        year=year,
        applicant=chance.choice(APPLICANTS[:5]),
        complete=chance.randint(0, 80_000),
        applied=chance.randint(0, 80_000),
        effective=chance.randint(0, 80_000),
        claimed=max(0, sum(nets) + chance.choice((0, 0, -1, 1, -10_000_00, gross - sum(nets)))),
        invoices=invoices,
        red=(-red_net, -with_tax(red_net)),
        card_seconds=max(CARDS, used),
        price=price,
        late=chance.randrange(6) == 0,
        other=chance.choice((None, None, (storage, storage + (storage * 6 + 50) // 100))),
        contract=chance.choice(less),
        paid=chance.choice((*less, max(0, gross - half))),
        face=chance.choice((half, half, max(1, half - 1), 500_000_00)),
    )


def programmes(seed: int, count: int = BATCH) -> tuple[list[Case], History]:
    chance = random.Random(seed)
    found: list[Case] = []
    history: History = {}
    for year in range(2026, 2026 + count):
        claims = 300 if chance.randrange(200) == 0 else chance.randint(1, 9)
        found += [case_of(chance, year, place) for place in range(claims)]
        if chance.randrange(3) == 0:
            issued = chance.choice((499_999_99, 500_000_00, 2_999_999_99, 3_000_000_00, 12_345_67))
            redeemed = chance.choice((issued, issued - 1, issued // 2))
            history[year, chance.choice(APPLICANTS[:6])] = issued, redeemed
    return found, history


def yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


def city_of(found: list[Case], history: History) -> City:
    city = City().with_register()
    for applicant in city.rows["applicant"]:
        applicant["priority_class"] = CLASSES.get(applicant["applicant_id"])
    for applicant in GROUPS:
        city.add("party", subject_id=applicant, subject_name="成员", attribute="controller", value="某控制人")
    for place, case in enumerate(found):
        _add(city, case, place)
    for (year, applicant), (issued, redeemed) in history.items():
        city.add(
            "grant_history",
            policy_year=year,
            applicant_id=applicant,
            contract_no=f"OLD-{year}",
            claimed_yuan=yuan(issued),
            redeemed_yuan=yuan(redeemed),
        )
    return city


def clock(day: str, seconds: int) -> str:
    return f"{day} {seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"


def _add(city: City, case: Case, place: int) -> None:
    """The case as papers: contract, usage, invoices with their red letter, payment, claim."""
    gross = yuan(sum(g for _, g in case.invoices))
    city.claim(
        case.name,
        hours=CARDS,
        gross=gross,
        applicant=case.applicant,
        year=case.year,
        at="00:00:00",
        cards=CARDS,
    )
    voucher = city.rows["voucher"][-1]
    voucher["applied_at"] = clock(f"{case.year}-01-12", case.applied)
    voucher["completed_at"] = clock(f"{case.year}-01-15", case.complete)
    voucher["effective_at"] = clock(f"{case.year}-01-20", case.effective)
    voucher["face_yuan"] = yuan(case.face)
    contract = city.rows["contract"][-1]
    contract["amount_yuan"] = None if case.contract is None else yuan(case.contract)
    contract["signed_on"] = f"{case.year}-01-{2 + place % 9:02}"
    contract["ends_on"] = f"{case.year}-12-31"
    city.rows["contract_line"][-1]["unit_price_yuan"] = yuan(case.price)
    city.rows["contract_line"][-1]["quantity"] = place + 1
    city.rows["statement"].pop()
    city.rows["usage_interval"][-1]["ended_at"] = _after(case.year, case.card_seconds // CARDS)
    _invoices(city, case)
    city.rows["claim"][-1]["claimed_cost_yuan"] = yuan(case.claimed)
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
    first = city.rows["invoice"].pop()
    numbered = f"{case.year % 100:02}51{hash_of(case.name):015}"
    city.rows["invoice_line"].pop()
    city.rows["claim_invoice"].pop()
    for place, (net, gross) in enumerate(case.invoices):
        number = f"{numbered}{place}"
        _invoice(city, first, number, net, gross, status="normal")
        city.add("claim_invoice", claim_id=f"C-{case.name}", invoice_number=number, allocated_yuan=yuan(net))
        if place == 0 and case.other:
            _lines(city, number, (net, gross), case.other)
    if case.late:
        city.rows["invoice"][-1]["issued_on"] = f"{case.year}-11-02"
    if case.red[0]:
        number = f"{numbered}9"
        _invoice(city, first, number, case.red[0], case.red[1], status="red")
        city.rows["invoice"][-1]["original_invoice_number"] = f"{numbered}0"


def _lines(city: City, number: str, whole: tuple[int, int], other: tuple[int, int]) -> None:
    rest = whole[0] - other[0], whole[1] - other[1]
    for line_no, (item, (net, gross)) in enumerate(
        (("*信息技术服务*算力服务费", rest), ("对象存储", other)), start=1
    ):
        city.add(
            "invoice_line",
            invoice_number=number,
            line_no=line_no,
            item_name=item,
            net_yuan=yuan(net),
            tax_rate="0.06",
            tax_yuan=yuan(gross - net),
        )


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


def proposed(city: City) -> dict[World, dict[str, int]]:
    """Fen per claim in every world as the engine works them out; the default under DEFAULT."""
    folder = Path(tempfile.mkdtemp())
    try:
        outcome = run(city.hand_in(folder), engine=Pageless())
        with connect(outcome.database, read_only=True) as connection:
            rows = connection.execute("""
                select '', '', claim_id, proposed_subsidy_yuan from published.claim
                union all
                select reading_key, reading_value, claim_id, proposed_subsidy_yuan from decided.world_claim
            """).fetchall()
    finally:
        shutil.rmtree(folder)
    found: dict[World, dict[str, int]] = {}
    for key, value, claim_id, amount in rows:
        found.setdefault((key, value), {})[claim_id.removeprefix("C-")] = int(amount.scaleb(2))
    return found


def expected(found: list[Case], history: History, world: World) -> dict[str, int]:
    reading = Reading() if world == DEFAULT else Reading().otherwise(*world)
    return awards(found, history, reading, groups=GROUPS, classes=CLASSES)


def compare(seed: int) -> None:
    found, history = programmes(seed)
    ours = proposed(city_of(found, history))
    worlds = [world for world in ours if world == DEFAULT or world[0] in FIELDS]
    assert {world[0] for world in worlds if ours[world] != ours[DEFAULT]} == set(FIELDS), (
        "each moves an award"
    )
    for world in worlds:
        theirs = expected(found, history, world)
        differing = {n: (ours[world].get(n), theirs[n]) for n in theirs if ours[world].get(n) != theirs[n]}
        assert differing == {}, (seed, world)
        assert set(ours[world]) == set(theirs)
    keep_within_limits(found, history, ours)


def keep_within_limits(found: list[Case], history: History, ours: dict[World, dict[str, int]]) -> None:
    """Whatever the reading: no year above the pool, no applicant above the cap, no award above half the claimed cost."""
    for world, granted in ours.items():
        for year in {case.year for case in found}:
            of_year = [case for case in found if case.year == year]
            assert sum(granted[c.name] for c in of_year) <= 3_000_000_00, world
            for applicant in {c.applicant for c in of_year}:
                assert sum(granted[c.name] for c in of_year if c.applicant == applicant) <= 500_000_00, world
        assert all(granted[c.name] * 2 <= c.claimed + 1 for c in found), world


@pytest.mark.parametrize("seed", range(EVERYDAY))
def test_random_programmes_agree_with_the_reference_in_every_reading(seed: int) -> None:
    compare(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(EVERYDAY, FULL))
def test_many_random_programmes_agree_with_the_reference_in_every_reading(seed: int) -> None:
    compare(seed)


def test_a_claim_after_the_last_changes_no_earlier_award() -> None:
    found, history = programmes(seed=7001, count=FEW)
    later = [
        replace(case_of(random.Random(year), year, 900), complete=86_000, applied=86_000, effective=86_000)
        for year in range(2026, 2026 + FEW)
    ]
    before, after = proposed(city_of(found, history)), proposed(city_of(found + later, history))
    for world in before:
        if world not in (("order.priority", "first"), ("threshold.scope", "applicant_year")):
            assert {n: after[world][n] for n in before[world]} == before[world], world
    names = {case.name for case in found}
    threshold = {n: before["threshold.scope", "applicant_year"][n] for n in names}
    assert any(threshold.values())


def test_more_supporting_evidence_never_lowers_an_award() -> None:
    """More metered hours, more paid, a contract for more: alone in its year, the claim's award never falls."""
    chance = random.Random(7002)
    cases = [case_of(chance, year, 0) for year in range(2026, 2026 + FEW)]
    better = [
        replace(
            case,
            card_seconds=case.card_seconds * 2,
            contract=None if case.contract is None else case.contract * 2,
            paid=None if case.paid is None else case.paid * 2,
        )
        for case in cases
    ]
    before, after = proposed(city_of(cases, {})), proposed(city_of(better, {}))
    fallen = {
        (world, name): (amount, after[world][name])
        for world, granted in before.items()
        if world != ("base.before_voucher", "false")
        for name, amount in granted.items()
        if after[world][name] < amount
    }
    assert fallen == {}
    assert any(after[DEFAULT][name] > amount for name, amount in before[DEFAULT].items())
