"""Tables handed in as XLSX: which sheets are read, and what Excel may have done to a cell."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from hesuan.flows.adapters import mapped_table
from hesuan.flows.checking import checked
from hesuan.reports.sheet.template_book import csv_template, xlsx_template
from hesuan.schemas.fault import InputFault
from hesuan.schemas.table import Table
from hesuan.schemas.tables import tables
from tests.mapped_forms import INVOICE, ROWS, as_csv, as_xlsx, codes, gated, read, source_of, workbook, write

Row = list[object]
GOOD: Row = list(ROWS[0])
NUMBER, DAY, SELLER, NET, REMARK, OWN = 0, 1, 3, 6, 10, 11
ENERGY = ["统一社会信用代码", "月份", "用电量（千瓦时）"]
SAMPLE = ["设备编号", "采样时间"]


def row(**changes: object) -> Row:
    """A good row with some cells changed, by position: at_6=50000."""
    changed = {int(at.removeprefix("at_")): cell for at, cell in changes.items()}
    return [changed.get(at, cell) for at, cell in enumerate(GOOD)]


def edited(content: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The workbook with one XML part rewritten."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            said = old.read(name)
            new.writestr(name, change(said.decode()) if name == part else said)
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_stored_numbers_are_plain_digits(tmp_path: Path) -> None:
    numbers = row(at_6=50000, at_7=0.1, at_8=1234567.89, at_10=20260001)
    found = gated(source_of(tmp_path, as_xlsx([numbers]))).accepted
    said = found.select(pl.col("net_yuan", "tax_yuan", "gross_yuan").cast(pl.String), "remark")
    assert said.row(0) == ("50000.00", "0.10", "1234567.89", "20260001")


def test_a_long_number_stored_as_number_is_lost(tmp_path: Path) -> None:
    rows = [
        row(),
        row(at_0=26512000000000000001),
        row(at_10=26512000000000000001),
        row(at_6=10**15),
        row(at_11=10**20),
    ]
    source = source_of(tmp_path, as_xlsx(rows))
    assert codes(source) == [(3, "INV-008"), (4, "LOST_NUMBER"), (5, "BAD_YUAN")]
    assert gated(source).accepted["invoice_number"].to_list() == [ROWS[0][0]] * 2


def test_fifteen_digits_are_not_lost(tmp_path: Path) -> None:
    assert gated(source_of(tmp_path, as_xlsx([row(at_10=123456789012345)]))).accepted["remark"].to_list() == [
        "123456789012345"
    ]


def test_a_number_that_lost_its_leading_zero_is_refused(tmp_path: Path) -> None:
    assert codes(source_of(tmp_path, as_xlsx([row(at_0=1234567)]))) == [(2, "INV-008")]


def test_serial_days_are_read_in_columns_of_dates_only(tmp_path: Path) -> None:
    rows = [row(at_1=46082, at_10=46082), row(at_1=46082.5), row(at_1=99999), row(at_1=1)]
    found = gated(source_of(tmp_path, as_xlsx(rows)))
    assert found.accepted["issued_on"].dt.to_string().to_list() == ["2026-03-01"]
    assert found.accepted["remark"].to_list() == ["46082"]
    assert found.rejected.select("row_no", "reason_code").rows() == [(n, "BAD_DATE") for n in (3, 4, 5)]


def test_serial_instants_are_read_to_the_second(tmp_path: Path) -> None:
    source = source_of(tmp_path, as_xlsx([["GPU-1", 46023.33]], SAMPLE), provider_id="91510000902846312Y")
    # 0.33 of a day is 07:55:12 in Beijing.
    assert gated(source).accepted["sampled_at"].dt.to_string().to_list() == [
        "2025-12-31 23:55:12.000000+00:00"
    ]


@pytest.mark.parametrize("starts_in_1904", [False, True])
def test_dates_of_both_calendars_of_excel(tmp_path: Path, starts_in_1904: bool) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        write(sheet, [INVOICE, row(), row(at_1=44620 if starts_in_1904 else 46082)])
        sheet.write_datetime(1, DAY, date(2026, 3, 1), book.add_format({"num_format": "yyyy/m/d"}))

    found = gated(source_of(tmp_path, workbook(fill, date_1904=starts_in_1904))).accepted
    assert found["issued_on"].dt.to_string().to_list() == ["2026-03-01"] * 2


def test_an_id_that_excel_made_a_date_is_refused_and_a_month_is_not(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        style = book.add_format({"num_format": "mmm-yy"})
        invoices, energy = book.add_worksheet("发票"), book.add_worksheet("用电")
        write(invoices, [INVOICE, row(), row(at_10="2026-03-01 00:00:00")])
        invoices.write_datetime(1, SELLER, date(2026, 3, 1), style)
        write(energy, [ENERGY, ["91510000902846312Y", "", 1200]])
        energy.write_datetime(1, 1, date(2026, 3, 1), style)

    reading = read(source_of(tmp_path, workbook(fill)))
    assert reading.rejected.select("sheet", "row_no", "reason_code").rows() == [("发票", 2, "EXCEL_DATE")]
    assert reading.frames["invoice"]["remark"].to_list() == ["2026-03-01 00:00:00"]
    assert reading.frames["energy"].height == 1


def test_formulas_count_by_their_stored_value(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        write(sheet, [INVOICE, *(row() for _ in range(4))])
        sheet.write_formula(1, NET, "=25000*2", None, 50000)
        sheet.write_formula(2, REMARK, '=IF(A3="","x","")', None, "")
        sheet.write_formula(3, REMARK, "=A4", None, "never calculated")
        sheet.write_formula(4, NET, "=1/0", None, "#DIV/0!")

    def as_excel_writes(xml: str) -> str:
        xml = re.sub(r'<c r="K3"[^>]*>(<f>.*?</f>)', r'<c r="K3" t="str">\1', xml)
        return re.sub(r'<c r="K4"[^>]*>(<f>.*?</f>)<v>.*?</v>', r'<c r="K4">\1<v/>', xml)

    source = source_of(tmp_path, edited(workbook(fill), SHEET, as_excel_writes))
    assert codes(source) == [(4, "FORMULA_NO_VALUE"), (5, "CELL_ERROR")]
    assert gated(source).accepted["row_no"].to_list() == [2, 3]


def test_formulas_of_the_table_are_counted(tmp_path: Path) -> None:
    """Not those of other columns, nor above the table."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        write(sheet, [["发票台账"], INVOICE, row(), row()])
        sheet.write_formula(0, 1, "=TODAY()", None, 46082)
        sheet.write_formula(2, NET, "=25000*2", None, 50000)
        sheet.write_formula(3, NET, "=25000*2", None, 50000)
        sheet.write_formula(3, OWN, "=1+1", None, 2)

    path = tmp_path / "发票.xlsx"
    path.write_bytes(workbook(fill))
    found = checked(path)
    assert (found.accepted_count, found.formula_count) == (2, 2)
    assert any("有 2 格是公式：取文件里存下的结果" in line for line in found.lines())
    assert not any("公式" in line for line in checked(_plain_workbook(tmp_path)).lines())


