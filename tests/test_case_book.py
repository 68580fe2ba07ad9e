"""The workbook 算力券兑现核验: every figure is the database's, and what the panel writes in it comes back or is refused."""

import json
import os
import re
import shutil
import socket
import subprocess
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import fastexcel
import pytest
import xlsxwriter

from hesuan.flows.ground import reported
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace, held
from hesuan.reports import figure
from hesuan.reports.published import listed
from hesuan.reports.sheet.case_book import write_case_book
from hesuan.reports.sheet.case_sheet import SHEETS
from hesuan.reports.sheet.case_summary import FILLED, HEAD_ROW, PRINTED, QUESTION, SHEET
from hesuan.reports.sheet.panel_sheet import NOTES, write_panel_sheet
from hesuan.schemas.fault import WorkspaceBusy
from tests.conftest import Said
from tests.night import run
from tests.test_decide import AT, EVERY_KIND, REASON, Fill, decisions, small_city

TITLES = [title for _, title, _ in PRINTED] + [title for title, _ in FILLED]
SOFFICE, OFFICE_PYTHON = shutil.which("soffice"), Path("/usr/bin/python3")
Cells = list[list[Any]]


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run for the whole module; tests that record work on copies."""
    workspace = small_city().hand_in(tmp_path_factory.mktemp("book") / "w")
    run(workspace)
    return workspace.root


@pytest.fixture(scope="module")
def book(ready: Path) -> Path:
    (path,) = (ready / "reports" / "latest").glob("算力券兑现核验-*.xlsx")
    return path


@pytest.fixture
def root(ready: Path, tmp_path: Path) -> Path:
    return shutil.copytree(ready, tmp_path / "w", symlinks=True)


def cells(path: Path, sheet: str) -> list[list[str | None]]:
    loaded = fastexcel.read_excel(path).load_sheet(sheet, header_row=None, dtypes="string")
    return [list(row) for row in loaded.to_polars().rows()]


def parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")}


def same(cell: str | None, value: object) -> bool:
    """Whether a cell says the value: numbers by value, everything else by its letters."""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return cell is not None and Decimal(cell) == value
    return value is None if cell in (None, "未知", "—") else cell == str(value)


def test_every_cell_of_every_sheet_is_the_database(ready: Path, book: Path) -> None:
    with connect(Workspace(ready).published, read_only=True) as connection:
        for sheet in SHEETS:
            names, rows = listed(connection, sheet.question)
            header, *found = cells(book, sheet.title)
            assert header == [name.replace("_元", "（元）") for name in names]
            assert len(found) == len(rows), sheet.title
            wrong = [
                (sheet.title, cell, value)
                for line, row in zip(found, rows, strict=True)
                for cell, value in zip(line, sheet.told(row).values(), strict=True)
                if not same(cell, value)
            ]
            assert wrong == []


def test_no_sheet_tells_a_file_or_an_odd_record_by_its_code(ready: Path, book: Path) -> None:
    sheets = {sheet.title: sheet for sheet in SHEETS}
    head, *files = cells(book, "证据清单")
    said = [(line[head.index("种类")] or "") + (line[head.index("状态")] or "") for line in files]
    assert len(said) > 3
    assert [text for text in said if re.search("[a-z]", text)] == []
    told = sheets["证据清单"].told({"种类": "invoice、invoice_line", "状态": "read"})
    assert told == {"种类": "发票、发票明细", "状态": "已读"}
    assert sheets["证据清单"].told({"种类": None, "状态": "refused"}) == {"种类": None, "状态": "拒收"}
    value = {"编号": "base.measure", "取值": "min_of"}
    assert sheets["口径与规则"].told(value) == value | {"取值": "各项取最小（min_of）"}
    odd = {"异常种类": "cards_unknown、reversed"}
    assert sheets["日用量（异常日）"].told(odd) == {"异常种类": "卡数未知、终早于始"}


def test_a_hash_is_not_cut_off_by_the_cell_beside_it(book: Path) -> None:
    names = list(fastexcel.read_excel(book).sheet_names)
    xml = parts(book)[f"xl/worksheets/sheet{names.index('证据清单') + 1}.xml"]
    width = {
        number: float(wide)
        for first, last, wide in re.findall(r'<col min="(\d+)" max="(\d+)" width="([\d.]+)"', xml)
        for number in range(int(first), int(last) + 1)
    }
    head, *rows = cells(book, "证据清单")
    for name in ("SHA256", "SM3"):
        at = head.index(name)
        assert {len(row[at] or "") for row in rows} == {64}
        assert width[at + 1] >= 64


def test_explanations_follow_each_other_without_a_second_mark(book: Path) -> None:
    head, *lines = cells(book, "核验发现")
    told = [line[head.index("可能的正常原因")] or "" for line in lines]
    assert told != []
    assert [text for text in told if "。；" in text] == []


def test_a_line_that_is_zero_because_no_redemption_is_proposed_says_so(book: Path) -> None:
    """Whoever adds it up again takes the smaller of the line before and what is left: that is not zero here."""
    head, *lines = cells(book, "补贴计算")
    steps = [dict(zip(head, line, strict=True)) for line in lines]
    refused = {step["申请编号"] for step in steps if step["说明"] == "不予兑现，不占上限与总额"}
    capped = [step for step in steps if step["步"] in ("10", "11")]
    zero = [step for step in capped if step["申请编号"] in refused]
    assert len(zero) >= 2
    said = "不予兑现的不占上限与总额，本行为零；"
    assert [step for step in capped if (step["说明"] or "").startswith(said) != (step in zero)] == []


def test_the_summary_lists_every_claim_and_foots(ready: Path, book: Path) -> None:
    with connect(Workspace(ready).published, read_only=True) as connection:
        _, claims = listed(connection, QUESTION)
    found = cells(book, SHEET)
    assert found[HEAD_ROW] == TITLES
    lines = found[HEAD_ROW + 1 : HEAD_ROW + 1 + len(claims)]
    for line, claim in zip(lines, claims, strict=True):
        said = dict(zip([name for name, _, _ in PRINTED], line, strict=False))
        assert [n for n in claim if n in said and not same(said[n], claim[n])] == []
    foot, words = found[HEAD_ROW + 1 + len(claims)], found[HEAD_ROW + 2 + len(claims)]
    assert foot[0] == "合计"
    assert Decimal(foot[TITLES.index("建议补贴")] or "") == Decimal("108505.00")
    assert words[0] == "建议补贴合计（大写）：人民币壹拾万捌仟伍佰零伍元整"


def test_the_sheets_are_the_ones_promised_and_the_batch_is_hidden(ready: Path, book: Path) -> None:
    names = fastexcel.read_excel(book).sheet_names
    assert names == [SHEET, *(sheet.title for sheet in SHEETS), "_批次"]
    assert 'name="_批次" sheetId="11" state="hidden"' in parts(book)["xl/workbook.xml"]
    (run_id,) = {line[1] for line in cells(book, "_批次") if line[0] == "run_id"}
    assert book.name == f"算力券兑现核验-{run_id}.xlsx"


def test_a_report_is_not_written_again_while_another_run_is_at_work(ready: Path, book: Path) -> None:
    with held(Workspace(ready)), pytest.raises(WorkspaceBusy):
        reported(ready, None)
    assert book.exists()


def test_no_cell_is_a_formula(book: Path) -> None:
    assert [name for name, xml in parts(book).items() if re.search(r"<f[ >]", xml)] == []


@pytest.mark.parametrize(
    "name", ["=1+1", "<script>alert(1)</script>", "{{7*7}}", "甲\u202e乙公司", "㐀㑇䶮𠮷龘靐公司", "名" * 200]
)
def test_a_name_stands_in_its_cell_as_text_and_whole(ready: Path, name: str, tmp_path: Path) -> None:
    database = tmp_path / "named.duckdb"
    shutil.copy(Workspace(ready).published, database)
    database.chmod(0o644)
    with connect(database) as connection:
        connection.execute("update published.claim set applicant_name = ? where claim_id = 'C-a'", [name])
        written = write_case_book(connection, tmp_path)
    assert [line for line in cells(written, SHEET) if figure.visible(name) in line] != []
    assert [part for part, xml in parts(written).items() if re.search(r"<f[ >]", xml)] == []


def test_the_same_database_gives_the_same_bytes(ready: Path, book: Path, tmp_path: Path) -> None:
    with connect(Workspace(ready).published, read_only=True) as connection:
        again = write_case_book(connection, tmp_path)
    assert again.read_bytes() == book.read_bytes()


def test_only_the_cells_of_the_panel_are_unlocked(book: Path) -> None:
    xml = parts(book)
    formats = re.findall(
        r"<xf [^>]*/>|<xf .*?</xf>", xml["xl/styles.xml"].split("<cellXfs")[1].split("</cellXfs>")[0]
    )
    is_open = ['locked="0"' in each for each in formats]
    sheets = [name for name in xml if name.startswith("xl/worksheets/sheet")]
    unlocked = {
        (name[-5], column, row)
        for name in sheets
        for column, row, style in re.findall(r'<c r="([A-Z]+)(\d+)" s="(\d+)"', xml[name])
        if is_open[int(style)]
    }
    assert unlocked == {("1", column, str(row)) for column in "NOPQR" for row in range(5, 10)}
    assert [name for name in sheets if "<sheetProtection" not in xml[name] and "sheet11" not in name] == []


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(ready: Path, tmp_path: Path) -> None:
    with connect(Workspace(ready).published, read_only=True) as connection:
        _, rows = listed(connection, SHEETS[0].question)
        path = write_case_book(connection, tmp_path, rows_a_sheet=20)
    names = [name for name in fastexcel.read_excel(path).sheet_names if name.startswith("补贴计算")]
    assert len(names) == -(-len(rows) // 20) > 1
    assert names[1] == "补贴计算（2）"
    listed_ids = [line[0] for name in names for line in cells(path, name)[1:]]
    assert listed_ids == [row["申请编号"] for row in rows]


def filled(book: Path, path: Path, fill: Fill, *, formula: tuple[str, str] | None = None) -> Path:
    """The summary as it went out, with these cells filled in; formula: (claim, column) that becomes =A1."""
    with xlsxwriter.Workbook(str(path)) as copy:
        sheet = copy.add_worksheet(SHEET)
        for row, line in enumerate(cells(book, SHEET)):
            said = dict(zip(TITLES, line, strict=True)) | fill.get(line[1] or "", {})
            for column, title in enumerate(TITLES):
                if formula == (line[1], title):
                    sheet.write_formula(row, column, "=A1", None, said.get(title) or "0")
                elif said[title] and title in ("申报实际费用", "建议补贴") and row > HEAD_ROW:
                    sheet.write_number(row, column, float(said[title]))
                elif said[title]:
                    sheet.write_string(row, column, said[title])
    return path


def test_what_the_panel_fills_in_comes_back(hesuan: Callable[..., Said], root: Path, book: Path) -> None:
    sheet = filled(book, root / "意见.xlsx", EVERY_KIND)
    code, out, err = hesuan("decide", sheet, "-w", root, "--at", AT, "--json")
    assert (code, err) == (0, "")
    facts = json.loads(out)
    assert (facts["recorded_count"], facts["skipped_count"], facts["sum_yuan"]) == (3, 2, "50000.01")
    assert facts["unfinished_rows"] == []


def test_the_book_as_it_went_out_decides_nothing(
    hesuan: Callable[..., Said], ready: Path, book: Path
) -> None:
    code, out, _ = hesuan("decide", book, "-w", ready)
    assert (code, "收录意见 0 条" in out, "未填意见 5 行" in out) == (0, True, True)


GOOD = {"专家": "王评审", "意见": "核减", "核定金额": "20000.00", "理由": REASON}
WRONG = [
    ({"核定金额": "２００００"}, "核定金额 “２００００” 不是人民币元"),
    ({"核定金额": "20000.005"}, "核定金额 “20000.005” 不是人民币元"),
    ({"申请编号": "C-z"}, "申请编号“C-z”不在公布的申请中"),
    ({"核对码": "0" * 16}, "印表之后数字有变，请重印此表再定"),
    ({"建议补贴": "30000.01"}, "表上的建议补贴被改为 30000.01 元，公布的是 30000.00 元"),
    ({"核定金额": "30000.01"}, "核定金额 30000.01 元高于建议补贴 30000.00 元"),
]


@pytest.mark.parametrize(("wrong", "says"), WRONG)
def test_one_mistake_refuses_the_file_by_its_row(
    hesuan: Callable[..., Said], ready: Path, book: Path, tmp_path: Path, wrong: dict[str, str], says: str
) -> None:
    sheet = filled(book, tmp_path / "表.xlsx", {"C-a": GOOD | wrong, "C-b": EVERY_KIND["C-b"]})
    code, out, err = hesuan("decide", sheet, "-w", ready, "--at", AT)
    assert (code, out, len(err.splitlines())) == (10, "", 1)
    assert err.startswith("表.xlsx 工作表“兑现汇总表” 第 5 行：")
    assert says in err
    assert decisions(ready) == []


@pytest.mark.parametrize("column", ["理由", "核定金额", "意见", "专家", "核对码"])
def test_a_formula_is_refused_whatever_it_shows(
    hesuan: Callable[..., Said], ready: Path, book: Path, tmp_path: Path, column: str
) -> None:
    sheet = filled(book, tmp_path / "表.xlsx", {"C-a": GOOD}, formula=("C-a", column))
    code, _, err = hesuan("decide", sheet, "-w", ready, "--at", AT)
    assert code == 10
    assert err == f"表.xlsx 工作表“兑现汇总表” 第 5 行：{column} 一格是公式，请直接填写文字或数字\n"
    assert decisions(ready) == []


def test_a_number_that_a_spreadsheet_saved_inexactly_is_what_it_shows(
    hesuan: Callable[..., Said], root: Path, book: Path, tmp_path: Path
) -> None:
    """LibreOffice may save 20000.01 as its neighbour among doubles: the same fifteen digits."""
    sheet = filled(book, tmp_path / "表.xlsx", {"C-b": GOOD | {"核定金额": "#"}})
    inexact = tmp_path / "存过.xlsx"
    number = b'<c r="P6"><v>20000.009999999998</v></c>'
    with zipfile.ZipFile(sheet) as old, zipfile.ZipFile(inexact, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content, count = re.subn(rb'<c r="P6"[^>]*>.*?</c>', number, content)
                assert count == 1
            new.writestr(name, content)
    code, out, err = hesuan("decide", inexact, "-w", root, "--at", AT, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["sum_yuan"] == "20000.01"


def office_is_missing() -> str | None:
    if SOFFICE is None:
        return "没有 LibreOffice（soffice），往返未试"
    if subprocess.run([OFFICE_PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode:
        return "没有 LibreOffice 的 python3-uno，往返未试"
    return None


def through_office(source: Path, target: Path, typed: Cells, scratch: Path) -> None:
    """Opened in LibreOffice, typed into, saved."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (scratch / "cells.json").write_text(json.dumps(typed, ensure_ascii=False), encoding="utf-8")
    office = subprocess.Popen(
        [
            str(SOFFICE),
            "--headless",
            "--norestore",
            "--nologo",
            f"-env:UserInstallation={(scratch / 'profile').as_uri()}",
            f"--accept=socket,host=127.0.0.1,port={port};urp",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"LC_ALL": "C.UTF-8"},  # without a locale it opens no file with a Chinese name
    )
    try:
        script = Path(__file__).with_name("office_fill.py")
        command = [OFFICE_PYTHON, script, str(port), source, target, scratch / "cells.json"]
        filled = subprocess.run(command, check=False, capture_output=True, text=True, timeout=180)
        assert filled.returncode == 0, filled.stderr
        office.wait(timeout=60)
    finally:
        office.kill()


