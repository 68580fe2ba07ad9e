"""Whether what a published database tells still follows from its other tables, by the cards.

Figures have their digest too (stages/publish.py), but that lies in the same file, and rows of evidence, rejected rows,
changes and parameters are outside of it. Whoever changes the tables before as well is found by `rerun`.
"""

from collections.abc import Iterator

from hesuan.flows.stages.publish import COUNTS
from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import Connection, selection


def remade_amiss(connection: Connection) -> Iterator[str]:
    """One line per relation that its SELECT now gives otherwise. Only where the same code published it."""
    cards = sql_cards("published") | sql_cards("ledger", schema="published")
    rows = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    missing = cards.keys() - {name for (name,) in rows}
    if missing:
        # What rests on them cannot be made either.
        yield from (f"{relation} 不在库内" for relation in sorted(missing))
        return
    for relation, card in sorted(cards.items()):
        yield from _differing(connection, relation, f"(from ({selection(card)}\n))", f"(from {relation})")
    told = f"(select {', '.join(COUNTS)} from published.run)"
    made = ", ".join(f"{sql} as {name}" for name, sql in COUNTS.items())
    yield from _differing(connection, "published.run", f"(select {made})", told)


def _differing(connection: Connection, relation: str, made: str, told: str) -> Iterator[str]:
    differing = f"(({made} except all {told}) union all ({told} except all {made}))"
    [(count,)] = connection.execute(f"select count(*) from {differing}").fetchall()
    if count:
        yield f"{relation} 与库内由以得出的表不合，有 {count} 行"
