"""The catalogue of tables agrees with the interface, and every table is known by its headers alone."""

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hesuan.schemas import header
from hesuan.schemas.fault import InputFault
from hesuan.schemas.kind import INVOICE_NUMBER, ORIGINAL_NUMBER, USCC
from hesuan.schemas.recognise import recognised
from hesuan.schemas.table import Column, Table, contract_of, header_map
from hesuan.schemas.tables import tables

INTERFACE = Path(__file__).parents[2] / "shared" / "design" / "interface.md"
REAL_FILES = Path(__file__).parents[2] / "shared" / "realdata"
# What the interface asks of a file may be said by source.toml beside it, or not be known to a scheduler.
MAY_BE_UNSAID = {
    "usage_interval": {"provider_id", "card_count", "started_at"},
    "usage_sample": {"provider_id"},
}
# What the interface does not name: money that came back (第十七条), the summary sheet (第十二条), a contract's wording, keys.
OURS = {"recovery", "summary_line", "summary_total", "contract_clause", "signing_key"}
TABLES = list(tables().values())
EVERY_TABLE = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
OF_THE_INTERFACE = pytest.mark.parametrize(
    "table", [table for table in TABLES if table.name not in OURS], ids=lambda table: table.name
)


def interface_columns() -> dict[str, tuple[str, list[tuple[str, bool, str | None]]]]:
    """Table → its Chinese name and, per column, name, may it be empty, Chinese header where one is given."""
    if not INTERFACE.exists():
        pytest.skip(f"没有接口文档 {INTERFACE.name}，未与之比对")
    section = INTERFACE.read_text("utf-8").split("\n## 3.")[1].split("\n## 4.")[0]
    found = {}
    for name, zh, body in re.findall(r"^\| ([a-z_]+) (\S+) \| (.*) \|$", section, re.MULTILINE)[1:]:
        cells = re.sub(r"\([^()]*\)", "", body).replace("\\|", "/").split(",")
        words = [(cell.strip(), re.search(r"[^\x00-\x7f]\S*", cell)) for cell in cells]
        found[name] = (zh, [(c.split()[0].rstrip("?"), "?" in c, zh and zh[0]) for c, zh in words])
    return found


@OF_THE_INTERFACE
def test_names_and_headers_are_those_of_the_interface(table: Table) -> None:
    zh, columns = interface_columns()[table.name]
    assert table.zh == zh
    # The interface lets a table have more; they come after what it names and may be left out.
    named, more = table.columns[: len(columns)], table.columns[len(columns) :]
    assert [column.name for column in named] == [name for name, _, _ in columns]
    assert not any(column.required for column in more)
    for name, _, title in columns:
        assert title in (None, table.column(name).zh)


@OF_THE_INTERFACE
def test_what_may_be_empty_is_what_the_interface_lets_be_empty(table: Table) -> None:
    _, columns = interface_columns()[table.name]
    optional = {name for name, may_be_empty, _ in columns if may_be_empty}
    named = table.columns[: len(columns)]
    assert {c.name for c in named if not c.required} == optional | MAY_BE_UNSAID.get(table.name, set())


def test_the_interface_has_no_other_tables() -> None:
    assert set(interface_columns()) | OURS == set(tables())


@EVERY_TABLE
def test_no_header_means_two_columns(table: Table) -> None:
    words = [header.plain(word) for c in table.columns for word in {c.name, c.zh, *c.aliases}]
    assert sorted(words) == sorted(set(words))


@EVERY_TABLE
def test_key_and_date_are_columns(table: Table) -> None:
    names = [column.name for column in table.all_columns]
    assert table.key
    assert set(table.key) <= set(names)
    assert table.dated_by is None or table.column(table.dated_by).kind.dtype.is_temporal()


@EVERY_TABLE
def test_choices_are_words_of_one_meaning(table: Table) -> None:
    for column in table.columns:
        for words in zip(*column.choices, strict=True):
            assert len(set(words)) == len(words)
        assert all(
            value == zh or value.isascii() != zh.isascii() or "IP" in zh for value, zh in column.choices
        )


@EVERY_TABLE
def test_the_contract_holds_the_columns_in_order(table: Table) -> None:
    assert list(contract_of(table).columns) == [column.name for column in table.all_columns]


def test_only_the_registries_refuse_a_bad_code() -> None:
    strict = {(table.name, c.name) for table in TABLES for c in table.columns if c.kind is USCC}
    assert strict == {("provider", "provider_id"), ("applicant", "applicant_id")}