def _plain_workbook(tmp_path: Path) -> Path:
    path = tmp_path / "数值.xlsx"
    path.write_bytes(workbook(lambda book: write(book.add_worksheet(), [INVOICE, row()])))
    return path


def test_rows_under_a_merged_cell_are_refused(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 11, "发票台账")
        write(sheet, [INVOICE, *(row() for _ in range(4))], top=1)
        sheet.merge_range(2, REMARK, 3, REMARK, "两行共用")
        sheet.merge_range(4, OWN, 5, OWN, "不读的列")
        sheet.merge_range(6, 0, 9, 3, "制表人")

    assert codes(source_of(tmp_path, workbook(fill))) == [(4, "MERGED"), (7, "MERGED")]


def test_blank_rows_are_no_rows(tmp_path: Path) -> None:
    blank: Row = ["", "  "]
    found = gated(source_of(tmp_path, as_xlsx([blank, row(), blank, [], row(), blank])))
    assert found.accepted["row_no"].to_list() == [3, 6]
    assert found.rejected.is_empty()


def test_a_table_may_begin_anywhere_in_the_first_ten_rows_and_columns(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        write(sheet, [["达成算力发票台账"]], top=1, left=2)
        write(sheet, [INVOICE, row(), row(at_0=26512000000000000001)], top=8, left=2)

    source = source_of(tmp_path, workbook(fill))
    assert gated(source).accepted["row_no"].to_list() == [10]
    assert codes(source) == [(11, "INV-008")]


def test_every_visible_sheet_is_read_and_no_other_is_passed_over_in_silence(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        write(book.add_worksheet("一月"), [INVOICE, row()])
        write(book.add_worksheet("二月"), [INVOICE[:10], row()[:10]])
        write(book.add_worksheet("说明"), [["列", "意思"], ["发票号码", "二十位"]])
        write(book.add_worksheet("草稿"), [["随便写的"]])
        book.add_worksheet("空")
        for name, rows in {"藏起的表": [INVOICE, row()], "下拉选项": [["正常"], ["红字"]]}.items():
            sheet = book.add_worksheet(name)
            write(sheet, rows)
            sheet.hide()

    reading = read(source_of(tmp_path, workbook(fill)))
    assert reading.frames["invoice"].select("sheet", "row_no").rows() == [("一月", 2), ("二月", 2)]
    assert reading.rejected.select("sheet", "reason_code").rows() == [
        ("草稿", "SHEET_UNKNOWN"),
        ("藏起的表", "SHEET_HIDDEN"),
    ]


def test_one_sheet_without_a_required_column_is_named(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        write(book.add_worksheet("一月"), [INVOICE, row()])
        write(book.add_worksheet("二月"), [INVOICE[1:], row()[1:]])

    source = source_of(tmp_path, workbook(fill))
    assert mapped_table.claims(source)
    with pytest.raises(InputFault, match=r"工作表“二月”.*发票号码（invoice_number）"):
        mapped_table.read(source)


@pytest.mark.parametrize("table", list(tables().values()), ids=lambda table: table.name)
def test_our_own_templates_are_read(tmp_path: Path, table: Table) -> None:
    for content in (xlsx_template(table), csv_template(table)):
        found = gated(source_of(tmp_path, content))
        assert found.accepted.columns[2:] == [column.name for column in table.all_columns]
        assert (found.accepted.height, found.rejected.height) == (1, 0)


def test_a_workbook_of_something_else_is_not_claimed(tmp_path: Path) -> None:
    assert not mapped_table.claims(source_of(tmp_path, as_xlsx([["1", "2"]], ["甲", "乙"])))


XLSX = as_xlsx([row()])
FLIPPED = XLSX.index(SHEET.encode()) + 200
BOMB = edited(XLSX, "xl/theme/theme1.xml", lambda xml: xml + " " * 100_000_000)
ENTITY = '<!DOCTYPE x [<!ENTITY a "b">]>'


def twice(content: bytes, part: str) -> bytes:
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(part, b"<worksheet/>")
    return file.getvalue()


def far(place: str) -> bytes:
    """A workbook with one more cell, far away."""
    cell = f"<row><c r='{place}' t='n'><v>1</v></c></row></sheetData>"
    return edited(XLSX, SHEET, lambda xml: xml.replace("</sheetData>", cell))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (XLSX[:-200], "损坏"),
        (XLSX[:FLIPPED] + bytes([XLSX[FLIPPED] ^ 1]) + XLSX[FLIPPED + 1 :], "损坏"),
        (BOMB, "压缩炸弹"),
        (edited(XLSX, SHEET, lambda xml: xml.replace("<worksheet", ENTITY + "<worksheet")), "DOCTYPE"),
        (
            edited(XLSX, "xl/workbook.xml", lambda xml: xml.replace("<workbook ", ENTITY + "<workbook ")),
            "结构有误",
        ),
        (
            edited(
                XLSX, "xl/workbook.xml", lambda xml: xml.replace("utf-8", "utf-x").replace("UTF-8", "UTF-X")
            ),
            "损坏",
        ),
        (twice(XLSX, SHEET), "同名"),
        (far("XFD1048576"), "散布过宽"),
        (far("xfd1048576"), "散布过宽"),
        (far("A4000000000"), "散布过宽"),
        (far("ZZZZZZ1"), "散布过宽"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版"),
    ],
    ids=[
        "cut",
        "flipped bit",
        "bomb",
        "doctype",
        "entity",
        "encoding",
        "twice",
        "corner",
        "small",
        "deep",
        "wide",
        "xls",
    ],
)
def test_a_broken_or_hostile_workbook_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    source = source_of(tmp_path, content)
    assert mapped_table.claims(source)
    with pytest.raises(InputFault, match=says):
        mapped_table.read(source)


@pytest.mark.parametrize(
    "piece", ["<c ", "<row ", '<c r="A1">' + " " * 99, "<v ", "<f>", "<c r", "<mergeCell "]
)
def test_no_sheet_keeps_us_busy_for_long(tmp_path: Path, piece: str) -> None:
    content = edited(XLSX, SHEET, lambda xml: xml.replace("</sheetData>", piece * (4_000_000 // len(piece))))
    with pytest.raises(InputFault):
        mapped_table.read(source_of(tmp_path, content))


@pytest.mark.parametrize("piece", ["<si>", "<si/>", "<si", "<t>"])
def test_no_list_of_strings_keeps_us_busy_for_long(tmp_path: Path, piece: str) -> None:
    strings = "xl/sharedStrings.xml"
    content = edited(XLSX, strings, lambda xml: xml.replace("</sst>", piece * (4_000_000 // len(piece))))
    source = source_of(tmp_path, content)
    assert mapped_table.claims(source) in (True, False)


def test_formats_far_away_do_no_harm(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        write(sheet, [INVOICE, row()])
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))

    assert gated(source_of(tmp_path, workbook(fill))).accepted.height == 1


def test_formulas_written_as_text_stay_text(tmp_path: Path) -> None:
    assert gated(source_of(tmp_path, as_xlsx([row(at_10="=1+1")]))).accepted["remark"].to_list() == ["=1+1"]


def test_a_prefixed_dialect_of_the_xml_is_read_alike(tmp_path: Path) -> None:
    def prefixed(xml: str) -> str:
        return re.sub(r"<(/?)(\w)", r"<\1x:\2", xml).replace("xmlns=", "xmlns:x=")

    rows = [row(), row(at_0=26512000000000000001)]
    source = source_of(tmp_path, edited(as_xlsx(rows), SHEET, prefixed))
    assert codes(source) == [(3, "INV-008")]


def test_a_table_in_xlsx_equals_the_same_in_csv_with_typed_cells(tmp_path: Path) -> None:
    typed = row(at_1=46082, at_6=50000, at_7=3000, at_8=53000)
    as_text = gated(source_of(tmp_path, as_csv([ROWS[0]]))).accepted
    assert gated(source_of(tmp_path, as_xlsx([typed]))).accepted.drop("sheet").equals(as_text.drop("sheet"))


@pytest.mark.parametrize("form", ["0%", "0.0%", "0.0%;[Red]-0.0%"])
def test_a_share_that_excel_shows_as_percent_is_read_as_shown(form: str, tmp_path: Path) -> None:
    """0.975 under the format 0.0% is 97.5 %, and was read as less than one; 1 typed as a plain number stays 1."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [*SAMPLE, "利用率"])
        percent = book.add_format({"num_format": form})
        plain = book.add_format({"num_format": '0.0"%"'})
        for number, (share, shown) in enumerate(
            [(0.975, percent), (0.07, percent), (1, plain), (97.5, None)]
        ):
            sheet.write_row(number + 1, 0, ["GPU-a", f"2026-03-01 08:0{number}:00"])
            sheet.write_number(number + 1, 2, share, shown)

    found = gated(source_of(tmp_path, workbook(fill)))
    assert found.accepted["util_percent"].cast(pl.String).to_list() == ["97.500", "7.000", "1.000", "97.500"]
