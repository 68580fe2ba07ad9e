"""Whether what a published database lists of files and vouchers still follows from its other tables, by the cards.

Figures have their digest (stages/publish.py); these relations are outside of it, because they name files and hashes.
"""

from collections.abc import Iterator

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import Connection, selection

LISTS = ("input_file", "ledger_event")
BALANCES = ("cap_entity", "applicant_year", "ledger_balance", "ledger_check")


def remade_amiss(connection: Connection) -> Iterator[str]:
    """One line per relation that its SELECT now gives otherwise. Only where the same code published it."""
    cards = sql_cards("published") | sql_cards("ledger", schema="published")
    for name in (*LISTS, *BALANCES):
        relation = f"published.{name}"
        select = selection(cards[relation])
        made, told = f"(from ({select}\n))", f"(from {relation})"
        differing = f"(({made} except all {told}) union all ({told} except all {made}))"
        [(count,)] = connection.execute(f"select count(*) from {differing}").fetchall()
        if count:
            yield f"{relation} 与库内由以得出的表不合，有 {count} 行"
