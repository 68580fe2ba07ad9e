"""Jobs of one order: exact card-seconds on lanes that never overlap; and the edits scenes make to them."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from math import ceil
from random import Random

from hesuan.flows.demo.clock import DAY, HOUR, day_of, second_of
from hesuan.flows.demo.dossier import Dossier, Job, Order, Period, Seat

# Cards are taken for so much of the term that lanes stay below 93 % busy.
BUSY = 0.8
# On a lane of a node, and on a single device.
JOBS_A_MONTH = {False: 30, True: 10}
# TIMEOUT, failure and cancellation after the start still hold cards, and are billed.
STATES = ("COMPLETED",) * 16 + ("FAILED", "FAILED", "TIMEOUT", "OUT_OF_MEMORY")


def lanes(order: Order, seat_cards: int) -> tuple[Decimal, int]:
    """Cards per lane and number of lanes that carry the order's used hours."""
    used = order.hours if order.used is None else order.used
    cards = max(1, ceil(used / (order.days * 24 * BUSY * float(order.share))))
    if seat_cards == 1:
        return order.share, cards
    wide = order.lane_cards or next((c for c in (8, 4, 2) if cards >= 2 * c), 1)
    return Decimal(wide), ceil(cards / wide)


def fill(
    order: Order, periods: Sequence[Period], seats: Sequence[Seat], *, tenant: str, rng: Random, scale: int
) -> list[Job]:
    """Jobs whose card-seconds per period are exactly the period's used hours."""
    cards, _ = lanes(order, seats[0].cards)
    jobs: list[Job] = []
    for period in periods:
        target = int(Decimal(period.used * HOUR) / cards)
        if order.rounding == "hour_up":
            # Whole hours of one card each, or a period's hours could not be shared out.
            assert cards == 1
            stretches = _rounded_hours(period, target // HOUR, lanes=len(seats), rng=rng)
        else:
            a_month = JOBS_A_MONTH[seats[0].cards == 1] * scale
            stretches = _stretches(order, period, target, lanes=len(seats), rng=rng, a_month=a_month)
        jobs += [
            Job(tenant, seats[lane], cards, start, seconds, state=rng.choice(STATES))
            for lane, start, seconds in stretches
        ]
    return jobs


def _stretches(
    order: Order, period: Period, target: int, *, lanes: int, rng: Random, a_month: int
) -> list[tuple[int, int, int]]:
    """(lane, start, seconds): lane-seconds sum up to the target, gaps in between are random."""
    start = second_of(period.from_on, hour=order.first_hour)
    span = second_of(period.to_on) + DAY - start
    count = max(2, round(a_month * span / (30 * DAY)))
    found = []
    for lane in range(lanes):
        busy = target // lanes + (target % lanes if lane == 0 else 0)
        if busy > span:
            raise ValueError(f"{order.provider}: {period.from_on} 起的用量装不下 {lanes} 条泳道")
        at = start
        gaps = _parts(span - busy, count + 1, rng)
        for gap, seconds in zip(gaps, _parts(busy, count, rng), strict=False):
            at += gap
            found.append((lane, at, seconds))
            at += seconds
    return [stretch for stretch in found if stretch[2] > 0]


def _parts(total: int, count: int, rng: Random) -> list[int]:
    """Whole parts that sum up to the total."""
    weights = [rng.randint(20, 100) for _ in range(count)]
    parts = [total * weight // sum(weights) for weight in weights]
    return [total - sum(parts[1:]), *parts[1:]]


def _rounded_hours(period: Period, hours: int, *, lanes: int, rng: Random) -> list[tuple[int, int, int]]:
    """Runs just short of whole hours, one a day and lane, none over midnight; rounded up they make hours."""
    found = []
    days = (period.to_on - period.from_on).days + 1
    for slot in range(days * lanes):
        left = days * lanes - slot
        run = min(hours, max(rng.randint(16, 20), ceil(hours / left)))
        if run == 0:
            break
        hours -= run
        start = second_of(period.from_on) + (slot // lanes) * DAY + rng.randint(0, 23 - run) * HOUR
        found.append((slot % lanes, start, run * HOUR - rng.randint(300, 2100)))
    if hours:
        raise ValueError(f"{period.from_on} 起按小时进位的用量装不下")
    return found


def months_between(job: Job, other: Job) -> set[tuple[int, int]]:
    """The calendar months that two jobs touch."""
    days = (day_of(second) for j in (job, other) for second in (j.start, j.end))
    return {(day.year, day.month) for day in days}


def carve(dossier: Dossier, seconds: int, *, near: Job | None = None) -> Job:
    """Cut `seconds` off the longest job (in the month of `near`) and hand them back as a job of their own."""
    fitting = [j for j in dossier.jobs if near is None or len(months_between(j, near)) == 1]
    donor = max(fitting, key=lambda j: (j.seconds, j.start))
    dossier.jobs[dossier.jobs.index(donor)] = replace(donor, seconds=donor.seconds - seconds)
    return replace(donor, start=donor.end - seconds, seconds=seconds)


def gap_after(dossier: Dossier, job: Job) -> int:
    """Seconds until the next of the dossier's jobs on that seat; 0 where it is the last."""
    later = [j.start for j in dossier.jobs if j.seat == job.seat and j.start > job.start]
    return min(later) - job.end if later else 0


def gap_before(dossier: Dossier, job: Job) -> int:
    """Seconds since the dossier's job before on that seat; 0 where it is the first."""
    earlier = [j.end for j in dossier.jobs if j.seat == job.seat and j.start < job.start]
    return job.start - max(earlier) if earlier else 0


def last_on(dossier: Dossier, seat: Seat) -> Job:
    return max((j for j in dossier.jobs if j.seat == seat), key=lambda j: j.start)


def change_job(dossier: Dossier, job: Job, **fields: object) -> None:
    dossier.jobs[dossier.jobs.index(job)] = replace(job, **fields)  # type: ignore[arg-type]
