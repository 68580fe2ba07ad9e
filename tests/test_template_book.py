"""The templates of `hesuan init`: what people are given to fill in is taken back without a word."""

import csv
import io
import re
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from hesuan.reports.sheet.template_book import (
    GUIDE,
    csv_template,
    example_row,
    write_templates,
    xlsx_template,
)
from hesuan.schemas.fault import ReportFault
from hesuan.schemas.recognise import recognised
from hesuan.schemas.table import Table
from hesuan.schemas.tables import tables
from hesuan.validators.gate import Gated, gate

EVERY_TABLE = pytest.mark.parametrize("table", list(tables().values()), ids=lambda table: table.name)


def sheet_rows(content: bytes, sheet: str) -> list[list[str]]:
    frame = fastexcel.read_excel(content).load_sheet(sheet, header_row=None, dtypes="string").to_polars()
    return [[cell or "" for cell in row] for row in frame.rows()]


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def gated(rows: list[list[str]]) -> Gated:
    """The rows under the first row, judged as the table that the first row says."""
    found = recognised(rows[0], "模板")
    assert found is not None
    table, names = found
    cells = {name: [row[rows[0].index(word)] for row in rows[1:]] for word, name in names.items()}
    place = {"row_no": list(range(2, len(rows) + 1)), "raw": ["、".join(row) for row in rows[1:]]}
    return gate(pl.DataFrame(place | cells).with_columns(sheet=pl.lit(table.zh)), table)


@EVERY_TABLE
def test_the_example_row_is_accepted(table: Table) -> None:
    for rows in (sheet_rows(xlsx_template(table), table.zh), csv_rows(csv_template(table))):
        assert recognised(rows[0], "模板") == (table, {c.zh: c.name for c in table.columns})
        judged = gated(rows)
        assert judged.rejected.rows() == []
        assert judged.accepted.height == 1


@EVERY_TABLE
def test_the_example_leaves_no_required_cell_empty(table: Table) -> None:
    headers, example = csv_rows(csv_template(table))
    assert headers == [column.zh for column in table.columns]
    assert [c.zh for c, cell in zip(table.columns, example, strict=True) if c.required and not cell] == []


def test_the_examples_tell_one_case_from_contract_to_usage() -> None:
    """Copied as they stand they make sense: two parties, a term, no contract that is its own framework."""
    told = {
        table.name: dict(zip([column.name for column in table.columns], example_row(table), strict=True))
        for table in tables().values()
    }
    contract, voucher, interval = told["contract"], told["voucher"], told["usage_interval"]
    assert {key: contract[key] for key in ("contract_no", "provider_id", "applicant_id")} == {
        key: voucher[key] for key in ("contract_no", "provider_id", "applicant_id")
    }
    assert contract["provider_id"] != contract["applicant_id"]
    assert contract["signed_on"] < contract["starts_on"] < contract["ends_on"]
    assert contract["parent_contract_no"] == ""
    assert contract["amount_yuan"] == told["invoice"]["gross_yuan"]
    assert {key: interval[key] for key in ("cluster_id", "tenant", "contract_no")} == {
        key: told["tenant"][key] for key in ("cluster_id", "tenant", "contract_no")
    }
    assert interval["device_model"] == told["contract_line"]["device_model"]
    hours = (
        datetime.fromisoformat(interval["ended_at"]) - datetime.fromisoformat(interval["started_at"])
    ) / timedelta(hours=1)
    assert int(interval["card_count"]) * hours == float(interval["reported_gpu_hours"])
    assert interval["reported_gpu_hours"] == told["statement"]["quantity"]


def test_a_word_of_a_list_is_shown_in_chinese() -> None:
    for table in tables().values():
        for column, cell in zip(table.columns, example_row(table), strict=True):
            assert dict(column.choices).get(cell, cell) == cell, (table.name, column.name)


@EVERY_TABLE
def test_the_guide_explains_every_column_and_is_no_table(table: Table) -> None:
    rows = sheet_rows(xlsx_template(table), GUIDE)
    assert [row[1] for row in rows[-len(table.columns) :]] == [column.name for column in table.columns]
    assert [recognised(row, GUIDE) for row in rows] == [None] * len(rows)


@EVERY_TABLE
def test_every_cell_is_text(table: Table) -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx_template(table))) as archive:
        sheet, styles = archive.read("xl/worksheets/sheet1.xml"), archive.read("xl/styles.xml")
    cells = re.findall(rb"<c [^>]*>", sheet)
    assert cells
    assert all(b't="s"' in cell and b' s="' in cell for cell in cells)
    # 49 is Excel's number for the format “text”; the columns below the example have it too.
    assert (
        re.findall(rb'numFmtId="(\d+)"', styles.split(b"<cellXfs")[1].split(b"</cellXfs>")[0])[1:]
        == [b"49"] * 3
    )
    assert len(re.findall(rb'<col [^>]*style="', sheet)) == len(re.findall(rb"<col ", sheet))


def test_there_is_a_book_and_a_csv_for_every_table(tmp_path: Path) -> None:
    written = write_templates(tmp_path / "templates")
    assert len(written) == 2 * len(tables())
    assert {path.stem for path in written} == {f"{table.name}_{table.zh}" for table in tables().values()}
    assert (tmp_path / "templates" / "invoice_发票.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_same_code_writes_the_same_bytes(tmp_path: Path) -> None:
    first, second = write_templates(tmp_path / "a"), write_templates(tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_nothing_in_a_template_says_when_it_was_made() -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx_template(tables()["invoice"]))) as archive:
        assert b"2026-01-01T00:00:00Z" in archive.read("docProps/core.xml")
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "templates").write_text("")
    with pytest.raises(ReportFault, match="templates: 模板写不下"):
        write_templates(tmp_path / "templates")
