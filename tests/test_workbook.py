"""Workbooks of plain text: same bytes, long numbers whole, nothing becomes a formula."""

from pathlib import Path

import fastexcel

from hesuan.reports.sheet.workbook import write_sheets

SHEETS = {"发票": (["发票号码", "备注"], [["26512000000012345678", "=1+1"], ["00000001", ""]])}


def cells(path: Path, sheet: str) -> list[tuple[object, ...]]:
    book = fastexcel.read_excel(path)
    return book.load_sheet(sheet, header_row=None, dtypes="string").to_polars().rows()


def test_the_same_sheets_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_sheets(tmp_path / name, SHEETS)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_cells_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_sheets(path, SHEETS)
    assert cells(path, "发票") == [
        ("发票号码", "备注"),
        ("26512000000012345678", "=1+1"),
        ("00000001", None),
    ]
