"""第七条 a second time, slowly: one claim after the other in plain Python, written from the regulation's text.

Shares no code with the engine. Amounts are whole fen (0.01 yuan). Which claims are refused or held is told in
disposition_reference.py.
"""

from collections.abc import Set
from datetime import date

from tests.waterfall_case import Case, History, Reading, days_after

THRESHOLD = 50_000_00
APPLICANT_CAP = 500_000_00
POOL = 3_000_000_00
ROUNDING = 1
"""So much may lie between what was paid with the voucher's face and the invoice, fen: the provider's rounding, or ours."""
TARIFF = 10_60
"""What the provider publishes for a card-hour, with tax, fen."""


def invoiced(case: Case, reading: Reading) -> tuple[int, int]:
    """Net and gross of the invoices, red letter and what does not count taken off; of one allocated in part, its share."""
    net = gross = 0
    for place, (blue_net, blue_gross) in enumerate(case.invoices):
        red_net, red_gross = case.red if place == 0 else (0, 0)
        left_net, left_gross = max(0, blue_net + red_net), max(0, blue_gross + red_gross)
        if reading.other_items == "exclude" and place == 0 and case.other:
            left_net = left_net * (blue_net - case.other[0]) // blue_net
            left_gross = left_gross * (blue_gross - case.other[1]) // blue_gross
        if reading.red_letter == "whole" and red_gross:
            left_net = left_gross = 0
        is_last_late = place == len(case.invoices) - 1 and case.last_invoice_on > case.filed_on
        if reading.after_filing == "not_claimable" and is_last_late and not is_issued_again(case, place):
            left_net = left_gross = 0
        basis = left_gross if reading.tax == "inclusive" else left_net
        if blue_net < basis:
            left_net, left_gross = left_net * blue_net // basis, left_gross * blue_net // basis
        net, gross = net + left_net, gross + left_gross
    return net, gross


def is_issued_again(case: Case, place: int) -> bool:
    """In the place of the first, which was taken back whole, for the same sum: as old as that one."""
    first_gross = case.invoices[0][1]
    return place > 0 and first_gross + case.red[1] <= 0 and case.invoices[place][1] == first_gross


def counted_days(case: Case, reading: Reading) -> tuple[date, date]:
    """The days whose usage counts: from the first on, before the second. Beyond term or year none does (第十一条)."""
    since, until = date(case.year, 1, 1), min(date(case.year + 1, 1, 1), days_after(case.ends_on, 1))
    provider = case.provider
    if provider.is_by_name and reading.match == "code":
        return until, until
    if reading.before_listing == "exclude":
        since = max(since, provider.listed_on)
    if reading.early_usage == "exclude":
        since = max(since, case.effective_on)
    if reading.after_exit == "exclude" and provider.exit_on:
        until = min(until, provider.exit_on)
    return since, until


def used(case: Case, since: date, until: date) -> int:
    """Card-seconds of the days from `since` on, before `until`."""
    whole = case.card_seconds // case.cards
    first, end = ((day - case.begins_on).days * 86_400 for day in (since, until))
    return max(0, min(whole, end) - max(0, first)) * case.cards


def metered(case: Case, reading: Reading, price: int) -> int:
    """What the usage that counts comes to; an item that is priced as a whole comes to its price."""
    if case.item is not None:
        return case.item
    return used(case, *counted_days(case, reading)) * price // 3600


def recognised(case: Case, reading: Reading) -> int:
    """Cost actually incurred (实际发生费用), in the tax basis of the reading, never above what was claimed."""
    net, gross = invoiced(case, reading)
    value = metered(case, reading, case.price if reading.price == "contract" else min(case.price, TARIFF))
    paid = case.paid
    if paid is not None and reading.before_voucher == "true" and abs(paid + case.face - gross) <= ROUNDING:
        paid = min(paid + case.face, gross)
    alone = {"invoiced": gross, "metered": value, "contract": case.contract or 0, "paid": paid or 0}
    ceilings = [gross, value, *(m for m in (case.contract, paid) if m is not None)]
    cost = min(ceilings) if reading.measure == "min_of" else alone[reading.measure]
    if reading.tax == "exclusive":
        cost = cost * net // gross if gross else 0
    return min(case.claimed, cost)


