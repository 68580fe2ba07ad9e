"""第七条 a second time, slowly: one claim after the other in plain Python, written from the regulation's text.

Shares no code with the engine. Amounts are whole fen (0.01 yuan); tax reading: exclusive.
"""

from dataclasses import dataclass

THRESHOLD = 50_000_00
APPLICANT_CAP = 500_000_00
POOL = 3_000_000_00


@dataclass(frozen=True)
class Case:
    """One claim as its papers have it. order: place by first complete submission; None paid: no proof given."""

    name: str
    year: int
    applicant: str
    order: int
    claimed: int
    invoices: tuple[tuple[int, int], ...]
    """(net, gross) of each blue invoice, fen."""
    red: tuple[int, int]
    """(net, gross) of the red letter against the first invoice, fen, negative or zero."""
    card_seconds: int
    price: int
    """Fen per card-hour, with tax."""
    contract: int | None
    paid: int | None


def recognised(case: Case) -> int:
    """Cost actually incurred, without tax: each measure is a ceiling, then the invoices' own share without tax."""
    net = gross = 0
    for place, (blue_net, blue_gross) in enumerate(case.invoices):
        net += max(0, blue_net + (case.red[0] if place == 0 else 0))
        gross += max(0, blue_gross + (case.red[1] if place == 0 else 0))
    if gross == 0:
        return 0
    ceiling = min(gross, case.card_seconds * case.price // 3600)
    for measure in (case.contract, case.paid):
        if measure is not None:
            ceiling = min(ceiling, measure)
    return min(case.claimed, ceiling * net // gross)


def awards(cases: list[Case], redeemed: dict[tuple[int, str], int]) -> dict[str, int]:
    """Fen per claim, first come first served within each year; redeemed: what earlier grants of the year took."""
    pool_left: dict[int, int] = {}
    cap_left: dict[tuple[int, str], int] = {}
    granted: dict[str, int] = {}
    for case in sorted(cases, key=lambda c: (c.year, c.order)):
        year = pool_left.setdefault(
            case.year, POOL - sum(v for (y, _), v in redeemed.items() if y == case.year)
        )
        cap = cap_left.setdefault(
            (case.year, case.applicant), APPLICANT_CAP - redeemed.get((case.year, case.applicant), 0)
        )
        cost = recognised(case)
        half = cost // 2 if cost >= THRESHOLD else 0
        award = max(0, min(half, cap, year))
        pool_left[case.year] = max(0, year) - award
        cap_left[case.year, case.applicant] = max(0, cap) - award
        granted[case.name] = award
    return granted
