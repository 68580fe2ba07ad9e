"""Tables as JSON Lines: one object a line, numbers kept as they are written."""

import json
import re
from typing import Any, NoReturn

import polars as pl

from hesuan.flows.mapped.frame import (
    check_field_size,
    declared,
    is_free_text,
    rejects,
    undecodable,
)
from hesuan.flows.mapped.header import Header, find_header, unread_columns
from hesuan.flows.source import Reading, Source, in_one
from hesuan.flows.text.library_word import cause
from hesuan.schemas.fault import InputFault
from hesuan.schemas.kind import INVOICE_NUMBER
from hesuan.schemas.table import Column
from hesuan.validators.gate import QUOTED_LENGTH

# More digits than a double holds: whoever wrote the file may have rounded them (JavaScript, spreadsheets).
SAFE_DIGITS = 15
REFUSED = {
    "sheet": pl.String,
    "row_no": pl.Int64,
    "raw": pl.String,
    "reason_code": pl.String,
    "reason_zh": pl.String,
}


SURROGATE = re.compile("[\ud800-\udfff]")


class _Long(str):
    """A whole number, as written, of more digits than a double holds."""


class _UnusableLine(ValueError):
    """(reason code, sentence)"""


def is_jsonlines(source: Source) -> bool:
    return source.head.lstrip().startswith("{")


def headers_in_jsonlines(source: Source) -> list[Header]:
    """The keys of the first lines, or none. Raises InputFault where they resemble a table but are none."""
    records, _ = _records(source.head.split("\n"))
    header = _header(records, source.name)
    return [] if header is None else [header]


def read_jsonlines(source: Source) -> Reading:
    """One frame, of the table whose columns the keys name; row_no is the line.

    A line is rejected when it is cut off, no object, too deeply nested, names a key twice, holds NaN or
    Infinity, or an object or list where a cell is due. Keys may be absent: the gate says which may.
    """
    text = source.text
    if text is None:
        raise undecodable(source)
    lines = text.split("\n")
    records, refused = _records(lines)
    header = _header(records, source.name)
    if header is None:
        raise InputFault(f"{source.name}: JSON 的键不是任何一张表的列")
    frame = _frame(records, refused, lines, header)
    bad = rejects(
        pl.DataFrame(sorted(refused, key=lambda row: row[1]), schema=REFUSED, orient="row"), header.table
    )
    check_field_size(_longest(frame), place=source.name)
    row_count = sum(1 for line in lines if line.strip())
    frames = {header.table.name: declared(frame, header.table, source)}
    return in_one(row_count, frames, bad, unread_columns=unread_columns([header]))


Refused = tuple[None, int, str, str, str]


def _records(lines: list[str]) -> tuple[list[tuple[int, dict[str, Any]]], list[Refused]]:
    """(line number, object) of each line that is an object, and the lines that are not."""
    records: list[tuple[int, dict[str, Any]]] = []
    refused: list[Refused] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            records.append((number, _record(line)))
        except _UnusableLine as unusable:
            refused.append((None, number, line, *unusable.args))
    return records, refused


def _record(line: str) -> dict[str, Any]:
    try:
        record = DECODER.decode(line)
    except _UnusableLine:
        raise
    except (ValueError, RecursionError) as error:
        raise _UnusableLine("BAD_JSON", f"此行不是完整的 JSON（{cause(error)}）") from error
    if not isinstance(record, dict):
        raise _UnusableLine("BAD_JSON", "此行不是 JSON 对象")
    return record


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise _UnusableLine("DUPLICATE_KEY", "此行有重复的键，取值不明")
    return record


def _whole(digits: str) -> str:
    return _Long(digits) if len(digits.lstrip("-")) > SAFE_DIGITS else digits


def _no_number(word: str) -> NoReturn:
    raise _UnusableLine("NOT_A_NUMBER", f"此行含有 {word}，不是数")


DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=str, parse_int=_whole, parse_constant=_no_number
)


def _header(records: list[tuple[int, dict[str, Any]]], place: str) -> Header | None:
    return find_header([_keys(records)], place=place)


def _keys(records: list[tuple[int, dict[str, Any]]]) -> list[str]:
    """Every key of any record, in the order of their first appearance; most records have the same."""
    shapes = dict.fromkeys(tuple(record) for _, record in records)
    return list(dict.fromkeys(key for shape in shapes for key in shape))


def _frame(
    records: list[tuple[int, dict[str, Any]]], refused: list[Refused], lines: list[str], header: Header
) -> pl.DataFrame:
    """sheet, row_no, raw and the table's columns; a record with a cell that is none is added to `refused`."""
    keys = _keys(records)
    columns = {keys[at]: header.table.column(name) for name, at in header.columns.items()}
    rows = []
    for number, record in records:
        raw = lines[number - 1]
        try:
            rows.append(
                [None, number, raw, *(_cell(record.get(key), column) for key, column in columns.items())]
            )
        except _UnusableLine as unusable:
            refused.append((None, number, raw, *unusable.args))
    schema = {"sheet": pl.String, "row_no": pl.Int64, "raw": pl.String}
    schema |= {column.name: pl.String for column in columns.values()}
    return pl.DataFrame(list(zip(*rows, strict=True)) or None, schema=schema)


def _cell(value: object, column: Column) -> str | None:
    """The value as text: true, 8, 0.10 and 1e5 as they are written; null is empty."""
    if value is None or isinstance(value, bool):
        return None if value is None else str(value).lower()
    if not isinstance(value, str):
        raise _UnusableLine("NESTED", f"{column.zh} 应是一个值，不是对象或列表")
    if isinstance(value, _Long):
        if not is_free_text(column) and column.kind is not INVOICE_NUMBER:
            return str(value)
        code = INVOICE_NUMBER.reason_code if column.kind is INVOICE_NUMBER else "LOST_NUMBER"
        shown = value if len(value) <= QUOTED_LENGTH else f"{value[:QUOTED_LENGTH]}…"
        raise _UnusableLine(code, f"{column.zh} “{shown}” 是超过 15 位的数字，可能已失真，须写成字符串")
    if not value.isascii() and SURROGATE.search(value):
        raise _UnusableLine("BAD_JSON", f"{column.zh} 含有不成对的代理字符")
    return value


def _longest(frame: pl.DataFrame) -> int | None:
    longest = frame.select(pl.exclude("sheet", "row_no", "raw").str.len_bytes().max()).row(0)
    return max((length for length in longest if length is not None), default=None)
