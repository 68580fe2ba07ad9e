"""The papers: every figure is the database's, hostile text stays text, and two runs give the same bytes."""

import csv
import hashlib
import io
import itertools
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pypdf import PdfReader

from hesuan.flows.engine import Inline
from hesuan.flows.panel.deciding import decide_sheet
from hesuan.flows.stages.report import UNPRINTED, unprinted
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from hesuan.reports import figure
from hesuan.reports.paper import case as paper_case
from hesuan.reports.paper import opinion as paper_opinion
from hesuan.reports.paper.book import cases, write_papers
from hesuan.reports.paper.lists import LISTINGS, Listing, listing
from hesuan.reports.paper.typeset import Faces, absent, typeset
from hesuan.reports.published import EVIDENCE_ROW, WATERFALL, answers
from hesuan.reports.published import rows as published_rows
from hesuan.schemas.fault import ReportFault
from hesuan.schemas.policy import default_policy_id, load_policy
from tests.conftest import Said
from tests.night import tally
from tests.report_city import HOSTILE_CLAIM, city
from tests.test_decide import AT, EVERY_KIND, as_csv, rows_of, small_city

FACES = Faces()
MISSING = absent(FACES)
needs_fonts = pytest.mark.skipif(MISSING is not None, reason=MISSING or "")


