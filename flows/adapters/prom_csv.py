"""Samples in long form as CSV: timestamp, metric, value, and labels in one column or one column each.

    timestamp,metric,value,labels
    1742345680,DCGM_FI_DEV_GPU_UTIL,73,"{UUID=""GPU-…"",namespace=""t-a""}"

What the columns of another export are called may be told in source.toml (sample_metric, headers).
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import polars as pl

from hesuan.flows.mapped.second_header import other_header
from hesuan.flows.scheduler import slurm
from hesuan.flows.source import Reading, Source
from hesuan.flows.telemetry.cell import instants_of
from hesuan.flows.telemetry.point import Points, reading
from hesuan.flows.telemetry.profile import EXPORTERS
from hesuan.flows.telemetry.sample import POINT
from hesuan.flows.telemetry.table import TIME, LongForm, long_form, points_of, series_in
from hesuan.flows.text.line_block import LineBlock, blocks_of, lines_of
from hesuan.schemas.fault import InputFault
from hesuan.schemas.format import Format
from hesuan.schemas.header import plain
from hesuan.schemas.kind import ZONE

NAME = "prom_csv"
FORMATS = (
    Format(
        title_zh="采样长表 CSV",
        seen_zh="阿里巴巴 cluster-trace-v2026-GenAI 一份，157,417 行（列名由 source.toml 写明）",
        proves=("metered", "active"),
        cannot_zh="两次采样之间；不带时区的时间以声明为准",
    ),
    *EXPORTERS,
)
SEPARATORS = (",", "\t", ";")


@dataclass(frozen=True)
class _Opening:
    form: LongForm
    separator: str
    header: str


def claims(source: Source) -> bool:
    """A header of the long form (`telemetry_table.long_form`), as the first line that is not blank."""
    head = source.head
    try:
        return _opening(head, source) is not None
    except InputFault:
        return True


def read(source: Source) -> Reading:
    """Read one export; row_no is the line. The header, repeated or not, and blank lines are no rows.

    Times are epoch seconds or milliseconds, or carry an offset, or are of source.toml's zone, else
    Asia/Shanghai. Raises InputFault for headers that name one column twice, for a cell that reaches over
    several lines or is not closed, and for text that is neither UTF-8 nor GB18030.
    """
    opening = _opening(source.head, source)
    if opening is None:
        raise InputFault(f"{source.name}: 表头不是采样长表的表头")
    zone = slurm.zone_of(source.declaration, ZONE, name=source.name)
    blocks = blocks_of(source)
    known: dict[str, int] = {}
    frames, count = [pl.DataFrame(schema=POINT)], 0
    for block in blocks:
        rows = _rows(block, opening, place=source.name)
        instants = instants_of(rows["time"], zone=zone, place=source.name)
        _check_other_header(rows.filter(instants.is_null()), opening, place=source.name)
        frames.append(points_of(rows, known, instants=instants, metric=source.declaration.sample_metric))
        count += rows.height
    found = Points(series_in(known, opening.form), pl.concat(frames), count)
    return reading(found, source.declaration, partial(lines_of, blocks))


def _opening(head: str, source: Source) -> _Opening | None:
    header = next((line for line in head.split("\n") if line.strip()), "")
    for separator in SEPARATORS:
        cells = next(csv.reader([header], delimiter=separator), [])
        form = long_form(cells, source.declaration, place=source.name)
        if form is not None:
            return _Opening(form, separator, header)
    return None


def _rows(block: LineBlock, opening: _Opening, *, place: str) -> pl.DataFrame:
    """What `points_of` takes: one row per line that is neither blank nor the header."""
    lines = block.lines()
    if lines.height != block.line_count:
        raise InputFault(f"{place}: 行数不平：按换行数得 {block.line_count} 行，读得 {lines.height} 行")
    blank = f' \t"{opening.separator}'
    raw = pl.col("raw")
    filled = lines.filter(raw.str.strip_chars(blank) != "", raw != opening.header)
    width = opening.form.width
    cells = list(_cells(filled, opening.separator, place=place))
    whole = [row if len(row) == width else [""] * width for row in cells]
    columns = {
        name: pl.Series([row[at] for row in whole], dtype=pl.String)
        for name, at in opening.form.named.items()
    }
    is_whole = pl.Series([len(row) == width for row in cells], dtype=pl.Boolean)
    return pl.DataFrame({"row_no": filled["row_no"], "is_whole": is_whole, **columns})


def _check_other_header(untimed: pl.DataFrame, opening: _Opening, *, place: str) -> None:
    """Raises InputFault where a row that has no time names columns, and other ones than the header, however written."""
    header = [plain(word) for word in next(csv.reader([opening.header], delimiter=opening.separator))]
    here = tuple(header[at] for at in opening.form.named.values())
    words = {*header, *TIME} - {""}
    for row_no, _, *cells in untimed.iter_rows():
        if plain(cells[0]) in words and tuple(plain(cell) for cell in cells) != here:
            raise other_header(place, row_no)


def _cells(filled: pl.DataFrame, separator: str, *, place: str) -> Iterator[list[str]]:
    """One row per line: a quote that is not closed must not swallow the next."""
    reader = csv.reader(iter(filled["raw"]), delimiter=separator, strict=True)
    for at, number in enumerate(filled["row_no"], start=1):
        try:
            cells = next(reader)
        except csv.Error as error:
            raise InputFault(
                f"{place} 第 {number} 行: 引号没有闭合，或引号后有多余字符（{error}）"
            ) from error
        if reader.line_num != at:
            raise InputFault(f"{place} 第 {number} 行: 引号没有闭合")
        yield cells
