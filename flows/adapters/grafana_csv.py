"""A panel of Grafana as CSV, series joined by time: a column of times, and one column a series.

Whose readings a column holds is told by its header alone, where the legend is the series itself, as Prometheus writes it:

    "Time","DCGM_FI_DEV_GPU_UTIL{UUID=""GPU-…"", gpu=""0""}"
    1772323200000,73
"""

import csv
import re
from collections.abc import Iterator

import polars as pl

from hesuan.flows.scheduler import slurm
from hesuan.flows.source import Reading, Source
from hesuan.flows.telemetry.cell import instants_of, value_of
from hesuan.flows.telemetry.point import Points, reading
from hesuan.flows.telemetry.profile import EXPORTERS
from hesuan.flows.telemetry.sample import as_points
from hesuan.flows.telemetry.series import Series, series_of
from hesuan.schemas.fault import InputFault
from hesuan.schemas.format import Format
from hesuan.schemas.kind import ZONE

NAME = "grafana_csv"
FORMATS = (
    Format(
        title_zh="Grafana 面板的 CSV（按时间合并，一列一条序列）",
        seen_zh="依表头的写法，未见真件",
        proves=("metered", "active"),
        cannot_zh="真实的缺口：面板按步长查询；图例不是完整序列的列",
    ),
    *EXPORTERS,
)
_HEAD = re.compile(r'(?:sep=,\s*)?"?time"?,.*\{[^}]*=', re.IGNORECASE)
# Excel's hint at the separator.
_HINT = "sep="
_CELL = {"line": pl.Int64, "series_no": pl.UInt32, "row_no": pl.Int64, "text": pl.String}


def claims(source: Source) -> bool:
    """A header that begins with a time, and of which a column is a list of labels."""
    return _HEAD.match(source.head.lstrip()) is not None


def read(source: Source) -> Reading:
    """Read one panel; row_no is the number of a cell in it, from 1, line by line; an empty cell is no point.

    Times are epoch milliseconds, or of source.toml's zone, else Asia/Shanghai. A value with a unit is refused: the data
    are to be exported unformatted. Raises InputFault for a quote that is not closed and for a line of another width.
    """
    if source.text is None:
        raise InputFault(f"{source.name}: 不是 UTF-8，全文也不是 GB18030；请以 UTF-8 重新导出")
    (_, header), *rows = _rows(source.text, source.name)
    series = [_series(cell, source.declaration.sample_metric) for cell in header[1:]]
    width = len(header)
    ragged = next((number for number, cells in rows if len(cells) != width), None)
    if ragged is not None:
        raise InputFault(f"{source.name} 第 {ragged} 行: 列数与表头不符")
    zone = slurm.zone_of(source.declaration, ZONE, name=source.name)
    times = pl.Series([cells[0] for _, cells in rows], dtype=pl.String)
    found = [
        (line, at, line * (width - 1) + at + 1, text)
        for line, (_, cells) in enumerate(rows)
        for at, text in enumerate(cells[1:])
        if text.strip()
    ]
    cells = pl.DataFrame(found, schema=_CELL, orient="row")
    points = _points(cells, instants_of(times, zone=zone, place=source.name))

    def raw_of(numbers: pl.Series) -> pl.Series:
        places = [divmod(number - 1, width - 1) for number in numbers]
        shown = [f"{rows[line][1][0]},{header[at + 1]},{rows[line][1][at + 1]}" for line, at in places]
        return pl.Series("raw", shown, dtype=pl.String)

    return reading(Points(series, points, len(found)), source.declaration, raw_of)


def _rows(text: str, place: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of every filled line, the header first."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or (number == 1 and line.startswith(_HINT)):
            continue
        try:
            yield number, next(csv.reader([line], strict=True))
        except csv.Error as error:
            raise InputFault(
                f"{place} 第 {number} 行: 引号没有闭合，或引号后有多余字符（{error}）"
            ) from error


def _series(cell: str, sample_metric: str | None) -> Series:
    """Of a header; without labels it is a legend of somebody's own, and no series."""
    name, brace, rest = cell.partition("{")
    told = series_of(name, brace + rest) if brace else Series(name, None)
    return told if told.metric else Series(sample_metric or "", told.labels)


def _points(cells: pl.DataFrame, instants: pl.Series) -> pl.DataFrame:
    at = pl.DataFrame(
        {"line": pl.int_range(len(instants), eager=True, dtype=pl.Int64), "sampled_at": instants}
    )
    placed = cells.join(at, on="line", how="left", maintain_order="left")
    return as_points(placed.with_columns(value=value_of(pl.col("text"))))
