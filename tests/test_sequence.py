"""Sequence numbers of samples, day by day, against a plain counting of the same hours: gaps, repeats, steps back."""

import random
from collections import defaultdict
from dataclasses import dataclass

import duckdb
import pytest

from hesuan.flows.stages.reconcile import sql_cards

HOUR_S = 3600
FIRST_DAY_S = 20_000 * 86_400 - 28_800
SCHEMA = """
    create schema lake;
    create schema reconciled;
    create macro reconciled.local_day(at_s) as date '1970-01-01' + cast((at_s + 28800) // 86400 as integer);
    create table reconciled.tenancy
        (provider_id varchar, cluster_id varchar, tenant varchar, started_on date, contract_no varchar);
    create table lake.occupancy (
        provider_id varchar, cluster_id varchar, device_uuid varchar, boot_id varchar, tenant varchar, contract_no varchar,
        hour_s bigint, seq_first bigint, seq_last bigint, seq_count bigint, seq_sum hugeint, file_sha256 varchar,
        first_row_no bigint
    );
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


def drawn(seed: int, *, is_clean: bool) -> list[Hour]:
    """Two cards over three days, in numbers that run on but for what is planted."""
    draw = random.Random(seed)
    hours = []
    for card in ("GPU-a", "GPU-b"):
        number = draw.randrange(1000)
        for place in range(72):
            numbers = list(range(number, number + draw.choice((60, 60, 59, 1))))
            number = numbers[-1] + 1
            if not is_clean and draw.random() < 0.15:
                number += draw.choice((1, 5, -30, -200))
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


def told_by_card(hours: list[Hour]) -> Told:
    """By reconciled.sequence_day."""
    rows = [
        (
            *("P", "c1", hour.card, "b1", "lab", hour.contract, hour.hour_s),
            *(min(hour.numbers), max(hour.numbers), len(hour.numbers), sum(hour.numbers), "f", number),
        )
        for number, hour in enumerate(hours, 1)
    ]
    with duckdb.connect() as connection:
        for statement in SCHEMA.split(";")[:-1]:
            connection.execute(statement)
        connection.executemany(f"insert into lake.occupancy values ({', '.join('?' * 13)})", rows)
        found = connection.execute(f"""
            select device_uuid, contract_no, usage_on - date '1970-01-01', seq_count, missing_count, repeat_count, reset_count
            from ({sql_cards("reconciled")["reconciled.sequence_day"].text})
        """).fetchall()
    return {(card, contract, day): tuple(map(int, counts)) for card, contract, day, *counts in found}  # type: ignore[misc]


@pytest.mark.parametrize("seed", range(12))
def test_numbers_are_counted_as_by_hand(seed: int) -> None:
    hours = drawn(seed, is_clean=False)
    by_hand = counted(hours)
    assert any(missing for _, missing, _, _ in by_hand.values())
    assert any(back for _, _, _, back in by_hand.values())
    assert told_by_card(hours) == by_hand


def test_numbers_that_run_on_are_whole() -> None:
    hours = drawn(1, is_clean=True)
    told = told_by_card(hours)
    assert told == counted(hours)
    assert {counts[1:] for counts in told.values()} == {(0, 0, 0)}
