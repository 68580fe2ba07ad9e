"""Worlds: what every claim would come to if one reading of the policy were taken another way.

A world differs from the default in one parameter. What depends on that parameter is worked out again inside a
transaction that is rolled back; where a relation comes out as it was, nothing that rests on it is looked at.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from hesuan.flows.court import OPEN_READINGS, VERDICTS, Court
from hesuan.flows.reference.policy import keep_in_session
from hesuan.flows.warehouse import Connection, remake
from hesuan.schemas.card import Card, RuleCard, asked_keys, build_order
from hesuan.schemas.own_sql import carried_out
from hesuan.schemas.policy import Policy
from hesuan.validators.judge import judge_again

Outcome = list[tuple[str, str, Decimal, int]]
"""claim_id, disposition, proposed sum and place in the queue of every claim, by claim_id."""
_OUTCOME = """
    select claim_id, disposition, proposed_subsidy_yuan, queue_position from decided.award order by claim_id
"""


@dataclass(frozen=True)
class World:
    """reading: the ambiguity's number, e.g. R10; key, value: the parameter read another way."""

    reading: str
    key: str
    value: str


@dataclass(frozen=True)
class Visit:
    """What a world came to. is_otherwise: some relation or verdict in it may differ from the default."""

    world: World
    is_otherwise: bool
    outcome: Outcome


def worlds(policy: Policy) -> list[World]:
    """Every alternative of every reading, by key."""
    found = {(p.reading, p.key, value) for p in policy.parameters if p.reading for value in p.alternatives}
    return [World(*world) for world in sorted(found, key=lambda w: (w[1], w[2]))]


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


def evaluate(connection: Connection, court: Court, policy: Policy) -> None:
    """Fill decided.open_reading and decided.world_claim; relations that rest on the verdicts follow them.

    First every world is judged with nothing open: a claim that is refused by default and not in some world turns on
    that reading. Where there are such claims they are held, and the worlds that came out otherwise, or settle one of
    those readings, are worked out once more.
    """
    asked, default = worlds(policy), _outcome(connection)
    if not asked or not default:
        return
    _remember(connection, court.compared)
    found = [_visited(connection, court, world, default) for world in asked]
    turning = [
        (claim, visit.world) for visit in found for claim in sorted(refused(default) - refused(visit.outcome))
    ]
    if turning:
        _hold(connection, court, turning)
        default = _outcome(connection)
        settled = {world.key for _, world in turning}
        found = [
            _visited(connection, court, visit.world, default)
            if visit.is_otherwise or visit.world.key in settled
            else Visit(visit.world, False, default)
            for visit in found
        ]
    for visit in found:
        _keep(connection, visit)


def _hold(connection: Connection, court: Court, turning: list[tuple[str, World]]) -> None:
    """Hold the claims that turn on a reading, and work out what rests on that."""
    rows = [(claim, world.reading, world.key, world.value) for claim, world in turning]
    connection.executemany("insert into decided.open_reading values (?, ?, ?, ?)", rows)
    for card in build_order(court.late):
        remake(connection, card)
    _remember(connection, court.compared & court.late.keys())


def _visited(connection: Connection, court: Court, world: World, default: Outcome) -> Visit:
    with _in(world, connection, court) as changed:
        return Visit(world, bool(changed), _outcome(connection) if changed else default)


def _outcome(connection: Connection) -> Outcome:
    return carried_out(connection, _OUTCOME).fetchall()


def refused(outcome: Outcome) -> set[str]:
    return {claim for claim, disposition, *_ in outcome if disposition == "reject"}


def _keep(connection: Connection, visit: Visit) -> None:
    world = visit.world
    columns: list[list[object]] = [list(column) for column in zip(*visit.outcome, strict=True)] or [
        [],
        [],
        [],
        [],
    ]
    connection.execute(
        "insert into decided.world_claim select ?, ?, ?, unnest(?::varchar[]), unnest(?::varchar[]),"
        " unnest(?::decimal(18, 2)[]), unnest(?::bigint[])",
        [world.reading, world.key, world.value, *columns],
    )


@contextmanager
def _in(world: World, connection: Connection, court: Court) -> Iterator[set[str]]:
    """The database as it would be in that world, for as long as the block lasts; names of what came out otherwise."""
    connection.execute("begin transaction")
    try:
        changed = {OPEN_READINGS} if _settled(connection, world) else set()
        connection.execute(
            "update policy.parameter set value = ?, number = try_cast(? as decimal(38, 10)) where key = ?",
            [world.value, world.value, world.key],
        )
        keep_in_session(connection)
        for card in court.in_order:
            if world.key in asked_keys(card.text) or card.references & changed:
                changed |= _worked_out_again(connection, court, card)
        yield changed
    finally:
        connection.execute("rollback")
        keep_in_session(connection)


def _settled(connection: Connection, world: World) -> bool:
    """In a world its own reading is not open; whether it was."""
    gone = connection.execute(
        "delete from decided.open_reading where reading_key = ?", [world.key]
    ).fetchall()
    return bool(gone[0][0])


def _worked_out_again(connection: Connection, court: Court, card: Card | RuleCard) -> set[str]:
    """The card's relation, or the verdicts, where they came out otherwise than they were."""
    if isinstance(card, RuleCard):
        return {VERDICTS} if judge_again(connection, card) else set()
    remake(connection, card)
    is_same = card.name in court.compared and _is_same(connection, card.name)
    return set() if is_same else {card.name}


def _remember(connection: Connection, names: Iterable[str]) -> None:
    """Keep relations as they stand, to compare with."""
    for name in names:
        carried_out(connection, f"create or replace temp table {_memory(name)} as select * from {name}")


def _memory(name: str) -> str:
    return "remembered_" + name.replace(".", "_")


def _is_same(connection: Connection, name: str) -> bool:
    """Whether the relation holds the rows that were remembered, whatever their order."""
    memory = _memory(name)
    found = carried_out(
        connection,
        f"""
        select
            (select count(*) from {name}) = (select count(*) from {memory})
            and not exists (select * from {name} except all select * from {memory})
        """,
    ).fetchall()
    return bool(found[0][0])
