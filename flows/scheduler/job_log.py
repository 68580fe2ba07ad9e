"""A scheduler's accounting log, one record a line, read in blocks into usage_interval; what a line says is not here."""

from collections.abc import Callable
from functools import partial
from itertools import islice

import polars as pl

from hesuan.flows.scheduler.job_run import Run, Unusable, values_of
from hesuan.flows.source import Declaration, Part, Reading, Source
from hesuan.flows.text.line_block import LineBlock, blocks_of
from hesuan.schemas.kind import INSTANT_TYPE
from hesuan.validators.gate import REJECT_SCHEMA

TABLE = "usage_interval"
# So many filled lines tell what a file is.
FIRST_LINES = 20
_WORDS = ("record_id", "tenant", "state", "card_evidence", "cluster_id", "account", "user", "node_id")
_SCHEMA = {"row_no": pl.Int64} | {
    name: pl.String if name in _WORDS else pl.Int64 for name in Run.__dataclass_fields__
}
_INSTANTS = ("started_at", "ended_at")

RunOf = Callable[[str], Run]
"""Reads one line. Raises Unusable where it is no run."""


def first_lines(source: Source) -> list[str]:
    """The first filled lines of the file that are no comments."""
    filled = (line for line in source.head.split("\n") if line.strip() and not line.startswith("#"))
    return list(islice(filled, FIRST_LINES))


def reading_of(source: Source, run_of: RunOf) -> Reading:
    """One accepted row per line that is a run, in the file's order; every other line is a reject.

    row_no is the physical line number. Blank lines and comments (`#`) are no rows. Columns are typed.
    Raises InputFault for text that is neither UTF-8 nor GB18030.
    """
    declaration = source.declaration
    return Reading(
        tuple(partial(_part, block, run_of=run_of, declaration=declaration) for block in blocks_of(source))
    )


def _part(block: LineBlock, *, run_of: RunOf, declaration: Declaration) -> Part:
    lines = block.lines().filter(pl.col("raw").str.contains(r"\S") & ~pl.col("raw").str.starts_with("#"))
    runs, refused = [], []
    for row_no, raw in lines.iter_rows():
        try:
            runs.append((row_no, *values_of(run_of(raw))))
        except Unusable as why:
            refused.append((None, row_no, TABLE, why.reason_code, why.reason_zh, raw))
    frame = _typed(pl.DataFrame(runs, schema=_SCHEMA, orient="row"), declaration)
    rejected = pl.DataFrame(refused, schema=REJECT_SCHEMA, orient="row")
    return Part(lines.height, {TABLE: frame}, rejected, block.line_offset, block.line_of)


def _typed(runs: pl.DataFrame, declaration: Declaration) -> pl.DataFrame:
    """A declared cluster is the name by which devices and tenants are registered: it goes before the log's."""
    cluster = pl.coalesce(pl.lit(declaration.cluster_id, dtype=pl.String), "cluster_id")
    return runs.with_columns(
        *(_at(name) for name in _INSTANTS),
        sheet=pl.lit(None, dtype=pl.String),
        raw=pl.lit(None, dtype=pl.String),
        provider_id=pl.lit(declaration.provider_id, dtype=pl.String),
        cluster_id=cluster,
        exported_at=pl.lit(declaration.exported_instant, dtype=INSTANT_TYPE),
    )


def _at(name: str) -> pl.Expr:
    return pl.from_epoch(name, time_unit="s").cast(pl.Datetime("us")).dt.replace_time_zone("UTC").alias(name)
