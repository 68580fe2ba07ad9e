"""A claim that is in order and for which nothing was left: the person reading sees why its sum is zero."""

from pathlib import Path

import fastexcel
import pytest

from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from hesuan.reports.book import write_report
from hesuan.reports.paper.case import _standing
from hesuan.reports.sheet.case_book import write_case_book
from hesuan.reports.sheet.case_summary import HEAD_ROW
from hesuan.reports.sheet.panel_sheet import write_panel_sheet
from tests.city import APPLICANTS, City
from tests.night import tally
from tests.report_city import city
from tests.test_report import Paper
from tests.test_slurm_run import ask

POOL = "年度总额余额不足，补贴为零"
CAP = "单位年度上限余额不足，补贴为零"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Of the pool 10 000 yuan are left for C-a and none for C-b; C-c's applicant has nothing left of its cap."""
    city = City().with_register()
    for place, (who, yuan) in enumerate(((5, "490000.00"), (6, "2000000.00"), (4, "500000.00"))):
        city.add(
            "grant_history",
            policy_year=2026,
            applicant_id=APPLICANTS[who],
            contract_no=f"OLD-{place}",
            claimed_yuan=yuan,
            redeemed_yuan=yuan,
        )
    city.honest("c", hours=6000, applicant=APPLICANTS[4], at="08:00:00")
    city.honest("a", hours=6000, at="09:00:00")
    city.honest("b", hours=6000, applicant=APPLICANTS[1], at="10:00:00")
    workspace = city.hand_in(tmp_path_factory.mktemp("left"))
    tally(workspace)
    return workspace


def test_the_last_step_says_why_a_sum_is_zero(told: Workspace) -> None:
    proposed = (
        "select 申请编号, 金额, 说明 from published.v_补贴计算 where 名称 = '建议补贴' order by 申请编号"
    )
    panel = "建议兑现，由专家组决定"
    assert ask(told, proposed) == [
        ("C-a", 10_000, panel),
        ("C-b", 0, f"{POOL}；{panel}"),
        ("C-c", 0, f"{CAP}；{panel}"),
    ]
    listed = "select 申请编号, 说明 from published.v_兑现汇总 order by 申请编号"
    assert ask(told, listed) == [(claim, said) for claim, _, said in ask(told, proposed)]


def test_the_step_of_a_cut_says_that_too_little_was_left(told: Workspace) -> None:
    cuts = "select claim_id, note_zh from published.waterfall where step = '{}' and note_zh like '%核减%' order by 1"
    assert ask(told, cuts.format("pool")) == [
        ("C-a", "当年在先已占用 2990000.00 元；先后位次 2；年度总额余额不足，核减 20000.00 元"),
        ("C-b", "当年在先已占用 3000000.00 元；先后位次 3；年度总额余额不足，核减 30000.00 元"),
    ]
    assert ask(told, cuts.format("applicant_cap")) == [
        ("C-c", "同一单位在先已占用 500000.00 元；年度上限余额不足，核减 30000.00 元")
    ]


def test_the_claims_page_says_so_beside_the_sum(tmp_path: Path) -> None:
    with city() as connection:
        connection.execute(f"""
            update published.claim set proposed_subsidy_yuan = 0, pool_cut_yuan = 450000
            where claim_id = 'DZ2026-0002';
            update published.waterfall set amount_yuan = 0, note_zh = '{POOL}；建议兑现，由专家组决定'
            where claim_id = 'DZ2026-0002' and step = 'proposed'
        """)
        pages = write_report(connection, tmp_path)
    said = [Paper(page).text for page in pages if page.suffix == ".html" and page.parent.name != "en"]
    [index] = [text for text in said if "一、申请" in text]
    assert index.count("年度总额余额不足|") == 1
    of_zero = [text for text in said if f"补贴为零：{POOL}；建议兑现，由专家组决定，见补贴计算。" in text]
    assert len(of_zero) == 1


def test_the_panels_sheets_say_so_beside_the_sum(told: Workspace, tmp_path: Path) -> None:
    with connect(told.published, read_only=True) as connection:
        write_panel_sheet(connection, tmp_path / "sheet.xlsx")
        path = write_case_book(connection, tmp_path)
    advice = {}
    for book, sheet, head in (
        (tmp_path / "sheet.xlsx", "专家意见", 0),
        (path, "兑现汇总表", HEAD_ROW),
    ):
        rows = fastexcel.read_excel(book).load_sheet(sheet, header_row=head, dtypes="string").to_polars()
        advice[sheet] = dict(rows.select("申请编号", "处理建议").iter_rows())
    said = {
        "C-a": "建议兑现",
        "C-b": "建议兑现（年度总额余额不足）",
        "C-c": "建议兑现（单位年度上限余额不足）",
    }
    assert [{claim: told.get(claim) for claim in said} for told in advice.values()] == [said, said]


@pytest.mark.parametrize(
    ("disposition", "yuan", "said"),
    [("approve", 0, f"{POOL}。"), ("approve", 1, ""), ("reject", 0, "不占年度额度。")],
)
def test_the_paper_says_so_beside_the_sum(disposition: str, yuan: int, said: str) -> None:
    claim = {"disposition": disposition, "proposed_subsidy_yuan": yuan}
    assert _standing(claim, [{"note_zh": POOL}]) == said
