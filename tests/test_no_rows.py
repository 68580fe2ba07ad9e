"""A card whose header says what it has no rows without: proved from its SQL, and passed over where it has none."""

import pytest

from hesuan.flows.stages.decide import CLAIMS
from hesuan.flows.warehouse import Connection, build, connect
from hesuan.schemas.card import Card, RuleCard, relation_card
from hesuan.validators.judge import rule_cards
from tests.no_rows import aggregates_in, cards, needed, parsed, written
from tests.rule_case import court


@pytest.mark.parametrize("name", sorted(name for name, card in cards().items() if not card.is_view))
def test_the_header_says_what_the_sql_proves(name: str) -> None:
    card = cards()[name]
    assert list(card.no_rows_without) == written(needed(card)), "python -m tests.no_rows writes the headers"


@pytest.mark.parametrize("rule", rule_cards(), ids=lambda rule: rule.id)
def test_no_rule_has_anything_to_say_where_nothing_is_claimed(rule: RuleCard) -> None:
    without = set(written(needed(rule)))
    behind = {name for one in without & cards().keys() for name in cards()[one].no_rows_without}
    assert CLAIMS in without | behind


def probe(select: str) -> list[str]:
    """What a SELECT has no rows without."""
    text = f'/*\ntitle_zh = "t"\ngrain_zh = "g"\n[columns]\na = "a"\n*/\n{select}'
    return written(needed(relation_card(text, name="published.probe")))


@pytest.mark.parametrize(
    ("select", "wanted"),
    [
        ("select a from lake.x where a > 1", ["lake.x"]),
        ("select count(*) as a from lake.x", []),
        ("select max(a) + 1 as a from lake.x", []),
        ("select a, count(*) as n from lake.x group by a", ["lake.x"]),
        ("select a, count(*) as n from lake.x group by all", ["lake.x"]),
        ("select count(*) as a from lake.x group by all", []),
        ("select a, b, count(*) as n from lake.x group by rollup (a, b)", []),
        ("select row_number() over () as a from lake.x", ["lake.x"]),
        ("select a from lake.x join lake.y using (k)", ["lake.x", "lake.y"]),
        ("select a from lake.x, lake.y", ["lake.x", "lake.y"]),
        ("select a from lake.x left join lake.y using (k)", ["lake.x"]),
        ("select a from lake.x right join lake.y using (k)", ["lake.y"]),
        ("select a from lake.x full join lake.y using (k)", []),
        ("select a from lake.x semi join lake.y using (k)", ["lake.x", "lake.y"]),
        ("select a from lake.x anti join lake.y using (k)", ["lake.x"]),
        ("select a from lake.x union all select a from lake.y", []),
        ("select a from lake.x union all select a from lake.x join lake.y using (k)", ["lake.x"]),
        ("select a from lake.x except select a from lake.y", ["lake.x"]),
        ("select 1 as a", []),
        ("select a from (values (1)) as v(a)", []),
        ("select unnest(l) as a from lake.x", ["lake.x"]),
        ("select u.a from lake.x, unnest(x.l) as u(a)", ["lake.x"]),
        ("with c as (select a from lake.x) select a from c join lake.y using (a)", ["lake.x", "lake.y"]),
        ("with c as (select count(*) as a from lake.x) select a from c join lake.y using (a)", ["lake.y"]),
        ("select a from lake.x where exists (select 1 from lake.y)", ["lake.x"]),
        (
            "with recursive r(a) as (select a from lake.x union all select a + 1 from r join lake.y using (a)) select a from r",
            ["lake.x"],
        ),
    ],
)
def test_what_a_select_has_no_rows_without(select: str, wanted: list[str]) -> None:
    assert probe(select) == wanted


def test_no_macro_hides_an_aggregate() -> None:
    """A SELECT with one and no groups would have a row where the proof sees none."""
    with court() as connection:
        found = connection.execute("""
            select function_name, macro_definition from duckdb_functions()
            where function_type = 'macro' and not internal
        """).fetchall()
    assert len(found) > 20
    assert [name for name, body in found if aggregates_in(parsed(f"select {body}")["select_list"])] == []


def made(connection: Connection, name: str) -> list[tuple[object, ...]]:
    return connection.execute(f"from {name}").fetchall()


def test_only_a_relation_that_can_have_rows_is_worked_out() -> None:
    header = '/*\ntitle_zh = "t"\ngrain_zh = "g"\nno_rows_without = ["lake.x"]\n[columns]\na = "a"\n*/\n'
    told = relation_card(
        f"{header}select cast(error('worked out ' || a) as varchar) as a from lake.y, lake.x",
        name="reconciled.r",
    )
    after = relation_card(
        header.replace("lake.x", "reconciled.r") + "select a from lake.y, reconciled.r", name="reconciled.s"
    )
    both: dict[str, Card] = {"reconciled.r": told, "reconciled.s": after}
    with connect() as connection:
        connection.execute("create schema lake; create schema reconciled")
        connection.execute("create table lake.y as select 1 as k; create table lake.x (a varchar)")
        build(connection, both)
        assert made(connection, "reconciled.r") == made(connection, "reconciled.s") == []
        kinds = connection.execute(
            "select data_type from duckdb_columns() where table_name in ('r', 's')"
        ).fetchall()
        assert kinds == [("VARCHAR",), ("VARCHAR",)]
        connection.execute("insert into lake.x values ('1')")
        with pytest.raises(Exception, match="worked out"):
            build(connection, both)
