"""What the end of a night asks for, made ready beside its reading: templates, fonts, rules, and the SQL of the cards.

It changes nothing that a night makes; without it a night waits longer at its end.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.stages.report import made_ready
from hesuan.flows.warehouse import connect, creation
from hesuan.flows.workspace import Settings
from hesuan.schemas.own_sql import read_ahead
from hesuan.validators.judge import rule_cards

# In the order in which a night comes to them, from the end: it may be there before its last.
FOLDERS = ("people", "earlier", "published", "decided")


@contextmanager
def making_ready(settings: Settings) -> Iterator[None]:
    """Beside the block, on a thread. What fails there fails again where it is asked for, and is told there."""
    with ThreadPoolExecutor(1) as beside:
        beside.submit(_make_ready, settings)
        yield


def _make_ready(settings: Settings) -> None:
    made_ready(settings)
    rule_cards()
    with connect() as connection:
        for folder in FOLDERS:
            for card in sql_cards(folder).values():
                read_ahead(connection, creation(card))
