"""Worlds: what every claim would come to if one reading of the policy were taken another way.

A world differs from the default in one parameter. What depends on that parameter is worked out again inside a
transaction that is rolled back; everything else stands as it was.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from hesuan.flows.warehouse import Connection, remake
from hesuan.schemas.card import Card, RuleCard, build_order
from hesuan.schemas.policy import Policy
from hesuan.validators.judge import judge_again

DISPOSING = ("block", "hold")
VERDICTS = "decided.verdict"
OPEN_READINGS = "decided.open_reading"


@dataclass(frozen=True)
class World:
    """reading: the ambiguity's number, e.g. R10; key, value: the parameter read another way."""

    reading: str
    key: str
    value: str


@dataclass(frozen=True)
class Court:
    """The cards that judge: relations before the verdicts, relations that rest on them, and the rules between."""

    early: dict[str, Card]
    late: dict[str, Card]
    rules: tuple[RuleCard, ...]


@dataclass(frozen=True)
class Touched:
    """What has to be worked out again when a parameter changes, in order."""

    early: list[Card] = field(default_factory=list)
    rules: list[RuleCard] = field(default_factory=list)
    late: list[Card] = field(default_factory=list)


def worlds(policy: Policy) -> list[World]:
    """Every alternative of every reading, by key."""
    found = {(p.reading, p.key, value) for p in policy.parameters if p.reading for value in p.alternatives}
    return [World(*world) for world in sorted(found, key=lambda w: (w[1], w[2]))]


def touched(court: Court, key: str) -> Touched:
    """Cards that ask for the key, and whatever rests on them. Rules that can neither block nor hold are left out."""
    moved: set[str] = set()
    asks = f"'{key}'"
    order = build_order(court.early)
    for card in order:
        if asks in card.text or card.references & moved:
            moved.add(card.name)
    rules = [
        rule
        for rule in court.rules
        if rule.severity in DISPOSING and (asks in rule.text or rule.references & moved)
    ]
    if rules:
        moved.add(VERDICTS)
    late = []
    for card in build_order(court.late):
        if asks in card.text or card.references & moved:
            moved.add(card.name)
            late.append(card)
    return Touched([card for card in order if card.name in moved], rules, late)


Outcome = list[tuple[str, str, Decimal, int]]
"""claim_id, disposition, proposed sum and place in the queue of every claim, by claim_id."""
_OUTCOME = """
    select claim_id, disposition, proposed_subsidy_yuan, queue_position from decided.award order by claim_id
"""


def evaluate(connection: Connection, court: Court, policy: Policy) -> None:
    """Fill decided.open_reading and decided.world_claim; relations that rest on the verdicts follow them.

    First the worlds that touch a rule are judged with nothing open: a claim that is refused by default and not in some
    world turns on that reading. Then every world is worked out with those claims held, but for the reading that the
    world itself settles.
    """
    found = [(world, touched(court, world.key)) for world in worlds(policy)]
    refused = _refused(connection)
    turning = [
        (claim, world.reading, world.key, world.value)
        for world, parts in found
        if parts.rules
        for claim in sorted(refused - _refused_in(connection, world, parts))
    ]
    if turning:
        connection.executemany("insert into decided.open_reading values (?, ?, ?, ?)", turning)
        for card in build_order(court.late):
            remake(connection, card)
    for world, parts in found:
        with _set_otherwise(connection, world, [*parts.early, *parts.rules, *parts.late]):
            outcome = connection.execute(_OUTCOME).fetchall()
        _keep(connection, world, outcome)


def _refused_in(connection: Connection, world: World, parts: Touched) -> set[str]:
    disposition = [card for card in parts.late if card.name == "decided.disposition"]
    with _set_otherwise(connection, world, [*parts.early, *parts.rules, *disposition]):
        return _refused(connection)


def _refused(connection: Connection) -> set[str]:
    rows = connection.execute(
        "select claim_id from decided.disposition where disposition = 'reject'"
    ).fetchall()
    return {row[0] for row in rows}


def _keep(connection: Connection, world: World, outcome: Outcome) -> None:
    columns: list[list[object]] = [list(column) for column in zip(*outcome, strict=True)] or [[], [], [], []]
    connection.execute(
        "insert into decided.world_claim select ?, ?, ?, unnest(?::varchar[]), unnest(?::varchar[]),"
        " unnest(?::decimal(18, 2)[]), unnest(?::bigint[])",
        [world.reading, world.key, world.value, *columns],
    )


@contextmanager
def _set_otherwise(connection: Connection, world: World, again: Sequence[Card | RuleCard]) -> Iterator[None]:
    """The database as it would be in that world, for as long as the block lasts; `again`: cards to work out anew."""
    connection.execute("begin transaction")
    try:
        connection.execute("delete from decided.open_reading where reading_key = ?", [world.key])
        connection.execute(
            "update policy.parameter set value = ?, number = try_cast(? as decimal(38, 10)) where key = ?",
            [world.value, world.value, world.key],
        )
        for card in again:
            if isinstance(card, RuleCard):
                judge_again(connection, card)
            else:
                remake(connection, card)
        yield
    finally:
        connection.execute("rollback")


def open_worlds(connection: Connection) -> None:
    """Empty decided.open_reading and decided.world_claim."""
    connection.execute("""
        create table decided.open_reading (
            claim_id varchar, reading varchar, reading_key varchar, reading_value varchar
        );
        create table decided.world_claim (
            reading varchar, reading_key varchar, reading_value varchar, claim_id varchar,
            disposition varchar, proposed_subsidy_yuan decimal(18, 2), queue_position bigint
        );
    """)
