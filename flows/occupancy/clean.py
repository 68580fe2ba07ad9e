"""Whether a provider's Parquet file may stand in the lake as it lies: nothing in it would be refused or read otherwise."""

from datetime import datetime

import polars as pl

from hesuan.flows.occupancy.sample import KEYS, TABLE
from hesuan.flows.source import AsItLies
from hesuan.flows.warehouse import Connection
from hesuan.schemas.kind import EARLIEST, INT, NUMBER
from hesuan.schemas.table import Column
from hesuan.schemas.tables import tables
from hesuan.validators.gate import gate


def refused_hour(lies: AsItLies, constants: dict[str, str]) -> str:
    """SQL over the rows of an hour: one would be refused, or belies what the file's own statistics say of a column.

    Least and greatest are asked, not row by row. True also where it is not sure: then the rows are read one by one.
    Texts that vary are asked of the gate (`is_clean`).
    """
    told = [_belies(name, constants[name]) for name in KEYS if name in constants and name in lies.written]
    asked = [column for column in tables()[TABLE].all_columns if column.name not in lies.absent]
    beyond = [condition for column in asked for condition in _beyond(column)]
    return " or ".join(f"coalesce({condition}, false)" for condition in (*beyond, *told))


def is_clean(connection: Connection, lies: AsItLies) -> bool:
    """From `counted`, which holds every text that the file has in KEYS."""
    [(is_refused, rows)] = connection.execute(
        "select bool_or(is_refused), sum(sample_count) from counted"
    ).fetchall()
    if is_refused is not False or rows != lies.row_count:
        return False
    said = connection.execute(f"select distinct {', '.join(KEYS)} from counted").fetchall()
    asked = pl.DataFrame(said, schema=dict.fromkeys(KEYS, pl.String), orient="row")
    place = {"sheet": pl.lit(None, dtype=pl.String), "raw": pl.lit(None, dtype=pl.String)}
    frame = asked.with_row_index("row_no", offset=1).with_columns(**place, sampled_at=pl.lit(EARLIEST))
    gated = gate(frame, tables()[TABLE])
    return gated.accepted.select(KEYS).equals(asked)


def _belies(name: str, said: str) -> str:
    is_other = f"count({name}) < count(*) or bool_or({name} <> {said})"
    return f"count({name}) > 0" if said.startswith("null") else is_other


def _beyond(column: Column) -> list[str]:
    """What cannot stand in an hour of a column that is no text."""
    name, least, most = column.name, column.at_least, column.at_most
    if isinstance(least, datetime) and isinstance(most, datetime):
        first, end = int(least.timestamp()), int(most.timestamp())
        return [
            "hour_no is null",
            f"hour_no * 3600::bigint < {first}",
            f"(hour_no + 1) * 3600::bigint > {end}",
        ]
    if column.kind not in (INT, NUMBER):
        return []
    missing = [f"count({name}) < count(*)"] if column.required else []
    below = [] if least is None else [f"min({name}) < {least}"]
    above = [] if most is None else [f"max({name}) > {most}"]
    return [*missing, *below, *above]
