"""Of one party's records on one card the paid ones go before the failed, second by second."""

import random

import pytest

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import make
from tests.rule_case import court, fill

Row = tuple[str, int, int, bool]
HEAD = (
    "interval_no | record_id | provider_id | cluster_id | contract_no | device_uuid | card_units | begin_s | stop_s"
    " | is_billable"
)


def stretches(rows: list[Row]) -> list[tuple[int, bool, int, int, int, bool]]:
    """interval_no (of the row, from 1), is_billable, begin, stop, trimmed seconds and is_continued."""
    lines = [
        f"{n} | {name} | P | c1 | K | G | 21000 | {begin} | {stop} | {str(paid).lower()}"
        for n, (name, begin, stop, paid) in enumerate(rows, 1)
    ]
    with court() as connection:
        fill(connection, "reconciled.interval", "\n".join([HEAD, *lines]))
        for name in ("failed_stretch", "stretch"):
            make(connection, sql_cards("reconciled")[f"reconciled.{name}"])
        return connection.execute(
            "select interval_no, is_billable, begin_s, stop_s, trimmed_seconds, is_continued"
            " from reconciled.stretch order by all"
        ).fetchall()


@pytest.mark.parametrize(
    ("failed", "left", "trimmed"),
    [
        ((0, 60), [(0, 40)], 20),
        ((0, 100), [(0, 40), (80, 100)], 40),
        ((50, 100), [(80, 100)], 30),
        ((50, 70), [(50, 50)], 20),
        ((0, 40), [(0, 40)], 0),
    ],
    ids=["its end", "both ends", "its tail", "nothing", "all"],
)
def test_a_paid_run_keeps_the_seconds_it_shares_with_one_that_failed(
    failed: tuple[int, int], left: list[tuple[int, int]], trimmed: int
) -> None:
    found = stretches([("A", *failed, False), ("B", 40, 80, True)])
    assert [row[2:4] for row in found if row[1]] == [(40, 80)]
    assert [row[2:4] for row in found if not row[1]] == left
    assert sum(row[4] for row in found) == trimmed
    assert [row[5] for row in found if not row[1]] == [False, True][: len(left)]


def second_by_second(rows: list[Row]) -> dict[int, int]:
    """interval_no → seconds: each second goes to a paid record before a failed one, then to the one that began first."""
    found = dict.fromkeys(range(1, len(rows) + 1), 0)
    for at in range(100):
        there = [
            (not paid, begin, stop, name, n)
            for n, (name, begin, stop, paid) in enumerate(rows, 1)
            if begin <= at < stop
        ]
        if there:
            found[min(there)[-1]] += 1
    return found


@pytest.mark.parametrize("seed", range(12))
def test_records_of_one_card_come_to_what_they_do_second_by_second(seed: int) -> None:
    chance = random.Random(seed)
    rows = []
    for n in range(9):
        begin = chance.randrange(90)
        rows.append((f"R{n}", begin, begin + chance.randint(1, 40), chance.random() < 0.5))
    rows = [(name, begin, min(stop, 100), paid) for name, begin, stop, paid in rows]
    found = stretches(rows)
    counted = {n: sum(stop - begin for no, _, begin, stop, *_ in found if no == n) for n in range(1, 10)}
    whole = {n: counted[n] + sum(row[4] for row in found if row[0] == n) for n in counted}
    assert counted == second_by_second(rows)
    assert whole == {n: stop - begin for n, (_, begin, stop, _) in enumerate(rows, 1)}
