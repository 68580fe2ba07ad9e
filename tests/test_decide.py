"""The panel (第十三条): sheets printed, filled in, refused or recorded, and what is then payable to the cent."""

import csv
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import fastexcel
import pytest

from hesuan.flows.engine import Inline
from hesuan.flows.intake.evidence import ledger
from hesuan.flows.panel.deciding import decide_sheet
from hesuan.flows.panel.decision_file import KEYS, SCHEMA
from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import build, connect
from hesuan.flows.workspace import Workspace, held
from hesuan.reports.sheet.workbook import write_sheets
from tests.city import APPLICANTS, PROVIDER, City
from tests.conftest import Said
from tests.night import tally
from tests.test_change import approval

REASON = "三方用量一致，算力赋能效益显著"
AT = "2026-12-01 10:00:00"
LATER = "2026-12-02 10:00:00"
HEADERS = [
    "申请编号",
    "核对码",
    "建议补贴",
    "处理建议",
    "专家",
    "意见",
    "核定金额",
    "理由",
    "推翻理由（仅否决项）",
]
Fill = dict[str, dict[str, str]]
# Proposed by the machine: a 30000.00, b 25005.00 and c 27500.00; d, whose provider bills before the contract, 0.00.
EVERY_KIND: Fill = {
    "C-a": {"专家": "王评审", "意见": "通过", "理由": REASON},
    "C-b": {"专家": "王评审", "意见": "核减", "核定金额": "20000.01", "理由": REASON},
    "C-c": {"专家": "王评审", "意见": "补充材料", "理由": "请补充效益说明与前后对比的数据"},
}


