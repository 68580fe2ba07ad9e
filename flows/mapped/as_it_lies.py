"""Samples in Parquet whose columns are of the contract's own types: they need no rewriting, only to be looked through.

Where no row of them would be refused (`flows.occupancy.clean`) the file itself is the lake's.
"""

import pyarrow as pa
import pyarrow.parquet as pq

from hesuan.flows.mapped.header import Header
from hesuan.flows.mapped.page import check_pages
from hesuan.flows.mapped.parquet_file import opened
from hesuan.flows.source import AsItLies, Source
from hesuan.flows.warehouse import quoted
from hesuan.schemas.kind import AT, INT, NUMBER
from hesuan.schemas.table import Column

TABLE = "usage_sample"
# Chains of hashes are verified row by row.
READ_BY_ROW = ("prev_hash", "record_hash")
# DuckDB's own name for the number of a row in its file; names that differ in case alone are one to it.
ROW_NUMBER = "file_row_number"
_SQL_TYPES = {AT.name: "timestamptz", NUMBER.name: "decimal(18, 3)", INT.name: "bigint"}


def as_it_lies(source: Source, file: pq.ParquetFile, header: Header) -> AsItLies | None:
    """None where a column must be read as text, converted or verified row by row, and inside gzip."""
    says = source.declaration
    fits = all(
        _fits(file.schema_arrow.field(at).type, header.table.column(name))
        for name, at in header.columns.items()
    )
    names = [name.lower() for name in file.schema_arrow.names]
    is_plain = len(set(names)) == len(names) and ROW_NUMBER not in names
    if header.table.name != TABLE or source.is_packed or not fits or not is_plain:
        return None
    if set(READ_BY_ROW) & header.columns.keys():
        return None
    declared = {"provider_id": says.provider_id, "cluster_id": says.cluster_id}
    written = {name: file.schema_arrow.field(at).name for name, at in header.columns.items()}
    columns = {
        column.name: _expression(column, written.get(column.name), declared.get(column.name))
        for column in header.table.all_columns
    }
    return AsItLies(columns, written, file.metadata.num_rows)


def check_whole(source: Source) -> None:
    """Raises InputFault where a page is damaged."""
    check_pages(source.path, opened(source).metadata, place=source.name)


def _fits(found: pa.DataType, column: Column) -> bool:
    """Whether DuckDB reads the type without loss as the contract's."""
    if column.kind is AT:
        return bool(pa.types.is_timestamp(found) and found.tz is not None and found.unit != "ns")
    if column.kind is INT:
        return bool(pa.types.is_integer(found) and not pa.types.is_uint64(found))
    if column.kind is NUMBER:
        if pa.types.is_integer(found):
            return bool(found.bit_width <= 32)
        return bool(pa.types.is_decimal(found) and found.precision <= 18 and found.scale <= 3)
    value = found.value_type if pa.types.is_dictionary(found) else found
    return bool(pa.types.is_string(value) or pa.types.is_large_string(value))


def _expression(column: Column, written: str | None, declared: str | None) -> str:
    kind = _SQL_TYPES.get(column.kind.name, "varchar")
    said = "null" if declared is None else quoted(declared)
    if written is None:
        return f"cast({said} as {kind})"
    cell = '"' + written.replace('"', '""') + '"'
    return f"cast({cell} as {kind})" if declared is None else f"coalesce({cell}, {said})"
