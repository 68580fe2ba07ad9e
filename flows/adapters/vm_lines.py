"""Raw samples as VictoriaMetrics exports them (/api/v1/export): one series a line, with its values and their times."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from hesuan.flows.source import Reading, Source
from hesuan.flows.telemetry.cell import from_seconds, value_of
from hesuan.flows.telemetry.point import Points, reading
from hesuan.flows.telemetry.profile import EXPORTERS
from hesuan.flows.telemetry.sample import POINT, as_points
from hesuan.flows.telemetry.series import Series
from hesuan.flows.text.strict_json import loaded
from hesuan.schemas.fault import InputFault
from hesuan.schemas.format import Format

NAME = "vm_lines"
FORMATS = (
    Format(
        title_zh="VictoriaMetrics 的导出（/api/v1/export）",
        seen_zh="依 VictoriaMetrics 的文档，未见真件",
        proves=("metered", "active"),
        cannot_zh="两次采样之间",
    ),
    *EXPORTERS,
)
MOST_MILLISECONDS = 10**13

_HEAD = re.compile(r'\s*\{"metric":\{[^\n]*?\},"values":\[')


@dataclass(frozen=True)
class _Line:
    """One series, or a stretch of one."""

    series: Series
    times: list[Any]
    values: list[Any]


def claims(source: Source) -> bool:
    """The first line is an object that begins with a metric and its values."""
    return _HEAD.match(source.head) is not None


def read(source: Source) -> Reading:
    """Read one export; row_no is the number of a point in it, from 1, line by line.

    Times are milliseconds since 1970, so no zone is needed; a value of null is NaN, and unknown. Samples are those that
    were scraped: nothing is filled in between. Raises InputFault for broken JSON, as of an export that was cut off, and
    for a line that is no series.
    Source: docs.victoriametrics.com, how to export data in JSON line format.
    """
    lines: list[_Line] = []
    frames, firsts, count = [pl.DataFrame(schema=POINT)], [], 0
    for line in _lines(source):
        frames.append(_points(line, len(lines), count))
        lines.append(line)
        firsts.append(count)
        count += len(line.values)
    found = Points([line.series for line in lines], pl.concat(frames), count)
    return reading(found, source.declaration, lambda rows: _raw(lines, firsts, rows))


def _lines(source: Source) -> Iterator[_Line]:
    if source.text is None:
        raise InputFault(f"{source.name}: 不是 UTF-8 文本，无法作为 JSON 读取")
    for number, raw in enumerate(source.text.split("\n"), start=1):
        if not raw.strip():
            continue
        place = f"{source.name} 第 {number} 行"
        yield _line(loaded(raw, place=place), source.declaration.sample_metric, place=place)


def _line(said: Any, sample_metric: str | None, *, place: str) -> _Line:
    whole = said if isinstance(said, dict) else {}
    labels, values, times = whole.get("metric"), whole.get("values"), whole.get("timestamps")
    if isinstance(labels, dict) and isinstance(values, list) and isinstance(times, list):
        told = {name: str(value) for name, value in labels.items()}
        if len(values) == len(times):
            return _Line(Series(told.get("__name__") or sample_metric or "", told), times, values)
    raise InputFault(f"{place}: 不是一条序列（metric，与同样多的 values、timestamps）")


def _points(line: _Line, series_no: int, before: int) -> pl.DataFrame:
    times = [t if isinstance(t, int) and abs(t) < MOST_MILLISECONDS else None for t in line.times]
    texts = ["NaN" if value is None else str(value) for value in line.values]
    said = pl.DataFrame({"at": pl.Series(times, dtype=pl.Int64), "text": pl.Series(texts, dtype=pl.String)})
    read = said.select(sampled_at=from_seconds(pl.col("at") / 1000), value=value_of(pl.col("text")))
    row_no = pl.int_range(pl.len(), dtype=pl.Int64) + before + 1
    return as_points(read.with_columns(series_no=pl.lit(series_no), row_no=row_no))


def _raw(lines: list[_Line], firsts: list[int], rows: pl.Series) -> pl.Series:
    """Each point with the labels of its series."""
    shown = []
    for row in rows:
        at = bisect_right(firsts, row - 1) - 1
        line, place = lines[at], row - 1 - firsts[at]
        labels = line.series.labels
        point = {"metric": labels, "value": line.values[place], "timestamp": line.times[place]}
        shown.append(json.dumps(point, ensure_ascii=False, separators=(",", ":")))
    return pl.Series("raw", shown, dtype=pl.String)
