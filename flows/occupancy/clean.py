"""Whether a provider's Parquet file may stand in the lake as it lies: nothing in it would be refused or read otherwise."""

import polars as pl

from hesuan.flows.occupancy.sample import KEYS, TABLE
from hesuan.flows.source import AsItLies
from hesuan.flows.warehouse import Connection
from hesuan.schemas.tables import tables
from hesuan.schemas.tables.usage_sample import EARLIEST
from hesuan.validators.gate import gate


def refused_rows(lies: AsItLies, constants: dict[str, str]) -> str:
    """SQL of a row that would be refused, or belies what the file's own statistics say of a column."""
    told = [
        f"{name} is distinct from {constants[name]}"
        for name in KEYS
        if name in constants and name in lies.written
    ]
    return " or ".join([f"({lies.refused})", *told])


def is_clean(connection: Connection, lies: AsItLies) -> bool:
    """From `counted`, which holds every text that the file has in KEYS."""
    [(refused, rows)] = connection.execute(
        "select sum(refused_count), sum(sample_count) from counted"
    ).fetchall()
    if refused != 0 or rows != lies.row_count:
        return False
    said = connection.execute(f"select distinct {', '.join(KEYS)} from counted").fetchall()
    asked = pl.DataFrame(said, schema=dict.fromkeys(KEYS, pl.String), orient="row")
    place = {"sheet": pl.lit(None, dtype=pl.String), "raw": pl.lit(None, dtype=pl.String)}
    frame = asked.with_row_index("row_no", offset=1).with_columns(**place, sampled_at=pl.lit(EARLIEST))
    gated = gate(frame, tables()[TABLE])
    return gated.accepted.select(KEYS).equals(asked)
