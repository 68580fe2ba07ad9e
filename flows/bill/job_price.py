"""What OpenSCOW charges for a job: its rounding model, exact in integers, so that a bill can be worked out again.

Nothing is read here; prices and partitions are the platform's configuration, not the contract's.
Source: PKUHPC/OpenSCOW, apps/mis-server/src/bl/jobPrice.ts; metering.md §2.6.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

# The platform divides to twenty places, half up, before anything else is done with the quotient.
QUOTIENT_PLACES = 20
SECONDS_PER_HOUR = 3600


@dataclass(frozen=True)
class Job:
    """elapsed in seconds, memory asked for in MB."""

    gpus: int
    cores: int
    memory_mb: int
    elapsed_seconds: int


@dataclass(frozen=True)
class Partition:
    """One node of a partition: memory in MB, cores, cards."""

    memory_mb: int
    cores: int
    gpus: int


@dataclass(frozen=True)
class Rounding:
    """amount_places: card-hours or core-hours are cut off there, None where they are not; price_places: of the price.

    The prices that OpenSCOW's own test expects are those of hours cut off at 3 places; its later code cuts nothing.
    minimum_yuan: what a job costs at least that ran at all at a price above zero.
    """

    amount_places: int | None
    price_places: int
    minimum_yuan: Decimal


@dataclass(frozen=True)
class PriceItem:
    """price_yuan: per hour of one unit of `strategy`."""

    price_yuan: Decimal
    strategy: str


def _greater_of_cards(job: Job, partition: Partition) -> int:
    if partition.gpus == 0:
        return job.gpus
    share = _quotient(partition.cores, partition.gpus)
    return max(job.gpus, ceil(_quotient(job.cores, share)))


def _greater_of_memory(job: Job, partition: Partition) -> int:
    return max(job.cores, ceil(_quotient(job.memory_mb, _quotient(partition.memory_mb, partition.cores))))


STRATEGIES: dict[str, Callable[[Job, Partition], int]] = {
    "gpu": lambda job, partition: job.gpus,
    "cpusAlloc": lambda job, partition: job.cores,
    "max-gpu-cpusAlloc": _greater_of_cards,
    "max-cpusAlloc-mem": _greater_of_memory,
}


def amount(item: PriceItem, job: Job, partition: Partition, *, rounding: Rounding) -> Fraction | None:
    """Hours of the units that the strategy counts, cut off; null for a strategy that nobody here knows."""
    units = STRATEGIES.get(item.strategy)
    if units is None:
        return None
    hours = units(job, partition) * _quotient(job.elapsed_seconds, SECONDS_PER_HOUR)
    return hours if rounding.amount_places is None else _cut(hours, rounding.amount_places)


def price(item: PriceItem, job: Job, partition: Partition, *, rounding: Rounding) -> Decimal | None:
    """Yuan, a tie rounded up; null as `amount`. Nothing for a price of zero or a job that did not run."""
    hours = amount(item, job, partition, rounding=rounding)
    if hours is None:
        return None
    if item.price_yuan <= 0 or job.elapsed_seconds <= 0:
        return Decimal(0)
    exact = Fraction(item.price_yuan) * hours
    if exact <= Fraction(rounding.minimum_yuan):
        return rounding.minimum_yuan
    return Decimal(floor(exact * 10**rounding.price_places + Fraction(1, 2))).scaleb(-rounding.price_places)


def price_item(prices: Mapping[str, Any], job_place: tuple[str, str, str], tenant: str) -> PriceItem | None:
    """The item of a price list (tenant → cluster → partition [→ qos]): the tenant's own, else the default one's."""
    cluster, partition, qos = job_place
    for owner in (tenant, "default"):
        found = prices.get(owner, {}).get(cluster, {}).get(partition, {})
        item = found if "price" in found else found.get(qos)
        if item is not None:
            return PriceItem(Decimal(item["price"]), item["amount"])
    return None


def _quotient(over: int | Fraction, under: int | Fraction) -> Fraction:
    scale = 10**QUOTIENT_PLACES
    return Fraction(floor(Fraction(over) / under * scale + Fraction(1, 2)), scale)


def _cut(value: Fraction, places: int) -> Fraction:
    return Fraction(floor(value * 10**places), 10**places)
