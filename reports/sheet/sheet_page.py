"""What every sheet of the workbook shares: how it prints, what stays possible when it is locked, how a number is put."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

# A file made now must equal one made tomorrow.
CREATED = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
# Excel’s own number for the format “text”.
TEXT_FORMAT = 49
# A double keeps fifteen digits whatever they are; a longer number stands as text, whole.
MOST_DIGITS = 15
A3 = 8
LINE_HEIGHT, MOST_HEIGHT = 15, 409
# Without a password: the lock keeps slips out, and the check code finds what was changed all the same.
STILL_ALLOWED = {"format_columns": True, "format_rows": True, "autofilter": True}


def lay_out(sheet: Worksheet, *, head_row: int) -> None:
    """A3 landscape, one page wide, the rows down to the head repeated; locked but for unlocked cells."""
    sheet.set_landscape()
    sheet.set_paper(A3)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, head_row)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    sheet.protect("", STILL_ALLOWED)


def fit_row(sheet: Worksheet, row: int, cells: Iterable[tuple[str, int]]) -> None:
    """Make the row high enough for its wrapped cells (text, width of the column): not every program does it itself."""
    lines = max((-(-text_width(text) // (width - 1)) for text, width in cells), default=1)
    if lines > 1:
        sheet.set_row(row, min(lines * LINE_HEIGHT, MOST_HEIGHT))


def text_width(text: str) -> int:
    """In widths of a digit; a Chinese character takes two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


def put_number(sheet: Worksheet, row: int, column: int, value: Decimal | int, style: Format) -> None:
    """Never through a float: the digits of the number are what is written."""
    if len(Decimal(value).as_tuple().digits) > MOST_DIGITS:
        sheet.write_string(row, column, str(value), style)
    else:
        sheet.write_number(row, column, value, style)
