"""What a provider is told of its own file before it hands it in: what was not read, and how a cell is written."""

from pathlib import Path

import pytest
import xlsxwriter

from hesuan.flows.checking import checked

HEADS = ["统一社会信用代码", "记录编号", "租户", "卡数", "开始时间", "结束时间"]
ROW = ["91330000142942095H", "r1", "t1", "8", "2026-03-01 08:00:00", "2026-03-01 12:00:00"]
SUM = ["合 计：", "", "", "8", "", ""]


def lines(path: Path, lang: str = "zh") -> list[str]:
    return checked(path).lines(lang=lang)


def csv(folder: Path, *rows: list[str]) -> Path:
    path = folder / "usage.csv"
    path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    return path


def book(folder: Path, *sheets: tuple[str, list[list[str]]], hidden: tuple[str, ...] = ()) -> Path:
    path = folder / "usage.xlsx"
    with xlsxwriter.Workbook(path) as made:
        for name, rows in sheets:
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if name in hidden:
                sheet.hide()
    return path


def test_a_table_is_called_by_its_chinese_name(tmp_path: Path) -> None:
    path = csv(tmp_path, HEADS, ROW)
    assert lines(path) == [f"{path}: 用量区间 usage_interval，1 行，接受 1，退回 0"]
    assert lines(path, "en") == [f"{path}: usage_interval, 1 rows, 1 accepted, 0 refused"]


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
def test_columns_that_are_not_read_are_named(form: str, tmp_path: Path) -> None:
    heads = ["GPU数量" if head == "卡数" else head for head in HEADS] + ["备注"]
    row = [*ROW, "夜间"]
    path = csv(tmp_path, heads, row)
    if form == "xlsx":
        path = book(tmp_path, ("用量", [heads, row]))
    if form == "jsonl":
        cells = ",".join(f'"{head}":"{cell}"' for head, cell in zip(heads, row, strict=True))
        path.write_text(f"{{{cells}}}\n", encoding="utf-8")
    assert checked(path).unread_columns == ("GPU数量", "备注")
    assert lines(path)[1:] == ["  不认得的列，未读取：GPU数量、备注（认得的列见 hesuan init 的模板）"]
    assert "not read: GPU数量, 备注 " in lines(path, "en")[1]


def test_names_that_were_read_as_nothing_are_counted(tmp_path: Path) -> None:
    """The rows are accepted; whoever has a node of that name sees it."""
    path = csv(tmp_path, [*HEADS, "节点"], [*ROW, "NA"], ["2", *ROW[1:], "-"])
    assert checked(path).emptied_count == 1
    assert lines(path)[1:] == ["  有 1 格文字写作 NA、null、无 之类，按没有填读；真是这个名字的，请更名再交"]
    assert "1 cells of text say NA" in lines(path, "en")[1]


def test_of_two_header_rows_the_merged_one_is_told(tmp_path: Path) -> None:
    path = csv(tmp_path, [*HEADS[:4], "时间", ""], ["", "", "", "", *HEADS[4:]], ROW)
    assert checked(path).unread_columns == ("时间",)


def test_many_columns_that_are_not_read_are_counted(tmp_path: Path) -> None:
    more = [f"列{number}" for number in range(300)]
    told = lines(csv(tmp_path, HEADS + more, ROW + ["x"] * 300))[1]
    assert "列29……共 300 列" in told
    assert "列30" not in told


@pytest.mark.parametrize(
    ("sum_row", "is_told"), [(SUM, True), (["", "Total", *SUM[2:]], True), (["合计公司", *SUM[1:]], False)]
)
def test_a_row_of_sums_is_called_one(sum_row: list[str], is_told: bool, tmp_path: Path) -> None:
    path = csv(tmp_path, HEADS, ROW, sum_row)
    assert ("此行像是合计行，请删去；" in lines(path)[1]) is is_told
    assert ("row 3: this looks like a row of sums" in lines(path, "en")[1]) is is_told