@pytest.mark.slow
def test_every_decision_comes_back_through_libreoffice(
    hesuan: Callable[..., Said], root: Path, book: Path, tmp_path: Path
) -> None:
    missing = office_is_missing()
    if missing:
        pytest.skip(missing)
    places = {line[1]: row for row, line in enumerate(cells(book, SHEET), start=1)}
    typed = [
        [SHEET, f"{chr(ord('A') + TITLES.index(title))}{places[claim_id]}", text]
        for claim_id, said in EVERY_KIND.items()
        for title, text in said.items()
    ]
    saved = tmp_path / "存过.xlsx"
    through_office(book, saved, typed, tmp_path)
    code, out, err = hesuan("decide", saved, "-w", root, "--at", AT, "--json")
    assert (code, err) == (0, "")
    facts = json.loads(out)
    assert (facts["recorded_count"], facts["skipped_count"], facts["sum_yuan"]) == (3, 2, "50000.01")


def test_a_figure_that_has_no_record_is_not_called_unknown(book: Path) -> None:
    """As on the page: a contract's line has no bill of its own, a month's invoice no card-hours."""
    header, *lines = cells(book, "三方比对")
    agreed, metered, invoiced = (dict(zip(header, line, strict=True)) for line in lines if line[0] == "K-c")
    figures = ("合同卡时", "计费卡时", "计量卡时", "活跃卡时", "计费金额（元）", "开票价税合计（元）")
    assert [agreed[name] for name in figures] == ["5500", *["—"] * 5]
    assert [metered[name] for name in figures] == ["—", "5500", "5500", "未知", "58300", "—"]
    assert [invoiced[name] for name in figures] == [*["—"] * 5, "58300"]


