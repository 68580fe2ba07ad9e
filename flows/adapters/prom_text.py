"""Exposition text with timestamps: what an exporter prints, `promtool tsdb dump`, and OpenMetrics.

Only lines are dealt with here; what a series is, is told in `flows.telemetry.series`.
"""

import re
from functools import partial

import polars as pl

from hesuan.flows.source import Reading, Source
from hesuan.flows.telemetry.cell import from_milliseconds, from_seconds, value_of
from hesuan.flows.telemetry.point import Points, reading
from hesuan.flows.telemetry.profile import EXPORTERS
from hesuan.flows.telemetry.sample import FAULT, POINT
from hesuan.flows.telemetry.series import UNREAD, Series, numbered, series_of
from hesuan.flows.text.line_block import LineBlock, blocks_of, lines_of
from hesuan.schemas.format import Format

NAME = "prom_text"
FORMATS = (
    Format(
        title_zh="带时间戳的指标文本（exposition、OpenMetrics、tsdb dump）",
        seen_zh="npu-exporter 的测试数据两份；其余依格式文档",
        proves=("metered", "active"),
        cannot_zh="没有时间戳的行在何时（退回）；两次采样之间",
    ),
    *EXPORTERS,
)

_COMMENT = r"^\s*(?:#|$)"
_POINT = r"^\s*([A-Za-z_:][\w:]*|\{)(.*\})?\s+([^\s{}]+)(?:\s+([^\s{}]+))?\s*$"
# Of OpenMetrics: behind the value and its time an example of what was counted, with a value and a time of its own.
_LABELS = r'\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\}'
_EXEMPLAR = rf"^(\s*(?:[A-Za-z_:][\w:]*)?(?:{_LABELS})?(?:\s+[^\s{{}}#]+){{1,2}})\s+#\s+{_LABELS}(?:\s+[^\s{{}}]+){{1,2}}\s*$"
_HEAD = re.compile(
    r"# (?:HELP|TYPE) [A-Za-z_:][\w:]*(?: |$)|[A-Za-z_:][\w:]*\{.*\}\s+\S+(?:\s+\S+)?$|\{__name__=\""
)
_OF_KUBERNETES = re.compile(r"(?:# (?:HELP|TYPE) |\{__name__=\")?kube_")
_OPEN_METRICS_END = b"# EOF"


def claims(source: Source) -> bool:
    """The first line is a HELP or TYPE of a metric, or a metric with labels and a value."""
    first = next((line for line in source.head.split("\n") if line.strip()), "")
    return _HEAD.match(first) is not None and _OF_KUBERNETES.match(first) is None


def read(source: Source) -> Reading:
    """Read one export; row_no is the line, comments are no rows.

    Timestamps are milliseconds since 1970; in OpenMetrics (which ends with # EOF) seconds. Neither needs a
    zone. A line without a timestamp cannot be placed in time and is rejected; an exemplar is left off.
    Raises InputFault for text that is neither UTF-8 nor GB18030.
    Source: prometheus.io, exposition formats; metering.md §2.5.
    """
    blocks = blocks_of(source)
    is_in_seconds = blocks[-1].read().rstrip().endswith(_OPEN_METRICS_END)
    known: dict[str, int] = {}
    frames, count = [], 0
    for block in blocks:
        points, comment_count = _points(block, known, is_in_seconds=is_in_seconds)
        frames.append(points)
        count += block.line_count - comment_count
    found = Points([_series(text, source) for text in known], pl.concat(frames), count)
    return reading(found, source.declaration, partial(lines_of, blocks))


def _points(block: LineBlock, known: dict[str, int], *, is_in_seconds: bool) -> tuple[pl.DataFrame, int]:
    """The points of a block, and how many of its lines are comments; new series are added to `known`."""
    lines = block.lines()
    rows = lines.filter(~pl.col("raw").str.contains(_COMMENT))
    cell = pl.col("raw").str.replace(_EXEMPLAR, "$1").str.extract_groups(_POINT).struct
    cells = rows.select(
        "row_no",
        series=pl.concat_str(cell.field("1"), cell.field("2").fill_null("")).fill_null(pl.lit(UNREAD.metric)),
        value=cell.field("3"),
        at=cell.field("4"),
    )
    told = cells.select(
        "row_no",
        series_no=numbered(cells["series"], known),
        sampled_at=_instant(is_in_seconds=is_in_seconds),
        number=value_of(pl.col("value")),
        fault=_fault(),
    ).with_columns(
        value="number",
        fault=pl.when(pl.col("fault").is_null() & pl.col("sampled_at").is_null())
        .then(pl.lit("BAD_AT"))
        .otherwise("fault"),
    )
    return told.select(pl.col(name).cast(dtype) for name, dtype in POINT.items()), lines.height - rows.height


# OpenMetrics counts in seconds; Go's client writes them with an exponent.
_SECONDS = r"^(?:[0-9]{1,11}(?:\.[0-9]+)?|[0-9]\.[0-9]+[eE]\+?0?9)$"


def _instant(*, is_in_seconds: bool) -> pl.Expr:
    at = pl.col("at")
    if not is_in_seconds:
        return from_milliseconds(at)
    return from_seconds(pl.when(at.str.contains(_SECONDS)).then(at).cast(pl.Float64, strict=False))


def _fault() -> pl.Expr:
    return (
        pl.when(pl.col("series") == pl.lit(UNREAD.metric))
        .then(pl.lit("BAD_LINE"))
        .when(value_of(pl.col("value")).is_null())
        .then(pl.lit("BAD_VALUE"))
        .when(pl.col("at").is_null())
        .then(pl.lit("NO_TIME"))
        .cast(FAULT)
    )


def _series(text: str, source: Source) -> Series:
    if text == UNREAD.metric:
        return UNREAD
    name, brace, rest = text.partition("{")
    told = series_of(name, brace + rest)
    return told if told.metric else Series(source.declaration.sample_metric or "", told.labels)
