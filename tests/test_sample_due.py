"""The time that should have been sampled: running sums and sweeps against a count of every minute."""

from collections import defaultdict
from collections.abc import Iterator
from random import Random

import pytest

from hesuan.flows.warehouse import Connection, build
from tests.rule_case import court, fill, relation_cards

MINUTE = 60
START = 1775404800  # 2026-04-06 00:00 in Shanghai
LONG = 6 * 24 * 60
TERM = (24 * 60, 5 * 24 * 60)  # minutes of the contract's days 2026-04-07 to 2026-04-10
CARDS = ("G1", "G2", "G3", "G4", "G5")
NODES = {"G1": "n1", "G2": "n1", "G3": "n1", "G4": "n2", "G5": "n3"}
POOLS = {"n1": ("G1", "G2", "G3"), "": CARDS}
Stretch = tuple[int, int]


@pytest.fixture(scope="module")
def empty_court() -> Iterator[Connection]:
    with court() as connection:
        yield connection


def drawn(rng: Random, count: int, longest: int) -> list[Stretch]:
    """Disjoint stretches of minutes, sometimes side by side."""
    found, at = [], rng.randint(0, 200)
    for _ in range(count):
        stop = at + rng.randint(1, longest)
        if stop > LONG:
            break
        found.append((at, stop))
        at = stop + rng.randint(0, 2 * LONG // count)
    return found


def pipes(names: str, rows: list[list[object]]) -> str:
    return "\n".join([names, *(" | ".join(str(cell) for cell in row) for row in rows)])


def second(minute: int) -> int:
    return START + minute * MINUTE


class Scene:
    """Cards sampled over different spans, each with its own gaps and the outages of its node and of the cluster."""

    def __init__(self, seed: int) -> None:
        print(f"seed {seed}")
        rng = Random(seed)
        outages = {"n1": drawn(rng, 4, 300), "": drawn(rng, 4, 300)}
        self.spans = {card: (rng.randint(0, 900), LONG - rng.randint(0, 900)) for card in CARDS}
        self.missing: dict[str, set[int]] = {}
        for card in CARDS:
            gone = drawn(rng, 8, 200) + outages[""] + (outages["n1"] if NODES[card] == "n1" else [])
            inside = range(*self.spans[card])
            self.missing[card] = {m for begin, stop in gone for m in range(begin, stop) if m in inside}
        self.uses = {(f"C{card}", card): drawn(rng, 12, 500) for card in CARDS}

    def gaps(self, card: str) -> list[Stretch]:
        minutes = sorted(self.missing[card])
        first = [m for m in minutes if m - 1 not in self.missing[card]]
        last = [m + 1 for m in minutes if m + 1 not in self.missing[card]]
        return list(zip(first, last, strict=True))

    def is_shared(self, card: str, minute: int) -> bool:
        pool = POOLS["n1" if NODES[card] == "n1" else ""]
        there = [c for c in pool if minute in range(*self.spans[c])]
        return len(there) > 1 and all(minute in self.missing[c] for c in there)

    def counted(self) -> dict[str, tuple[int, int, int]]:
        """Contract → seconds due, missed and shared, minute by minute."""
        found = {}
        for (contract, card), stretches in self.uses.items():
            due = [
                m
                for begin, stop in stretches
                for m in range(begin, stop)
                if m in range(*self.spans[card]) and m in range(*TERM)
            ]
            missed = [m for m in due if m in self.missing[card]]
            shared = [m for m in missed if self.is_shared(card, m)]
            if due:
                found[contract] = (len(due) * MINUTE, len(missed) * MINUTE, len(shared) * MINUTE)
        return found


def laid_out(connection: Connection, scene: Scene) -> None:
    pools = {"n1": 1, "": 2}
    cards = [
        [
            c,
            NODES[c],
            second(b),
            second(e),
            pools["n1" if NODES[c] == "n1" else ""],
            "n1" if NODES[c] == "n1" else "",
        ]
        for c, (b, e) in scene.spans.items()
    ]
    names = "provider_id | cluster_id | device_uuid | node_id | from_s | stop_s | pool_no | pool_node_id"
    fill(connection, "reconciled.sampled_card", pipes(names, [["P1", "c1", *row] for row in cards]))
    gaps = [["P1", c, second(b), second(e)] for c in CARDS for b, e in scene.gaps(c)]
    fill(connection, "reconciled.usage_gap", pipes("provider_id | device_uuid | begin_s | stop_s", gaps))
    uses = [
        ["P1", c, k, second(b), second(e), "true"] for (k, c), found in scene.uses.items() for b, e in found
    ]
    names = "provider_id | device_uuid | contract_no | begin_s | stop_s | is_billable"
    fill(connection, "reconciled.stretch", pipes(names, uses))
    terms = [[f"C{c}", "2026-04-07", "2026-04-10"] for c in CARDS]
    fill(connection, "reconciled.contract_term", pipes("contract_no | starts_on | counts_until", terms))
    build(connection, {n: relation_cards()[n] for n in ("reconciled.shared_gap", "reconciled.sample_due")})


@pytest.mark.parametrize("seed", range(8))
def test_due_missed_and_shared_are_those_of_every_minute(empty_court: Connection, seed: int) -> None:
    scene = Scene(seed)
    empty_court.execute("begin transaction")
    try:
        laid_out(empty_court, scene)
        rows = empty_court.execute(
            "select contract_no, due_seconds, missed_seconds, shared_seconds from reconciled.sample_due"
        ).fetchall()
    finally:
        empty_court.execute("rollback")
    expected = scene.counted()
    assert {row[0]: row[1:] for row in rows} == expected
    assert sum(shared for *_, shared in expected.values()) > 0
    assert any(missed > shared for _, missed, shared in expected.values())


def test_without_a_log_gaps_of_one_contract_are_due_and_others_are_not(empty_court: Connection) -> None:
    found: dict[str, tuple[int, ...]] = defaultdict(tuple)
    empty_court.execute("begin transaction")
    try:
        card = [["P1", "G1", second(0), second(LONG), 1]]
        fill(
            empty_court,
            "reconciled.sampled_card",
            pipes("provider_id | device_uuid | from_s | stop_s | pool_no", card),
        )
        gaps = [
            ["P1", "G1", second(2000), second(2060), "C1", "C1"],
            ["P1", "G1", second(3000), second(3600), "C1", "C2"],
            ["P1", "G1", second(TERM[1] - 10), second(TERM[1] + 50), "C1", "C1"],
        ]
        names = "provider_id | device_uuid | begin_s | stop_s | contract_no | next_contract_no"
        fill(empty_court, "reconciled.usage_gap", pipes(names, gaps))
        terms = [["C1", "2026-04-07", "2026-04-10"], ["C2", "2026-04-07", "2026-04-10"]]
        fill(empty_court, "reconciled.contract_term", pipes("contract_no | starts_on | counts_until", terms))
        days = [["C1", "P1", "G1", "2026-04-07", 40000], ["C1", "P1", "G1", "2026-04-11", 7000]]
        names = "contract_no | provider_id | device_uuid | usage_on | metered_seconds"
        fill(empty_court, "reconciled.sample_day", pipes(names, days))
        build(
            empty_court, {n: relation_cards()[n] for n in ("reconciled.shared_gap", "reconciled.sample_due")}
        )
        for row in empty_court.execute(
            "select contract_no, due_seconds, missed_seconds, shared_seconds, worst_begin_s, worst_stop_s, is_logged"
            " from reconciled.sample_due"
        ).fetchall():
            found[row[0]] = row[1:]
    finally:
        empty_court.execute("rollback")
    missed = 60 * MINUTE + 10 * MINUTE
    assert found == {"C1": (40000 + missed, missed, 0, second(2000), second(2060), False)}
