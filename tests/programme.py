"""Random programmes for the waterfall's reference: up to 300 claims a year, on both sides of every bound."""

import random
from dataclasses import replace
from datetime import date

from tests.city import APPLICANTS, PROVIDER, code_of
from tests.waterfall_case import Applicant, Case, History, Provider, days_after

BATCH = 250
"""Programmes per run of the engine: each has a year, and so a pool and caps, of its own."""
FIRST_YEAR = 2026
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
LISTED = Provider(PROVIDER, date(2026, 1, 1))
BY_NAME = Provider(code_of(40_000_000), date(2026, 1, 1), is_by_name=True)
SPELLS = ((1, 1, 6, 30), (1, 12, 1, 12), (1, 13, 10, 31), (11, 1, 11, 1), (3, 1, 12, 31))
"""First and last day of a spell on a credit list, month and day: about the day of applying and that of filing."""
CYCLE = 2 * len(SPELLS)
"""After so many years the spells come again."""


def barred_in(year: int) -> tuple[tuple[date, date], ...]:
    """The year's spell on a credit list, in some years."""
    if year % 2:
        return ()
    first_month, first_day, last_month, last_day = SPELLS[year // 2 % len(SPELLS)]
    return ((date(year, first_month, first_day), date(year, last_month, last_day)),)


def applicants_of(year: int, last: int) -> list[Applicant]:
    """The year's applicants; spells on a credit list are handed in to the last year.

    Those of the first five that stand with both feet in the city apply more often.
    """
    codes = APPLICANTS
    sound = [
        Applicant(codes[0], is_registered_here=True),
        Applicant(codes[1], affiliates=(codes[2],)),
        Applicant(codes[2], operates=None, is_registered_here=True, affiliates=(codes[1],)),
        Applicant(codes[3], priority=2),
        Applicant(
            codes[4],
            priority=1,
            barred=tuple(spell for each in range(year, last + 1) for spell in barred_in(each)),
        ),
    ]
    elsewhere = [
        Applicant(codes[5], operates=False, is_registered_here=True),
        Applicant(codes[6], operates=None),
    ]
    return sound * 4 + elsewhere


def young_provider(chance: random.Random, year: int) -> Provider:
    """The year's own provider: listed late, gone early, registered for just two years, short of cards, or none of these."""
    listed_on = chance.choice((date(year, 1, 1), date(year, 1, 1), date(year, 3, 2), date(year, 3, 4)))
    return Provider(
        code_of(50_000_000 + year),
        listed_on,
        exit_on=chance.choice((None, None, date(year, 3, 5), date(year, 3, 9))),
        registered_on=chance.choice(
            (
                *(date(2020, 1, 1),) * 3,
                listed_on.replace(year=year - 2),
                *(date(year - 2, 7, 1),) * 2,
                date(year - 2, 11, 2),
            )
        ),
        is_monitored=chance.choice((True, True, False)),
        cards=chance.choice((400_000, 800, 800)),
        others=chance.choice(((0, 0), (400, 60), (400, 61), (800, 86_400))),
    )


def case_of(
    chance: random.Random, year: int, place: int, young: Provider = LISTED, *, last: int | None = None
) -> Case:
    """last: the last year of which spells on a credit list are handed in; the year after, unless told."""
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
    cards = chance.choice((100, 400))
    exact = -(-gross * 3600 // price // cards) * cards
    less = (None, gross, gross - 1, gross // 2, gross + 5_00)
    half = sum(nets) // 2
    effective = chance.choice((*(0,) * 10, 41, 43)) * 86_400 + chance.randint(0, 80_000)
    return Case(
        name=f"{year}-{place:03}",
        year=year,
        applicant=chance.choice(applicants_of(year, year + 1 if last is None else last)),
        provider=chance.choice((LISTED,) * 12 + (young,) * 7 + (BY_NAME,)),
        complete=chance.choice((36_000, 36_000, chance.randint(0, 80_000))),
        applied=chance.randint(0, 1300) * 60,
        effective=effective,
        effective_on=days_after(date(year, 1, 20), effective // 86_400),
        signed_on=chance.choice((date(2025, 12, 31), *(date(year, 1, day) for day in range(1, 11)))),
        ends_on=chance.choice((*(date(year, 12, 31),) * 9, date(year + 1, 3, 31))),
        **_filed(chance, year),
        claimed=max(0, sum(nets) + chance.choice((0, 0, -1, 1, -10_000_00, gross - sum(nets)))),
        invoices=invoices,
        red=(-red_net, -with_tax(red_net)),
        last_invoice_on=date(year, 11, 2) if chance.randrange(6) == 0 else date(year, 10, 20),
        is_buyer_affiliate=False,
        cards=cards,
        card_seconds=max(
            cards, chance.choice((exact, exact + cards, exact - cards, exact // 2 // cards * cards))
        ),
        price=price,
        item=chance.choice((gross, gross // 2)) if chance.randrange(6) == 0 else None,
        other=chance.choice((*(None,) * 4, (storage, storage + (storage * 6 + 50) // 100))),
        terms=place + 1,
        is_order=True,
        contract=chance.choice(less),
        paid=chance.choice((*less, None, gross, *(max(0, gross - half),) * 2)),
        face=chance.choice((half, half, max(1, half - 1), 500_000_00)),
    )


def _filed(chance: random.Random, year: int) -> dict[str, date]:
    """When the claim was filed, in time or after, and when its usage began: at the year's end only with late filings."""
    late = (date(year + 1, 1, 20), date(year + 1, 1, 31), date(year + 1, 2, 1))
    filed_on = chance.choice((*(date(year, 11, 1),) * 27, *late))
    is_at_end = filed_on.year > year and chance.choice((True, False))
    return {"filed_on": filed_on, "begins_on": date(year, 12, 20) if is_at_end else date(year, 3, 1)}


def plain(case: Case) -> Case:
    """The same claim with figures that all agree; who, when and by whom stay as they are."""
    net, gross = (sum(sums) for sums in zip(*case.invoices, strict=True))
    return replace(
        case,
        claimed=net,
        red=(0, 0),
        card_seconds=-(-gross * 3600 // 1060 // case.cards) * case.cards,
        price=1060,
        item=None,
        other=None,
        contract=gross,
        paid=gross,
        face=500_000_00,
    )


def copy_of(chance: random.Random, case: Case, place: int) -> Case:
    """The same contract under another number. Small, so that the two are not also one that was split (CON-003)."""
    return replace(
        case,
        name=f"{case.year}-{place:03}",
        complete=chance.choice((36_000, 36_000, chance.randint(0, 80_000))),
        applied=chance.randint(0, 1300) * 60,
    )


def programmes(seed: int, count: int = BATCH, first: int = FIRST_YEAR) -> tuple[list[Case], History]:
    """Claims and earlier grants of `count` years; with `first` moved by a multiple of CYCLE the same again."""
    chance = random.Random(seed)
    found: list[Case] = []
    history: History = {}
    for year in range(first, first + count):
        claims = 300 if chance.randrange(200) == 0 else chance.randint(1, 9)
        young = young_provider(chance, year)
        drawn = [case_of(chance, year, place, young, last=first + count) for place in range(claims)]
        found += _bent(chance, [plain(case) if chance.randrange(2) else case for case in drawn])
        if chance.randrange(2) == 0:
            issued = chance.choice(
                (499_999_99, 500_000_00, 2_700_000_00, 2_900_000_00, 2_999_999_99, 3_000_000_00, 12_345_67)
            )
            redeemed = chance.choice((issued, issued - 1, issued // 2))
            history[year, chance.choice(APPLICANTS[:6])] = issued, redeemed
    return found, history


def _bent(chance: random.Random, cases: list[Case]) -> list[Case]:
    """Now and then an invoice made out to another of the group; now and then the last contract claimed once more."""
    cases = [
        replace(case, is_buyer_affiliate=bool(case.applicant.affiliates) and chance.randrange(6) == 0)
        for case in cases
    ]
    # Copies of many years, all signed on the day before the instrument took effect, would be one that was split (CON-003).
    signed_on = max(cases[-1].signed_on, date(cases[-1].year, 1, 1))
    last = replace(cases[-1], is_order=False, signed_on=signed_on)
    if last.contract is not None and last.contract < 500_000_00:
        return [*cases[:-1], last, copy_of(chance, last, len(cases))]
    return cases


def with_tax(net: int) -> int:
    return (net * 106 + 50) // 100
