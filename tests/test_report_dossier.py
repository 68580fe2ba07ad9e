"""The dossier: the bridge adds up, the checks and days are told, and a page changes only with its own claim."""

import os
from decimal import Decimal
from pathlib import Path

import pytest

from hesuan.reports.book import write_report
from hesuan.reports.page.bridge import Plank, bridge, totals
from hesuan.reports.page.day_chart import day_chart
from hesuan.reports.page.flow_chart import flow_chart
from hesuan.reports.paper import case as paper_case
from hesuan.reports.paper.book import cases
from tests.report_city import HOSTILE_CLAIM, city
from tests.test_report import overview_and_dossiers, page_of

D = Decimal
CLAIM = {
    "claimed_cost_yuan": D("80000.00"),
    "claimed_subsidy_yuan": D("40000.00"),
    "recognised_cost_yuan": D("65600.00"),
    "subsidy_before_caps_yuan": D("32800.00"),
    "applicant_cap_cut_yuan": D("0.00"),
    "pool_cut_yuan": D("800.00"),
    "proposed_subsidy_yuan": D("32000.00"),
    "disposition": "approve",
}
AMOUNTS = {
    "claimed": "80000.00",
    "invoiced": "84800.00",
    "metered": "69536.00",
    "recognised": "65600.00",
    "threshold": "65600.00",
    "half": "32800.00",
    "face": "32800.00",
    "proposed": "32000.00",
}


def steps(**amounts: str | None) -> list[dict]:
    return [
        {"step": name, "title_zh": name, "note_zh": "", "amount_yuan": None if value is None else D(value)}
        for name, value in {**AMOUNTS, **amounts}.items()
    ]


def added_up(planks: list[Plank]) -> tuple[Decimal, Decimal]:
    return (
        sum((p.fee for p in planks[:-1] if p.fee is not None), D(0)),
        sum((p.subsidy for p in planks[:-1] if p.subsidy is not None), D(0)),
    )


def test_both_columns_of_the_bridge_add_up_to_its_last_row() -> None:
    planks = bridge(CLAIM, steps())
    assert [(p.kind, p.fee, p.subsidy) for p in planks] == [
        ("claimed", D("80000.00"), D("40000.00")),
        ("cost", D("-14400.00"), D("-7200.00")),
        ("pool", D("0.00"), D("-800.00")),
        ("proposed", D("65600.00"), D("32000.00")),
    ]
    assert added_up(planks) == (D("65600.00"), D("32000.00"))
    assert planks[1].reason_zh == "metered：减15,264.00元"


def test_a_refused_claim_ends_at_nothing() -> None:
    refused = CLAIM | {
        "disposition": "reject",
        "proposed_subsidy_yuan": D("0.00"),
        "pool_cut_yuan": D("0.00"),
    }
    planks = bridge(refused, steps(proposed="0.00"))
    assert planks[-2].kind == "refused"
    assert planks[-2].subsidy == D("-32800.00")
    assert added_up(planks)[1] == planks[-1].subsidy == D("0.00")


def test_a_claim_below_the_threshold_counts_no_cost() -> None:
    small = CLAIM | {
        "subsidy_before_caps_yuan": D("0.00"),
        "pool_cut_yuan": D("0.00"),
        "disposition": "reject",
    }
    planks = bridge(small | {"proposed_subsidy_yuan": D("0.00")}, steps(threshold="0.00", half="0.00"))
    assert planks[1].title_zh == "未达门槛"
    assert added_up(planks) == (D("0.00"), D("0.00"))


def test_a_change_that_is_not_known_is_no_nil() -> None:
    unknown = CLAIM | {"recognised_cost_yuan": None}
    planks = bridge(unknown, steps(metered=None, recognised=None, threshold=None))
    assert (planks[1].kind, planks[1].fee) == ("cost", None)
    assert "metered：未知" in planks[1].reason_zh


