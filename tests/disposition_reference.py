"""Which claims are refused, held or approved, a second time: the articles beside 第七条, one ground each, in plain Python.

Shares no code with the engine. What the text leaves open is a field of `Reading`. A ground is a function that says
whether it stands against the claim.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tests.waterfall_case import Case, History, Provider, Reading, days_after
from tests.waterfall_reference import (
    awards,
    below_threshold,
    counted_days,
    invoiced,
    metered,
    recognised,
    used,
)

IN_FORCE_FROM = date(2026, 1, 1)
World = tuple[str, str]
"""A policy key and the value it is read by."""
DEFAULT: World = ("", "")
Outcome = dict[str, tuple[str, int]]
"""Claim → disposition and proposed sum, fen."""


def signed_before(case: Case) -> bool:
    return case.signed_on < IN_FORCE_FROM


def crosses_year(case: Case) -> bool:
    """服务合同期限不超过当年12月31日."""
    return case.ends_on > date(case.year, 12, 31)


def filed_late(case: Case, days: int) -> bool:
    """算力券发放后当年有效: filed more than so many days after the voucher lapsed."""
    return case.filed_on > days_after(date(case.year, 12, 31), days)


def barred(case: Case, reading: Reading) -> bool:
    """On a credit list when filing; read strictly also when applying."""
    days = [case.filed_on] + ([date(case.year, 1, 12)] if reading.credit == "every_step" else [])
    return any(first <= day <= last for first, last in case.applicant.barred for day in days)


def barred_later(case: Case, reading: Reading) -> bool:
    """Came onto a list after filing, for a time; no day of payment is known yet."""
    return reading.credit == "every_step" and any(first > case.filed_on for first, _ in case.applicant.barred)


def too_young(case: Case, reading: Reading) -> bool:
    """合法注册两年以上. A provider that is on the list by name alone has no register to look in."""
    since, day = (
        case.provider.registered_on,
        case.provider.listed_on if reading.age_at == "listing" else case.filed_on,
    )
    return not case.provider.is_by_name and day < date(since.year + 2, since.month, since.day)


def made_out_to_another(case: Case, reading: Reading) -> bool:
    """仅限于申领方自己使用: an invoice that still stands names another of the group as buyer."""
    return case.is_buyer_affiliate and reading.affiliate == "authorised" and stands(case)


def stands(case: Case) -> bool:
    """Not all that was invoiced was taken back."""
    return sum(gross for _, gross in case.invoices) + case.red[1] > 0


def repeated(cases: list[Case], reading: Reading) -> set[str]:
    """同一合同仅能申领一次: all but the first on one contract, or on a copy of it under another number."""
    if reading.same_contract == "number":
        return set()
    seen: set[tuple[int, int]] = set()
    found = set()
    for case in sorted(cases, key=lambda c: (c.complete, c.filed_on, c.name)):
        if not case.is_order and case.contract is not None:
            if (case.year, case.terms) in seen:
                found.add(case.name)
            seen.add((case.year, case.terms))
    return found


def refused(cases: list[Case], costs: dict[str, int], reading: Reading) -> set[str]:
    """Claims that cannot be supported, as the text is read."""
    found = below_threshold(cases, costs, reading) | repeated(cases, reading)
    for case in cases:
        if (
            (reading.signed_before == "reject" and signed_before(case))
            or (reading.cross_year == "reject" and crosses_year(case))
            or filed_late(case, int(reading.late_days))
            or barred(case, reading)
            or too_young(case, reading)
            or made_out_to_another(case, reading)
        ):
            found.add(case.name)
    return found


def short_paid(case: Case, reading: Reading) -> bool:
    """Less was paid than was invoiced, and the voucher's face is not what is missing; a fen is rounding."""
    if case.paid is None:
        return reading.proof == "required"
    short = invoiced(case, reading)[1] - case.paid
    return short > 1 and abs(short - case.face) > 1


def invoiced_above_metered(case: Case, reading: Reading) -> bool:
    """More than a yuan and more than five in a thousand above what the usage comes to at the contract's price."""
    value = metered(case, reading, case.price)
    above = invoiced(case, reading)[1] - value
    return above > 100 and above * 200 > value