def small_city() -> City:
    city = City().with_register()
    for name, hours, place in (
        ("a", 6000, 0),
        ("b", 5001, 1),
        ("c", 5500, 2),
        ("d", 6000, 3),
        ("e", 5200, 4),
    ):
        city.honest(name, hours=hours, applicant=APPLICANTS[place], at=f"09:00:0{place}")
    # Claimed again for the contract of a: CON-002, a block.
    city.row("claim", claim_id="C-d")["contract_no"] = "K-a"
    city.add("party", subject_id=APPLICANTS[0], subject_name="甲公司", attribute="director", value="李 关联")
    city.add(
        "party", subject_id=PROVIDER, subject_name="测试算力有限公司", attribute="legal_rep", value="赵法人"
    )
    city.add("party", subject_id=PROVIDER, subject_name="测试算力有限公司", attribute="phone", value="王评审")
    return city


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run for the whole module; tests work on copies."""
    workspace = small_city().hand_in(tmp_path_factory.mktemp("decide") / "w")
    tally(workspace, engine=Inline())
    return workspace.root


@pytest.fixture
def root(ready: Path, tmp_path: Path) -> Path:
    return shutil.copytree(ready, tmp_path / "w", symlinks=True)


def ask(root: Path, query: str) -> list[tuple[Any, ...]]:
    with connect(Workspace(root).published, read_only=True) as connection:
        return connection.execute(query).fetchall()


def codes(root: Path) -> dict[str, str]:
    return dict(ask(root, "select claim_id, check_code from published.claim_state"))


def rows_of(root: Path, fill: Fill, **more: str) -> list[list[str]]:
    """The printed sheet with these cells filled in, as text."""
    printed = ask(
        root,
        "select claim_id, check_code, proposed_subsidy_yuan::varchar, disposition from published.claim"
        " join published.claim_state using (claim_id) order by policy_year, queue_position, claim_id",
    )
    return [
        [
            *row,
            *(({**fill.get(row[0], {}), **(more if row[0] in fill else {})}).get(h, "") for h in HEADERS[4:]),
        ]
        for row in printed
    ]


def as_csv(path: Path, rows: list[list[str]], *, encoding: str = "utf-8-sig") -> Path:
    page = io.StringIO()
    csv.writer(page, lineterminator="\r\n").writerows([HEADERS, *rows])
    path.write_bytes(page.getvalue().encode(encoding))
    return path


def decisions(root: Path) -> list[Path]:
    return sorted((root / "inbox" / "decisions").iterdir())


def only(claim_id: str, **cells: str) -> Fill:
    return {claim_id: {"专家": "王评审", "意见": "通过", "理由": REASON, **cells}}


def refused(hesuan: Callable[..., Said], root: Path, rows: list[list[str]], *, at: str = AT) -> list[str]:
    """The lines on stderr of a sheet that must be refused whole."""
    kept, known = decisions(root), len(ledger(Workspace(root)))
    code, out, err = hesuan("decide", as_csv(root.parent / "表.csv", rows), "-w", root, "--at", at)
    assert (code, out) == (10, "")
    assert decisions(root) == kept
    assert len(ledger(Workspace(root))) == known
    return err.splitlines()


def record(hesuan: Callable[..., Said], root: Path, fill: Fill, *, at: str = AT) -> dict[str, Any]:
    sheet = as_csv(root.parent / "意见.csv", rows_of(root, fill))
    code, out, err = hesuan("decide", sheet, "-w", root, "--at", at, "--json")
    assert (code, err) == (0, "")
    facts: dict[str, Any] = json.loads(out)
    return facts


def test_the_city_is_as_the_tests_say(ready: Path) -> None:
    found = ask(
        ready, "select claim_id, disposition, proposed_subsidy_yuan::varchar from published.claim order by 1"
    )
    assert found == [
        ("C-a", "approve", "30000.00"),
        ("C-b", "approve", "25005.00"),
        ("C-c", "approve", "27500.00"),
        ("C-d", "reject", "0.00"),
        ("C-e", "approve", "26000.00"),
    ]
    assert all(len(code) == 16 for code in codes(ready).values())


def test_every_kind_of_decision_is_recorded_with_its_totals(hesuan, root: Path) -> None:
    facts = record(hesuan, root, EVERY_KIND)
    assert (facts["recorded_count"], facts["skipped_count"], facts["sum_yuan"]) == (3, 2, "50000.01")
    assert facts["totals"] == {
        "approve": {"line_count": 1, "sum_yuan": "30000.00"},
        "adjust": {"line_count": 1, "sum_yuan": "20000.01"},
        "reject": {"line_count": 0, "sum_yuan": "0.00"},
        "ask": {"line_count": 1, "sum_yuan": "0.00"},
    }
    (path,) = decisions(root)
    assert facts["recorded_as"] == f"inbox/decisions/{path.name}"
    assert ledger(Workspace(root))[-1].name == f"decisions/{path.name}"
    with path.open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    assert [(r["申请编号"], r["意见"], r["核定金额"], r["审查时间"]) for r in listed] == [
        ("C-a", "通过", "", "2026-12-01 10:00:00+08:00"),
        ("C-b", "核减", "20000.01", "2026-12-01 10:00:00+08:00"),
        ("C-c", "补充材料", "", "2026-12-01 10:00:00+08:00"),
    ]


def test_the_same_sheet_twice_changes_nothing(hesuan, root: Path) -> None:
    record(hesuan, root, EVERY_KIND)
    kept, known = decisions(root), ledger(Workspace(root))
    facts = record(hesuan, root, EVERY_KIND, at=LATER)
    assert (facts["recorded_count"], facts["already_recorded_count"], facts["recorded_as"]) == (0, 3, None)
    assert (decisions(root), ledger(Workspace(root))) == (kept, known)


def test_a_file_that_a_crash_left_in_the_inbox_is_recorded_once(hesuan, root: Path) -> None:
    workspace = Workspace(root)
    before = (workspace.evidence / "intake.jsonl").read_bytes()
    record(hesuan, root, EVERY_KIND)
    after = (workspace.evidence / "intake.jsonl").read_bytes()
    (workspace.evidence / "intake.jsonl").write_bytes(before)
    assert record(hesuan, root, EVERY_KIND, at=LATER)["already_recorded_count"] == 3
    assert len(decisions(root)) == 1
    assert len((workspace.evidence / "intake.jsonl").read_bytes()) == len(after)


def test_a_later_sheet_decides_again_and_an_earlier_one_may_not(hesuan, root: Path) -> None:
    record(hesuan, root, only("C-a"))
    assert record(hesuan, root, only("C-a", 意见="不予"), at=LATER)["recorded_count"] == 1
    (line,) = refused(hesuan, root, rows_of(root, only("C-a", 专家="周专家")), at=AT)
    assert "须晚于此申请已收录的意见 2026-12-02 10:00:00+08:00" in line


@pytest.mark.parametrize(
    ("at", "code", "said"),
    [
        ("2026-12-31 12:00:01", 2, "--at: 2026-12-31 12:00:01 晚于此刻（2026-12-31 12:00:00），还没有审查"),
        ("2026-11-01 08:59:59", 10, "早于此申请的提交时间 2026-11-01 09:00:00+08:00"),
    ],
)
def test_nothing_is_reviewed_before_it_was_submitted_nor_after_the_present(
    hesuan, root: Path, at: str, code: int, said: str
) -> None:
    sheet = as_csv(root.parent / "表.csv", rows_of(root, only("C-a")))
    found, _, err = hesuan("decide", sheet, "-w", root, "--at", at)
    assert (found, err.count("\n")) == (code, 1)
    assert said in err
    assert decisions(root) == []
    for allowed in ("2026-11-01 09:00:00", "2026-12-31 12:00:00"):
        assert hesuan("decide", sheet, "-w", root, "--at", allowed)[0] == 0


@pytest.mark.parametrize(
    ("fill", "says"),
    [
        (only("C-a", 理由="同意"), "理由有 2 字，至少 10 字"),
        (only("C-a", 理由=""), "理由有 0 字"),
        (only("C-a", 专家=""), "专家 不能为空"),
        (only("C-a", 意见="可以"), "意见 须为 通过、核减、不予、补充材料 之一"),
        (only("C-a", 意见="核减"), "未填核定金额，应为 0 至 30000.00 元"),
        (only("C-a", 意见="核减", 核定金额="30000.01"), "核定金额 30000.01 元高于建议补贴 30000.00 元"),
        (only("C-a", 意见="核减", 核定金额="-0.01"), "核定金额 不得小于 0"),
        (only("C-a", 意见="核减", 核定金额="2万"), "核定金额 “2万” 不是人民币元"),
        (only("C-a", 核定金额="29999.99"), "核定金额 29999.99 元与意见不符"),
        (only("C-a", 专家="李关联"), "李关联 是甲公司的董事"),
        (only("C-a", 专家="王评审、赵 法人"), "赵法人 是测试算力有限公司的法定代表人"),
        (only("C-a", 专家="王评审 赵法人"), "赵法人 是测试算力有限公司的法定代表人"),
        (only("C-a", 专家="赵法人（组长）"), "赵法人 是测试算力有限公司的法定代表人"),
        (only("C-a", 专家="王评审及赵法人教授"), "赵法人 是测试算力有限公司的法定代表人"),
        (only("C-d"), "否决项成立（处理建议为不予），推翻理由有 0 字"),
        (only("C-d", **{"推翻理由（仅否决项）": "不重要"}), "推翻理由有 3 字，至少 10 字"),
    ],
)
def test_a_line_is_refused_with_its_place_and_its_reason(hesuan, ready: Path, fill: Fill, says: str) -> None:
    (line,) = refused(hesuan, ready, rows_of(ready, fill))
    row_no = 2 + "abcd".index(next(iter(fill))[-1])
    assert line.startswith(f"表.csv 第 {row_no} 行：")
    assert says in line


@pytest.mark.parametrize("other", ["赵法人民", "小赵法人", "赵法", "阿里·赵法人", "王评审（甲公司）"])
def test_another_name_that_holds_a_tied_one_is_another_person(hesuan, root: Path, other: str) -> None:
    assert record(hesuan, root, only("C-a", 专家=other))["recorded_count"] == 1


def test_both_bounds_of_a_cut_are_accepted(hesuan, root: Path) -> None:
    fill = only("C-a", 意见="核减", 核定金额="30,000.00") | only("C-b", 意见="核减", 核定金额="0")
    assert record(hesuan, root, fill)["sum_yuan"] == "30000.00"


def test_one_bad_line_refuses_the_sheet(hesuan, ready: Path) -> None:
    rows = rows_of(ready, EVERY_KIND | only("C-d"))
    rows[1][1] = "0000000000000000"
    rows.append(["C-z", "0123456789abcdef", "", "", "王评审", "通过", "", REASON, ""])
    rows.append([*rows_of(ready, only("C-c", 意见="不予"))[2]])
    lines = refused(hesuan, ready, rows)
    assert [line.split("：")[0] for line in lines] == [f"表.csv 第 {n} 行" for n in (3, 5, 7, 8)]
    assert f"核对码为 0000000000000000，现在是 {codes(ready)['C-b']}" in lines[0]
    assert "“C-z”不在公布的申请中" in lines[2]
    assert "在第 4 行已有意见" in lines[3]


def test_a_printed_sum_that_was_changed_is_refused(hesuan, ready: Path) -> None:
    rows = rows_of(ready, only("C-a"))
    rows[0][2] = "300000.00"
    (line,) = refused(hesuan, ready, rows)
    assert "被改为 300000.00 元，公布的是 30000.00 元" in line


def test_a_row_begun_and_not_decided_is_named(hesuan, root: Path) -> None:
    sheet = as_csv(root.parent / "意见.csv", rows_of(root, {"C-b": {"理由": REASON}}))
    code, out, _ = hesuan("decide", sheet, "-w", root)
    assert code == 0
    assert "收录意见 0 条" in out
    assert "未填意见 5 行" in out
    assert "第 3 行填了内容而未填意见" in out
    assert decisions(root) == []


def test_workbook_and_text_in_any_encoding_record_the_same(hesuan, ready: Path, tmp_path: Path) -> None:
    kept = []
    for name in ("utf8.csv", "gb.csv", "book.xlsx"):
        copy = shutil.copytree(ready, tmp_path / name, symlinks=True)
        rows, sheet = rows_of(copy, EVERY_KIND), copy / name
        if name == "book.xlsx":
            write_sheets(sheet, {"专家意见": (HEADERS, rows), "说明": (["填写说明"], [])})
        else:
            as_csv(sheet, rows, encoding="gb18030" if name == "gb.csv" else "utf-8")
        assert hesuan("decide", sheet, "-w", copy, "--at", AT)[0] == 0
        (path,) = decisions(copy)
        kept.append((path.name, path.read_bytes()))
    assert kept[0] == kept[1] == kept[2]


def test_the_printed_sheet_comes_back_as_it_went_out(hesuan, ready: Path, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        assert hesuan("decide", tmp_path / name, "--print", "-w", ready)[0] == 0
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    book = fastexcel.read_excel(tmp_path / "a.xlsx")
    assert book.sheet_names == ["专家意见", "说明"]
    header, *rows = book.load_sheet("专家意见", header_row=None, dtypes="string").to_polars().rows()
    assert list(header) == HEADERS
    assert [row[:3] for row in rows] == [tuple(row[:3]) for row in rows_of(ready, {})]
    assert all(cell is None for row in rows for cell in row[4:])
    code, out, _ = hesuan("decide", tmp_path / "a.xlsx", "-w", ready)
    assert (code, "未填意见 5 行" in out) == (0, True)


def test_check_names_the_way_in_for_what_the_panel_fills(hesuan, ready: Path, tmp_path: Path) -> None:
    sheet, exported = tmp_path / "表.xlsx", tmp_path / "意见.json"
    hesuan("decide", "--print", sheet, "-w", ready)
    exported.write_text(json.dumps(dict.fromkeys(KEYS) | {"schema": SCHEMA}), encoding="utf-8")
    for file in (sheet, exported):
        code, out, _ = hesuan("check", file, "-w", ready)
        assert (code, out.count("专家意见表请用 hesuan decide 收入")) == (10, 1)
    _, out, _ = hesuan("check", "--lang", "en", sheet, "-w", ready)
    assert "the panel's sheet is taken in by hesuan decide" in out


def test_only_the_cells_of_the_panel_are_unlocked(hesuan, ready: Path, tmp_path: Path) -> None:
    hesuan("decide", tmp_path / "a.xlsx", "--print", "-w", ready)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheet, styles = (archive.read(f"xl/{n}").decode() for n in ("worksheets/sheet1.xml", "styles.xml"))
    assert "<sheetProtection" in sheet
    formats = re.findall(r"<xf [^>]*/>|<xf .*?</xf>", styles.split("<cellXfs")[1].split("</cellXfs>")[0])
    is_open = ['locked="0"' in each for each in formats]
    cells = re.findall(r'<c r="([A-Z]+)(\d+)" s="(\d+)"', sheet)
    assert {column for column, row, style in cells if is_open[int(style)]} == set("EFGHI")
    assert {row for column, row, style in cells if is_open[int(style)]} == set("23456")
    assert {column for column, row, style in cells if not is_open[int(style)] and row != "1"} == set("ABCD")


def test_a_file_that_is_no_sheet_is_refused(hesuan, ready: Path, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    code, _, err = hesuan("decide", tmp_path / "x.csv", "-w", ready)
    assert code == 10
    assert "不是专家意见表：须有表头 申请编号、核对码、专家、意见、理由" in err
    assert hesuan("decide", tmp_path / "none.csv", "-w", ready)[0] == 2


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ("delete from policy.parameter where key = 'panel.reason_min_chars'", 11, "panel.reason_min_chars"),
        ("drop table published.claim_state", 13, "没有核对专家意见所需的内容"),
    ],
)
def test_a_database_that_cannot_check_is_named(hesuan, root: Path, change: str, code: int, says: str) -> None:
    sheet, database = as_csv(root.parent / "表.csv", rows_of(root, EVERY_KIND)), Workspace(root).published
    database.resolve().chmod(0o644)
    with connect(database) as connection:
        connection.execute(change)
    found, _, err = hesuan("decide", sheet, "-w", root)
    assert (found, len(err.splitlines())) == (code, 1)
    assert says in err
    assert decisions(root) == []


def test_a_run_keeps_the_panel_waiting(hesuan, ready: Path, tmp_path: Path) -> None:
    sheet = as_csv(tmp_path / "意见.csv", rows_of(ready, EVERY_KIND))
    with held(Workspace(ready)):
        assert hesuan("decide", sheet, "-w", ready)[0] == 20


@pytest.fixture(scope="module")
def paid(ready: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind decided, the blocked one overridden, and one run over it."""
    root = shutil.copytree(ready, tmp_path_factory.mktemp("paid") / "w", symlinks=True)
    fill = EVERY_KIND | only("C-d", **{"推翻理由（仅否决项）": "两份申请系系统重复导入，以本份为准"})
    sheet = as_csv(root / "意见.csv", rows_of(root, fill))
    decide_sheet(sheet, Workspace(root), at=datetime.fromisoformat(f"{AT}+08:00"))
    tally(Workspace(root), engine=Inline())
    return root


