"""Answers of Prometheus to a query, as JSON: range queries (matrix) and instant queries (vector).

Series are taken from the text one by one, so that a long answer is never held as objects.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from hesuan.flows.source import Reading, Source
from hesuan.flows.telemetry.answer import is_of_pods, warning_of
from hesuan.flows.telemetry.cell import from_seconds, value_of
from hesuan.flows.telemetry.point import Points, reading
from hesuan.flows.telemetry.profile import EXPORTERS
from hesuan.flows.telemetry.sample import POINT, as_points
from hesuan.flows.telemetry.series import Series
from hesuan.flows.text.library_word import cause
from hesuan.schemas.fault import InputFault
from hesuan.schemas.format import Format

NAME = "prom_json"
FORMATS = (
    Format(
        title_zh="Prometheus 查询的 JSON（query_range、query）",
        seen_zh="依 HTTP API 的文档，未见真件",
        proves=("metered", "active"),
        cannot_zh="真实的缺口：步长小于五分钟的查询会以旧值补上",
    ),
    *EXPORTERS,
)
MOST_SECONDS = 10**10
ASK = "请每次查询的答复各存一个文件"

_KIND = re.compile(r'"resultType"\s*:\s*"')
_RESULT = re.compile(r'"result"\s*:\s*\[')
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
# Of a range, and of an instant.
_POINTS = (("values", "value"), ("histograms", "histogram"))
_COMMA = re.compile(r"\s*,?\s*")


@dataclass(frozen=True)
class _Element:
    """One series of the answer. start: its place in the text."""

    series: Series
    times: list[Any]
    values: list[Any]
    start: int


def claims(source: Source) -> bool:
    """An object with a resultType, whose first series is none of pods: those are asked of the same server.

    Several answers in a list are claimed whatever they are of, to be refused.
    """
    head = source.head.lstrip()
    is_of_us = head.startswith("[") or not is_of_pods(head, sample_metric=source.declaration.sample_metric)
    return head.startswith(("{", "[")) and bool(_KIND.search(head)) and is_of_us


def read(source: Source) -> Reading:
    """Read one answer; row_no is the number of a point in it, from 1, series by series.

    Times are epoch seconds, so no zone is needed; values are texts, NaN and +Inf are unknown. A step shorter
    than the look-back of the server (5 min) repeats old values over a gap: that cannot be seen here.
    Raises InputFault for broken JSON, for an answer that reports an error or warnings, for it may be
    incomplete, for results that are neither matrix nor vector, and for several answers in one file.
    Source: prometheus.io, HTTP API; metering.md §2.4.
    """
    text = source.text
    if text is None:
        raise InputFault(f"{source.name}: 不是 UTF-8 文本，无法作为 JSON 读取")
    if text.lstrip().startswith("["):
        raise InputFault(f"{source.name}: 是几个查询的答复合成的数组；{ASK}")
    series: list[Series] = []
    frames = [pl.DataFrame(schema=POINT)]
    spans: list[tuple[int, int]] = []
    count = 0
    for element in _elements(text, source):
        frames.append(_points(element, len(series), count))
        series.append(element.series)
        spans.append((count, element.start))
        count += len(element.values)
    found = Points(series, pl.concat(frames), count)
    return reading(found, source.declaration, lambda rows: _raw(text, spans, rows))


def _elements(text: str, source: Source) -> Iterator[_Element]:
    """The series, one by one; the rest of the answer is then read whole, without them. Raises InputFault."""
    match = _RESULT.search(text)
    start = at = _after_blank(text, match.end()) if match else len(text)
    try:
        while at < len(text) and text[at] != "]":
            element, stop = _DECODER.raw_decode(text, at)
            if _SURROGATE.search(text, at, stop):
                json.dumps(element, ensure_ascii=False).encode()
            yield _element(element, at, source)
            at = _after_comma(text, stop)
        rest = (text[:start] + text[at:]).strip()
        answer, stop = _DECODER.raw_decode(rest)
    except (ValueError, RecursionError) as error:
        raise InputFault(f"{source.name}: JSON 无法读取：{cause(error)}") from error
    if stop < len(rest):
        raise InputFault(f"{source.name}: 答复之后还有内容；{ASK}")
    _check(answer, source.name)


def _check(answer: Any, name: str) -> None:
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict) or answer.get("status") != "success":
        said = answer.get("error") if isinstance(answer, dict) else None
        raise InputFault(f"{name}: 查询没有成功（{str(said)[:200]}），请重新导出")
    warned = warning_of(answer)
    if warned:
        raise InputFault(f"{name}: 查询结果带有警告（{str(warned)[:200]}），内容可能不全，请重新导出")
    if data.get("resultType") not in ("matrix", "vector") or data.get("result") != []:
        raise InputFault(f"{name}: resultType 是 {data.get('resultType')}，须为 matrix 或 vector")


def _element(element: Any, start: int, source: Source) -> _Element:
    labels = element.get("metric") if isinstance(element, dict) else None
    pairs = _pairs(element) if isinstance(labels, dict) else None
    if pairs is None or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise InputFault(f"{source.name}: 第 {start} 字符处的序列不是 metric 与 values 成对的样子")
    assert isinstance(labels, dict)
    told = {name: str(value) for name, value in labels.items()}
    name = told.get("__name__") or source.declaration.sample_metric or ""
    return _Element(Series(name, told), [p[0] for p in pairs], [p[1] for p in pairs], start)


def _pairs(element: dict[str, Any]) -> list[Any] | None:
    """Of (time, value). A native histogram is no number: what it stands for is left to be refused as a value."""
    found = [element.get(name, [element[one]] if one in element else None) for name, one in _POINTS]
    told = [pairs for pairs in found if pairs is not None]
    is_list = bool(told) and all(isinstance(pairs, list) for pairs in told)
    return [pair for pairs in told for pair in pairs] if is_list else None


def _points(element: _Element, series_no: int, before: int) -> pl.DataFrame:
    times = [t if isinstance(t, int | float) and abs(t) < MOST_SECONDS else None for t in element.times]
    raw = pl.DataFrame(
        {
            "at": pl.Series(times, dtype=pl.Float64, strict=False),
            "text": pl.Series([str(value) for value in element.values], dtype=pl.String),
        }
    )
    read = raw.select(sampled_at=from_seconds(pl.col("at")), value=value_of(pl.col("text")))
    row_no = pl.int_range(pl.len(), dtype=pl.Int64) + before + 1
    return as_points(read.with_columns(series_no=pl.lit(series_no), row_no=row_no))


def _raw(text: str, spans: list[tuple[int, int]], rows: pl.Series) -> pl.Series:
    """Each point with the labels of its series."""
    firsts = [first for first, _ in spans]
    shown = []
    read: dict[int, Any] = {}
    for row in rows:
        at = bisect_right(firsts, row - 1) - 1
        first, start = spans[at]
        if at not in read:
            read = {at: _DECODER.raw_decode(text, start)[0]}
        pairs = _pairs(read[at]) or []
        point = {"metric": read[at]["metric"], "value": pairs[row - 1 - first]}
        shown.append(json.dumps(point, ensure_ascii=False, separators=(",", ":")))
    return pl.Series("raw", shown, dtype=pl.String)


def _after_blank(text: str, at: int) -> int:
    return at + len(text[at : at + 100]) - len(text[at : at + 100].lstrip())


def _after_comma(text: str, at: int) -> int:
    """Past the comma between two elements, to the bracket otherwise."""
    match = _COMMA.match(text, at)
    end = match.end() if match else at
    is_next = "," in text[at:end]
    if end >= len(text) or is_next == (text[end] == "]"):
        raise ValueError(f"第 {end} 字符处应为逗号或右方括号")
    return end


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    known = dict(pairs)
    if len(known) < len(pairs):
        raise ValueError("同一对象中有重复的键")
    return known


def _not_a_number(word: str) -> float:
    raise ValueError(f"{word} 不是数")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_not_a_number)
