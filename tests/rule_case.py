"""Rule cases: examples of the law as data, tried by the real judge on relations of the real shape.

A case file is tests/cases/rules/<ID>.toml, a list of [[case]]:
    name       what is shown, in Chinese
    expect     {subject_id = verdict}, every subject that the rule looks at
    expect_zh  optional: words of a sentence of the case
    expect_unknown_zh, expect_unknown_en
               optional: {subject_id = words of its sentence}, of what cannot be judged
    tables     relation → pipe table of the columns that matter; an empty cell and a column left out are null
    builds     optional: relations made anew from the tables by their own cards before the rule is tried;
               lake.commitment_signature too, by the program that verifies
    policy     optional: parameter → value, where the case shows another value than the house's
Rows get a file and a line of their own (the relation's name, 1, 2, …) unless the table says otherwise.
"""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from hesuan.flows.chain.sealed import RELATION as SIGNATURES
from hesuan.flows.chain.sealed import load_signatures
from hesuan.flows.court import resting_on_verdicts
from hesuan.flows.lake.hour import load_hours
from hesuan.flows.lake.loading import load_lake
from hesuan.flows.reference.policy import keep_in_session, load_policy_tables
from hesuan.flows.reference.unit import load_unit_tables
from hesuan.flows.spell.loading import load_elsewhere
from hesuan.flows.stages.reconcile import MACROS, WORDS, sql_cards
from hesuan.flows.warehouse import Connection, build, connect, make
from hesuan.flows.worlds import open_worlds
from hesuan.schemas.card import Card, RuleCard, build_order
from hesuan.schemas.policy import default_policy_id, load_policy
from hesuan.schemas.unit import unit_book
from hesuan.validators.judge import judge, open_court

CASES = Path(__file__).parent / "cases" / "rules"
POLICY = default_policy_id()


@dataclass(frozen=True)
class RuleCase:
    rule_id: str
    name: str
    expect: dict[str, str]
    tables: dict[str, str]
    expect_zh: str = ""
    expect_unknown_zh: dict[str, str] = field(default_factory=dict)
    expect_unknown_en: dict[str, str] = field(default_factory=dict)
    expect_severity: dict[str, str] = field(default_factory=dict)
    """Of the subjects named: for rules where a reading decides the severity."""
    builds: tuple[str, ...] = ()
    policy: dict[str, str] = field(default_factory=dict)
    policy_rows: dict[str, str] = field(default_factory=dict)
    """Keys that the default policy does not have: added for the case."""


@dataclass(frozen=True)
class Trial:
    """What the judge made of a case. rows: relation → lines of it that some finding leads to."""

    verdicts: dict[str, str]
    severities: dict[str, str]
    sentences_zh: list[str]
    unknown: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Subject → its Chinese and English sentence, of what cannot be judged."""
    rows: dict[str, list[int]] = field(default_factory=dict)
    told_twice: list[tuple[str, str, int]] = field(default_factory=list)
    """(finding, file, row) of a source row that a finding shows more than once."""


@cache
def cases_of(rule_id: str) -> tuple[RuleCase, ...]:
    """The cases of a rule, () where it has no file. Raises TypeError on a key that no case has."""
    path = CASES / f"{rule_id}.toml"
    if not path.exists():
        return ()
    found = tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    return tuple(RuleCase(rule_id, **(says | {"builds": tuple(says.get("builds", ()))})) for says in found)


@contextmanager
def court() -> Iterator[Connection]:
    """A database with every relation as a run makes it, all of them empty, and the policy's parameters."""
    with connect() as connection:
        load_lake(connection, [], [], [], None)
        load_hours(connection, [], [], None)
        load_elsewhere(connection, [])
        connection.execute("create schema reconciled")
        connection.execute(WORDS)
        connection.execute(MACROS)
        load_unit_tables(connection, unit_book())
        build(connection, sql_cards("reconciled"))
        load_policy_tables(connection, load_policy(POLICY))
        connection.execute("create schema decided")
        open_worlds(connection)
        cards = sql_cards("decided")
        late = resting_on_verdicts(cards)
        build(connection, {name: card for name, card in cards.items() if name not in late})
        open_court(connection)
        build(connection, {name: card for name, card in cards.items() if name in late})
        yield connection