def test_a_sum_at_risk_is_unknown_only_where_the_rule_works_one_out(ready: Path, tmp_path: Path) -> None:
    bent = tmp_path / "bent.duckdb"
    bent.write_bytes((ready / "warehouse" / "hesuan.duckdb").read_bytes())
    with connect(bent) as connection:
        connection.execute("update published.finding set amount_at_risk_yuan = null")
        rules = connection.execute("select distinct rule_id from published.finding order by all").fetchall()
        connection.execute(
            """update published.rule set evidence_zh = '{"contract_no":"合同编号"}'
            where rule_id = ?""",
            rules[0],
        )
        header, *lines = cells(write_case_book(connection, tmp_path), "核验发现")
    at = header.index("涉及金额（元）")
    assert len(rules) > 1
    assert {line[at] for line in lines if line[0] == rules[0][0]} == {"—"}
    assert {line[at] for line in lines if line[0] != rules[0][0]} == {"未知"}


def test_both_sheets_say_how_long_a_reason_must_be_under_the_policy(ready: Path, tmp_path: Path) -> None:
    bent = tmp_path / "bent.duckdb"
    bent.write_bytes((ready / "warehouse" / "hesuan.duckdb").read_bytes())
    with connect(bent) as connection:
        connection.execute("update published.parameter set value = '20' where key = 'panel.reason_min_chars'")
        write_panel_sheet(connection, tmp_path / "sheet.xlsx")
        summary = write_case_book(connection, tmp_path)
    for path, sheet in ((tmp_path / "sheet.xlsx", NOTES), (summary, SHEET)):
        said = "".join(str(row[0]) for row in cells(path, sheet)[:4])
        assert re.findall("不少于(.*?)字", said) == ["20"]


def test_a_policy_that_sets_no_pool_leaves_no_total_unknown(ready: Path, tmp_path: Path) -> None:
    bent = tmp_path / "bent.duckdb"
    bent.write_bytes((ready / "warehouse" / "hesuan.duckdb").read_bytes())
    with connect(bent) as connection:
        connection.execute("update published.pool set amount_yuan = null, remaining_yuan = null")
        book = write_case_book(connection, tmp_path)
    header, *lines = cells(book, "资金池台账")
    places = [header.index(name) for name in ("年度总额（元）", "年度尚余（元）")]
    assert {line[at] for line in lines for at in places} == {"—"}
