"""A row of a table that is itself a header, its columns in another order: below it nothing may be read under the first."""

import polars as pl

from hesuan.schemas.fault import InputFault
from hesuan.schemas.table import Table, said_by
from hesuan.validators.words import read_once

# Of fewer cells it may be chance.
FEWEST = 3


def check_second_header(frame: pl.DataFrame, rejected: pl.DataFrame, table: Table, *, place: str) -> None:
    """Looks at refused rows only: a header has no time and no number where the table wants one.

    Raises InputFault where one of them names columns of the table, and another one (or another unit) than it stands under.
    """
    names = [column.name for column in table.columns if column.name in frame.columns]
    texts = [name for name in names if frame.schema[name] in (pl.String, pl.Enum, pl.Categorical)]
    if rejected.is_empty() or len(texts) < FEWEST:
        return
    rows = frame.join(
        rejected.select("sheet", "row_no"), on=["sheet", "row_no"], how="semi", nulls_equal=True
    )
    # Few rows are left for the columns of many different cells.
    for name in sorted(texts, key=lambda each: rows[each].n_unique()):
        rows = rows.with_columns(_meant(rows[name], table)).filter(pl.col(name).is_not_null())
    headers = rows.filter(
        pl.sum_horizontal(pl.col(name) != "" for name in texts) >= FEWEST,
        pl.any_horizontal(~pl.col(name).is_in(["", name]) for name in texts),
    )
    if headers.height:
        row = headers.row(0, named=True)
        raise other_header(place, row["row_no"], sheet=row["sheet"])


def other_header(place: str, row_no: int, *, sheet: str | None = None) -> InputFault:
    """place: the file. sheet: of a workbook."""
    if sheet:
        return InputFault(
            f"{place}: 工作表“{sheet}”第 {row_no} 行又是一行表头，列与开头的不同；请分作两个文件"
        )
    return InputFault(f"{place}: 第 {row_no} 行又是一行表头，列与开头的不同；请分作两个文件")


def _meant(cells: pl.Series, table: Table) -> pl.Series:
    """What each cell says as a header (`_word`)."""
    said = cells.cast(pl.String).fill_null("")
    return read_once(said, lambda asked: pl.Series([_word(cell, table) for cell in asked], dtype=pl.String))


def _word(cell: str, table: Table) -> str | None:
    """The name of the column, with the unit where that is another; '' for an empty cell, None for no header."""
    if not cell.strip():
        return ""
    column, unit = said_by(table, cell)
    if column is None:
        return None
    return column.name if unit is None else f"{column.name} {unit}"
