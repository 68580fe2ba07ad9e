"""Cells that say something other than was meant: what Excel has lost, never calculated, or covered."""

from collections.abc import Iterable, Iterator

import polars as pl

from hesuan.flows.mapped import sheet_xml
from hesuan.flows.mapped.frame import as_excel_shows, is_free_text
from hesuan.flows.mapped.header import Header
from hesuan.flows.mapped.sheet import Sheet
from hesuan.schemas.fault import InputFault
from hesuan.schemas.table import Column

# Excel keeps 15 significant digits; of a longer number the last ones are zeros that nobody typed.
_LONG = r"^-?[0-9]{16,}(\.|$)"
_CLOCK = r"^([0-9]{4}-[0-9]{2}-[0-9]{2} )?[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?$"
_SENTENCES = {
    "CELL_ERROR": "{} 一格是 Excel 错误值",
    "FORMULA_NO_VALUE": "{} 一格是没有计算结果的公式，请用 Excel 打开并保存后再交",
    "MERGED": "{} 一格被合并单元格遮住，请取消合并、逐行填写",
    "LOST_NUMBER": "{} 一格以数字存储且超过 15 位，末几位已被 Excel 改成 0，须以文本格式重新填写",
    "EXCEL_DATE": "{} 一格被 Excel 存成了日期或时间，须以文本格式重新填写",
}
Cells = Iterable[tuple[int, int]]


def sorted_out(
    rows: pl.DataFrame, sheet: Sheet, header: Header, *, xml: bytes, place: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(rows to be gated, rows refused with reason_code and reason_zh).

    A long number in an invoice number or a figure is written with an exponent, as Excel shows it, so that the
    gate refuses it under the column's own code (INV-008); other text nothing refuses, so it is done here.
    """
    suspects = dict(_suspects(rows, sheet, header))
    numbers = _stored(suspects, xml, place=place) if suspects else {}
    columns = {sheet.first_column + at: header.table.column(name) for name, at in header.columns.items()}
    is_text = {at: is_free_text(column) for at, column in columns.items()}
    reasons = _reasons(
        columns,
        CELL_ERROR=((row, sheet.first_column + at) for row, at in sheet.errors),
        FORMULA_NO_VALUE=sheet_xml.uncalculated(xml, place=place) if b"<f" in xml or b":f" in xml else (),
        MERGED=_covered(xml, set(columns), sheet.cells.height, place=place),
        LOST_NUMBER=(cell for cell, text in numbers.items() if is_text[cell[1]] and ":" not in text),
        EXCEL_DATE=(cell for cell, text in numbers.items() if is_text[cell[1]] and ":" in text),
    )
    shown = [_with_exponents(name, sheet.first_column + at, numbers) for name, at in header.columns.items()]
    is_refused = pl.col("row_no").is_in(list(reasons))
    refused = rows.filter(is_refused).with_columns(
        pl.col("row_no")
        .replace_strict({row: why[i] for row, why in reasons.items()}, default=None, return_dtype=pl.String)
        .alias(name)
        for i, name in enumerate(("reason_code", "reason_zh"))
    )
    return rows.filter(~is_refused).with_columns(e for e in shown if e is not None), refused


def _suspects(rows: pl.DataFrame, sheet: Sheet, header: Header) -> Iterator[tuple[tuple[int, int], str]]:
    """Cells whose text would look the same had it been typed as text."""
    for name, at in header.columns.items():
        pattern = f"{_LONG}|{_CLOCK}" if is_free_text(header.table.column(name)) else _LONG
        for row, text in rows.filter(pl.col(name).str.contains(pattern)).select("row_no", name).iter_rows():
            yield (row, sheet.first_column + at), text


def _stored(suspects: dict[tuple[int, int], str], xml: bytes, *, place: str) -> dict[tuple[int, int], str]:
    return {cell: suspects[cell] for cell in sheet_xml.stored_numbers(xml, place=place) if cell in suspects}


def _with_exponents(name: str, at: int, numbers: dict[tuple[int, int], str]) -> pl.Expr | None:
    shown = {
        cell[0]: as_excel_shows(text) for cell, text in numbers.items() if cell[1] == at and ":" not in text
    }
    return (
        pl.col("row_no").replace_strict(shown, default=pl.col(name), return_dtype=pl.String).alias(name)
        if shown
        else None
    )


def _reasons(columns: dict[int, Column], **cells_by_code: Cells) -> dict[int, tuple[str, str]]:
    """Row → (code, sentence), the first that applies; cells outside the columns of the table are left out."""
    found: dict[int, tuple[str, str]] = {}
    for code, cells in cells_by_code.items():
        for row, at in cells:
            if at in columns:
                found.setdefault(row, (code, _SENTENCES[code].format(columns[at].zh)))
    return found


def _covered(xml: bytes, columns: set[int], height: int, *, place: str) -> Iterator[tuple[int, int]]:
    """Of each row one cell of the table that is merged into another and therefore reads as empty."""
    seen = 0
    for top, left, bottom, right in sheet_xml.merged(xml):
        inside = sorted(at for at in columns if left <= at <= right)
        beside = [at for at in inside if at != left]
        seen += min(bottom, height) - top
        # Merged ranges cannot overlap: a lawful sheet stays below.
        if seen > height * 100:
            raise InputFault(f"{place}: 合并单元格过多，已拒收")
        if beside:
            yield top, beside[0]
        for row in range(top + 1, min(bottom, height) + 1) if inside else ():
            yield row, inside[0]
