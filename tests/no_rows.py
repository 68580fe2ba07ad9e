"""Which relations a card's SELECT has no rows without, proved from the parsed SQL alone.

`no_rows_without` in a card's header is written by `python -m tests.no_rows`; tests/test_no_rows.py compares.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.schemas.card import Card, RuleCard

SQL = Path(__file__).parents[1] / "flows" / "sql"
SCHEMA_OF_ROOM = {
    **{name: name for name in ("reconciled", "decided", "earlier", "published")},
    **dict.fromkeys(("ledger", "people"), "published"),
}

Feeds = frozenset[frozenset[str]]
"""Where all relations of any one group are empty, there is no row. No group: a row may come of nothing."""
NOTHING: Feeds = frozenset()


@cache
def cards() -> dict[str, Card]:
    """Every relation's card."""
    found: dict[str, Card] = {}
    for room, schema in SCHEMA_OF_ROOM.items():
        found |= sql_cards(room, schema=schema)
    return found


@cache
def feeds_of(name: str) -> Feeds:
    """Of a relation as its readers see it: a table, or through a view the tables behind it."""
    card = cards().get(name)
    return frozenset({frozenset({name})}) if card is None or not card.is_view else needed(card)


@cache
def _aggregates() -> frozenset[str]:
    found = duckdb.sql(
        "select distinct function_name from duckdb_functions() where function_type = 'aggregate'"
    )
    return frozenset(name for (name,) in found.fetchall())


def needed(card: Card | RuleCard) -> Feeds:
    """The groups of a card's SELECT."""
    return _least(_of_query(parsed(card.text), {}))


def parsed(select: str) -> dict[str, Any]:
    """The tree of one SELECT."""
    [(told,)] = duckdb.execute("select json_serialize_sql(?::varchar)", [select]).fetchall()
    read = json.loads(told)
    assert not read["error"], f"{select}: {read}"
    [statement] = read["statements"]
    node: dict[str, Any] = statement["node"]
    return node


def _of_query(node: dict[str, Any], outer: dict[str, Feeds]) -> Feeds:
    known = dict(outer)
    for entry in node.get("cte_map", {}).get("map", []):
        known[entry["key"].lower()] = _of_query(_inner(entry["value"]["query_node"]), known)
    match node["type"]:
        case "SELECT_NODE":
            return _of_select(node, known)
        case "SET_OPERATION_NODE":
            parts = node.get("children") or [node["left"], node["right"]]
            found = [_of_query(_inner(part), known) for part in parts]
            return _all_of(found) if node["setop_type"] == "UNION" else found[0]
        case "RECURSIVE_CTE_NODE":
            return _of_query(_inner(node["left"]), known)
        case "CTE_NODE":
            known[node["cte_name"].lower()] = _of_query(_inner(node["query"]), known)
            return _of_query(_inner(node["child"]), known)
    return NOTHING


def _inner(query: dict[str, Any]) -> dict[str, Any]:
    return query.get("node", query) if "type" not in query else query


def _of_select(node: dict[str, Any], known: dict[str, Feeds]) -> Feeds:
    is_one_row = node["aggregate_handling"] == "STANDARD_HANDLING" and not node["group_expressions"]
    if is_one_row and (node["having"] or any(aggregates_in(one) for one in node["select_list"])):
        return NOTHING
    is_by_all = node["aggregate_handling"] == "FORCE_AGGREGATES"
    if is_by_all and all(aggregates_in(one) for one in node["select_list"]):
        return NOTHING
    if len(node["group_sets"]) > 1:
        return NOTHING
    return _of_source(node["from_table"], known)


def aggregates_in(expression: Any) -> bool:
    if isinstance(expression, list):
        return any(map(aggregates_in, expression))
    if not isinstance(expression, dict) or expression.get("class") in ("SUBQUERY", "WINDOW"):
        return False
    if expression.get("class") == "FUNCTION" and expression["function_name"] in _aggregates():
        return True
    return any(map(aggregates_in, expression.values()))


def _of_source(source: dict[str, Any], known: dict[str, Feeds]) -> Feeds:
    match source["type"]:
        case "BASE_TABLE":
            schema, table = source["schema_name"], source["table_name"]
            return feeds_of(f"{schema}.{table}") if schema else known.get(table.lower(), NOTHING)
        case "SUBQUERY":
            return _of_query(source["subquery"]["node"], known)
        case "JOIN":
            left, right = _of_source(source["left"], known), _of_source(source["right"], known)
            return _of_join(source, left, right)
    return NOTHING


def _of_join(source: dict[str, Any], left: Feeds, right: Feeds) -> Feeds:
    match source["join_type"]:
        case "INNER" | "SEMI" if source["ref_type"] != "POSITIONAL":
            return left | right
        case "LEFT" | "ANTI" | "SINGLE" | "MARK":
            return left
        case "RIGHT":
            return right
        case "OUTER" | "FULL":
            return _all_of([left, right])
    return NOTHING


def _all_of(parts: list[Feeds]) -> Feeds:
    """Each part must be without rows: every choice of one group from each."""
    joined: Feeds = frozenset({frozenset()})
    for part in parts:
        joined = _least(frozenset(a | b for a in joined for b in part))
    return joined


def _least(groups: Feeds) -> Feeds:
    return frozenset(g for g in groups if not any(other < g for other in groups))


def written(groups: Feeds) -> list[str]:
    """As a header says it: the relations that alone suffice."""
    return sorted(name for group in groups if len(group) == 1 for name in group)


def main() -> None:
    """Write every header."""
    for room, schema in SCHEMA_OF_ROOM.items():
        for name, card in sql_cards(room, schema=schema).items():
            [path] = (SQL / room).rglob(f"{name.removeprefix(f'{schema}.')}.sql")
            path.write_text(_with_header(card), encoding="utf-8")


def _with_header(card: Card) -> str:
    lines = [
        line for line in card.text.splitlines(keepends=True) if not line.startswith("no_rows_without = ")
    ]
    says = [] if card.is_view else written(needed(card))
    grain = next(at for at, line in enumerate(lines) if line.startswith("grain_zh = "))
    lines[grain + 1 : grain + 1] = [f"no_rows_without = {json.dumps(says)}\n"] if says else []
    return "".join(lines)


if __name__ == "__main__":
    main()