def text_of(content: bytes) -> str:
    """Every letter of the paper; where lines break is left out."""
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return squeezed("".join(pages))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two claims decided for payment and one asked for more; the nightly run writes the papers itself."""
    workspace = small_city().hand_in(tmp_path_factory.mktemp("paper") / "w")
    tally(workspace, engine=Inline())
    sheet = as_csv(workspace.root / "意见.csv", rows_of(workspace.root, EVERY_KIND))
    decide_sheet(sheet, workspace, at=datetime.fromisoformat(f"{AT}+08:00"))
    (workspace.root / "hesuan.toml").write_text("", encoding="utf-8")
    tally(workspace, engine=Inline())
    return workspace.root


@pytest.fixture
def published(decided: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(Workspace(decided).published, read_only=True) as connection:
        yield connection


def paper(root: Path, start: str) -> bytes:
    (path,) = (root / "reports" / "latest" / "paper").glob(f"{start}-*.pdf")
    return path.read_bytes()


@needs_fonts
@pytest.mark.slow
def test_the_nightly_run_writes_every_paper(decided: Path) -> None:
    names = {p.name.rsplit("-", 1)[0] for p in (decided / "reports" / "latest" / "paper").iterdir()}
    lists = {"算力券服务项目兑现汇总表", "算力券兑付清单"}
    cases = {f"C-{c}-{kind}" for c in "abcde" for kind in ("核验档案", "审核意见")}
    assert names - lists - cases == {"C-d-证据附件"}
    assert lists | cases <= names
    assert unprinted(decided / "reports" / "latest") == ()


@needs_fonts
def test_every_figure_of_a_dossier_is_the_database(
    decided: Path, published: duckdb.DuckDBPyConnection
) -> None:
    steps = published_rows(published, WATERFALL)
    for claim in answers(published, "select * from published.claim order by claim_id"):
        text = text_of(paper(decided, f"{claim['claim_id']}-核验档案"))
        sums = [
            figure.yuan(v)
            for name, v in claim.items()
            if name.endswith("_yuan") and name not in UNPRINTED_SUMS
        ]
        hours = [
            figure.hours(claim[f"{name}_gpu_hours"]) for name in ("contract", "billed", "metered", "active")
        ]
        rows = [figure.yuan(s["amount_yuan"]) for s in steps if s["claim_id"] == claim["claim_id"]]
        words = figure.capital_yuan(claim["proposed_subsidy_yuan"])
        assert [said for said in (*sums, *hours, *rows, words) if squeezed(said) not in text] == []


def test_a_month_on_paper_says_what_its_page_says() -> None:
    """The excess is the published one, not the difference of rounded hours; a month without a bill lacks nothing."""
    with city() as connection:
        connection.execute("""
            update published.reconciliation set metered_gpu_hours = 28500.6666, variance_gpu_hours = 1499.3333
            where contract_no = 'HT-2026-002' and month = '2026-04'""")
        connection.execute("""
            insert into published.reconciliation (contract_no, line_no, month, metered_gpu_hours)
            values ('HT-2026-002', '1', '2026-05', 12.5)""")
        [case] = [case for case in cases(connection) if case.context["claim"]["contract_no"] == "HT-2026-002"]
        setting = paper_case.Setting("", "", "", {}, {}, "10")
        said = paper_case.dossier(case.context, case.months, setting)["months"]
    named = [[row[name] for name in ("month", "metered", "billed", "excess")] for row in said]
    assert named[-2:] == [
        ["2026-04", "28,500.6666", "30,000.0000", "1,499.3333"],
        ["2026-05", "12.5000", "—", "—"],
    ]


UNPRINTED_SUMS = ("supported_yuan", "contract_amount_yuan")


@needs_fonts
def test_the_lists_foot_to_the_control_total(decided: Path, published: duckdb.DuckDBPyConnection) -> None:
    (total,) = {row["sum_yuan"] for row in answers(published, "select sum_yuan from published.control_total")}
    for name in ("算力券服务项目兑现汇总表", "算力券兑付清单"):
        text = text_of(paper(decided, name))
        assert total == Decimal("50000.01")
        assert "2笔，50,000.01元" in text
        assert "人民币伍万元零壹分" in text
        assert "30,000.00" in text
        assert "20,000.01" in text
        assert "本页2行，小计50,000.01元" in text


@needs_fonts
@pytest.mark.parametrize("kind", LISTINGS, ids=lambda kind: kind.control)
def test_the_end_of_a_list_never_stands_on_a_page_without_rows(
    published: duckdb.DuckDBPyConnection, kind: Listing
) -> None:
    """Nobody signs a sum apart from every row it is of; each page says how many rows are its own."""
    said = listing(published, kind, paper_case.Setting("", "", "", {}, {}, "10"))
    for count in range(14, 40, 2):
        content = typeset("list", said | {"rows": said["rows"][:1] * count}, FACES)
        pages = [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]
        told = [int(number) for page in pages for number in re.findall("本页([0-9]+)行", page)]
        assert len(told) == len(pages)
        assert sum(told) == count
        assert min(told) > 0
        assert "复核：" in pages[-1]


@needs_fonts
def test_an_opinion_says_what_the_panel_decided_or_leaves_it_open(decided: Path) -> None:
    said = text_of(paper(decided, "C-b-审核意见"))
    assert "专家王评审的意见为“核减”，核定兑现金额为人民币贰万元零壹分（¥20,000.01）" in said
    assert "目前不可兑付：专家组要求补充材料" in text_of(paper(decided, "C-c-审核意见"))
    still_open = text_of(paper(decided, "C-e-审核意见"))
    assert "经审核，专家组意见为：" in still_open
    assert "核定兑现金额（大写）：人民币" in still_open


@needs_fonts
@pytest.mark.parametrize("count", [4, 7, 10, 13])
def test_what_the_panel_fills_in_stands_on_one_page(count: int) -> None:
    """However long the facts before it are: no sum is signed apart from its decision."""
    with city() as connection:
        [case] = [case for case in cases(connection) if case.context["claim"]["claim_id"] == "DZ2026-0002"]
    setting = paper_case.Setting("", "", "", {}, {}, "10")
    said = paper_opinion.opinion(case.context["claim"], [], None, setting)
    content = typeset("opinion", said | {"doubts": ["一行。"] * count}, FACES)
    pages = [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]
    [place] = [n for n, text in enumerate(pages) if "专家组意见为：" in text]
    assert "二、审核意见" in pages[place]
    assert "（小写）：¥理由：" in pages[place]


def test_an_opinion_names_no_article_of_an_instrument_that_is_not_in_force() -> None:
    with city() as connection:
        [case] = [case for case in cases(connection) if case.context["claim"]["claim_id"] == "DZ2026-0002"]
    home, other = (f"《{load_policy(p).title_zh}》（正式印发）" for p in (default_policy_id(), "henan-2025"))
    told = [
        paper_opinion.opinion(
            case.context["claim"], [], None, paper_case.Setting("", "", regulation, {}, {}, "10")
        )["opening"]
        for regulation in (home, other)
    ]
    assert told[0].startswith(f"根据{home}第十三条，")
    assert told[1].startswith(f"根据{other}，专家组")


@needs_fonts
@pytest.mark.parametrize("decided", [None, "专家甲的意见为“通过”。"])
def test_nobody_signs_a_page_that_has_only_signatures(decided: str | None) -> None:
    with city() as connection:
        [case] = [case for case in cases(connection) if case.context["claim"]["claim_id"] == "DZ2026-0002"]
    setting = paper_case.Setting("", "", "", {}, {}, "10")
    said = paper_opinion.opinion(case.context["claim"], [], None, setting) | {"decided": decided}
    for count in range(0, 22, 2):
        content = typeset("opinion", said | {"doubts": ["一行。"] * count}, FACES)
        pages = [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]
        [last] = [text for text in pages if "专家组组长（签字）" in text]
        assert "三、其他" in last
        assert "核验档案附后" in last


@needs_fonts
def test_the_boxes_to_tick_are_the_panel_s_four_opinions(decided: Path) -> None:
    """Agreeing to a hold is no approval: what a tick leads to is written beside it."""
    boxes = "通过（按建议金额兑现）核减补充材料不予"
    for kind in ("核验档案", "审核意见"):
        assert boxes in text_of(paper(decided, f"C-e-{kind}"))
    told = "不少于10字，写明算力赋能效益是否显著；与系统建议不一致的，写明依据。"
    assert told in text_of(paper(decided, "C-e-核验档案"))


@needs_fonts
@pytest.mark.parametrize(
    ("regulation", "asks", "says"),
    [
        (
            f"《{load_policy(default_policy_id()).title_zh}》（正式印发）",
            True,
            "显著不显著（第七条，由专家组判断）",
        ),
        ("《别的办法》（正式印发）", True, "显著不显著（由专家组判断）"),
        ("《别的办法》（正式印发）", False, None),
    ],
)
def test_papers_ask_of_the_benefit_where_the_policy_does(
    regulation: str, asks: bool, says: str | None
) -> None:
    with city() as connection:
        [case] = [case for case in cases(connection) if case.context["claim"]["claim_id"] == "DZ2026-0002"]
    setting = paper_case.Setting("", "", regulation, {}, {}, "10", asks_benefit=asks)
    dossier = paper_case.dossier(case.context, case.months, setting)
    opinion = paper_opinion.opinion(case.context["claim"], [], None, setting)
    texts = [
        text_of(typeset(name, said, FACES)) for name, said in (("dossier", dossier), ("opinion", opinion))
    ]
    assert all("赋能效益" in text for text in texts) is asks
    assert any("赋能效益" in text for text in texts) is asks
    assert "不少于10字" in texts[0]
    assert says is None or says in texts[0]


@needs_fonts
def test_an_opinion_has_the_page_of_gb_t_9704(decided: Path) -> None:
    """A4; 版心 from 37 mm below the top, 28 mm from the left; lines 225/22 mm apart; the number between strokes."""
    for page in PdfReader(io.BytesIO(paper(decided, "C-d-审核意见"))).pages:
        width, height = (float(side) for side in page.mediabox[2:])
        assert (round(width * MM), round(height * MM)) == (210, 297)
        places: list[tuple[float, float]] = []
        page.extract_text(visitor_text=lambda text, _, tm, *rest, to=places: to.append(at(text, tm)))
        body = sorted({y for _, y in places if y > 35 / MM}, reverse=True)
        steps = [(upper - lower) / (225 / 22 / MM) for upper, lower in itertools.pairwise(body[1:])]
        assert [step for step in steps if abs(step - round(step)) > 0.02] == []
        assert len(body) <= 22
        assert all(27.9 <= x * MM <= 184.1 for x, y in places if y > 35 / MM)
        assert re.search(r"—\s*\d+\s*—", page.extract_text())


MM = 25.4 / 72


def at(text: str, matrix: list[float]) -> tuple[float, float]:
    """Where a piece of text begins; blanks count for nothing."""
    return (matrix[4], round(matrix[5], 1)) if text.strip() else (100.0, 0.0)


def marks(content: bytes) -> set[str]:
    """What the paper claims to conform to."""
    metadata = PdfReader(io.BytesIO(content)).trailer["/Root"]["/Metadata"].get_data().decode()
    found = re.findall(r"<(pdfaid:part|pdfaid:conformance|pdfuaid:part)>(\w+)<", metadata)
    return {f"{name}={value}" for name, value in found}


@needs_fonts
def test_papers_are_archival_and_accessible(decided: Path) -> None:
    tagged = {"pdfaid:part=2", "pdfaid:conformance=A", "pdfuaid:part=1"}
    assert marks(paper(decided, "C-a-核验档案")) == tagged
    assert marks(paper(decided, "C-a-审核意见")) == tagged
    assert marks(paper(decided, "算力券兑付清单")) == tagged
    assert marks(paper(decided, "C-d-证据附件")) == {"pdfaid:part=3", "pdfaid:conformance=B"}


@needs_fonts
def test_an_annex_carries_every_evidence_row(decided: Path, published: duckdb.DuckDBPyConnection) -> None:
    attached = PdfReader(io.BytesIO(paper(decided, "C-d-证据附件"))).attachments
    files = {name: content[0] for name, content in attached.items()}
    assert set(files) == {"findings.csv", "evidence.csv", "manifest.json"}
    manifest = json.loads(files["manifest.json"])
    assert manifest["files"] == {
        name: hashlib.sha256(files[name]).hexdigest() for name in ("findings.csv", "evidence.csv")
    }
    found = [r["finding_id"] for r in answers(published, OF_D)]
    listed = list(csv.DictReader(io.StringIO(files["findings.csv"].decode("utf-8-sig"), newline="")))
    assert sorted(row["finding_id"] for row in listed) == found
    rows = [r for r in published_rows(published, EVIDENCE_ROW) if r["finding_id"] in found]
    carried = list(csv.DictReader(io.StringIO(files["evidence.csv"].decode("utf-8-sig"), newline="")))
    key = ("file_name", "row_no", "values")
    assert sorted(tuple(r[k] for k in key) for r in carried) == sorted(
        tuple(str(r[k]) for k in key) for r in rows
    )
    assert rows


OF_D = "select finding_id from published.finding where claim_id = 'C-d' order by finding_id"


@needs_fonts
def test_two_processes_write_the_same_bytes(decided: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from hesuan.flows.warehouse import connect;"
        "from hesuan.reports.paper.book import write_papers; from hesuan.reports.paper.typeset import Faces\n"
        "with connect(Path(sys.argv[1]), read_only=True) as c: write_papers(c, Path(sys.argv[2]), Faces())"
    )
    database = Workspace(decided).published.resolve()
    subprocess.run([sys.executable, "-c", program, database, tmp_path / "again"], check=True)
    kept = decided / "reports" / "latest" / "paper"
    names = sorted(path.name for path in kept.iterdir())
    assert sorted(path.name for path in (tmp_path / "again").iterdir()) == names
    assert [n for n in names if (kept / n).read_bytes() != (tmp_path / "again" / n).read_bytes()] == []


HOSTILE = [
    "=1+1",
    "<script>alert(1)</script>",
    "{{7*7}}",
    '#eval("1+1") #import "x.typ" $x^2$ *粗* _斜_ `码` @ref <label> \\n // 注 /* 注 */',
    "甲\u202e乙\u2066丙\u200f公司",
    "名" * 200,
    "A" * 200,
    "㐀㑇䶮𠮷龘靐公司",
    "“引号”——破折……省略·间隔",
]


@needs_fonts
@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_prints_as_it_is_and_whole(name: str, tmp_path: Path) -> None:
    with city() as connection:
        connection.execute("update published.claim set applicant_name = ? where queue_position = 2", [name])
        connection.execute(
            "update published.finding set sentence_zh = ? where claim_id = 'DZ2026-0002'", [name]
        )
        troubles = write_papers(connection, tmp_path, FACES)
    assert [line for line in troubles if "DZ2026" in line] == []
    for kind in ("核验档案", "审核意见", "证据附件"):
        (path,) = tmp_path.glob(f"DZ2026-0002-{kind}-*.pdf")
        said = squeezed(figure.visible(name))
        assert said in text_of(path.read_bytes())


@needs_fonts
def test_a_long_name_stays_on_the_page(tmp_path: Path) -> None:
    with city() as connection:
        connection.execute(
            "update published.claim set applicant_name = repeat('A', 200), contract_no = repeat('7', 200)"
        )
        write_papers(connection, tmp_path, FACES)
    for path in tmp_path.glob("DZ2026-0001-*.pdf"):
        for page in PdfReader(path).pages:
            ends: list[float] = []
            page.extract_text(visitor_text=lambda text, cm, tm, *rest, to=ends: to.append(tm[4]))
            assert max(ends) < float(page.mediabox[2]) - 20
            # No line holds so many: 156 mm are 56 letters of the smallest body, 170 mm a hundred digits of the dossier's.
            assert max(map(len, re.findall("A+|7+", page.extract_text())), default=0) < 105


@needs_fonts
def test_a_claim_named_like_a_path_stays_in_the_folder(tmp_path: Path) -> None:
    with city() as connection:
        write_papers(connection, tmp_path / "paper", FACES)
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != "paper"] == []
    (path,) = (tmp_path / "paper").glob("%2E%2E%2F*核验档案*.pdf")
    assert squeezed(HOSTILE_CLAIM) in text_of(path.read_bytes())


@needs_fonts
def test_a_character_that_no_font_has_is_named_and_stops_no_other_paper(tmp_path: Path) -> None:
    with city() as connection:
        connection.execute(
            "update published.claim set applicant_name = '张\U00031540' where queue_position = 2"
        )
        troubles = write_papers(connection, tmp_path, FACES)
    mine = [line for line in troubles if "DZ2026-0002" in line]
    assert len(mine) == 2
    assert all("字体里没有字符 （U+31540）" in line for line in mine)
    assert not list(tmp_path.glob("DZ2026-0002-核验档案-*.pdf"))
    assert list(tmp_path.glob("DZ2026-0001-核验档案-*.pdf"))


def long_list(count: int) -> dict[str, Any]:
    columns = [
        {"title": t, "share": s, "is_number": n}
        for t, s, n in (("序号", 0, False), ("单位", 1, False), ("兑付金额", 0, True))
    ]
    rows = [
        {
            "cells": [str(n), "很长的单位名称" * (1 + n % 9), figure.yuan(Decimal(n * 101) / 100)],
            "fen": n * 101,
        }
        for n in range(1, count + 1)
    ]
    head = {
        "title": "算力券兑付清单",
        "running": "清单",
        "run_id": "r",
        "figure": "f",
        "regulation": "《办法》",
    }
    foot = {
        "subtitle": "",
        "count": str(count),
        "sum": "—",
        "capital": "—",
        "signers": ["制表："] * 5,
        "note": "",
    }
    return {**head, **foot, "columns": columns, "rows": rows}


@needs_fonts
def test_every_page_of_a_list_has_its_head_and_its_own_sum() -> None:
    reader = PdfReader(io.BytesIO(typeset("list", long_list(120), FACES)))
    found = []
    for page in reader.pages:
        text = squeezed(page.extract_text())
        assert "序号单位兑付金额" in text
        (summed,) = re.findall(r"本页(\d+)行，小计([\d,.]+)元", text)
        found.append((int(summed[0]), Decimal(summed[1].replace(",", ""))))
    assert len(found) > 3
    starts = [sum(count for count, _ in found[:place]) for place in range(len(found))]
    for start, (count, total) in zip(starts, found, strict=True):
        assert total == sum(Decimal(n * 101) / 100 for n in range(start + 1, start + count + 1))
    assert sum(count for count, _ in found) == 120


@needs_fonts
def test_a_value_that_met_no_formatting_is_refused() -> None:
    with pytest.raises(ReportFault, match="未经排版的值 Decimal"):
        typeset("list", long_list(1) | {"sum": Decimal("1.00")}, FACES)


@pytest.mark.slow
def test_without_fonts_the_run_goes_on_and_says_what_is_missing(
    hesuan: Callable[..., Said], decided: Path, tmp_path: Path
) -> None:
    root = shutil.copytree(decided, tmp_path / "w", symlinks=True)
    (tmp_path / "empty").mkdir()
    (root / "hesuan.toml").write_text(f'paper_fonts = "{tmp_path / "empty"}"\n', encoding="utf-8")
    code, out, _ = hesuan("run", "-w", root, "--as-of", "2026-12-03")
    assert code == 0
    assert f"纸面未出：{tmp_path / 'empty'}: 没有字体 Noto Serif CJK SC、Noto Sans CJK SC" in out
    latest = root / "reports" / "latest"
    assert (latest / UNPRINTED).read_text(encoding="utf-8").startswith(str(tmp_path / "empty"))
    assert not (latest / "paper").exists()
    assert (latest / "index.html").is_file()


def test_without_typst_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hesuan.reports.paper.typeset.find_spec", lambda name: None)
    assert absent(FACES) == "没有安装 typst，不出纸面文件；请安装 hesuan[paper]"


@pytest.mark.parametrize("line", ['paper = "yes"', "paper_fonts = 3", "paper_body = false"])
def test_a_setting_of_another_kind_is_named(
    hesuan: Callable[..., Said], decided: Path, line: str, tmp_path: Path
) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "hesuan.toml").write_text(f"{line}\n", encoding="utf-8")
    code, _, err = hesuan("run", "-w", tmp_path)
    assert (code, line.split(" ")[0] in err, len(err.splitlines())) == (10, True, 1)
