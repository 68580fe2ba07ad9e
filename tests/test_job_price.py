"""OpenSCOW's rounding model: it gives the price of every real charge, and each of its steps at its bounds."""

import json
from decimal import Decimal
from typing import Any

import pytest

from hesuan.flows.bill.job_price import Job, Partition, PriceItem, Rounding, amount, price, price_item
from tests.realdata import real

# Partitions of OpenSCOW's own test: (memory in MB, cores, cards) of a node.
PARTITIONS = {
    ("hpc00", "C032M0128G"): Partition(131072, 32, 0),
    ("hpc00", "GPU"): Partition(262144, 28, 4),
    ("hpc00", "life"): Partition(262144, 28, 4),
    ("hpc01", "compute"): Partition(63000, 28, 0),
    ("hpc01", "gpu"): Partition(386000, 48, 8),
}
CENTS = Rounding(3, 2, Decimal("0.01"))


def jobs_of(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(real(f"openscow/{name}").read_text(), parse_float=Decimal)
    return found


def worked_out(job: dict[str, Any], *, tenant: str, rounding: Rounding) -> Decimal | None:
    prices = json.loads(real("openscow/priceItems.json").read_text())
    item = price_item(prices, (job["cluster"], job["partition"], job["qos"]), tenant)
    assert item is not None
    run = Job(job["gpusAlloc"], job["cpusAlloc"], job["memReqMb"], job["elapsedSeconds"])
    return price(item, run, PARTITIONS[job["cluster"], job["partition"]], rounding=rounding)


@pytest.mark.parametrize(
    ("name", "rounding"),
    [("testData.json", CENTS), ("testData-precision3.json", Rounding(3, 3, Decimal(0)))],
)
def test_the_model_gives_the_price_that_openscow_expects_for_every_job(name: str, rounding: Rounding) -> None:
    jobs = jobs_of(name)
    wrong = [
        job["jobId"]
        for job in jobs
        if worked_out(job, tenant=job["tenant"], rounding=rounding) != job["accountPrice"]
        or worked_out(job, tenant="default", rounding=rounding) != job["tenantPrice"]
    ]
    assert (len(jobs), wrong) == (36, [])


def test_the_cut_can_be_told_from_the_real_prices() -> None:
    uncut = Rounding(None, 3, Decimal(0))
    jobs = jobs_of("testData-precision3.json")
    asked = (
        (job, owner, key)
        for job in jobs
        for owner, key in ((job["tenant"], "accountPrice"), ("default", "tenantPrice"))
    )
    wrong = [key for job, owner, key in asked if worked_out(job, tenant=owner, rounding=uncut) != job[key]]
    assert len(wrong) == 1


# The model


CARD, NODE = PriceItem(Decimal("2.5"), "gpu"), Partition(262144, 28, 4)


@pytest.mark.parametrize(
    ("seconds", "yuan"),
    [
        (0, "0"),  # did not run
        (1, "0.01"),  # the minimum
        (14, "0.01"),  # 0.003 h × 2.5 = 0.0075, below the minimum
        (36, "0.03"),  # 0.010 h × 2.5 = 0.025: a tie is rounded up
        (3599, "2.50"),  # 0.999 h (cut off) × 2.5 = 2.4975
        (3600, "2.50"),
    ],
)
def test_hours_are_cut_off_and_yuan_rounded(seconds: int, yuan: str) -> None:
    assert price(CARD, Job(1, 4, 0, seconds), NODE, rounding=CENTS) == Decimal(yuan)


def test_a_price_of_nothing_has_no_minimum() -> None:
    assert price(PriceItem(Decimal(0), "gpu"), Job(8, 4, 0, 3600), NODE, rounding=CENTS) == 0


@pytest.mark.parametrize(
    ("strategy", "job", "units"),
    [
        ("gpu", Job(2, 28, 0, 3600), 2),
        ("cpusAlloc", Job(2, 28, 0, 3600), 28),
        ("max-gpu-cpusAlloc", Job(1, 8, 0, 3600), 2),  # 8 cores are more than the 7 of one card
        ("max-gpu-cpusAlloc", Job(3, 8, 0, 3600), 3),
        ("max-cpusAlloc-mem", Job(0, 1, 9363, 3600), 2),  # one core has 9362.28… MB
        ("max-cpusAlloc-mem", Job(0, 4, 9363, 3600), 4),
    ],
)
def test_what_a_strategy_counts(strategy: str, job: Job, units: int) -> None:
    assert amount(PriceItem(Decimal(1), strategy), job, NODE, rounding=CENTS) == units


def test_a_partition_without_cards_counts_those_of_the_job() -> None:
    bare = Partition(131072, 32, 0)
    assert amount(PriceItem(Decimal(1), "max-gpu-cpusAlloc"), Job(0, 32, 0, 3600), bare, rounding=CENTS) == 0


def test_a_strategy_of_the_site_is_unknown_and_not_nothing() -> None:
    assert price(PriceItem(Decimal(1), "my-strategy"), Job(1, 1, 0, 3600), NODE, rounding=CENTS) is None


def test_hours_need_not_be_cut_off() -> None:
    whole = Rounding(None, 2, Decimal("0.01"))
    job = Job(1, 4, 0, 5)  # 5 s × 36 yuan/h = 0.05; cut off at 0.001 h it would be 0.04
    item = PriceItem(Decimal(36), "gpu")
    assert [price(item, job, NODE, rounding=r) for r in (whole, CENTS)] == [Decimal("0.05"), Decimal("0.04")]


def test_a_tenants_own_price_goes_before_the_default_one() -> None:
    prices = {
        "default": {
            "c": {"p": {"low": {"price": "1", "amount": "gpu"}}, "q": {"price": "2", "amount": "gpu"}}
        },
        "lab": {"c": {"p": {"low": {"price": "3", "amount": "gpu"}}}},
    }
    asked = [("c", "p", "low"), ("c", "q", "low"), ("c", "p", "high"), ("d", "p", "low")]
    found = [price_item(prices, place, "lab") for place in asked]
    assert [item and item.price_yuan for item in found] == [3, 2, None, None]
