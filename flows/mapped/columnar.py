"""Tables as Parquet: checked page by page, columns left as the kind's type or turned to canonical text."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from hesuan.flows.mapped.canonical import as_text, canonical, lost_from
from hesuan.flows.mapped.frame import declared, is_free_text, no_rejects, rejects
from hesuan.flows.mapped.header import Header, find_header
from hesuan.flows.source import Part, Reading, Source
from hesuan.flows.unpack import MOST_SWELLING
from hesuan.schemas.fault import InputFault
from hesuan.schemas.table import Column

MAGIC = b"PAR1"
PART_ROWS = 100_000
# A file may claim a billion rows in a few bytes; this many cells do no harm.
MOST_CELLS_UNASKED = 10_000_000
CELL_TYPES = (
    *(pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null),
    *(pa.types.is_integer, pa.types.is_float32, pa.types.is_float64, pa.types.is_decimal128),
    *(pa.types.is_boolean, pa.types.is_date, pa.types.is_timestamp),
)


def is_parquet(source: Source) -> bool:
    return source.start.startswith(MAGIC)


def has_table_in_parquet(source: Source) -> bool:
    """Raises InputFault where the file is cut short or resembles a table but is none."""
    return _header(opened(source), source) is not None


def read_parquet(source: Source) -> Reading:
    """Rows of the table whose columns the file has, by row groups; row_no is the 1-based number of the record.

    Page checksums are verified where the writer made them. Instants without zone are read like naive text.
    Raises InputFault, here or from a part, for a file cut short or damaged, and, in a column of the table, for
    INT96, nested and other types that are no cell, for NaN and for infinity.
    """
    file = opened(source)
    header = _header(file, source)
    if header is None:
        raise InputFault(f"{source.name}: Parquet 的列不是任何一张表的列")
    _check_types(file, header, place=source.name)
    return Reading(
        tuple(partial(_part, stretch, source=source, header=header) for stretch in _stretches(file))
    )


@dataclass(frozen=True)
class _Stretch:
    """Row groups that are read together, and where they lie among the records."""

    groups: tuple[int, ...]
    first_row: int
    row_count: int


def _stretches(file: pq.ParquetFile) -> Iterator[_Stretch]:
    """At least one; small row groups are taken together."""
    groups: list[int] = []
    first_row = row_count = 0
    for group in range(file.metadata.num_row_groups):
        groups.append(group)
        row_count += file.metadata.row_group(group).num_rows
        if row_count >= PART_ROWS:
            yield _Stretch(tuple(groups), first_row, row_count)
            groups, first_row, row_count = [], first_row + row_count, 0
    if groups or not first_row:
        yield _Stretch(tuple(groups), first_row, row_count)


def _part(stretch: _Stretch, *, source: Source, header: Header) -> Part:
    table = _read(opened(source), stretch, place=source.name)
    columns = {name: series_of(table.column(at)) for name, at in header.columns.items()}
    cells = [
        canonical(series, header.table.column(name), place=source.name) for name, series in columns.items()
    ]
    row_no = pl.int_range(1, table.num_rows + 1, dtype=pl.Int64, eager=True) + stretch.first_row
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, table.num_rows)
    rows = pl.DataFrame({"sheet": nothing, "row_no": row_no, "raw": nothing}).with_columns(cells)
    line_of = partial(_line_of, stretch=stretch, source=source)
    good, refused = _without_lost(rows, columns, header)
    if refused.height:
        refused = refused.with_columns(raw=line_of(refused["row_no"]))
    frames = {header.table.name: declared(good, header.table, source)}
    return Part(stretch.row_count, frames, refused, stretch.first_row, line_of)


def names_in_parquet(source: Source) -> list[str]:
    """The columns of the file. Raises InputFault where it is cut short."""
    names: list[str] = opened(source).schema_arrow.names
    return names


def text_in_parquet(source: Source, columns: dict[str, int]) -> pl.DataFrame:
    """sheet, row_no, raw, and under their new names the columns at these positions, as canonical text.

    A map or a list becomes JSON. Raises InputFault for a file that is damaged, and for INT96.
    """
    file = opened(source)
    _check_physical(file, columns, place=source.name)
    tables = (_read(file, stretch, place=source.name) for stretch in _stretches(file))
    rows = pl.concat(_as_text(table, columns) for table in tables)
    row_no = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row_no")
    return rows.select(pl.lit(None, dtype=pl.String).alias("sheet"), row_no, pl.all())


def _as_text(table: pa.Table, columns: dict[str, int]) -> pl.DataFrame:
    cells = {name: _text(table.column(at)) for name, at in columns.items()}
    return pl.DataFrame({"raw": _raw(table)} | cells)


def _text(column: pa.ChunkedArray) -> pl.Series:
    if is_cell(column.type):
        return as_text(series_of(column))
    values = [dict(v) if pa.types.is_map(column.type) and v is not None else v for v in column.to_pylist()]
    shown = [None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in values]
    return pl.Series(shown, dtype=pl.String)


def _line_of(row_no: pl.Series, *, stretch: _Stretch, source: Source) -> pl.Series:
    """The records of these numbers as text."""
    table = _read(opened(source), stretch, place=source.name)
    return _raw(table.take((row_no - 1 - stretch.first_row).to_arrow()))


def opened(source: Source) -> pq.ParquetFile:
    try:
        content = pa.BufferReader(source.content) if source.is_packed else pa.memory_map(str(source.path))
        file = pq.ParquetFile(content, page_checksum_verification=True)
        _ = file.schema_arrow.names
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputFault(f"{source.name}: Parquet 文件不完整或已损坏（{error}），请重新导出") from error
    cells, size = file.metadata.num_rows * file.metadata.num_columns, content.size()
    if cells > max(MOST_CELLS_UNASKED, size * MOST_SWELLING):
        raise InputFault(f"{source.name}: Parquet 自称有 {cells} 格（文件仅 {size} 字节），已拒收")
    return file


def _header(file: pq.ParquetFile, source: Source) -> Header | None:
    return find_header([file.schema_arrow.names], place=source.name)


def _check_types(file: pq.ParquetFile, header: Header, *, place: str) -> None:
    _check_physical(file, header.columns, place=place)
    for at in header.columns.values():
        field = file.schema_arrow.field(at)
        if not is_cell(field.type):
            raise _no_cell(field.name, field.type, place=place)


def _check_physical(file: pq.ParquetFile, columns: dict[str, int], *, place: str) -> None:
    """INT96 loses what it cannot hold without a word."""
    leaves = {file.schema.column(at).path: file.schema.column(at) for at in range(len(file.schema))}
    for at in columns.values():
        leaf = leaves.get(file.schema_arrow.field(at).name)
        if leaf is not None and leaf.physical_type == "INT96":
            raise _no_cell(file.schema_arrow.field(at).name, "INT96", place=place)


def _no_cell(name: str, found: object, *, place: str) -> InputFault:
    return InputFault(f"{place}: 列“{name}”的类型 {found} 不是单元格类型（文本、数、日期、时刻、真假）")


def is_cell(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return is_cell(kind.value_type)
    return any(test(kind) for test in CELL_TYPES)


def _read(file: pq.ParquetFile, stretch: _Stretch, *, place: str) -> pa.Table:
    try:
        table = file.read_row_groups(list(stretch.groups))
        # polars takes text for granted that it is UTF-8.
        table.validate(full=True)
    except (pa.ArrowException, OSError) as error:
        raise InputFault(f"{place}: Parquet 数据页已损坏（{error}），请重新导出") from error
    if table.num_rows != stretch.row_count:
        raise InputFault(
            f"{place}: Parquet 自称 {stretch.row_count} 行，读得 {table.num_rows} 行，文件已损坏"
        )
    return table


def series_of(column: pa.ChunkedArray) -> pl.Series:
    """Dictionaries as their values, zoned instants in UTC: forms that polars takes as they are."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return series_of(column.cast(kind.value_type))
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        column = column.cast(pa.timestamp(kind.unit, "UTC"))
    series = pl.from_arrow(column)
    assert isinstance(series, pl.Series)
    return series