def test_a_refusal_frees_the_cap_once_its_voucher_is_entered_as_revoked(tmp_path: Path) -> None:
    """As PRG-001 says: two claims of 300 000 yuan under a cap of 500 000, and the panel refuses the first."""
    city = City().with_register().honest("a", hours=60000).honest("b", hours=60000, at="10:00:00")
    city.row("contract", contract_no="K-b")["signed_on"] = "2026-01-11"
    second = "select proposed_subsidy_yuan from published.claim where claim_id = 'C-b'"
    workspace = city.hand_in(tmp_path)

    def told() -> list[tuple[Any, ...]]:
        with connect(tally(workspace).database, read_only=True) as connection:
            return connection.execute(second).fetchall()

    assert told() == [(200_000,)]
    city.add(
        "decision",
        **approval(workspace, "C-a") | {"decision": "不予", "reason": "没有看出算力赋能的效益，不予兑付"},
    )
    (workspace.inbox / "registry" / "decision.csv").write_text(city.csv("decision"), encoding="utf-8")
    assert told() == [(200_000,)]
    city.row("voucher", voucher_id="V-a")["state"] = "revoked"
    (workspace.inbox / "registry" / "voucher.csv").write_text(city.csv("voucher"), encoding="utf-8")
    assert told() == [(300_000,)]


