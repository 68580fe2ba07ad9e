"""Contract numbers that differ only in width, case or blanks: what makes them alike, and which of them are not listed.

They are never merged: two numbers may be two contracts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hesuan.flows.lake.file_set import parts_of
from hesuan.flows.warehouse import Connection, connect, parquet
from hesuan.schemas.tables import tables

COLUMN = "contract_no"
LIST = "contract"
_FULL = "".join(map(chr, range(0xFF01, 0xFF5F)))
_HALF = "".join(map(chr, range(0x21, 0x7F)))
# What people and programs write for the hyphen: dashes of Unicode, and the minus sign.
_DASHES = "‐‑‒–—―−﹣"
_FROM, _TO = f"{_FULL}{_DASHES}", f"{_HALF}{'-' * len(_DASHES)}".replace("'", "''")
MACRO = f"""
    create macro reconciled.plain_number(number) as
        regexp_replace(lower(translate(number, '{_FROM}', '{_TO}')), '[\\s\\x{{00A0}}\\x{{3000}}]', '', 'g');
"""
NEAR = """
    select w.number, k.number, w.row_count
    from written as w
    join (select unnest(?::varchar[]) as number) as k
        on reconciled.plain_number(k.number) = reconciled.plain_number(w.number)
    where not list_contains(?::varchar[], w.number)
    order by all
"""


@dataclass(frozen=True)
class Numbers:
    """The contract numbers in one file. listed: in its contract table. written: elsewhere, with how many rows."""

    listed: frozenset[str]
    written: Mapping[str, int]


@dataclass(frozen=True)
class NearNumber:
    """A number that no contract table has, and the one there that it all but is."""

    written_no: str
    contract_no: str
    row_count: int


def numbers_in(folder: Path) -> Numbers:
    """Of a file's set in the lake."""
    with connect() as connection:
        listed = _counted(connection, parts_of(folder, LIST))
        holding = [
            t.name for t in tables().values() if t.name != LIST and COLUMN in {c.name for c in t.columns}
        ]
        written = _counted(connection, [path for name in holding for path in parts_of(folder, name)])
    return Numbers(frozenset(listed), written)


def published_numbers(database: Path) -> frozenset[str]:
    """Those of the contracts that a published database knows."""
    with connect(database, read_only=True) as connection:
        rows = connection.execute("select contract_no from lake.contract order by all").fetchall()
    return frozenset(number for (number,) in rows)


def near_numbers(written: Mapping[str, int], listed: Iterable[str]) -> tuple[NearNumber, ...]:
    """Every written number that is not listed and differs from one that is only in width, case or blanks."""
    known = sorted(listed)
    if not known or written.keys() <= set(known):
        return ()
    with connect() as connection:
        connection.execute(f"create schema reconciled; {MACRO}")
        connection.execute("create table written (number varchar, row_count bigint)")
        connection.execute(
            "insert into written select unnest(?::varchar[]), unnest(?::bigint[])",
            [list(written), list(written.values())],
        )
        rows = connection.execute(NEAR, [known, known]).fetchall()
    return tuple(NearNumber(*row) for row in rows)


def _counted(connection: Connection, paths: list[Path]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for path in paths:
        query = f"select {COLUMN}, count(*) from {parquet([path])} where {COLUMN} is not null group by all order by all"
        for number, count in connection.execute(query).fetchall():
            counts[number] = counts.get(number, 0) + count
    return counts
