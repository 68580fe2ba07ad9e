"""Tables as delimited text (CSV, TSV): RFC 4180, every cell as text, every row with its line."""

import io
from itertools import islice

import polars as pl

from hesuan.flows.mapped.frame import MOST_FIELD_BYTES, check_field_size, declared, rejects, undecodable
from hesuan.flows.mapped.opening import Opening, opening_of
from hesuan.flows.mapped.quoted import quoted_rows
from hesuan.flows.source import Reading, Source, in_one
from hesuan.flows.unpack import decoded_utf8
from hesuan.schemas.fault import InputFault


def is_delimited(source: Source) -> bool:
    """Text that is neither `sacct -P` (separated by |) nor XML nor JSON."""
    first = source.head.lstrip().split("\n", 1)[0]
    return first != "" and "|" not in first and first[0] not in "<{["


def has_table_in_delimited(source: Source) -> bool:
    """Raises InputFault where the head resembles a table but is none."""
    return opening_of(source.head, place=source.name) is not None


def read_delimited(source: Source) -> Reading:
    """One frame, of the table whose header the file carries; row_no is the line on which a row begins.

    Rows with more or fewer cells than the header are rejected as RAGGED. Lines without any character but
    separators are no rows. Raises InputFault for text that is broken, a quote that is not closed, a separator
    that is not comma, tab or semicolon, and where two ways of counting rows disagree.
    """
    body = decoded_utf8(source.content)
    if body is None:
        raise undecodable(source)
    opening = opening_of(source.head, place=source.name)
    if opening is None:
        raise InputFault(f"{source.name}: 表头不是任何一张表的表头")
    rows = (quoted_rows if b'"' in body else _plain_rows)(body, opening, place=source.name)
    row_count = _count(body, opening)
    if rows.height != row_count:
        raise InputFault(
            f"{source.name}: 行数不平：按引号配对数得 {row_count} 行，解析得 {rows.height} 行；请检查引号"
        )
    table, is_whole = opening.header.table, pl.col("width") == opening.header.width
    good = rows.filter(is_whole).drop("width")
    return in_one(row_count, {table.name: declared(good, table, source)}, _ragged(rows, opening))


def _plain_rows(body: bytes, opening: Opening, *, place: str) -> pl.DataFrame:
    """sheet, row_no, raw, width (cells in the row) and the table's columns.

    Without quotes every line is a row: all are cut at once.
    """
    raw, separator = pl.col("raw"), opening.separator
    lines = pl.read_lines(body, name="raw", row_index_name="row_no", row_index_offset=1, glob=False)
    rows = lines.filter(pl.col("row_no") > opening.last_line, raw.str.strip_chars(opening.blank) != "")
    _check_fields(rows, separator, place=place)
    cells = raw.str.split_exact(separator, opening.header.width - 1)
    return rows.select(
        pl.lit(None, pl.String).alias("sheet"),
        pl.col("row_no").cast(pl.Int64),
        "raw",
        (raw.str.count_matches(separator, literal=True) + 1).cast(pl.Int64).alias("width"),
        *(cells.struct.field(f"field_{at}").alias(name) for name, at in opening.header.columns.items()),
    )


def _check_fields(rows: pl.DataFrame, separator: str, *, place: str) -> None:
    long = rows.filter(pl.col("raw").str.len_bytes() > MOST_FIELD_BYTES).get_column("raw")
    for line in long:
        check_field_size(max(len(cell.encode()) for cell in line.split(separator)), place=place)


def _ragged(rows: pl.DataFrame, opening: Opening) -> pl.DataFrame:
    width = opening.header.width
    reason = pl.format("此行有 {} 列，表头有 {} 列", "width", pl.lit(width))
    ragged = rows.filter(pl.col("width") != width)
    return rejects(ragged.with_columns(reason_code=pl.lit("RAGGED"), reason_zh=reason), opening.header.table)


def _count(body: bytes, opening: Opening) -> int:
    """Rows below the header, counted by pairing quotes line by line: by design not with a CSV reader."""
    count, is_open, is_filled = 0, False, False
    blank = opening.blank.encode()
    for line in islice(io.BytesIO(body), opening.last_line, None):
        is_open ^= line.count(b'"') % 2 == 1
        is_filled |= line.strip(blank) != b""
        if not is_open:
            count += is_filled
            is_filled = False
    return count + is_filled
