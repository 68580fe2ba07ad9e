"""A card model written in several ways, as A800 in the contract and a800 in the log, brought to one of them.

Spellings that differ in more than case, blanks and marks stay apart: that they mean one card is not ours to say.
"""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from hesuan.flows.warehouse import Connection, comment, parquet
from hesuan.schemas.table import Table
from hesuan.schemas.unit import plain

COLUMN = "device_model"
RELATION = "lake.model_spelling"
# Whose spelling the others are brought to: the provider's list of devices before what contracts, bills and logs say.
ORDER = ("device", "contract_line", "tariff", "statement", "usage_interval")


def load_spellings(connection: Connection, found: Mapping[str, list[Path]]) -> None:
    """lake.model_spelling: every spelling that is brought to another. found: the Parquet files of each table."""
    spellings = [spelling for name in ORDER for spelling in _spellings(connection, found.get(name, []))]
    first: dict[str, str] = {}
    for spelling in spellings:
        first.setdefault(plain(spelling), spelling)
    brought = {spelling: first[plain(spelling)] for spelling in spellings if plain(spelling)}
    rows = sorted((spelling, model) for spelling, model in brought.items() if spelling != model)
    told = pl.DataFrame(rows, schema={"spelling": pl.String, COLUMN: pl.String}, orient="row")
    connection.register("spellings", told)
    connection.execute(f"create table {RELATION} as select * from spellings")
    connection.unregister("spellings")
    comment(connection, RELATION, "型号的另一种写法（每种写法一行）", {"spelling": "写法", COLUMN: "型号"})


def respelled(connection: Connection, table: Table, rows: str) -> str:
    """The SQL of a table's rows with each model in its one spelling; as it was where nothing is written in two ways."""
    if COLUMN not in {column.name for column in table.all_columns} or not _is_any(connection):
        return rows
    return (
        f"(select r.* replace (coalesce(m.{COLUMN}, r.{COLUMN}) as {COLUMN})"
        f" from {rows} as r left join {RELATION} as m on m.spelling = r.{COLUMN})"
    )


def _spellings(connection: Connection, paths: list[Path]) -> list[str]:
    """In the order of their letters, so that no order of files decides."""
    if not paths:
        return []
    query = f"select distinct {COLUMN} from {parquet(paths)} where {COLUMN} is not null order by all"
    return [row[0] for row in connection.execute(query).fetchall()]


def _is_any(connection: Connection) -> bool:
    return bool(connection.execute(f"select count(*) > 0 from {RELATION}").fetchall()[0][0])