def other_items(case: Case, reading: Reading) -> bool:
    """Items that are neither compute nor its support; what has no sum cannot be left out by its sum.

    They stand on the first invoice, and one that was taken back in full counts for nothing.
    """
    if case.other is None or case.invoices[0][1] + case.red[1] == 0 or reading.other_items == "include":
        return False
    return reading.other_items == "review" or case.other[0] == 0


def used_before_voucher(case: Case, reading: Reading) -> bool:
    """经审核后算力券生效: usage of before that day is counted with the rest."""
    since, until = counted_days(case, reading)
    is_early = used(case, since, min(until, case.effective_on)) > 0
    return reading.early_usage == "review" and case.item is None and is_early


def crowded(cases: list[Case], reading: Reading) -> set[str]:
    """Whose usage lies in more than a minute in which its provider has more cards in use than are installed."""
    beside: dict[tuple[Provider, date], list[Case]] = {}
    for case in cases:
        if case.item is None:
            beside.setdefault((case.provider, case.begins_on), []).append(case)
    found = set()
    for (provider, begins_on), users in beside.items():
        ends = [(case.card_seconds // case.cards, case.cards) for case in users]
        if reading.users == "all" and begins_on == date(provider.listed_on.year, 3, 1):
            ends.append((provider.others[1], provider.others[0]))
        if seconds_above(provider.cards, ends) > 60:
            found |= {case.name for case in users}
    return found


def seconds_above(installed: int, ends: list[tuple[int, int]]) -> int:
    """For how long more cards than installed are in use, where all uses begin at once: (seconds, cards) of each."""
    in_use, above = sum(cards for _, cards in ends), 0
    for seconds, cards in sorted(ends):
        if in_use > installed:
            above = seconds
        in_use -= cards
    return above


def undated(case: Case, reading: Reading) -> bool:
    """Neither usage that counts nor an invoice that still stands says when the service began."""
    has_usage = case.item is None and used(case, *counted_days(case, reading)) > 0
    return not has_usage and not stands(case)


def outside_city(case: Case, reading: Reading) -> bool:
    """在达州市开展生产经营活动; being registered here is evidence of it where the register says nothing else."""
    applicant = case.applicant
    operates = applicant.is_registered_here if applicant.operates is None else applicant.operates
    found = {"operates": operates, "registered": applicant.is_registered_here}
    return not found.get(reading.location, operates or applicant.is_registered_here)


def doubtful(case: Case, reading: Reading) -> bool:
    """Whether the panel has to look at something first."""
    return (
        (reading.signed_before == "review" and signed_before(case))
        or (reading.cross_year == "review" and crosses_year(case))
        or filed_late(case, 0)
        or case.provider.is_by_name
        or short_paid(case, reading)
        or invoiced_above_metered(case, reading)
        or other_items(case, reading)
        or barred_later(case, reading)
        or used_before_voucher(case, reading)
        or (case.item is not None and reading.log == "required")
        or undated(case, reading)
        or outside_city(case, reading)
    )


@dataclass(frozen=True)
class Judged:
    reading: Reading
    costs: dict[str, int]
    refused: set[str]
    held: set[str]


def judged(cases: list[Case], reading: Reading) -> Judged:
    costs = {case.name: recognised(case, reading) for case in cases}
    held = {case.name for case in cases if doubtful(case, reading)} | crowded(cases, reading)
    return Judged(reading, costs, refused(cases, costs, reading), held)


def outcomes(cases: list[Case], history: History, worlds: Mapping[World, Reading]) -> dict[World, Outcome]:
    """What every claim comes to in every world.

    A claim that is refused by default and not in some world turns on that world's reading: where it would be refused,
    it is held until the reading is settled, which in the world itself it is.
    """
    found = {world: judged(cases, reading) for world, reading in worlds.items()}
    by_default = found[DEFAULT].refused
    turning = {(name, world[0]) for world, one in found.items() for name in by_default - one.refused}
    return {
        world: _outcome(cases, history, one, {name for name, key in turning if key != world[0]})
        for world, one in found.items()
    }


def _outcome(cases: list[Case], history: History, one: Judged, is_open: set[str]) -> Outcome:
    out = one.refused - is_open
    sums = awards(
        cases, one.costs, out | below_threshold(cases, one.costs, one.reading), history, one.reading
    )
    found = {}
    for case in cases:
        is_held = case.name in one.refused | one.held
        disposition = "reject" if case.name in out else "hold" if is_held else "approve"
        found[case.name] = disposition, sums[case.name]
    return found