def _raw(table: pa.Table) -> pl.Series:
    """The record as text: every column that is a cell, in the order of the file."""
    shown = [
        as_text(series_of(table.column(at)))
        for at in range(table.num_columns)
        if is_cell(table.field(at).type)
    ]
    frame = pl.DataFrame([series.alias(str(at)) for at, series in enumerate(shown)])
    return frame.select(pl.concat_str(pl.all().fill_null(""), separator=",")).to_series()


def _without_lost(
    rows: pl.DataFrame, columns: dict[str, pl.Series], header: Header
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Floats without their last digits in a column of free text are refused here: the gate takes any text."""
    lost = list(_lost(columns, header))
    if not lost:
        return rows, no_rejects()
    at = rows["row_no"].gather([row for row, _ in lost])
    says = [f"{column.zh} 以浮点数存储而位数过长，已经失真，须以文本写出" for _, column in lost]
    why = pl.DataFrame({"row_no": at, "reason_zh": says}).unique("row_no", keep="first", maintain_order=True)
    refused = rows.join(why, on="row_no", how="inner").with_columns(reason_code=pl.lit("LOST_NUMBER"))
    return rows.join(why, on="row_no", how="anti"), rejects(refused, header.table)


def _lost(columns: dict[str, pl.Series], header: Header) -> Iterator[tuple[int, Column]]:
    """Places of such cells, from 0."""
    for name, series in columns.items():
        column = header.table.column(name)
        if series.dtype.is_float() and is_free_text(column):
            yield from ((int(row), column) for row in (series.abs() >= lost_from(series)).arg_true())
