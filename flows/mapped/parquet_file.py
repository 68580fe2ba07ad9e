"""A Parquet file, opened with care: page checksums verified, row groups taken together, columns as polars takes them.

What table its columns are is not asked here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from hesuan.flows.mapped.canonical import as_text
from hesuan.flows.source import Source
from hesuan.flows.text.library_word import cause
from hesuan.flows.text.unpack import MOST_SWELLING
from hesuan.schemas.fault import InputFault

MAGIC = b"PAR1"
PART_ROWS = 100_000
# A file may claim a billion rows in a few bytes; this many cells do no harm.
MOST_CELLS_UNASKED = 10_000_000
# As many as a sheet has: each name is held against every table's, and half a million would take minutes.
MOST_COLUMNS = 16_384
CELL_TYPES = (
    *(pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null),
    *(pa.types.is_integer, pa.types.is_float32, pa.types.is_float64, pa.types.is_decimal128),
    *(pa.types.is_boolean, pa.types.is_date, pa.types.is_timestamp),
)


def is_parquet(source: Source) -> bool:
    return source.start.startswith(MAGIC)


@dataclass(frozen=True)
class Stretch:
    """Row groups that are read together, and where they lie among the records."""

    groups: tuple[int, ...]
    first_row: int
    row_count: int


def stretches(file: pq.ParquetFile) -> Iterator[Stretch]:
    """At least one; small row groups are taken together."""
    groups: list[int] = []
    first_row = row_count = 0
    for group in range(file.metadata.num_row_groups):
        groups.append(group)
        row_count += file.metadata.row_group(group).num_rows
        if row_count >= PART_ROWS:
            yield Stretch(tuple(groups), first_row, row_count)
            groups, first_row, row_count = [], first_row + row_count, 0
    if groups or not first_row:
        yield Stretch(tuple(groups), first_row, row_count)


def opened(source: Source) -> pq.ParquetFile:
    try:
        content = pa.BufferReader(source.content) if source.is_packed else pa.memory_map(str(source.path))
        file = pq.ParquetFile(content, page_checksum_verification=True)
        _ = file.schema_arrow.names
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputFault(
            f"{source.name}: Parquet 文件不完整或已损坏（{cause(error)}），请重新导出"
        ) from error
    grouped = sum(file.metadata.row_group(at).num_rows for at in range(file.metadata.num_row_groups))
    if grouped != file.metadata.num_rows:
        # The checksums cover the pages, not the footer: there the file says its rows twice.
        raise InputFault(
            f"{source.name}: Parquet 自称 {file.metadata.num_rows} 行，各行组合计 {grouped} 行，文件已损坏，请重新导出"
        )
    cells, size = file.metadata.num_rows * file.metadata.num_columns, content.size()
    if cells > max(MOST_CELLS_UNASKED, size * MOST_SWELLING):
        raise InputFault(f"{source.name}: Parquet 自称有 {cells} 格（文件仅 {size} 字节），已拒收")
    if file.metadata.num_columns > MOST_COLUMNS:
        raise InputFault(
            f"{source.name}: Parquet 有 {file.metadata.num_columns} 列，多于 {MOST_COLUMNS} 列，已拒收"
        )
    return file


def check_physical(file: pq.ParquetFile, columns: dict[str, int], *, place: str) -> None:
    """INT96 loses what it cannot hold without a word."""
    leaves = {file.schema.column(at).path: file.schema.column(at) for at in range(len(file.schema))}
    for at in columns.values():
        leaf = leaves.get(file.schema_arrow.field(at).name)
        if leaf is not None and leaf.physical_type == "INT96":
            raise no_cell(file.schema_arrow.field(at).name, "INT96", place=place)


def no_cell(name: str, found: object, *, place: str) -> InputFault:
    return InputFault(f"{place}: 列“{name}”的类型 {found} 不是单元格类型（文本、数、日期、时刻、真假）")


def is_cell(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return is_cell(kind.value_type)
    return any(test(kind) for test in CELL_TYPES)


def read_stretch(file: pq.ParquetFile, stretch: Stretch, *, place: str) -> pa.Table:
    try:
        table = file.read_row_groups(list(stretch.groups))
        # polars takes text for granted that it is UTF-8.
        table.validate(full=True)
    except (pa.ArrowException, OSError) as error:
        raise InputFault(f"{place}: Parquet 数据页已损坏（{cause(error)}），请重新导出") from error
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


def raw_of(table: pa.Table) -> pl.Series:
    """The record as text: every column that is a cell, in the order of the file."""
    shown = [
        as_text(series_of(table.column(at)))
        for at in range(table.num_columns)
        if is_cell(table.field(at).type)
    ]
    frame = pl.DataFrame([series.alias(str(at)) for at, series in enumerate(shown)])
    return frame.select(pl.concat_str(pl.all().fill_null(""), separator=",")).to_series()