@pytest.mark.parametrize(
    ("at", "cell", "says"),
    [
        (3, "8卡", "；写法如 8（BAD_CARDS）"),
        (4, "2026年3月1日 8时", "；写法如 2026-03-01 09:30:00（BAD_AT）"),
        (3, "-1", "卡数 不得小于 0：“-1.000000”（TOO_SMALL）"),
    ],
)
def test_a_cell_that_is_not_read_comes_with_how_it_is_written(
    at: int, cell: str, says: str, tmp_path: Path
) -> None:
    path = csv(tmp_path, HEADS, [cell if number == at else told for number, told in enumerate(ROW)])
    assert lines(path)[1].endswith(says)


def test_a_header_alone_is_called_so(tmp_path: Path) -> None:
    assert lines(csv(tmp_path, HEADS))[1:] == ["  只有表头，没有数据"]
    assert lines(csv(tmp_path, HEADS), "en")[1:] == ["  a header and no data"]


def test_a_clock_of_which_nothing_says_the_zone_is_told_how_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "smi.log"
    path.write_text("timestamp, uuid, utilization.gpu [%]\n2026/03/01 08:00:00.252, GPU-1, 22 %\n")
    assert "按北京时间读" in lines(path)[1]
    assert "read as UTC+8" in lines(path, "en")[1]
    (tmp_path / "source.toml").write_text('time_zone = "UTC"\n')
    assert len(lines(path)) == 1


def test_a_pdf_is_kept_and_not_read(tmp_path: Path) -> None:
    (tmp_path / "log.pdf").write_bytes(b"%PDF-1.4\n%%EOF")
    head, note = lines(tmp_path / "log.pdf")
    assert head == f"{tmp_path / 'log.pdf'}: 存为证据，0 行，接受 0，退回 0"
    assert "不读取" in note
    assert "no figure is read" in lines(tmp_path / "log.pdf", "en")[1]


def test_a_page_called_xls_is_told_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "usage.xls"
    path.write_text(f"<html><table><tr><td>{'</td><td>'.join(HEADS)}</td></tr></table></html>", "utf-8")
    assert "是网页（HTML），不是表格" in lines(path)[1]
    assert "a page (HTML) and no table" in lines(path, "en")[1]


def test_a_table_on_a_hidden_sheet_alone_is_named(tmp_path: Path) -> None:
    path = book(tmp_path, ("封面", [["请看"]]), ("底表", [HEADS, ROW]), hidden=("底表",))
    assert "隐藏的工作表不读取：底表" in lines(path)[1]
    assert "hidden sheets are not read: 底表" in lines(path, "en")[1]


def test_a_bill_saved_as_a_workbook_is_told_how_to_come(tmp_path: Path) -> None:
    path = book(
        tmp_path,
        ("账单", [["账期", "产品明细", "消费类型", "实例ID"], ["2026-03", "PAI-DLC", "后付费", "i-1"]]),
    )
    assert "请交系统导出的原样文件" in lines(path)[1]
    assert "as the system exports them" in lines(path, "en")[1]


def test_a_state_that_no_scheduler_has_is_told_to_be_billable(tmp_path: Path) -> None:
    """A run that the provider's trouble ended is not billable only where it is said in a known word."""
    rows = [
        [*ROW[:1], f"r{at}", *ROW[2:], state]
        for at, state in enumerate(["节点故障", "completed", "NODE_FAIL", ""])
    ]
    path = csv(tmp_path, [*HEADS, "状态"], *rows)
    assert checked(path).strange_states == ("节点故障",)
    assert lines(path)[1].startswith("  状态里不认得的词：节点故障；照收，都按可计费计。")
    assert "states not known: 节点故障; accepted, and all taken as billable" in lines(path, "en")[1]


def test_the_tables_of_a_workbook_are_listed_in_each_language(tmp_path: Path) -> None:
    power = ["统一社会信用代码", "月份", "用电量千瓦时"]
    path = book(tmp_path, ("用量", [HEADS, ROW]), ("用电", [power, [ROW[0], "2026-03", "900"]]))
    assert "用电量 energy、用量区间 usage_interval，2 行" in lines(path)[0]
    assert "energy, usage_interval, 2 rows" in lines(path, "en")[0]