def tried(connection: Connection, card: RuleCard, case: RuleCase) -> Trial:
    """Judge one case; the court is left as empty as it was."""
    connection.execute("begin transaction")
    try:
        for key, value in case.policy.items():
            set_parameter(connection, key, value)
        for key, value in case.policy_rows.items():
            connection.execute(
                "insert into policy.parameter (key, value, number, valid_from)"
                " select ?, ?, try_cast(? as decimal(38, 10)), valid_from from policy.instrument",
                [key, value, value],
            )
        keep_in_session(connection)
        for relation, table in case.tables.items():
            fill(connection, relation, table)
        if SIGNATURES in case.builds:
            connection.execute(f"drop table {SIGNATURES}")
            load_signatures(connection)
        # One by one: a view of a case's own may stand where tables without rows are.
        for built in ordered_cards():
            if built.name in case.builds:
                make(connection, built)
        judge(connection, card)
        return Trial(
            dict(connection.execute("select subject_id, verdict from decided.verdict").fetchall()),
            dict(connection.execute("select subject_id, severity from decided.verdict").fetchall()),
            [row[0] for row in connection.execute("select sentence_zh from decided.finding").fetchall()],
            {
                subject: (chinese, english)
                for subject, chinese, english in connection.execute("""
                    select subject_id, sentence_zh, sentence_en from decided.finding where verdict = 'unknown'
                """).fetchall()
            },
            dict(
                connection.execute("""
                select file_sha256, list(distinct row_no order by row_no)
                from decided.evidence_row
                group by all
            """).fetchall()
            ),
            connection.execute("""
                select finding_id, file_sha256, row_no
                from decided.evidence_row
                group by all
                having count(*) > count(distinct "values")
            """).fetchall(),
        )
    finally:
        connection.execute("rollback")
        keep_in_session(connection)


def set_parameter(connection: Connection, key: str, value: str) -> None:
    changed = connection.execute(
        "update policy.parameter set value = ?, number = try_cast(? as decimal(38, 10)) where key = ?",
        [value, value, key],
    ).fetchall()
    assert changed != [(0,)], f"no parameter {key}"
    keep_in_session(connection)


@cache
def relation_cards() -> dict[str, Card]:
    return sql_cards("reconciled") | sql_cards("decided")


@cache
def ordered_cards() -> list[Card]:
    """Of all of them, for what a relation rests on may reach it through one that a case does not name."""
    return build_order(relation_cards())


def _as_table(connection: Connection, relation: str) -> None:
    """What is worked out from other relations is given here as it is."""
    schema, name = relation.split(".")
    asked = "select count(*) from duckdb_views() where schema_name = ? and view_name = ?"
    if connection.execute(asked, [schema, name]).fetchall() == [(1,)]:
        connection.execute(f"create temp table shape as select * from {relation} limit 0")
        connection.execute(
            f"drop view {relation}; create table {relation} as select * from shape; drop table shape"
        )


def fill(connection: Connection, relation: str, table: str) -> None:
    """Put a pipe table into an empty relation, each cell cast to the column's own type."""
    _as_table(connection, relation)
    types = {row[0]: row[1] for row in connection.execute(f"describe {relation}").fetchall()}
    header, *lines = [[cell.strip() for cell in line.split("|")] for line in table.strip("\n").splitlines()]
    rows = [dict(zip(header, [cell or None for cell in line], strict=True)) for line in lines]
    places = {"file_sha256": relation, "row_no": None} if "row_no" in types else {}
    names = [*header, *(name for name in places if name not in header)]
    cells = ", ".join(f"cast(? as {types[name]})" for name in names)
    for row_no, row in enumerate(rows, start=1):
        whole = places | {"row_no": str(row_no)} | row
        connection.execute(
            f"insert into {relation} ({', '.join(names)}) values ({cells})", [whole[name] for name in names]
        )
