"""第七条 a second time, slowly: one claim after the other in plain Python, written from the regulation's text.

Shares no code with the engine. Amounts are whole fen (0.01 yuan). Every reading of the text is a field of `Reading`.
"""

from dataclasses import dataclass, replace

THRESHOLD = 50_000_00
APPLICANT_CAP = 500_000_00
POOL = 3_000_000_00
TARIFF = 10_60
"""What the provider publishes for a card-hour, with tax, fen."""


@dataclass(frozen=True)
class Case:
    """One claim as its papers have it. paid None: no proof given. face: of the voucher, fen."""

    name: str
    year: int
    applicant: str
    complete: int
    """When its papers were first complete; `applied` and `effective` are the other instants, each on its own scale."""
    applied: int
    effective: int
    claimed: int
    invoices: tuple[tuple[int, int], ...]
    """(net, gross) of each blue invoice, fen; the claim allocates the net of each."""
    red: tuple[int, int]
    """(net, gross) of the red letter against the first invoice, fen, negative or zero."""
    card_seconds: int
    price: int
    """Fen per card-hour, with tax."""
    late: bool
    """The last invoice was made out after the claim was filed."""
    other: tuple[int, int] | None
    """(net, gross) of the line of storage on the first invoice; None where no invoice has lines."""
    contract: int | None
    paid: int | None
    face: int


@dataclass(frozen=True)
class Reading:
    """How the text is read; the defaults are those of the policy file. tied: applicant → (group, priority class)."""

    tax: str = "exclusive"
    measure: str = "min_of"
    before_voucher: str = "true"
    red_letter: str = "amount"
    scope: str = "contract"
    rounding: str = "down"
    counts: str = "each_ledger"
    entity: str = "legal_person"
    meter: str = "issued"
    exhaustion: str = "partial_last"
    key: str = "complete_submission"
    priority: str = "tie_break"
    after_filing: str = "not_claimable"
    price: str = "tariff_lower"
    other_items: str = "review"

    def otherwise(self, policy_key: str, value: str) -> "Reading":
        return replace(self, **{FIELDS[policy_key]: value})


FIELDS = {
    "base.tax": "tax",
    "base.measure": "measure",
    "base.before_voucher": "before_voucher",
    "invoice.red_letter": "red_letter",
    "threshold.scope": "scope",
    "rounding.mode": "rounding",
    "cap.counts": "counts",
    "cap.entity": "entity",
    "pool.meter": "meter",
    "pool.exhaustion": "exhaustion",
    "order.key": "key",
    "order.priority": "priority",
    "invoice.after_filing": "after_filing",
    "price.basis": "price",
    "scope.other_items": "other_items",
}
History = dict[tuple[int, str], tuple[int, int]]
"""(year, applicant) → what earlier grants of the year came to: issued and redeemed, fen."""


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
        if reading.after_filing == "not_claimable" and case.late and place == len(case.invoices) - 1:
            left_net = left_gross = 0
        basis = left_gross if reading.tax == "inclusive" else left_net
        if blue_net < basis:
            left_net, left_gross = left_net * blue_net // basis, left_gross * blue_net // basis
        net, gross = net + left_net, gross + left_gross
    return net, gross


def recognised(case: Case, reading: Reading) -> int:
    """Cost actually incurred (实际发生费用), in the tax basis of the reading, never above what was claimed."""
    net, gross = invoiced(case, reading)
    price = case.price if reading.price == "contract" else min(case.price, TARIFF)
    metered = case.card_seconds * price // 3600
    paid = case.paid
    if paid is not None and reading.before_voucher == "true" and paid + case.face == gross:
        paid = gross
    alone = {"invoiced": gross, "metered": metered, "contract": case.contract or 0, "paid": paid or 0}
    ceilings = [gross, metered, *(m for m in (case.contract, paid) if m is not None)]
    cost = min(ceilings) if reading.measure == "min_of" else alone[reading.measure]
    if reading.tax == "exclusive":
        cost = cost * net // gross if gross else 0
    return min(case.claimed, cost)


def shares(cases: list[Case], reading: Reading) -> dict[str, int]:
    """Half of the cost of each claim that reaches the threshold, rounded once, at most the voucher's face."""
    costs = {case.name: recognised(case, reading) for case in cases}
    found = {}
    for case in cases:
        base = costs[case.name]
        if reading.scope == "applicant_year":
            same = [c for c in cases if (c.year, c.applicant) == (case.year, case.applicant)]
            base = sum(costs[c.name] for c in same)
        half = (costs[case.name] + (1 if reading.rounding == "half_up" else 0)) // 2
        found[case.name] = min(half, case.face) if base >= THRESHOLD else 0
    return found


def queue(cases: list[Case], reading: Reading, classes: dict[str, int]) -> list[Case]:
    def place(case: Case) -> tuple[int, int, int, str]:
        at = {"complete_submission": case.complete, "submitted": case.applied, "effective": case.effective}
        priority = classes.get(case.applicant, 9)
        return (priority if reading.priority == "first" else 0, at[reading.key], priority, case.name)

    return sorted(cases, key=place)


def awards(
    cases: list[Case],
    history: History,
    reading: Reading | None = None,
    *,
    groups: dict[str, str] | None = None,
    classes: dict[str, int] | None = None,
) -> dict[str, int]:
    """Fen per claim, first come first served within each year."""
    reading, groups = reading or Reading(), groups or {}
    granted: dict[str, int] = {}
    for year in {case.year for case in cases}:
        of_year = [case for case in cases if case.year == year]
        granted |= _awards_of_year(of_year, history, reading, groups, classes or {})
    return granted


def _awards_of_year(
    cases: list[Case], history: History, reading: Reading, groups: dict[str, str], classes: dict[str, int]
) -> dict[str, int]:
    year = cases[0].year
    past = {a: sums for (y, a), sums in history.items() if y == year}
    entity = {a: a for a in (*past, *(c.applicant for c in cases))}
    if reading.entity == "group":
        entity |= {a: groups.get(a, a) for a in entity}
    pool = POOL - sum(issued if reading.meter == "issued" else redeemed for issued, redeemed in past.values())
    cap_left: dict[str, int] = {}
    for group in set(entity.values()):
        of_group = [past[a] for a in past if entity[a] == group]
        if reading.counts == "sum_of_both":
            used = sum(issued + redeemed for issued, redeemed in of_group)
            cap_left[group] = APPLICANT_CAP // 2 - -(-used // 2)
        else:
            cap_left[group] = APPLICANT_CAP - sum(redeemed for _, redeemed in of_group)
    granted, share, is_closed = {}, shares(cases, reading), False
    for case in queue(cases, reading, classes):
        wanted = max(0, min(share[case.name], cap_left[entity[case.applicant]]))
        cap_left[entity[case.applicant]] -= wanted
        if reading.exhaustion == "all_or_nothing":
            is_closed = is_closed or wanted > pool
            award = 0 if is_closed else wanted
        else:
            award = max(0, min(wanted, pool))
        pool -= award
        granted[case.name] = award
    return granted