def test_invoice_numbers_are_of_one_kind_everywhere() -> None:
    """A red letter may name what it takes back by code and number in one."""
    named = {c.name: c.kind for table in TABLES for c in table.columns if c.name.endswith("invoice_number")}
    assert named.pop("original_invoice_number") is ORIGINAL_NUMBER
    assert set(named.values()) == {INVOICE_NUMBER}


def test_red_letters_may_be_negative_and_claims_may_not() -> None:
    assert tables()["invoice"].column("gross_yuan").at_least is None
    assert tables()["claim"].column("claimed_cost_yuan").at_least == 0


def shuffled(words: list[str], seed: str) -> list[str]:
    random.Random(seed).shuffle(words)
    return words


def due(table: Table) -> list[Column]:
    return [column for column in table.columns if column.required and column.default is None]


def table_of(headers: list[str]) -> str | None:
    found = recognised(headers, "文件")
    return found[0].name if found else None


def said_of(headers: list[str]) -> str | None:
    try:
        return table_of(headers)
    except InputFault as fault:
        return str(fault)


@EVERY_TABLE
def test_a_table_is_known_by_its_chinese_and_by_its_english_headers(table: Table) -> None:
    assert table_of([column.zh for column in table.columns]) == table.name
    assert table_of([column.name for column in table.columns]) == table.name


@EVERY_TABLE
def test_a_table_is_known_without_its_optional_columns(table: Table) -> None:
    assert table_of([column.zh for column in due(table)]) == table.name
    assert table_of([column.name for column in due(table)]) == table.name


@EVERY_TABLE
def test_a_table_is_known_in_any_order_and_in_both_languages(table: Table) -> None:
    mixed = [column.zh if place % 2 else column.name for place, column in enumerate(table.columns)]
    found = recognised(shuffled(mixed, table.name), "文件")
    assert found is not None
    assert found[0] is table
    assert sorted(found[1].values()) == sorted(column.name for column in table.columns)


@settings(deadline=None)
@given(st.sampled_from(TABLES), st.data())
def test_a_table_is_known_by_whatever_optional_columns_it_has(table: Table, data: st.DataObject) -> None:
    others = [column for column in table.columns if column not in due(table)]
    chosen = due(table) + data.draw(st.lists(st.sampled_from(others), unique=True) if others else st.just([]))
    spelled = [data.draw(st.sampled_from([c.name, c.zh, *c.aliases])) for c in chosen]
    assert table_of(data.draw(st.permutations(spelled))) == table.name


@EVERY_TABLE
def test_a_missing_column_is_named(table: Table) -> None:
    gone = due(table)[-1]
    with pytest.raises(InputFault, match=rf"^文件: 表头最接近 .*缺少必填列 .*{gone.zh}（{gone.name}）"):
        recognised([column.zh for column in table.columns if column is not gone], "文件")


@EVERY_TABLE
def test_a_table_that_lacks_a_column_is_never_taken_for_another(table: Table) -> None:
    for gone in due(table):
        for columns in (table.columns, due(table)):
            headers = [column.zh for column in columns if column is not gone]
            said = said_of(headers)
            assert said is None or "缺少必填列" in said


def test_two_headers_that_mean_one_column_are_both_named() -> None:
    invoice = [column.zh for column in tables()["invoice"].columns]
    with pytest.raises(InputFault, match="表头“金额”与“不含税金额”都表示 金额（net_yuan），请只保留一列"):
        recognised([*invoice, "不含税金额"], "文件")
    with pytest.raises(InputFault, match="表头“金额”与“金额”都表示 金额"):
        recognised([*invoice, "金额"], "文件")


@pytest.mark.parametrize(
    "written",
    [" 含税金额 ", "含税金额（元）", "含税金额(元)", "*含税金额:", "含税\n金额", "AMOUNT_YUAN", "﻿含税金额"],
)
def test_spelling_brackets_and_a_harmless_unit_are_tolerated(written: str) -> None:
    found = header_map(tables()["contract"], ["合同编号", written], place="文件")
    assert found == {"合同编号": "contract_no", written: "amount_yuan"}