def test_the_waterfall_of_all_claims_leaves_out_what_is_unknown_and_says_so() -> None:
    held = CLAIM | {"disposition": "hold"}
    missing = CLAIM | {"claimed_subsidy_yuan": None}
    summed = totals((claim, bridge(claim, steps())) for claim in (CLAIM, held, missing))
    assert summed["left_out"] == 1
    sums = summed["sums"]
    assert sums["held"] == D("-32000.00")
    assert sums["proposed"] == D("32000.00")
    assert sum(value for kind, value in sums.items() if kind != "proposed") == sums["proposed"]
    assert [block.kind for block in flow_chart(sums).blocks] == [
        "claimed",
        "cost",
        "pool",
        "held",
        "proposed",
    ]


def test_every_bridge_of_the_city_adds_up_as_printed(tmp_path: Path) -> None:
    with city() as connection:
        pages = write_report(connection, tmp_path)
    text = page_of(pages, "DZ2026-0002").text
    assert "申报|1,080,000.10|540,000.05|申请表所填|" in text
    assert "▼ 费用核减与按比例计算|−86,603.88|−43,301.94|再以计量为限：减25,471.70元 REC-003|" in text
    assert "▼ 单位年度限额|—|−46,698.11|在先已占用 50,000.00 元|" in text
    assert "建议兑现|993,396.22|450,000.00|建议补贴金额|" in text
    assert D("1080000.10") - D("86603.88") == D("993396.22")
    assert D("540000.05") - D("43301.94") - D("46698.11") == D("450000.00")


def test_checks_stand_by_what_needs_a_look(tmp_path: Path) -> None:
    with city() as connection:
        pages = write_report(connection, tmp_path)
    text = page_of(pages, "DZ2026-0002").text
    assert "3 项：须看 2，未见 1，不适用 0" in text
    assert 0 < text.index("▼ 核减 REC-003") < text.index("○ 提示 PRC-001 单价与公示不一致（3个对象）")
    assert "√ 未见 CON-002 合同重复申领 第七条" in text
    assert "？ 资料不足 MTR-015 计量日志缺失 第十二条" in page_of(pages, HOSTILE_CLAIM).text
    assert "— 不适用 PRC-001" in page_of(pages, "DZ2026-0001").text


def test_a_database_of_an_older_version_still_gets_its_dossiers(tmp_path: Path) -> None:
    with city() as connection:
        connection.execute("drop table published.claim_check")
        connection.execute("drop table published.contract_use_day")
        text = page_of(write_report(connection, tmp_path), "DZ2026-0002").text
    assert "此库由旧版所写，没有逐项核对的记录" in text
    assert "没有归于本合同的逐日用量记录" in text


def test_days_without_a_record_are_marked_and_not_drawn_as_nothing(tmp_path: Path) -> None:
    with city() as connection:
        pages = write_report(connection, tmp_path)
        rows = connection.execute("""
            select usage_on, counted_gpu_hours, uncounted_gpu_hours from published.contract_use_day
            where contract_no = 'HT-2026-002' order by usage_on
        """).fetchall()
    names = ("usage_on", "counted_gpu_hours", "uncounted_gpu_hours")
    chart = day_chart([dict(zip(names, row, strict=True)) for row in rows])
    assert chart is not None
    assert (chart.silent_count, chart.unknown_count) == (1, 0)
    assert [path.count("M") for path in (chart.counted, chart.uncounted, chart.silent)] == [3, 1, 1]
    assert "空框：当日没有用量记录（1日）" in page_of(pages, "DZ2026-0002").text
    held = page_of(pages, HOSTILE_CLAIM).text
    assert "黑框：卡数未知（1日）" in held
    assert "2026-04-01|未知|未知|5|5|" in held


def test_what_may_be_set_on_a_refused_claim_is_not_said_to_be_nothing(tmp_path: Path) -> None:
    """Its proposed subsidy is 0.00; with the refusal set aside it is paid what the claim came to before."""
    with city() as connection:
        pages = write_report(connection, tmp_path)
    refused, proposed = (page_of(pages, claim_id).text for claim_id in ("DZ2026-0004", "DZ2026-0001"))
    assert "推翻否决项的，在不计否决项算得的补贴与年度余额之内兑付。" in refused
    assert "核定金额不得高于建议补贴" not in refused
    assert "核定金额不得高于建议补贴。" in proposed


