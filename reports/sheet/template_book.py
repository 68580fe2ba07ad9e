"""Templates for what may be handed in: an XLSX and a CSV per table, with Chinese headers and one example row.

The same code gives the same bytes. Every cell is text: Excel then rounds no invoice number and turns no date.
"""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from hesuan.schemas.fault import ReportFault
from hesuan.schemas.table import Column, Table
from hesuan.schemas.tables import tables

GUIDE = "说明"
GUIDE_HEADERS = ("表头", "英文名", "内容", "必填", "含义", "可填写", "示例")
GUIDE_WIDTHS = (20, 26, 40, 6, 44, 60, 30)
NOTES = (
    "提交前请删去示例行。表头可用中文或英文，列序不限，选填列可整列删去。",
    "单元格一律为文本格式；没有的内容留空，不要写 0、— 或 无。",
    "金额以元计，写成 1234.56；时刻未写时区的按北京时间；日期写成 2026-03-01。",
)
# A file made now must equal one made tomorrow, so the workbook says a fixed day.
CREATED = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
# Excel’s own number for the format “text”.
TEXT_FORMAT = 49
# Excel lets no longer list stand in a drop-down.
LONGEST_LIST = 255
TEMPLATE_ROWS = 1000


def write_templates(folder: Path, say: Callable[[str], str] = str) -> list[Path]:
    """Write <table>_<表>.csv and .xlsx of every table into `folder`; the paths written, by table name.

    say: what becomes of a column's meaning, which may name an article of the house's own instrument.
    Raises ReportFault where a file cannot be written.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for table in tables().values():
            stem = f"{table.name}_{table.zh}"
            for name, content in (
                (f"{stem}.csv", csv_template(table)),
                (f"{stem}.xlsx", xlsx_template(table, say)),
            ):
                (folder / name).write_bytes(content)
                written.append(folder / name)
    except OSError as error:
        raise ReportFault(f"{folder}: 模板写不下：{error.strerror}") from error
    return written


def example_row(table: Table) -> list[str]:
    """The cells of the example row, one per column, '' where the example leaves a cell empty."""
    return [example_of(column) for column in table.columns]


def example_of(column: Column) -> str:
    if column.example is not None:
        return column.example
    return column.choices[0][1] if column.choices else column.kind.example


def csv_template(table: Table) -> bytes:
    """UTF-8 with byte order mark (Excel reads it as GBK without), lines end in CRLF."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([_headers(table), example_row(table)])
    return text.getvalue().encode("utf-8-sig")


def xlsx_template(table: Table, say: Callable[[str], str] = str) -> bytes:
    """First sheet: the table. Second sheet 说明: its columns explained."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    book.set_properties({"title": table.zh, "author": "Hesuan", "created": CREATED})
    text = book.add_format({"num_format": TEXT_FORMAT})
    bold = book.add_format({"num_format": TEXT_FORMAT, "bold": True, "bg_color": "#DDEBF7", "border": 1})
    wrapped = book.add_format({"num_format": TEXT_FORMAT, "text_wrap": True, "valign": "top"})
    _fill_table(book.add_worksheet(table.zh), table, text=text, bold=bold)
    _fill_guide(book.add_worksheet(GUIDE), table, say, text=wrapped, bold=bold)
    book.close()
    return content.getvalue()


def _headers(table: Table) -> list[str]:
    return [column.zh for column in table.columns]


def _fill_table(sheet: Worksheet, table: Table, *, text: Format, bold: Format) -> None:
    sheet.freeze_panes(1, 0)
    # Numbers are meant to be text here; Excel need not warn of each.
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{TEMPLATE_ROWS}"})
    for place, (column, example) in enumerate(zip(table.columns, example_row(table), strict=True)):
        width = max(14, 2 * len(column.zh) + 2, len(example) + 4)
        sheet.set_column(place, place, width, text)
        sheet.write_string(0, place, column.zh, bold)
        if example:
            sheet.write_string(1, place, example, text)
        words = _words(column)
        if words and len(",".join(words)) <= LONGEST_LIST:
            rule = {"validate": "list", "source": words, "error_type": "warning"}
            sheet.data_validation(1, place, TEMPLATE_ROWS, place, rule)


def _fill_guide(
    sheet: Worksheet, table: Table, say: Callable[[str], str], *, text: Format, bold: Format
) -> None:
    for place, width in enumerate(GUIDE_WIDTHS):
        sheet.set_column(place, place, width)
    rows = [(f"{table.zh}（{table.name}）：{table.grain_zh}",), *((note,) for note in NOTES)]
    for line, (sentence,) in enumerate(rows):
        sheet.write_string(line, 0, sentence)
    top = len(rows) + 1
    for place, title in enumerate(GUIDE_HEADERS):
        sheet.write_string(top, place, title, bold)
    for line, column in enumerate(table.columns, start=top + 1):
        for place, cell in enumerate(_explained(column, say)):
            sheet.write_string(line, place, cell, text)


def _explained(column: Column, say: Callable[[str], str]) -> tuple[str, ...]:
    """One row of the guide, in the order of GUIDE_HEADERS."""
    is_due = column.required and column.default is None
    return (
        column.zh,
        column.name,
        column.kind.zh,
        "是" if is_due else "否",
        say(column.meaning_zh),
        _allowed(column),
        example_of(column),
    )


def _allowed(column: Column) -> str:
    choices = [zh if zh == value else f"{zh}（{value}）" for value, zh in column.choices]
    bounds = [f"不小于 {column.at_least}"] if column.at_least is not None else []
    bounds += [f"不大于 {column.at_most}"] if column.at_most is not None else []
    return "；".join(filter(None, ["、".join(choices), "，".join(bounds)]))


def _words(column: Column) -> list[str]:
    if column.kind.dtype == pl.Boolean:
        return ["是", "否"]
    return [zh for _, zh in column.choices]