def test_decisions_do_not_move_the_figures_they_rest_on(ready: Path, paid: Path) -> None:
    assert codes(paid) == codes(ready)


def test_only_approved_and_adjusted_claims_are_payable(paid: Path) -> None:
    found = ask(
        paid, "select claim_id, payable_yuan::varchar, obstacle_zh from published.decision order by 1"
    )
    assert found == [
        ("C-a", "30000.00", None),
        ("C-b", "20000.01", None),
        ("C-c", "0.00", "专家组要求补充材料"),
        ("C-d", "0.00", "同一合同另有可兑付的申请 C-a"),
    ]


def test_lists_and_control_totals_foot_to_the_cent(paid: Path) -> None:
    listed = ask(
        paid, "select 申请编号, 券号, 收款方代码, 兑付金额::varchar, 累计::varchar from published.v_兑付清单"
    )
    assert listed == [
        ("C-a", "V-a", PROVIDER, "30000.00", "30000.00"),
        ("C-b", "V-b", PROVIDER, "20000.01", "50000.01"),
    ]
    summed = ask(
        paid,
        "select 合同编号, 开始日期::varchar, 计量卡时::varchar, 认定费用::varchar, 兑付金额::varchar from published.v_兑现汇总表",
    )
    assert summed == [
        ("K-b", "2026-02-01", "5001.0000", "50010.00", "20000.01"),
        ("K-a", "2026-02-01", "6000.0000", "60000.00", "30000.00"),
    ]
    totals = ask(paid, "select document, row_count, sum_yuan from published.control_total order by 1")
    assert totals == [(d, 2, Decimal("50000.01")) for d in ("decision", "payment_list", "redemption_summary")]


