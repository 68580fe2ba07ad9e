"""Columns of a handed-in table that are none of its table: kept by name from the reading to what is published."""

import gzip
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from hesuan.flows.intake.evidence import take_in
from hesuan.flows.lake.file_set import Staged, staged_of
from hesuan.flows.stages.stage import stage
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from tests.night import IN_TIME, after_first_night, tally

HEADS = ["统一社会信用代码", "月份", "用电量", "备注", "电价"]
ROW = ["91330000142942095H", "2026-03", "1", "夜间", "0.5"]


def energy_in(form: str, folder: Path) -> Path:
    """A table of energy with two columns more than it has."""
    path = folder / f"energy.{form}"
    if form == "xlsx":
        with xlsxwriter.Workbook(path) as workbook:
            for sheet in (workbook.add_worksheet("三月"), workbook.add_worksheet("四月")):
                sheet.write_row(0, 0, HEADS)
                sheet.write_row(1, 0, ROW)
    elif form == "parquet":
        pl.DataFrame(dict(zip(HEADS, ([cell] for cell in ROW), strict=True))).write_parquet(path)
    elif form == "jsonl":
        cells = ",".join(f'"{head}":"{cell}"' for head, cell in zip(HEADS, ROW, strict=True))
        first = ",".join(f'"{head}":"{cell}"' for head, cell in zip(HEADS[:4], ROW[:4], strict=True))
        path.write_text(f"{{{first}}}\n" * 2000 + f"{{{cells}}}\n", encoding="utf-8")
    else:
        text = f"{','.join(HEADS)}\n{','.join(ROW)}\n".encode()
        path.write_bytes(gzip.compress(text) if form == "csv.gz" else text)
    return path


def staged(form: str, root: Path) -> Staged:
    workspace = Workspace(root)
    workspace.inbox.mkdir(parents=True)
    return staged_of(stage(take_in(energy_in(form, workspace.inbox), workspace, ""), workspace, ""))


@pytest.mark.parametrize("form", ["csv", "csv.gz", "xlsx", "parquet", "jsonl"])
def test_what_is_staged_says_which_columns_were_not_read(form: str, tmp_path: Path) -> None:
    """Of JSON Lines wherever in the file a key stands first."""
    assert staged(form, tmp_path).unread_columns == ("备注", "电价")


def test_a_night_publishes_them_apart_from_none_and_from_not_known(tmp_path: Path) -> None:
    workspace = after_first_night(tmp_path / "w")
    energy_in("csv", workspace.inbox)
    (workspace.inbox / "scan.png").write_bytes(b"\x89PNG\r\n")
    usage = "统一社会信用代码,记录编号,租户,节点,卡数,开始时间,结束时间\n91330000142942095H,r1,t,NA,1,2026-03-01,2026-03-02\n"
    (workspace.inbox / "usage.csv").write_text(usage, encoding="utf-8")
    tally(workspace, today=IN_TIME)
    with connect(workspace.newest(), read_only=True) as connection:
        found = connection.execute("""
            select file_name, unread_columns, emptied_count from published.input_file
            where file_name in ('energy.csv', 'registry/provider.csv', 'scan.png', 'usage.csv') order by 1
        """).fetchall()
        [last] = connection.execute("""
            select column_name, data_type from duckdb_columns()
            where schema_name = 'published' and table_name = 'input_file' and column_name = 'unread_columns'
        """).fetchall()
    assert found == [
        ("energy.csv", ["备注", "电价"], 0),
        ("registry/provider.csv", [], 0),
        ("scan.png", None, 0),
        ("usage.csv", [], 1),
    ]
    assert last == ("unread_columns", "VARCHAR[]")
