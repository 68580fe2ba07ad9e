"""A row of a table that is itself a header, its columns in another order: below it nothing may be read under the first."""

import polars as pl

from hesuan.schemas.fault import InputFault
from hesuan.schemas.table import Table

# Of fewer cells it may be chance.
FEWEST = 3


def check_second_header(frame: pl.DataFrame, rejected: pl.DataFrame, table: Table, *, place: str) -> None:
    """Looks at refused rows only: a header has no time and no number where the table wants one.

    Raises InputFault where one of them names columns of the table, and another one than it stands under.
    """
    names = [column.name for column in table.columns if column.name in frame.columns]
    texts = [name for name in names if frame.schema[name] in (pl.String, pl.Enum, pl.Categorical)]
    if rejected.is_empty() or len(texts) < FEWEST:
        return
    told = {
        word: column.name for column in table.columns for word in (column.name, column.zh, *column.aliases)
    }
    cells = [pl.col(name).cast(pl.String).str.strip_chars() for name in texts]
    meant = [cell.replace_strict(told, default=None, return_dtype=pl.String) for cell in cells]
    rows = frame.join(
        rejected.select("sheet", "row_no"), on=["sheet", "row_no"], how="semi", nulls_equal=True
    )
    headers = rows.filter(
        pl.sum_horizontal(each.is_not_null() for each in meant) >= FEWEST,
        pl.all_horizontal(
            each.is_not_null() | cell.is_null() | (cell == "")
            for each, cell in zip(meant, cells, strict=True)
        ),
        pl.any_horizontal(each.ne(name) for each, name in zip(meant, texts, strict=True)),
    )
    if headers.height:
        row = headers.row(0, named=True)
        where = f"工作表“{row['sheet']}”第 {row['row_no']} 行" if row["sheet"] else f"第 {row['row_no']} 行"
        raise InputFault(f"{place}: {where}又是一行表头，列与开头的不同；请分作两个文件")