def test_nothing_is_payable_without_a_decision(ready: Path) -> None:
    assert ask(ready, "select count(*) from published.payment_list") == [(0,)]
    assert ask(ready, "select distinct row_count, sum_yuan from published.control_total") == [(0, Decimal(0))]


@pytest.fixture(scope="module")
def later(paid: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One more run: a red letter of a hundredth for a, b decided again, c, d, e decided without the check.

    And a claim that comes first in the queue, so that every other one has another place.
    """
    root = shutil.copytree(paid, tmp_path_factory.mktemp("later") / "w", symlinks=True)
    again = as_csv(root / "再审.csv", rows_of(root, only("C-b", 意见="不予")))
    decide_sheet(again, Workspace(root), at=datetime.fromisoformat(f"{LATER}+08:00"))
    city = City().honest("first", hours=5100, applicant=APPLICANTS[5], at="08:00:00")
    blue = small_city().row("invoice", contract_no="K-a")
    red = {**blue, "invoice_number": "26510000009999999999", "issued_on": "2026-11-20", "status": "red"}
    red |= {name: -blue[name] / 100 for name in ("net_yuan", "tax_yuan", "gross_yuan")}
    city.add("invoice", **red, original_invoice_number=blue["invoice_number"])
    for claim_id, panellist, reason in (
        ("C-c", "王评审 赵法人", REASON),
        ("C-d", "王评审", REASON),
        ("C-e", "王评审", "同意"),
    ):
        row = {"claim_id": claim_id, "panellist": panellist, "reason": reason, "decision": "approve"}
        city.add("decision", **row, decided_at=LATER, figures_sha256=codes(root)[claim_id])
    for table in city.rows:
        (root / "inbox" / "submissions" / f"{table}.csv").write_text(city.csv(table), encoding="utf-8")
    tally(Workspace(root), engine=Inline())
    return root


@pytest.mark.slow
def test_a_red_letter_after_the_sheet_was_printed_makes_it_stale(hesuan, paid: Path, later: Path) -> None:
    before, now = codes(paid), codes(later)
    assert ask(later, "select queue_position from published.claim where claim_id = 'C-a'") == [(2,)]
    assert {claim_id for claim_id in before if now[claim_id] != before[claim_id]} == {"C-a"}
    (line,) = refused(hesuan, later, rows_of(paid, only("C-a") | only("C-b")), at="2026-12-03 10:00:00")
    assert f"核对码为 {before['C-a']}，现在是 {now['C-a']}" in line
    columns = (
        "is_current, decided_proposed_yuan::varchar, proposed_subsidy_yuan::varchar, payable_yuan::varchar"
    )
    assert ask(later, f"select {columns} from published.decision where claim_id = 'C-a'") == [
        (False, "30000.00", "29700.00", "0.00")
    ]


def test_the_latest_decision_stands_and_the_earlier_ones_are_listed(later: Path) -> None:
    history = "select decision, is_latest from published.decision_history where claim_id = 'C-b' order by decided_at"
    assert ask(later, history) == [("adjust", False), ("reject", True)]
    assert ask(later, "select decision from published.decision where claim_id = 'C-b'") == [("reject",)]


def test_what_came_in_unchecked_is_listed_and_not_paid(later: Path) -> None:
    assert ask(later, "select claim_id, obstacle_zh from published.decision order by 1") == [
        ("C-a", "作出意见之后数字有变，须重新确认"),
        ("C-b", "专家组不予兑付"),
        ("C-c", "专家与当事人有关联：测试算力有限公司的法定代表人"),
        ("C-d", "否决项成立而未写明推翻理由"),
        ("C-e", "未写明算力赋能效益等理由"),
    ]
    assert ask(later, "select count(*) from published.payment_list") == [(0,)]


def under(database: Path, tmp_path: Path, key: str, value: str, query: str) -> list[tuple[Any, ...]]:
    """The same database with another reading of one key, its decisions and lists worked out again."""
    copy = Path(shutil.copy(database, tmp_path / "copy.duckdb"))
    copy.chmod(0o644)
    names = ("published.decision", "published.payment_list")
    with connect(copy) as connection:
        connection.execute("update policy.parameter set value = ? where key = ?", [value, key])
        build(connection, {name: card for name, card in sql_cards("published").items() if name in names})
        return connection.execute(query).fetchall()


def test_r12_a_decision_without_the_benefit_pays_only_where_none_is_asked(
    later: Path, tmp_path: Path
) -> None:
    query = "select claim_id, payable_yuan::varchar from published.payment_list"
    assert under(Workspace(later).published, tmp_path, "panel.benefit", "required", query) == []
    found = under(Workspace(later).published, tmp_path, "panel.benefit", "not_required", query)
    assert found == [("C-e", "26000.00")]


def test_r30_the_payee_is_the_provider_or_the_applicant(paid: Path, tmp_path: Path) -> None:
    query = "select payee_id, payable_yuan::varchar from published.payment_list order by line_no"
    paid_to = {
        reading: under(Workspace(paid).published, tmp_path, "roles.payee", reading, query)
        for reading in ("provider", "applicant")
    }
    assert paid_to["provider"] == [(PROVIDER, "30000.00"), (PROVIDER, "20000.01")]
    assert paid_to["applicant"] == [(APPLICANTS[0], "30000.00"), (APPLICANTS[1], "20000.01")]