def test_only_readings_that_move_the_claim_are_listed(tmp_path: Path) -> None:
    with city() as connection:
        connection.execute("""
            insert into published.reading values
            ('DZ2026-0001', 'cap.year', 'issue_year', true, 'approve', 56603.77),
            ('DZ2026-0001', 'cap.year', 'claim_year', false, 'approve', 56603.77)
        """)
        pages = write_report(connection, tmp_path)
    text = page_of(pages, "DZ2026-0001").text
    assert "base.tax|不含税exclusive|含税inclusive|√ 建议兑现|60,000.00|3,396.23|" in text
    assert "另有1项解读的其他读法不改变本申请的结论与金额。" in text
    assert "算过的1项解读的其他读法不改变本申请的结论与金额。" in page_of(pages, "DZ2026-0002").text
    assert "没有算过影响本申请的其他读法。" in page_of(pages, "DZ2026-0004").text


def test_a_reading_that_moves_nothing_anywhere_was_worked_out_all_the_same(tmp_path: Path) -> None:
    """published.reading leaves it out: page, paper and overview count it by published.reading_total."""
    with city() as connection:
        connection.execute("""
            create table published.reading_total as
            select reading_key, reading_value, is_default from published.reading
            union values ('cap.year', 'claim_year', false)
        """)
        pages = write_report(connection, tmp_path)
        [case] = [case for case in cases(connection) if case.context["claim"]["claim_id"] == "DZ2026-0002"]
    assert "算过的1项解读的其他读法不改变本申请的结论与金额。" in page_of(pages, "DZ2026-0002").text
    paper = paper_case.dossier(case.context, case.months, paper_case.Setting("", "", "", {}, {}, "10"))
    assert paper["readings_alike"] == "1"
    assert "条文的其他读法" not in pages[0].read_text(encoding="utf-8")


def test_claims_of_one_contract_point_at_each_other(tmp_path: Path) -> None:
    with city() as connection:
        pages = write_report(connection, tmp_path)
    assert "DZ2026-0004.html" in page_of(pages, "DZ2026-0001").links()
    assert "DZ2026-0001.html" in page_of(pages, "DZ2026-0004").links()


@pytest.fixture
def two_nights(tmp_path: Path) -> tuple[list[Path], list[Path]]:
    """The second night is another run, and one claim's check code is another."""
    with city() as connection:
        first = write_report(connection, tmp_path / "one")
        connection.execute("update published.run set run_id = 'aaaaaaaaaaaa', as_of = '2026-09-17'")
        connection.execute("update published.run set figure_sha256 = repeat('9', 64)")
        connection.execute(
            "update published.claim_state set check_code = 'feedfeedfeedfeed' where claim_id = 'DZ2026-0001'"
        )
        return first, write_report(connection, tmp_path / "two", earlier=tmp_path / "one")


def test_a_dossier_that_says_the_same_is_not_written_again(two_nights: tuple[list[Path], list[Path]]) -> None:
    first, second = map(overview_and_dossiers, two_nights)
    linked = [os.path.samefile(a, b) for a, b in zip(first, second, strict=True)]
    changed = [page for page, is_linked in zip(second, linked, strict=True) if not is_linked]
    assert len(linked) == 5
    assert [page.name for page in changed] == ["index.html", "DZ2026-0001.html"]
    assert "feedfeedfeedfeed" in changed[1].read_text(encoding="utf-8")


def test_what_is_linked_is_what_would_have_been_written(
    two_nights: tuple[list[Path], list[Path]], tmp_path: Path
) -> None:
    _, second = two_nights
    with city() as connection:
        alone = write_report(connection, tmp_path / "alone")
    assert alone[2].read_bytes() == second[2].read_bytes()
