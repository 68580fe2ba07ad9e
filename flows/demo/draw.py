"""What chance decides about an order before anything is written: who, when, how much, in which stretches."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from hesuan.flows.demo import people
from hesuan.flows.demo.dossier import Applicant, Order, Period, Provider
from hesuan.flows.demo.filing import completed_at
from hesuan.flows.demo.market import House
from hesuan.flows.demo.scene import Desk

# Stories without a date of their own start within these days.
FIRST_START, LAST_START = date(2026, 1, 20), date(2026, 8, 14)


@dataclass(frozen=True)
class Planned:
    """An order with what chance decides before anything is written."""

    order: Order
    provider: Provider
    applicant: Applicant
    starts_on: date
    queue_second: int

    @property
    def served_to(self) -> date:
        return self.starts_on + timedelta(days=self.order.days - 1)


def varied(order: Order, rng: Random) -> Order:
    return order if order.is_exact else replace(order, hours=order.hours + rng.randrange(0, 1100, 10))


def plan_orders(orders: Sequence[Order], known: dict[str, Provider], desk: Desk) -> list[Planned]:
    """In the orders' sequence. Fills the bureau's tables about the people on the way."""
    applicants = people.applicants(orders, desk.names)
    _register(known, applicants, desk)
    free = [place for place, order in enumerate(orders) if order.starts_on is None]
    desk.rng.shuffle(free)
    rank = {place: number / len(free) for number, place in enumerate(free)}
    planned = []
    for place, applicant in enumerate(people.assigned(orders, applicants, desk.rng)):
        order = orders[place]
        provider = known[order.provider]
        starts_on = order.starts_on or _start(order, provider.house, rank[place])
        second = completed_at(starts_on, order.applied_before) + place
        planned.append(Planned(order, provider, applicant, starts_on, second))
    return planned


def _start(order: Order, house: House, rank: float) -> date:
    first = max(FIRST_START, house.opens_on)
    last = min(LAST_START, house.closes_on - timedelta(days=order.days))
    return first + timedelta(days=int((last - first).days * rank))


def _register(known: dict[str, Provider], applicants: dict[str, Applicant], desk: Desk) -> None:
    everyone = [(p.provider_id, p.name) for p in known.values()] + [
        (a.applicant_id, a.name) for a in applicants.values()
    ]
    pool = [applicant for key, applicant in applicants.items() if key.isdigit()]
    desk.add("provider", *people.provider_rows(known.values()))
    desk.add("applicant", *people.applicant_rows(applicants.values(), desk.rng))
    desk.add("party", *people.party_rows(everyone, desk.names))
    desk.add("blacklist", *people.blacklist_rows(desk.names))
    desk.add("grant_history", *people.history_rows(pool[:6], desk.rng))


def periods_of(order: Order, plan: Planned) -> tuple[Period, ...]:
    """Hours shared out by days in whole units; the remainder goes to the longest period."""
    stretches = _stretches(order.periods, plan.starts_on, plan.served_to)
    billed = _shared(order.hours, stretches, order.hours_per_unit)
    used = _shared(order.hours if order.used is None else order.used, stretches, order.hours_per_unit)
    return tuple(Period(*stretch, b, u) for stretch, b, u in zip(stretches, billed, used, strict=True) if b)


def _stretches(how: str, first: date, last: date) -> list[tuple[date, date]]:
    if how == "whole":
        return [(first, last)]
    if how == "halves":
        middle = first + (last - first) // 2
        return [(first, middle), (middle + timedelta(days=1), last)]
    days = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    months = sorted({(day.year, day.month) for day in days})
    parts = [[day for day in days if (day.year, day.month) == month] for month in months]
    return [(part[0], part[-1]) for part in parts]


def _shared(hours: int, stretches: Sequence[tuple[date, date]], step: int) -> list[int]:
    days = [(to_on - from_on).days + 1 for from_on, to_on in stretches]
    parts = [hours * count // sum(days) // step * step for count in days]
    parts[days.index(max(days))] += hours - sum(parts)
    return parts
