"""Tables as Parquet: checked page by page, columns left as the kind's type or turned to canonical text."""

import json
from collections.abc import Iterator
from functools import partial

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from hesuan.flows.mapped.as_it_lies import as_it_lies
from hesuan.flows.mapped.canonical import as_text, canonical, lost_from
from hesuan.flows.mapped.frame import declared, is_free_text, no_rejects, rejects
from hesuan.flows.mapped.header import Header, find_header, unread_columns
from hesuan.flows.mapped.parquet_file import (
    Stretch,
    check_physical,
    is_cell,
    no_cell,
    opened,
    raw_of,
    read_stretch,
    series_of,
    stretches,
)
from hesuan.flows.source import Part, Reading, Source
from hesuan.schemas.fault import InputFault
from hesuan.schemas.table import Column


def headers_in_parquet(source: Source) -> list[Header]:
    """The column names, or none. Raises InputFault where the file is cut short or resembles a table but is none."""
    header = _header(opened(source), source)
    return [] if header is None else [header]


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
        tuple(partial(_part, stretch, source=source, header=header) for stretch in stretches(file)),
        as_it_lies(source, file, header),
        unread_columns=unread_columns([header]),
    )


def _part(stretch: Stretch, *, source: Source, header: Header) -> Part:
    table = read_stretch(opened(source), stretch, place=source.name)
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
    check_physical(file, columns, place=source.name)
    tables = (read_stretch(file, stretch, place=source.name) for stretch in stretches(file))
    rows = pl.concat(_as_text(table, columns) for table in tables)
    row_no = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row_no")
    return rows.select(pl.lit(None, dtype=pl.String).alias("sheet"), row_no, pl.all())


def _as_text(table: pa.Table, columns: dict[str, int]) -> pl.DataFrame:
    cells = {name: _text(table.column(at)) for name, at in columns.items()}
    return pl.DataFrame({"raw": raw_of(table)} | cells)


def _text(column: pa.ChunkedArray) -> pl.Series:
    if is_cell(column.type):
        return as_text(series_of(column))
    values = [dict(v) if pa.types.is_map(column.type) and v is not None else v for v in column.to_pylist()]
    shown = [None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in values]
    return pl.Series(shown, dtype=pl.String)


def _line_of(row_no: pl.Series, *, stretch: Stretch, source: Source) -> pl.Series:
    """The records of these numbers as text."""
    table = read_stretch(opened(source), stretch, place=source.name)
    return raw_of(table.take((row_no - 1 - stretch.first_row).to_arrow()))


def _header(file: pq.ParquetFile, source: Source) -> Header | None:
    return find_header([file.schema_arrow.names], place=source.name)


def _check_types(file: pq.ParquetFile, header: Header, *, place: str) -> None:
    check_physical(file, header.columns, place=place)
    for at in header.columns.values():
        field = file.schema_arrow.field(at)
        if not is_cell(field.type):
            raise no_cell(field.name, field.type, place=place)


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
