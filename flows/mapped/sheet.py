"""One sheet of a workbook: its cells as text."""

from collections.abc import Iterator
from dataclasses import dataclass

import fastexcel
import polars as pl

from hesuan.flows.mapped.header import Header
from hesuan.schemas.fault import InputFault

BLANK = " \t\r\n"


@dataclass(frozen=True)
class Sheet:
    """cells: text columns "0", "1", …, one row per sheet row from row 1 on; errors: (row, position) of #N/A.

    first_column: 0-based sheet column of position 0, for calamine leaves out empty columns on the left.
    """

    name: str
    is_visible: bool
    cells: pl.DataFrame
    first_column: int
    errors: tuple[tuple[int, int], ...]


def sheets(content: bytes, *, place: str) -> Iterator[Sheet]:
    """Every sheet with at least one cell, hidden ones too. InputFault where calamine cannot read it."""
    try:
        book = fastexcel.read_excel(content)
        for name in book.sheet_names:
            loaded = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
            if loaded.width and loaded.height:
                yield _sheet(loaded)
    except fastexcel.FastExcelError as error:
        raise InputFault(
            f"{place}: 工作簿读不出来（{str(error).splitlines()[0]}），请重新另存为 .xlsx"
        ) from error


def _sheet(loaded: fastexcel.ExcelSheet) -> Sheet:
    batch, wrong = loaded.to_arrow_with_errors()
    cells = pl.DataFrame(batch)
    cells.columns = [str(position) for position in range(cells.width)]
    errors = tuple((each.position[0] + 1, each.position[1]) for each in wrong.errors) if wrong else ()
    first = loaded.available_columns()[0].absolute_index
    return Sheet(loaded.name, loaded.visible == "visible", cells, first, errors)


def rows_below(sheet: Sheet, header: Header) -> pl.DataFrame:
    """sheet, row_no, raw and the table's columns as text, one row per sheet row that holds anything."""
    names = sheet.cells.columns
    said = [(pl.col(name).str.strip_chars(BLANK) != "").fill_null(False) for name in names]
    is_row = pl.any_horizontal(said) | pl.col("row_no").is_in([row for row, _ in sheet.errors])
    return (
        sheet.cells.with_row_index("row_no", offset=1)
        .with_columns(pl.col("row_no").cast(pl.Int64))
        .filter(pl.col("row_no") > header.row + 1, is_row)
        .select(
            pl.lit(sheet.name).alias("sheet"),
            "row_no",
            pl.concat_str([pl.col(name).fill_null("") for name in names], separator=",").alias("raw"),
            *(pl.col(str(position)).alias(name) for name, position in header.columns.items()),
        )
    )