@pytest.mark.parametrize(
    ("table", "written"),
    [
        ("contract", "含税金额（万元）"),
        ("contract", "含税金额（美元）"),
        ("contract_line", "含税单价（元/千卡时）"),
        ("energy", "用电量（万千瓦时）"),
        ("party", "持股比例（%）"),
        ("usage_interval", "开始时间（UTC）"),
        ("usage_interval", "挂起秒数（分钟）"),
    ],
)
def test_a_unit_that_would_change_the_values_is_refused(table: str, written: str) -> None:
    headers = [c.zh for c in tables()[table].columns if c.zh != written.split("（")[0]]
    with pytest.raises(InputFault, match=f"表头“{re.escape(written)}”括号里的"):
        recognised([*headers, written], "文件")


@pytest.mark.parametrize("written", ["含税金额/元", "含税金额 / 元", "含税金额 元", "含税金额／人民币元"])
def test_a_unit_may_stand_behind_a_stroke_or_a_space(written: str) -> None:
    found = header_map(tables()["contract"], ["合同编号", written], place="文件")
    assert found == {"合同编号": "contract_no", written: "amount_yuan"}


@pytest.mark.parametrize("written", ["含税金额/万元", "含税金额 美元"])
def test_another_unit_behind_a_stroke_is_refused(written: str) -> None:
    with pytest.raises(InputFault, match=f"表头“{written}”里的"):
        header_map(tables()["contract"], ["合同编号", written], place="文件")


@pytest.mark.parametrize("written", ["含税金额/税额", "含税金额/", "合同编号/元", "开始日期/结束日期"])
def test_a_stroke_before_what_is_no_unit_makes_another_header(written: str) -> None:
    found = header_map(tables()["contract"], ["合同编号", written], place="文件")
    assert found == {"合同编号": "contract_no"}


def test_the_total_of_a_summary_sheet_may_be_printed_in_ten_thousands() -> None:
    """REC-007 tells the units apart by the lines."""
    names = header_map(
        tables()["summary_total"], ["合计申报费用（万元）", "合计兑现金额（元）"], place="文件"
    )
    assert list(names.values()) == ["stated_cost_yuan", "stated_subsidy_yuan"]


def test_tax_in_brackets_tells_net_from_gross() -> None:
    names = header_map(tables()["invoice"], ["金额（不含税）", "金额（含税）"], place="文件")
    assert list(names.values()) == ["net_yuan", "gross_yuan"]


def test_a_bracketed_header_beside_the_plain_one_is_another_column() -> None:
    assert header_map(tables()["invoice"], ["价税合计", "价税合计（大写）"], place="文件") == {
        "价税合计": "gross_yuan"
    }


def test_units_are_those_of_the_column() -> None:
    names = header_map(tables()["device"], ["显存（GiB）", "额定功率（W）", "卡数（张）"], place="文件")
    assert list(names.values()) == ["memory_gib", "tdp_watts", "card_count"]


def test_a_list_of_fees_is_not_taken_for_a_list_of_devices() -> None:
    # Every required column of device is one of tariff too.
    fees = [column.zh for column in due(tables()["tariff"])]
    assert table_of(fees) == "tariff"
    assert table_of([zh for zh in fees if zh not in ("计价单位", "含税单价")]) == "device"


def test_a_statement_that_lacks_a_column_is_not_taken_for_contract_lines() -> None:
    # Every required column of contract_line is one of statement too.
    bill = [column.zh for column in tables()["statement"].columns]
    assert {c.zh for c in due(tables()["contract_line"])} <= set(bill)
    with pytest.raises(
        InputFault, match="表头最接近 结算账单（statement），但缺少必填列 账单号（statement_no）"
    ):
        recognised([zh for zh in bill if zh != "账单号"], "文件")


def test_headers_that_suit_two_tables_alike_are_refused() -> None:
    with pytest.raises(InputFault, match="表头同样符合 用电量、发票查验，分不清是哪张表"):
        recognised(["统一社会信用代码", "月份", "用电量", "发票号码", "查验时间", "查验结果"], "文件")


@pytest.mark.parametrize(
    "headers",
    [
        [],
        ["", " "],
        ["a", "b", "c"],
        ["合同编号"],
        ["JobID", "User", "Account", "State", "Start", "End"],
        ["9" * 5_000_000],
    ],
)
def test_other_headers_are_no_table(headers: list[str]) -> None:
    assert recognised(headers, "文件") is None


def test_the_headers_of_other_formats_are_no_table() -> None:
    files = sorted(REAL_FILES.rglob("*.csv"))
    if not files:
        pytest.skip("没有真实样例文件，未试")
    for path in files:
        first = path.read_bytes().split(b"\n", 1)[0].decode("utf-8", "replace")
        assert recognised(first.split(","), path.name) is None, path.name