def below_threshold(cases: list[Case], costs: dict[str, int], reading: Reading) -> set[str]:
    """Whose cost, of the contract or of all of the applicant's in the year, is not 5万元以上（含）."""
    if reading.scope == "contract":
        return {name for name, cost in costs.items() if cost < THRESHOLD}
    sums: dict[tuple[int, str], int] = {}
    for case in cases:
        whose = case.year, case.applicant.code
        sums[whose] = sums.get(whose, 0) + costs[case.name]
    return {c.name for c in cases if sums[c.year, c.applicant.code] < THRESHOLD}


def share(case: Case, cost: int, reading: Reading) -> int:
    """Half of the cost, rounded once, at most the voucher's face."""
    return min((cost + (1 if reading.rounding == "half_up" else 0)) // 2, case.face)


def counted_year(case: Case, reading: Reading) -> int:
    """The year whose cap and pool the claim uses up."""
    return case.filed_on.year if reading.cap_year == "redeem_year" else case.year


def queue(cases: list[Case], reading: Reading) -> list[Case]:
    def place(case: Case) -> tuple[int, int, int, int, int, date, str]:
        at = {"complete_submission": case.complete, "submitted": case.applied, "effective": case.effective}
        priority = case.applicant.priority
        is_behind = reading.monitoring == "none" or not case.provider.is_monitored
        first = priority if reading.priority == "first" else 0
        return first, case.year, at[reading.key], priority, is_behind, case.filed_on, case.name

    return sorted(cases, key=place)


def awards(
    cases: list[Case], costs: dict[str, int], refused: Set[str], history: History, reading: Reading
) -> dict[str, int]:
    """Fen per claim, first come first served within each year; a refused claim takes nothing from cap or pool."""
    granted = {case.name: 0 for case in cases}
    by_year: dict[int, list[Case]] = {}
    for case in queue([case for case in cases if case.name not in refused], reading):
        by_year.setdefault(counted_year(case, reading), []).append(case)
    for year, queued in by_year.items():
        wanted = {case.name: share(case, costs[case.name], reading) for case in queued}
        past = {applicant: sums for (y, applicant), sums in history.items() if y == year}
        granted |= _awards_of_year(queued, wanted, past, reading)
    return granted


def _awards_of_year(
    queued: list[Case], wanted: dict[str, int], past: dict[str, tuple[int, int]], reading: Reading
) -> dict[str, int]:
    pool = POOL - sum(issued if reading.meter == "issued" else redeemed for issued, redeemed in past.values())
    spent: dict[tuple[str, ...], int] = {}
    granted, is_closed = {}, False
    for case in queued:
        entity = case.applicant.members if reading.entity == "group" else (case.applicant.code,)
        cap_left = _opening_cap(entity, past, reading) - spent.get(entity, 0)
        asked = max(0, min(wanted[case.name], cap_left))
        spent[entity] = spent.get(entity, 0) + asked
        if reading.exhaustion == "all_or_nothing":
            is_closed = is_closed or asked > pool
            award = 0 if is_closed else asked
        else:
            award = max(0, min(asked, pool))
        pool -= award
        granted[case.name] = award
    return granted


def _opening_cap(members: tuple[str, ...], past: dict[str, tuple[int, int]], reading: Reading) -> int:
    """What earlier grants of the year leave of the cap of an applicant, or of a group."""
    grants = [past[code] for code in members if code in past]
    if reading.counts == "sum_of_both":
        return APPLICANT_CAP // 2 - -(-sum(issued + redeemed for issued, redeemed in grants) // 2)
    return APPLICANT_CAP - sum(redeemed for _, redeemed in grants)
