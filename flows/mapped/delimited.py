"""Tables as delimited text (CSV, TSV): RFC 4180, every cell as text, every row with its line."""

import io
from dataclasses import replace
from functools import partial
from itertools import islice

import polars as pl

from hesuan.flows.mapped.frame import (
    MOST_FIELD_BYTES,
    check_field_size,
    declared,
    no_rejects,
    rejects,
    undecodable,
)
from hesuan.flows.mapped.header import Header, unread_columns
from hesuan.flows.mapped.opening import Opening, opening_of
from hesuan.flows.mapped.quoted import quoted_rows
from hesuan.flows.source import Part, Reading, Source, in_one
from hesuan.flows.text.line_block import LineBlock, blocks_if_text, regular_cells
from hesuan.flows.text.unpack import decoded_utf8
from hesuan.schemas.fault import InputFault
from hesuan.validators.words import factorised


def is_delimited(source: Source) -> bool:
    """Text that is neither `sacct -P` (separated by |) nor XML nor JSON."""
    first = source.head.lstrip().split("\n", 1)[0]
    return first != "" and "|" not in first and first[0] not in "<{["


def headers_in_delimited(source: Source) -> list[Header]:
    """The header, or none. Raises InputFault where the head resembles a table but is none."""
    opening = _opening(source)
    return [] if opening is None else [opening.header]


def read_delimited(source: Source) -> Reading:
    """One frame, of the table whose header the file carries; row_no is the line on which a row begins.

    Rows with more or fewer cells than the header are rejected as RAGGED. Lines without any character but
    separators are no rows. Raises InputFault for text that is broken, a quote that is not closed, a separator
    that is not comma, tab or semicolon, and where two ways of counting rows disagree.
    """
    blocks = blocks_if_text(source)
    if blocks is None:
        raise undecodable(source)
    opening = _opening(source)
    if opening is None:
        raise InputFault(f"{source.name}: 表头不是任何一张表的表头")
    reading = _rows_of(blocks, source, opening, as_words=True)
    return replace(reading, unread_columns=unread_columns([opening.header]))


def read_under(source: Source, opening: Opening) -> Reading:
    """As `read_delimited`, with the header and the names of its columns known beforehand."""
    blocks = blocks_if_text(source)
    if blocks is None:
        raise undecodable(source)
    return _rows_of(blocks, source, opening, as_words=False)


def _opening(source: Source) -> Opening | None:
    """Raises InputFault where the header is longer than what is looked at: its columns would be counted wrong."""
    try:
        opening = opening_of(source.head, place=source.name)
    except InputFault as fault:
        if source.is_first_line_cut:
            raise _cut(source) from fault
        raise
    if opening is not None and source.is_first_line_cut:
        raise _cut(source)
    return opening


def _cut(source: Source) -> InputFault:
    return InputFault(f"{source.name}: 表头长过 64 KiB，看不到末尾；请删去本系统不读的列再导出")


def _rows_of(blocks: list[LineBlock], source: Source, opening: Opening, *, as_words: bool) -> Reading:
    if any(block.is_quoted for block in blocks):
        return _quoted(source, opening)
    rows = _below(blocks, opening.last_line)
    part = partial(_part, source=source, opening=opening, as_words=as_words)
    return Reading(tuple(partial(part, block) for block in rows))


def _below(blocks: list[LineBlock], line_count: int) -> list[LineBlock]:
    """The blocks without the first lines of the text."""
    while blocks[0].line_count < line_count and len(blocks) > 1:
        line_count -= blocks[0].line_count
        blocks = blocks[1:]
    return [blocks[0].without(line_count), *blocks[1:]]


def _quoted(source: Source, opening: Opening) -> Reading:
    """A quoted cell may reach over lines, so that such a text is read as a whole."""
    body = decoded_utf8(source.content) or b""
    rows = quoted_rows(body, opening, place=source.name)
    row_count = _count(body, opening)
    if rows.height != row_count:
        raise InputFault(
            f"{source.name}: 行数不平：按引号配对数得 {row_count} 行，解析得 {rows.height} 行；请检查引号"
        )
    frames, ragged = _judged(rows, source, opening)
    return in_one(row_count, frames, ragged)


def _part(block: LineBlock, *, source: Source, opening: Opening, as_words: bool) -> Part:
    """Without quotes every line is a row. Regular lines are split by a CSV reader, with an odd one among them not.

    as_words: texts that repeat are left as columns of words (`validators.words`).
    """
    cells = _regular(block, opening, as_words=as_words)
    if cells is not None:
        table = opening.header.table
        frames = {table.name: declared(cells, table, source)}
        return Part(block.line_count, frames, no_rejects(), block.line_offset, block.line_of)
    rows, blank_count = _plain_rows(block, opening, place=source.name)
    frames, ragged = _judged(rows, source, opening)
    return Part(block.line_count - blank_count, frames, ragged, block.line_offset)


def _judged(
    rows: pl.DataFrame, source: Source, opening: Opening
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Rows with as many cells as the header, by table, and the others as rejects."""
    table, is_whole = opening.header.table, pl.col("width") == opening.header.width
    good = rows.filter(is_whole).drop("width")
    return {table.name: declared(good, table, source)}, _ragged(rows, opening)


def _regular(block: LineBlock, opening: Opening, *, as_words: bool) -> pl.DataFrame | None:
    """sheet, row_no, raw (empty) and the table's columns; None where a line is ragged, or may say nothing."""
    header = opening.header
    names = [f"field_{at}" for at in range(header.width)]
    wanted = [names[at] for at in header.columns.values()]
    cells = regular_cells(block, names, wanted, opening.separator, as_words=as_words)
    if cells is None:
        return None
    named = cells.rename({names[at]: name for name, at in header.columns.items()})
    if not any(_says(named[name], opening) for name in header.columns):
        return None
    return named.select(pl.lit(None, pl.String).alias("sheet"), pl.all())


def _says(cells: pl.Series, opening: Opening) -> bool:
    """Whether every cell says something."""
    texts, _ = factorised(cells)
    return bool((texts.str.strip_chars(opening.blank) != "").all())


def _plain_rows(block: LineBlock, opening: Opening, *, place: str) -> tuple[pl.DataFrame, int]:
    """sheet, row_no, raw, width (cells in the row) and the table's columns; and how many lines say nothing."""
    raw, separator = pl.col("raw"), opening.separator
    lines = block.lines()
    rows = lines.filter(raw.str.strip_chars(opening.blank) != "")
    _check_fields(rows, separator, place=place)
    cells = raw.str.split_exact(separator, opening.header.width - 1)
    split = rows.select(
        pl.lit(None, pl.String).alias("sheet"),
        "row_no",
        "raw",
        (raw.str.count_matches(separator, literal=True) + 1).cast(pl.Int64).alias("width"),
        *(cells.struct.field(f"field_{at}").alias(name) for name, at in opening.header.columns.items()),
    )
    return split, lines.height - rows.height


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
