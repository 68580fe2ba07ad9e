"""Whether the voucher ledger in a published database is the book in the evidence as its run left it.

The book may have grown since. A run that looked back (ledger/table.py) posted nothing: there it is what the events in
the database come to.
"""

from collections.abc import Iterator

from hesuan.flows.ledger.book import missing
from hesuan.flows.ledger.entry import Entry, settle
from hesuan.flows.ledger.table import published_entries, published_events
from hesuan.flows.warehouse import Connection

Numbered = dict[int, list[Entry]]
"""The published entries by their number; more than one is one too many."""


def book_amiss(connection: Connection, batches: list[list[Entry]], *, is_same_code: bool) -> list[str]:
    """One line per entry that differs from the book's, then per entry that the events ask for and does not stand.

    batches: of the book. is_same_code: the same entries follow from the events.
    """
    numbered = published_entries(connection)
    due = settle(published_events(connection))
    found: Numbered = {}
    for number, entry in numbered:
        found.setdefault(number, []).append(entry)
    amiss = list(_differing(found, _as_of(found, batches)))
    if amiss and _looks_back(connection) and numbered == list(enumerate(due, start=1)):
        return []
    if is_same_code:
        entries = [entry for _, entry in numbered]
        keys = dict.fromkeys(entry.key for entry in missing(entries, due))
        amiss += [f"published.ledger_entry 与 published.ledger_event 不合：{key}" for key in keys]
    return amiss


def _as_of(found: Numbered, batches: list[list[Entry]]) -> list[Entry]:
    """The book after the batch with which the published entries end."""
    book: list[Entry] = []
    for batch in batches:
        if len(book) >= max(found, default=0):
            break
        book += batch
    return book


def _looks_back(connection: Connection) -> bool:
    """Whether the day of the run left anything out; else it cannot have looked back."""
    return connection.execute("select as_of is not null from published.run").fetchall() == [(True,)]


def _differing(found: Numbered, book: list[Entry]) -> Iterator[str]:
    wanted = dict(enumerate(book, start=1))
    for number in sorted(wanted.keys() | found.keys()):
        entries, expected = found.get(number, []), wanted.get(number)
        if expected is None or len(entries) != 1:
            key = expected.key if expected else entries[0].key
            count = int(expected is not None)
            yield f"published.ledger_entry 第 {number} 笔（{key}）有 {len(entries)} 行，evidence/ledger.jsonl 有 {count} 笔"
        elif entries[0] != expected:
            yield f"published.ledger_entry 第 {number} 笔（{expected.key}）与 evidence/ledger.jsonl 所记不同"
