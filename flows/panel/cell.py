"""Cells of the panel's workbook as the panel saw them: numbers to fifteen digits, and no formula taken for writing."""

from typing import Any

import polars as pl

from hesuan.flows.mapped.frame import as_excel_shows
from hesuan.flows.mapped.header import Header
from hesuan.flows.mapped.sheet import Sheet
from hesuan.flows.mapped.sheet_xml import calculated, stored_numbers

SUMS = ("adjusted_yuan", "proposed_subsidy_yuan")


def as_shown(rows: pl.DataFrame, sheet: Sheet, header: Header, *, xml: bytes, place: str) -> pl.DataFrame:
    """Sums that are stored as numbers, as a spreadsheet shows them.

    LibreOffice saves 8889996.61 as 8889996.609999999; of a double only fifteen digits were ever typed.
    """
    columns = {sheet.first_column + header.columns[name]: name for name in SUMS if name in header.columns}
    found: dict[str, list[int]] = {name: [] for name in columns.values()}
    for row, at in stored_numbers(xml, place=place):
        if at in columns:
            found[columns[at]].append(row)
    return rows.with_columns(_shown(rows, name, stored) for name, stored in found.items() if stored)


def _shown(rows: pl.DataFrame, name: str, stored: list[int]) -> pl.Series:
    is_number = rows.get_column("row_no").is_in(stored).to_list()
    texts = rows.get_column(name).to_list()
    shown = [as_excel_shows(t) if n and t else t for n, t in zip(is_number, texts, strict=True)]
    return pl.Series(name, shown, dtype=pl.String)


def formulas(sheet: Sheet, header: Header, *, xml: bytes, place: str) -> dict[int, str]:
    """Row → the column that holds a formula: what it shows was never written by the panel."""
    names = {sheet.first_column + at: header.table.column(name).zh for name, at in header.columns.items()}
    found = calculated(xml, place=place) if b"<f" in xml or b":f" in xml else ()
    return {row: names[at] for row, at in found if at in names}


def without_formulas(rows: pl.DataFrame, at: dict[int, str]) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """(rows as they were written, rows refused with their reason). at: row → the column that holds a formula."""
    is_formula = pl.col("row_no").is_in(list(at))
    refused = [
        {"sheet": row["sheet"], "row_no": row["row_no"]}
        | {"reason_zh": f"{at[row['row_no']]} 一格是公式，请直接填写文字或数字"}
        for row in rows.filter(is_formula).select("sheet", "row_no").to_dicts()
    ]
    return rows.filter(~is_formula), refused
