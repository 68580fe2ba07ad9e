"""How a delimited text begins: its separator, its header row and the line after which rows follow."""

import csv
import io
from dataclasses import dataclass
from itertools import islice

from hesuan.flows.mapped.frame import MOST_FIELD_BYTES
from hesuan.flows.mapped.header import HEADER_ROWS, Header, find_header
from hesuan.schemas.fault import InputFault

SEPARATORS = (",", "\t", ";")
# Typed by hand in place of a comma: recognised in order to say so, never read.
WRONG_SEPARATORS = ("，", "；", "、")
# For the whole process and once: set around each read, threads would undo one another's.
csv.field_size_limit(MOST_FIELD_BYTES)


@dataclass(frozen=True)
class Opening:
    """last_line: 1-based last line of the header row."""

    separator: str
    header: Header
    last_line: int

    @property
    def blank(self) -> str:
        """A line, or a row in quotes, of nothing but these characters is no row."""
        return f' \t\n"{self.separator}'


def opening_of(head: str, *, place: str) -> Opening | None:
    """That separator is meant under which a header shows; None where none does.

    Raises InputFault where several do, where it is none of comma, tab and semicolon, and like `find_header`.
    """
    found, fault = [], None
    for separator in (*SEPARATORS, *WRONG_SEPARATORS):
        rows = _first_rows(head, separator)
        try:
            header = find_header([cells for cells, _ in rows], place=place)
        except InputFault as error:
            fault = fault or error
            continue
        if header is not None:
            found.append(Opening(separator, header, rows[header.row][1]))
    if not found and fault is not None:
        raise fault
    _check_separator([opening.separator for opening in found], place=place)
    return found[0] if found else None


def _check_separator(separators: list[str], *, place: str) -> None:
    if len(separators) > 1:
        raise InputFault(f"{place}: 分隔符不明（{' 和 '.join(separators)} 都说得通），请用英文逗号")
    if separators and separators[0] in WRONG_SEPARATORS:
        raise InputFault(f"{place}: 列以“{separators[0]}”分隔，须用英文逗号、制表符或英文分号")


def _first_rows(head: str, separator: str) -> list[tuple[list[str], int]]:
    """The first rows that are not blank, each with the number of its last line."""
    reader = csv.reader(io.StringIO(head, newline="\n"), delimiter=separator)
    filled = ((cells, reader.line_num) for cells in reader if any(cell.strip() for cell in cells))
    return list(islice(filled, HEADER_ROWS))
