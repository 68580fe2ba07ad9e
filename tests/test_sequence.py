"""Sequence numbers of samples, day by day, against a plain counting of the same hours: gaps, repeats, steps back."""

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from hesuan.flows.occupancy.occupy import occupy
from hesuan.flows.occupancy.sample import SampleSet
from hesuan.flows.stages.reconcile import sql_cards
from hesuan.schemas.tables.usage_sample import TABLE
from hesuan.validators.gate import gate

HOUR_S = 3600
FIRST_DAY_S = 20_000 * 86_400 - 28_800
SCHEMA = """
    create schema lake;
    create schema reconciled;
    create macro reconciled.local_day(at_s) as date '1970-01-01' + cast((at_s + 28800) // 86400 as integer);
    create table reconciled.tenancy
        (provider_id varchar, cluster_id varchar, tenant varchar, started_on date, contract_no varchar);
"""


@dataclass(frozen=True)
class Hour:
    """What an hour of a card keeps of the numbers of one contract."""

    card: str
    contract: str
    hour_s: int
    numbers: tuple[int, ...]


Told = dict[tuple[str, str, int], tuple[int, int, int, int]]
"""(card, contract, day) → rows with a number, missing, repeated, hours that go back."""


def drawn(seed: int, *, is_clean: bool, least: int = 0) -> list[Hour]:
    """Two cards over three days, in numbers from `least` that run on but for what is planted."""
    draw = random.Random(seed)
    hours = []
    for card in ("GPU-a", "GPU-b"):
        number = least + draw.randrange(1000)
        for place in range(72):
            numbers = list(range(number, number + draw.choice((60, 60, 59, 1))))
            number = numbers[-1] + 1
            if not is_clean and draw.random() < 0.15:
                number = max(0, number + draw.choice((1, 5, -30, -200)))
            if not is_clean and draw.random() < 0.2:
                numbers = [n for n in numbers if draw.random() < 0.9] or numbers
                numbers += draw.choices(numbers, k=draw.randrange(4))
            cut = draw.choice((0, 0, len(numbers) // 2))
            parties = (("K-1", numbers[cut:]), (draw.choice(("K-1", "K-2")), numbers[:cut]))
            told: dict[str, list[int]] = defaultdict(list)
            for contract, share in parties:
                told[contract] += share
            at = FIRST_DAY_S + place * HOUR_S
            hours += [Hour(card, contract, at, tuple(share)) for contract, share in told.items() if share]
    return hours


def counted(hours: list[Hour]) -> Told:
    """The same by hand, hour after hour."""
    found: dict[tuple[str, str, int], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for card in sorted({hour.card for hour in hours}):
        at: dict[int, list[Hour]] = defaultdict(list)
        for hour in hours:
            if hour.card == card:
                at[hour.hour_s].append(hour)
        before: list[Hour] = []
        highest, last = None, None
        for hour_s in sorted(at):
            numbers = [n for hour in at[hour_s] for n in hour.numbers]
            span = max(numbers) - min(numbers) + 1
            lacking, surplus = max(0, span - len(numbers)), max(0, len(numbers) - span)
            mixed = int(len(numbers) == span and 2 * sum(numbers) != (min(numbers) + max(numbers)) * span)
            gap = 0 if last is None else max(0, min(numbers) - last - 1)
            is_back = highest is not None and highest >= min(numbers)
            for hour in at[hour_s]:
                one = found[card, hour.contract, (hour_s + 28_800) // 86_400]
                one[0] += len(hour.numbers)
                if is_back:
                    one[3] += 1
                    continue
                own = any(other.contract == hour.contract for other in before)
                one[1] += lacking + mixed + (gap if own else 0)
                one[2] += surplus + mixed
            before, last = at[hour_s], max(numbers)
            highest = last if highest is None else max(highest, last)
    return {key: (told[0], told[1], told[2], told[3]) for key, told in found.items()}


def samples(hours: list[Hour]) -> pl.DataFrame:
    """One a minute from each hour's start on, in the order of the numbers; closer where an hour has more than sixty."""
    at: dict[tuple[str, int], list[tuple[int, str]]] = defaultdict(list)
    for hour in hours:
        at[hour.card, hour.hour_s] += [(number, hour.contract) for number in hour.numbers]
    rows = []
    for (card, hour_s), numbers in at.items():
        step_s = 60 if len(numbers) <= 60 else 45
        for place, (number, contract) in enumerate(sorted(numbers)):
            sampled_at = datetime.fromtimestamp(hour_s + place * step_s, UTC)
            rows.append((card, contract, sampled_at, number))
    return pl.DataFrame(
        rows, schema=["device_uuid", "contract_no", "sampled_at", "seq_no"], orient="row"
    ).with_columns(
        provider_id=pl.lit("P"), cluster_id=pl.lit("c1"), tenant=pl.lit("lab"), boot_id=pl.lit("b1")
    )


def told_by_card(hours: list[Hour], folder: Path, *, days: range = range(20_000, 20_009)) -> Told:
    """By reconciled.sequence_day, from what the samples come to by hour and day. days: whose hours are there to be seen."""
    gated = gate(samples(hours).with_row_index("row_no", 1).with_columns(sheet=None, raw=None), TABLE)
    assert gated.rejected.is_empty()
    gated.accepted.with_columns(file_row=pl.col("row_no")).write_parquet(folder / "usage_sample.0000.parquet")
    assert occupy(SampleSet(folder, "f", 0, 60), folder)
    with duckdb.connect() as connection:
        for statement in SCHEMA.split(";")[:-1]:
            connection.execute(statement)
        for name in ("occupancy", "occupancy_day"):
            connection.execute(f"create table lake.{name} as from '{folder / name}.parquet'")
        connection.execute(
            "delete from lake.occupancy where (hour_s + 28800) // 86400 not between ? and ?",
            [days.start, days.stop - 1],
        )
        found = connection.execute(f"""
            select device_uuid, contract_no, usage_on - date '1970-01-01', seq_count, missing_count, repeat_count, reset_count
            from ({sql_cards("reconciled")["reconciled.sequence_day"].text})
        """).fetchall()
    return {(card, contract, day): tuple(map(int, counts)) for card, contract, day, *counts in found}  # type: ignore[misc]


@pytest.mark.parametrize("seed", range(12))
def test_numbers_are_counted_as_by_hand(seed: int, tmp_path: Path) -> None:
    hours = drawn(seed, is_clean=False)
    by_hand = counted(hours)
    assert any(missing for _, missing, _, _ in by_hand.values())
    assert any(back for _, _, _, back in by_hand.values())
    assert told_by_card(hours, tmp_path) == by_hand


def weeks(seed: int) -> list[Hour]:
    """Two cards over eight days: hours left out now and then, of two contracts, and on few days something planted."""
    draw = random.Random(seed)
    hours = []
    for card in ("GPU-a", "GPU-b"):
        number, contract = 100_000 + draw.randrange(1000), "K-1"
        odd_days = draw.sample(range(8), draw.randrange(3))
        for place in range(8 * 24):
            contract = draw.choice(("K-1", "K-2")) if draw.random() < 0.1 else contract
            if draw.random() < 0.02:
                continue
            if place // 24 in odd_days and draw.random() < 0.1:
                number += draw.choice((1, 5, -30, -200, -3000))
            numbers = list(range(number, number + 60))
            number += 60
            if place // 24 in odd_days and draw.random() < 0.1:
                numbers = sorted(
                    [n for n in numbers if draw.random() < 0.9] + draw.choices(numbers, k=draw.randrange(4))
                )
            hours.append(Hour(card, contract, FIRST_DAY_S + place * HOUR_S, tuple(numbers)))
    return hours


@pytest.mark.parametrize("seed", range(12))
def test_few_odd_days_among_plain_ones_are_counted_as_by_hand(seed: int, tmp_path: Path) -> None:
    hours = weeks(seed)
    assert told_by_card(hours, tmp_path) == counted(hours)


def test_numbers_that_run_on_are_whole(tmp_path: Path) -> None:
    hours = drawn(1, is_clean=True)
    told = told_by_card(hours, tmp_path)
    assert told == counted(hours)
    assert {counts[1:] for counts in told.values()} == {(0, 0, 0)}


@pytest.mark.parametrize("least", [1_790_000_000_000_000_000, 2**63 - 100_000])
def test_large_numbers_are_summed_exactly(tmp_path: Path, least: int) -> None:
    """Of an hour of numbers that count nanoseconds since 1970 a sum in floating point is another one."""
    hours = drawn(3, is_clean=False, least=least)
    told = told_by_card(hours, tmp_path)
    assert told == counted(hours)
    assert duckdb.sql(f"select sum(seq_sum) from '{tmp_path}/occupancy.parquet'").fetchall() == [
        (sum(sum(hour.numbers) for hour in hours),)
    ]


def run_on(card: str, contract: str, places: range, number: int) -> list[Hour]:
    """Full hours of a card in numbers that run on."""
    return [
        Hour(card, contract, FIRST_DAY_S + place * HOUR_S, tuple(range(first, first + 60)))
        for place, first in zip(places, range(number, number + 60 * len(places), 60), strict=True)
    ]


def test_numbers_that_run_on_as_the_time_does_need_no_look_at_the_hours(tmp_path: Path) -> None:
    hours = run_on("GPU-a", "K-1", range(72), 7) + run_on("GPU-b", "K-1", range(30), 0)
    hours += run_on("GPU-b", "K-2", range(30, 72), 1800)
    assert told_by_card(hours, tmp_path, days=range(0)) == counted(hours)


def test_numbers_that_run_on_after_days_without_any_need_no_look_at_the_hours(tmp_path: Path) -> None:
    hours = run_on("GPU-a", "K-1", range(30), 7) + run_on("GPU-a", "K-1", range(96, 140), 7 + 30 * 60)
    assert told_by_card(hours, tmp_path, days=range(0)) == counted(hours)


def test_of_a_day_that_leaves_a_doubt_its_hours_and_those_of_the_day_before_are_looked_into(
    tmp_path: Path,
) -> None:
    """The counter stood still for two hours of the fourth day and lost ten numbers at its begin."""
    hours = run_on("GPU-a", "K-1", range(72), 0) + run_on("GPU-a", "K-1", range(72, 80), 72 * 60 + 10)
    hours += run_on("GPU-a", "K-1", range(82, 168), 80 * 60 + 10)
    told = told_by_card(hours, tmp_path, days=range(20_002, 20_005))
    assert told == counted(hours)
    assert told["GPU-a", "K-1", 20_003] == (22 * 60, 10, 0, 0)


@pytest.mark.parametrize(
    "starts",
    [
        pytest.param([(0, 0), (24, 1445)], id="numbers are left out at midnight"),
        pytest.param(
            [(0, 720), (12, 0), (24, 1440)],
            id="the day before went back, its last hour does not hold its last number",
        ),
        pytest.param(
            [(0, 5000), (24, 0), (48, 1440)], id="the third day follows the second, both lie before the first"
        ),
    ],
)
def test_plain_days_are_looked_into_for_the_days_before_them(
    starts: list[tuple[int, int]], tmp_path: Path
) -> None:
    ends = [place for place, _ in starts[1:]] + [72]
    hours = [
        hour
        for (place, number), end in zip(starts, ends, strict=True)
        for hour in run_on("GPU-a", "K-1", range(place, end), number)
    ]
    assert told_by_card(hours, tmp_path) == counted(hours)


def test_days_in_numbers_that_go_back_are_looked_into(tmp_path: Path) -> None:
    """Every contract's day is whole, and together they fill the numbers; only the order of time is another."""
    hours = run_on("GPU-a", "K-1", range(12), 720) + run_on("GPU-a", "K-2", range(12, 24), 0)
    told = told_by_card(hours, tmp_path)
    assert told == counted(hours)
    assert told["GPU-a", "K-2", 20_000] == (720, 0, 0, 12)


def test_contracts_that_share_an_hour_are_looked_into(tmp_path: Path) -> None:
    """Ten numbers come twice and ten are missing: count and span agree all the same."""
    hours = [
        Hour("GPU-a", "K-1", FIRST_DAY_S, tuple(range(30))),
        Hour("GPU-a", "K-2", FIRST_DAY_S, tuple(range(20, 50))),
        Hour("GPU-a", "K-1", FIRST_DAY_S + HOUR_S, tuple(range(60, 120))),
    ]
    told = told_by_card(hours, tmp_path)
    assert told == counted(hours)
    assert sum(repeated for _, _, repeated, _ in told.values()) > 0
