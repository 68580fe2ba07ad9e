"""Rows of a delimited text with quotes: one may reach over several lines, so the csv module reads row by row."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import polars as pl

from hesuan.flows.mapped.header import Header
from hesuan.flows.mapped.opening import Opening
from hesuan.schemas.fault import InputFault

BATCH_ROWS = 100_000
# How consoles keep Excel from rounding a long number: a formula that is nothing but a text.
_HELD_TEXT = r'^="([^"]*)"$'


@dataclass(frozen=True, slots=True)
class Row:
    """line: the 1-based line on which it begins; raw: its text."""

    line: int
    raw: str
    cells: list[str]


def quoted_rows(body: bytes, opening: Opening, *, place: str) -> pl.DataFrame:
    """sheet, row_no, raw, width (cells in the row) and the table's columns, null where the row is ragged.

    A cell ="HT-1" says HT-1; any other formula stays as it is written.

    Raises InputFault, with the line, where a quote is not closed or has closed only after swallowing rows.
    """
    rows = _rows(body.decode(), opening, place=place)
    frames = [_frame([], opening.header)]
    while batch := list(islice(rows, BATCH_ROWS)):
        frames.append(_frame(batch, opening.header))
    return pl.concat(frames)


def _frame(rows: list[Row], header: Header) -> pl.DataFrame:
    whole = [row.cells if len(row.cells) == header.width else [None] * header.width for row in rows]
    return pl.DataFrame(
        {
            "sheet": pl.Series([None] * len(rows), dtype=pl.String),
            "row_no": pl.Series([row.line for row in rows], dtype=pl.Int64),
            "raw": pl.Series([row.raw for row in rows], dtype=pl.String),
            "width": pl.Series([len(row.cells) for row in rows], dtype=pl.Int64),
        }
        | {
            name: pl.Series([cells[at] for cells in whole], dtype=pl.String).str.replace(_HELD_TEXT, "${1}")
            for name, at in header.columns.items()
        }
    )


def _rows(text: str, opening: Opening, *, place: str) -> Iterator[Row]:
    lines, last = text.split("\n"), 0
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=opening.separator, strict=True)
    while last < len(lines):
        first = last + 1
        cells = _next(reader, first, place=place)
        last = reader.line_num
        raw = lines[last - 1] if last == first else "\n".join(lines[first - 1 : last])
        if last > opening.last_line and raw.strip(opening.blank):
            row = Row(first, raw, cells)
            if last > first:
                _check_reach(row, opening, place=place)
            yield row


def _next(reader: Iterator[list[str]], line: int, *, place: str) -> list[str]:
    try:
        return next(reader)
    except csv.Error as error:
        wrong = "引号没有闭合，或引号后有多余字符，或一格过长"
        raise InputFault(f"{place} 第 {line} 行起：{wrong}（{error}）") from error


def _check_reach(row: Row, opening: Opening, *, place: str) -> None:
    """A row over several lines has as many cells as the header, and holds no line that is itself a row."""
    lines, width = row.raw.split("\n"), opening.header.width
    is_row = width > 2 and any(line.count(opening.separator) == width - 1 for line in lines[1:-1])
    if len(row.cells) != width or is_row:
        end = row.line + len(lines) - 1
        raise InputFault(f"{place} 第 {row.line} 至 {end} 行：引号可能没有闭合，吞掉了后面的行")
