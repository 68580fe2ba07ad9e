"""How values, file names and bars are drawn: small, exact, and the same every time."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.reports import press_english
from hesuan.reports.figure import (
    capital_yuan,
    cells,
    coded_cells,
    count,
    hours,
    masked,
    quantity,
    separated,
    shortened,
    visible,
    yuan,
)
from hesuan.reports.page.address import link, page_names
from hesuan.reports.page.chart import Month, month_chart, pool_chart, scale_of
from hesuan.reports.press import press
from hesuan.reports.wording import word
from hesuan.reports.wording.english import has_english
from hesuan.reports.wording.policy_word import WORDS, spoken
from hesuan.schemas.fault import ReportFault
from hesuan.schemas.policy_key import POLICY_KEYS
from hesuan.schemas.tables import tables
from hesuan.validators.judge import PLACE, rule_cards

D = Decimal


def test_money_has_separators_two_places_and_a_true_minus() -> None:
    assert yuan(D("1234567.5")) == "1,234,567.50"
    assert yuan(D("-0.07")) == "−0.07"
    assert hours(D("60000")) == "60,000.0000"


def test_nothing_is_not_zero() -> None:
    assert [yuan(None), hours(None), count(None), capital_yuan(None)] == ["未知"] * 4
    assert yuan(D("0")) == "0.00"


@pytest.mark.parametrize("value", [0.5, 1, "1", D("NaN"), D("0.001")])
def test_what_is_not_exact_money_is_refused(value: object) -> None:
    with pytest.raises(ReportFault):
        yuan(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("0", "零元整"),
        ("0.07", "柒分"),
        ("0.30", "叁角整"),
        ("10", "壹拾元整"),
        ("10001.05", "壹万零壹元零伍分"),
        ("433231.90", "肆拾叁万叁仟贰佰叁拾壹元玖角整"),
        ("3000000.00", "叁佰万元整"),
        ("100000500.00", "壹亿零伍佰元整"),
        ("-1.10", "负壹元壹角整"),
    ],
)
def test_a_sum_is_written_as_on_a_cheque(value: str, written: str) -> None:
    assert capital_yuan(D(value)) == f"人民币{written}"


def test_only_a_right_citizen_id_is_masked() -> None:
    assert masked("法人 110101199003071233。") == "法人 11**************33。"
    assert (
        masked("发票 26110101199003071233 与 110101199003071234")
        == "发票 26110101199003071233 与 110101199003071234"
    )


def test_hidden_characters_are_shown_and_long_text_says_that_it_is_cut() -> None:
    assert visible("甲\u202e乙\x00\n丙") == "甲‹U+202E›乙‹U+0000› 丙"
    assert shortened("长" * 301) == "长" * 300 + "……（共 301 字，此处为前 300 字）"


def test_a_source_row_keeps_the_digits_it_was_written_with() -> None:
    assert cells('{"a":1.10,"b":null,"c":true,"d":[1],"e":12345678901234567890}') == [
        ("a", "1.10"),
        ("b", "空"),
        ("c", "是"),
        ("d", '["1"]'),
        ("e", "12345678901234567890"),
    ]
    assert cells(None) == []


def test_an_empty_cell_of_a_source_row_is_empty_on_english_pages_too() -> None:
    assert press_english.cells('{"b":null,"c":true}') == [("b", "empty"), ("c", "yes")]


def test_a_yes_or_no_that_a_source_row_wrote_down_is_printed_as_one() -> None:
    assert cells('{"is_red":"false","is_held":"true","state":"true"}') == [
        ("is_red", "否"),
        ("is_held", "是"),
        ("state", "true"),
    ]


def test_every_word_of_the_policy_has_a_chinese_one() -> None:
    allowed = {key.name: set(key.words) for key in POLICY_KEYS.values() if key.kind == "word"}
    nameless = {key: words - set(WORDS.get(key, {})) for key, words in allowed.items()}
    assert {key: words for key, words in nameless.items() if words} == {}
    assert [spoken("base.measure", "min_of"), spoken("rate.subsidy_ratio", "0.50")] == [
        "各项取最小（min_of）",
        "0.50",
    ]


def test_every_cell_of_an_evidence_row_is_called_by_a_chinese_name() -> None:
    columns = {f"lake.{name}": {column.name for column in table.columns} for name, table in tables().items()}
    columns |= {
        name: set(card.columns)
        for schema in ("reconciled", "decided")
        for name, card in sql_cards(schema).items()
    }
    traced = {trace.relation for card in rule_cards() for trace in card.trace}
    cells_of = set().union(*(columns[relation] for relation in traced)) - set(PLACE)
    assert len(cells_of) > 200
    assert {name for name in cells_of if word.header(name) == name} == set()


def test_a_policy_sum_reads_like_a_sum() -> None:
    assert quantity("3000000", "元") == "3,000,000.00 元"
    assert quantity("0.50", "比率") == "0.50 比率"
    assert quantity("exclusive", None) == "exclusive"


def test_the_press_escapes_and_refuses_what_met_no_filter() -> None:
    environment = press()
    assert environment.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
    assert environment.from_string("{{ x }}").render(x=None) == "未知"
    for value in (D("1"), 1.0, [1], True):
        with pytest.raises(ReportFault, match="未经排版"):
            environment.from_string("{{ x }}").render(x=value)


@given(st.sets(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), max_size=8))
def test_every_set_of_claim_ids_gets_distinct_safe_names(claim_ids: set[str]) -> None:
    names = page_names(sorted(claim_ids))
    assert len({name.casefold() for name in names.values()}) == len(claim_ids)
    assert all(re.fullmatch(r"[A-Za-z0-9_%~-]{1,150}\.html", name) for name in names.values())


def test_names_keep_plain_ids_and_part_ids_that_differ_in_case() -> None:
    assert page_names(["DZ2026-0042"]) == {"DZ2026-0042": "DZ2026-0042.html"}
    assert page_names(["../x"]) == {"../x": "%2E%2E%2Fx.html"}
    assert page_names(["con"]) == {"con": "%63on.html"}
    assert [name[:3] for name in page_names(["K1", "k1"]).values()] == ["K1~", "k1~"]
    assert link("claim/", "%2Fx.html") == "claim/%252Fx.html"


def test_bars_stand_on_one_scale_with_what_was_billed_beyond_the_metered() -> None:
    chart = month_chart([Month("2026-03", D("50"), D("100")), Month("2026-04", None, D("80"))])
    march, april = chart.bars
    assert [tick.value for tick in chart.ticks] == ["0", "25", "50", "75", "100"]
    assert (march.metered_height, march.excess_height, march.billed_top) == ("76.0", "76.0", "12.0")
    assert (april.metered_height, april.excess_height) == (None, None)


def test_a_chart_without_hours_has_a_scale() -> None:
    assert [tick.value for tick in month_chart([Month("2026-03", D(0), None)]).ticks] == [
        "0",
        "1",
        "2",
        "3",
        "4",
    ]


def test_a_pool_overrun_runs_past_the_mark() -> None:
    chart = pool_chart(D("300"), [("本次建议", D("400")), ("尚余", D("-100")), ("已兑现", None)])
    assert [bar.width for bar in chart.bars] == ["520.0", "0.0", None]
    assert chart.limit_at == "390.0"


@pytest.mark.parametrize(
    ("largest", "step", "count"),
    [("0", "1", 1), ("4444998.30", "2000000", 3), ("8000000", "2000000", 4), ("8000000.01", "2500000", 4)],
)
def test_a_scale_ends_at_the_first_mark_above_the_largest_value(largest: str, step: str, count: int) -> None:
    assert scale_of(D(largest)) == (D(step), count)


@pytest.mark.parametrize(
    ("told", "printed"),
    [
        ("先于本申请已占用 2706481.50 元。", "先于本申请已占用 2,706,481.50 元。"),
        ("计费 10440.0000 卡时，多 999.0000 卡时", "计费 10,440.0000 卡时，多 999.0000 卡时"),
        ("refused 50000.00 yuan, 1440.0000 card-hours", "refused 50,000.00 yuan, 1,440.0000 card-hours"),
        # Unit prices, dates, codes and what has separators already stay as they are.
        ("公示 1000.600000 元/卡时", "公示 1000.600000 元/卡时"),
        ("自 2026.0101 起，券 Q-1234.56 号", "自 2026.0101 起，券 Q-1234.56 号"),
        ("2,706,481.50 元", "2,706,481.50 元"),
        ("合同 HT-20260101.50 元的", "合同 HT-20260101.50 元的"),
        ("发票 26517286430325740123.50 元", "发票 26517286430325740123.50 元"),
        ("账号 0622021234.50 元", "账号 0622021234.50 元"),
        ("图像 1 份（DX1/12000.00 元.pdf）", "图像 1 份（DX1/12000.00 元.pdf）"),
        ("截图 12000.00 元.png", "截图 12000.00 元.png"),
        ("自 08:1234.50 元", "自 08:1234.50 元"),
        ("相差 -1234.50 元", "相差 -1,234.50 元"),
        ("合计 1234.50 yuanbao", "合计 1234.50 yuanbao"),
        ("付款 2 笔，1234.50 元；1，234.50 元", "付款 2 笔，1,234.50 元；1，234.50 元"),
        ("1，2345.60 元", "1，2345.60 元"),
    ],
)
def test_sums_in_a_sentence_get_separators(told: str, printed: str) -> None:
    assert separated(told) == printed


def test_codes_in_a_row_of_evidence_are_told_in_words() -> None:
    row = (
        '{"voucher_state": "applied", "state": "COMPLETED", "material_code": "usage_log", "severity": "hold"}'
    )
    words = ["已申领", "COMPLETED", "用量日志", "暂缓待核"]
    assert [value for _, value in cells(row)] == words
    assert [value for _, value in coded_cells(row)] == ["applied", "COMPLETED", "usage_log", "hold"]


def test_what_decides_a_consequence_is_said_without_codes_and_in_english() -> None:
    said = [card.evidence["severity"] for card in rule_cards() if "severity" in card.evidence]
    assert len(said) > 15
    assert [text for text in said if re.search("block|adjust|hold|note", text)] == []
    assert [text for text in said if not has_english(text)] == []
