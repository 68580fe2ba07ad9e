"""Where a table begins: the header row among the first rows. What headers mean is known in `schemas` only."""

from collections.abc import Iterable
from dataclasses import dataclass

from hesuan.schemas.fault import InputFault
from hesuan.schemas.recognise import recognised
from hesuan.schemas.table import Table

# Title, hand-in date and the like may stand above the header row.
HEADER_ROWS = 10


@dataclass(frozen=True)
class Header:
    """columns: column name → 0-based position; row: 0-based, among the rows looked at.

    unread: headers as written that are no column of the table.
    """

    table: Table
    columns: dict[str, int]
    width: int
    row: int
    unread: tuple[str, ...] = ()


def unread_columns(headers: Iterable[Header]) -> tuple[str, ...]:
    """Of all tables of a file, each word once, in the order of the file."""
    return tuple(dict.fromkeys(word for header in headers for word in header.unread))


def find_header(rows: list[list[str]], *, place: str) -> Header | None:
    """The first of the first ten rows that is the header of a table; None where none resembles one.

    Raises InputFault where a row resembles a header but lacks a required column, names one twice, or has a
    unit in brackets that would change the figures (金额（万元）): nothing is converted, it is handed in
    anew; and where a row above the header is as full as a row of the table.
    """
    fault = None
    for number, row in enumerate(rows[:HEADER_ROWS]):
        try:
            found = recognised(row, place)
        except InputFault as error:
            fault = fault or error
            continue
        if found is not None:
            table, names = found
            _check_above(rows[:number], table, place=place)
            columns = {name: row.index(word) for word, name in names.items()}
            unread = tuple(word.strip() for word in row if word.strip() and word not in names)
            return Header(table, columns, len(row), number, unread)
    if fault is not None:
        raise fault
    return None


def _check_above(rows: list[list[str]], table: Table, *, place: str) -> None:
    """Rows above the header are titles and are not read; rows of the table there would be lost."""
    least = max(3, sum(column.required and column.default is None for column in table.columns))
    if any(sum(cell.strip() != "" for cell in row) >= least for row in rows):
        raise InputFault(f"{place}: {table.zh}的表头之上有像数据的行，表头须在数据之上")
