"""Workbooks of plain text, as the demo city hands them in. No formulas, no number formats, no clock."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

Sheet = tuple[Sequence[str], Sequence[Sequence[str]]]
# Excel writes the time of saving into every file; a fixed one keeps the bytes the same.
CREATED_AT = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
WIDTH = 20


def write_sheets(path: Path, sheets: Mapping[str, Sheet]) -> None:
    """One workbook, one sheet per name: headers in the first row, then the rows, every cell a text string.

    Text keeps a 20-digit invoice number whole and never becomes a formula. Empty cells stay empty.
    The same sheets give the same bytes. Raises OSError where the path cannot be written.
    """
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    # The library closes a file that is full with faults of its own.
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, options) as workbook:
        workbook.set_properties({"created": CREATED_AT})
        for name, (headers, rows) in sheets.items():
            _write_sheet(workbook.add_worksheet(name), headers, rows)
    path.write_bytes(content.getvalue())


def _write_sheet(
    worksheet: xlsxwriter.worksheet.Worksheet, headers: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    worksheet.set_column(0, len(headers) - 1, WIDTH)
    worksheet.freeze_panes(1, 0)
    for row_no, row in enumerate((headers, *rows)):
        for column_no, cell in enumerate(row):
            if cell:
                worksheet.write_string(row_no, column_no, cell)
