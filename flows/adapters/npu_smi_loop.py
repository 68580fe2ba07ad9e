"""Logs of `npu-smi info` in a loop: the time on a line of its own, then the table, two lines a chip.

Not read: `npu-smi info watch` and `-t usages` (no time, no slot to know the chip by).
"""

import re
from functools import partial

import polars as pl

from hesuan.flows.scheduler import slurm
from hesuan.flows.source import Declaration, Part, Reading, Source
from hesuan.flows.telemetry.die import as_boards
from hesuan.flows.telemetry.npu_card import Known, judged
from hesuan.flows.telemetry.npu_log import HEADER, WATCH, cut_above, scanned, statements, turns
from hesuan.flows.telemetry.npu_table import READ, chips
from hesuan.flows.telemetry.point import TABLE
from hesuan.flows.telemetry.profile import COLUMNS
from hesuan.flows.telemetry.sample import measured
from hesuan.flows.text.line_block import LineBlock, blocks_of
from hesuan.schemas.format import Format
from hesuan.schemas.kind import ZONE
from hesuan.validators.gate import REJECT_SCHEMA

NAME = "npu_smi_loop"
FORMATS = (
    Format(
        title_zh="npu-smi info 循环日志",
        seen_zh="23.0.rc3、24.1.rc1 至 25.5、26.0 的表格（其源码、文档、公开问题帖），未见整份日志",
        proves=("metered", "active"),
        cannot_zh="是谁在用（日志不写租户；整份归一个租户的，可在 source.toml 写明）；卡分给谁；910C 的功率",
    ),
)

_HEAD = re.compile(rf"^\s*\|\s*npu-smi\s|{HEADER}|{WATCH}", re.MULTILINE)
_CARD = (
    "device_uuid",
    "card_uuid",
    "sampled_at",
    "table_no",
    "row_no",
    "point_count",
    "tenant",
    "metric_names",
)


def claims(source: Source) -> bool:
    """A title or header of its table, or the header of `npu-smi info watch`, that it may be told of."""
    return _HEAD.search(source.head) is not None


def read(source: Source) -> Reading:
    """Read one log, in blocks of whole tables.

    One accepted row per card and table; row_no is the first line of its first chip; sampled_at a UTC instant,
    percent, W, MiB (npu-smi's MB: it prints 65536 for 64 GiB) and °C as decimals, null for NA and `-`. Times
    without a zone are of source.toml's, else Asia/Shanghai. The card is the VDie ID that the log itself
    states above (`npu-smi info -t board`): a table has numbers and slots alone, and those are places. Two dies
    of a 910_93 are one card; its power is unknown, for npu-smi prints none for the second die.
    A log names no tenant: it is the one of source.toml, else unknown.
    One reject per chip whose table has no time, whose VDie ID is not stated, or whose lines cannot be read.
    Raises InputFault for `npu-smi info watch`, and for text that is neither UTF-8 nor GB18030.
    Source: npu-smi 23.0 to 26.0, see flows.telemetry.npu_table; metering.md §2.5.
    """
    zone = slurm.zone_of(source.declaration, ZONE, name=source.name)
    blocks = blocks_of(source)
    found = scanned(blocks, zone=zone, place=source.name)
    tables = turns(found["header"], found["clock"])
    known = Known(tables, statements(found["stated"], tables))
    part = partial(_part, known=known, declaration=source.declaration)
    return Reading(tuple(partial(part, block) for block in cut_above(blocks, tables["table_no"])))


def _part(block: LineBlock, *, known: Known, declaration: Declaration) -> Part:
    lines = block.lines()
    rows = chips(lines)
    found = judged(rows, known)
    is_good = pl.col("reason_code").is_null()
    kept = found.filter(is_good).with_columns(
        point_count=pl.lit(1, dtype=pl.Int64),
        tenant=pl.lit(None, dtype=pl.String),
        metric_names=pl.lit(",".join(sorted(READ))),
        energy_joules=pl.lit(None, dtype=pl.Int64),
    )
    cards = as_boards(kept.select(*_CARD, *COLUMNS), turn="table_no").sort("row_no")
    return Part(
        block.line_count - (lines.height - rows.height) - (kept.height - cards.height),
        {TABLE: _accepted(cards, kept.select("row_no", "raw"), declaration)},
        _rejected(found.filter(~is_good)),
        block.line_offset,
    )


def _accepted(cards: pl.DataFrame, lines: pl.DataFrame, declaration: Declaration) -> pl.DataFrame:
    """usage_sample's columns."""
    return cards.join(lines, on="row_no", how="left", maintain_order="left").select(
        pl.lit(None, dtype=pl.String).alias("sheet"),
        *("row_no", "raw", "device_uuid", "sampled_at", "metric_names"),
        *measured(),
        provider_id=pl.lit(declaration.provider_id, dtype=pl.String),
        cluster_id=pl.lit(declaration.cluster_id, dtype=pl.String),
        tenant=pl.lit(declaration.tenant, dtype=pl.String),
    )


def _rejected(refused: pl.DataFrame) -> pl.DataFrame:
    placed = refused.with_columns(pl.lit(None, dtype=pl.String).alias("sheet"), table_name=pl.lit(TABLE))
    return placed.select(pl.col(name).cast(dtype) for name, dtype in REJECT_SCHEMA.items())
