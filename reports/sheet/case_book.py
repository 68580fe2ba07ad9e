"""The workbook 算力券兑现核验: the panel's summary, open where the panel writes, and what it rests on, locked.

Values and text, never a formula; the same published rows give the same bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from hesuan.reports import docket, figure, published
from hesuan.reports.published import Row
from hesuan.reports.sheet import case_summary
from hesuan.reports.sheet.case_sheet import SHEETS, Rules, Sheet
from hesuan.reports.sheet.sheet_page import CREATED, TEXT_FORMAT, fit_row, lay_out, put_number, text_width
from hesuan.schemas.fault import ReportFault

SCHEMA = "hesuan.workbook/1"
# Widths in digits: of a sentence, the least and the most of any other column. A SHA-256 has 64.
WIDE, NARROW, BROAD = 60, 18, 68
BATCH = "_批次"
# As a page says it: there is no such record, and none is missing.
NO_RECORD = "—"
# Excel has 1 048 576 rows a sheet.
ROWS_A_SHEET = 1_000_000
# A cell holds 32 767 characters; what is left out is said.
LONGEST_TEXT = 32_000
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


@dataclass(frozen=True)
class Styles:
    head: Format
    text: Format
    wrapped: Format
    whole: Format
    yuan: Format
    hours: Format


def write_case_book(
    connection: duckdb.DuckDBPyConnection, folder: Path, *, rows_a_sheet: int = ROWS_A_SHEET
) -> Path:
    """Write 算力券兑现核验-<run_id>.xlsx into `folder`; its path.

    Raises ReportFault where a relation is missing or the file cannot be written.
    """
    run = published.rows(connection, published.RUN)[0]
    path = folder / f"算力券兑现核验-{run['run_id']}.xlsx"
    try:
        with xlsxwriter.Workbook(str(path), OPTIONS) as book:
            book.set_properties({"title": "算力券兑现核验", "author": "Hesuan", "created": CREATED})
            case_summary.fill_summary(book, connection, run)
            styles = _styles(book)
            rules = docket.rule_cards(connection)
            for sheet in SHEETS:
                _fill(book, connection, sheet, styles, rules, rows_a_sheet)
            _fill_batch(book, run, styles)
    except (OSError, xlsxwriter.exceptions.XlsxFileError) as error:
        raise ReportFault(f"{path}: 工作簿写不下：{error}") from error
    return path


def _put(page: Worksheet, line: int, at: int, value: Any, styles: Styles, text: Format) -> None:
    """A number as a number, every other value as text."""
    if isinstance(value, Decimal):
        put_number(page, line, at, value, styles.yuan if value.as_tuple().exponent == -2 else styles.hours)
    elif isinstance(value, int) and not isinstance(value, bool):
        put_number(page, line, at, value, styles.whole)
    else:
        page.write_string(line, at, _text(value), text)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return figure.day(value)
    return figure.shortened(figure.visible(figure.masked(str(value))), LONGEST_TEXT)


def _fill(
    book: xlsxwriter.Workbook,
    connection: duckdb.DuckDBPyConnection,
    sheet: Sheet,
    styles: Styles,
    rules: Rules,
    rows_a_sheet: int,
) -> None:
    names, rows = published.listed(connection, sheet.question)
    for part, some in enumerate(_parts(rows, rows_a_sheet), start=1):
        title = sheet.title if part == 1 else f"{sheet.title}（{part}）"
        page = book.add_worksheet(title)
        told = [sheet.told(row) for row in some] if sheet.words else some
        _set_up(page, names, sheet, told)
        for at, name in enumerate(names):
            page.write_string(0, at, name.replace("_元", "（元）"), styles.head)
        for line, row in enumerate(told, start=1):
            _put_row(page, line, row, styles, sheet, rules)
        page.autofilter(0, 0, max(len(some), 1), len(names) - 1)


def _parts(rows: list[Row], size: int) -> Iterator[list[Row]]:
    for start in range(0, max(len(rows), 1), size):
        yield rows[start : start + size]


def _put_row(page: Worksheet, line: int, row: Row, styles: Styles, sheet: Sheet, rules: Rules) -> None:
    texts = [(name, _text(value)) for name, value in row.items() if isinstance(value, str)]
    fit_row(page, line, [(text, WIDE) for name, text in texts if name in sheet.wide])
    due = None if sheet.due is None else sheet.due(row, rules)
    for at, (name, value) in enumerate(row.items()):
        style = styles.wrapped if name in sheet.wide else styles.text
        if value is not None:
            _put(page, line, at, value, styles, style)
        elif name.endswith(("_元", "卡时", "卡秒")):
            is_due = due is None or name in due
            page.write_string(line, at, figure.UNKNOWN if is_due else NO_RECORD, styles.text)
        else:
            page.write_blank(line, at, None, style)


def _set_up(page: Worksheet, names: list[str], sheet: Sheet, rows: list[Row]) -> None:
    for at, name in enumerate(names):
        page.set_column(at, at, WIDE if name in sheet.wide else _wide_enough(name, rows))
    page.freeze_panes(1, 1)
    lay_out(page, head_row=0)


def _wide_enough(name: str, rows: list[Row]) -> int:
    """For the longest text of a column that is not wrapped: a code cut off by its neighbour cannot be read."""
    longest = max((text_width(row[name]) for row in rows if isinstance(row[name], str)), default=0)
    return max(NARROW, min(longest + 2, BROAD))


def _styles(book: xlsxwriter.Workbook) -> Styles:
    text = {"num_format": TEXT_FORMAT, "border": 1, "valign": "top", "quote_prefix": True}
    number = {"border": 1, "valign": "top"}
    return Styles(
        head=book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True}),
        text=book.add_format(text),
        wrapped=book.add_format(text | {"text_wrap": True}),
        whole=book.add_format(number | {"num_format": "#,##0"}),
        yuan=book.add_format(number | {"num_format": "#,##0.00"}),
        hours=book.add_format(number | {"num_format": "#,##0.0000"}),
    )


def _fill_batch(book: xlsxwriter.Workbook, run: Row, styles: Styles) -> None:
    """Which run the book is of; hidden, for programs."""
    page = book.add_worksheet(BATCH)
    names = ("run_id", "figure_sha256", "policy_id", "policy_sha256", "code_sha256")
    for line, (name, value) in enumerate([("schema", SCHEMA), *((name, run[name]) for name in names)]):
        page.write_string(line, 0, name, styles.text)
        page.write_string(line, 1, value or "", styles.text)
    page.hide()
