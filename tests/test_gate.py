"""The gate: every row is accepted or rejected, once, for a reason that says what was found and due."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hesuan.schemas.fault import InputFault
from hesuan.schemas.kind import BOOL, CARDS, DATE, ID, INT, PRICE, TEXT, YUAN
from hesuan.schemas.table import Column, Table, contract_of, empty_frame, optional
from hesuan.schemas.tables import tables
from hesuan.validators.gate import QUOTED_LENGTH, REJECT_SCHEMA, gate

ORDER = Table(
    name="order",
    zh="订单",
    grain_zh="一单一行",
    key=("order_no",),
    columns=(
        Column("order_no", "订单号", ID),
        Column("ordered_on", "下单日期", DATE),
        Column("amount_yuan", "金额", YUAN, at_least=0),
        Column("state", "状态", ID, choices=(("open", "未结"), ("paid", "已付"))),
        Column("copies", "份数", INT, default="1"),
        optional("rank", "级别", INT, at_least=1, at_most=4),
        optional("price_yuan", "单价", PRICE),
        optional("is_urgent", "加急", BOOL),
        optional("remark", "备注", TEXT),
    ),
    internal=(optional("card_count", "卡数", CARDS),),
)
GOOD = {"order_no": "D1", "ordered_on": "2026-03-01", "amount_yuan": "5.00", "state": "open"}


def rows(*changes: dict[str, Any]) -> pl.DataFrame:
    """One row per dict, each the good row with its changes, in rows 2, 3, 4 … of a sheet."""
    filled = [{**GOOD, **change} for change in changes]
    names = dict.fromkeys(name for row in filled for name in row)
    cells = {name: [row.get(name) for row in filled] for name in names}
    place = {"sheet": ["表1"] * len(filled), "row_no": list(range(2, len(filled) + 2))}
    return pl.DataFrame(place | {"raw": [",".join(map(str, row.values())) for row in filled]} | cells)


def reason(**change: Any) -> tuple[str, str]:
    gated = gate(rows(change), ORDER)
    assert gated.accepted.is_empty()
    return gated.rejected.select("reason_code", "reason_zh").row(0)


def accepted(**change: Any) -> dict[str, Any]:
    gated = gate(rows(change), ORDER)
    assert gated.rejected.is_empty()
    return gated.accepted.row(0, named=True)


def test_a_good_row_leaves_typed_with_its_place() -> None:
    row = accepted(amount_yuan=" 50000.00 ", price_yuan="0.5", is_urgent="是", remark="　加急　")
    assert row["amount_yuan"] == Decimal("50000.00")
    assert (row["sheet"], row["row_no"], row["is_urgent"], row["remark"]) == ("表1", 2, True, "加急")


def test_the_accepted_rows_have_exactly_the_columns_and_types_of_the_contract() -> None:
    gated = gate(rows({"order_no": "D1", "colour": "红"}), ORDER)
    assert gated.accepted.columns == ["sheet", "row_no", *empty_frame(ORDER).columns]
    assert gated.accepted.drop("sheet", "row_no").schema == empty_frame(ORDER).schema
    assert gated.rejected.schema == pl.Schema(REJECT_SCHEMA)


@pytest.mark.parametrize(
    ("change", "code", "sentence"),
    [
        ({"ordered_on": "2026-02-30"}, "BAD_DATE", "下单日期 “2026-02-30” 不是日期（北京时间）"),
        ({"amount_yuan": "0.005"}, "BAD_YUAN", "金额 “0.005” 不是人民币元，至多两位小数"),
        ({"amount_yuan": "NaN"}, "BAD_YUAN", "金额 “NaN” 不是人民币元，至多两位小数"),
        ({"amount_yuan": ""}, "EMPTY", "金额 不能为空"),
        ({"order_no": "无"}, "EMPTY", "订单号 “无” 是表示“没有”的写法，此列不能为空"),
        ({"order_no": " nan "}, "EMPTY", "订单号 “nan” 是表示“没有”的写法，此列不能为空"),
        ({"ordered_on": "NaT"}, "EMPTY", "下单日期 “NaT” 是表示“没有”的写法，此列不能为空"),
        ({"order_no": " "}, "EMPTY", "订单号 不能为空"),
        ({"order_no": None}, "EMPTY", "订单号 不能为空"),
        ({"amount_yuan": "-0.01"}, "TOO_SMALL", "金额 不得小于 0：“-0.01”"),
        ({"rank": "5"}, "TOO_BIG", "级别 不得大于 4：“5”"),
        ({"state": "lost"}, "NOT_A_CHOICE", "状态 须为 未结、已付 之一：“lost”"),
        ({"is_urgent": "也许"}, "BAD_BOOL", "加急 “也许” 不是是/否"),
        ({"card_count": "1000000"}, "BAD_CARDS", "卡数 “1000000” 不是卡数，至多 999999，可为小数，至多六位"),
        ({"card_count": "1e3"}, "BAD_CARDS", "卡数 “1e3” 不是卡数，至多 999999，可为小数，至多六位"),
    ],
)
def test_a_reason_says_what_was_found_and_what_was_due(
    change: dict[str, Any], code: str, sentence: str
) -> None:
    assert reason(**change) == (code, sentence)


def test_a_missing_column_is_empty_in_every_row() -> None:
    gated = gate(rows({}, {}).drop("amount_yuan"), ORDER)
    assert gated.rejected["reason_code"].to_list() == ["EMPTY", "EMPTY"]


def test_a_row_is_rejected_once_with_the_first_reason_in_column_order() -> None:
    gated = gate(rows({"state": "lost", "amount_yuan": "x", "ordered_on": "?"}, {"state": "lost"}), ORDER)
    assert gated.rejected["reason_code"].to_list() == ["BAD_DATE", "NOT_A_CHOICE"]


def test_a_rejected_row_keeps_its_place_and_its_text() -> None:
    gated = gate(rows({}, {"order_no": "D2", "amount_yuan": "五元"}, {"order_no": "D3"}), ORDER)
    assert gated.accepted["row_no"].to_list() == [2, 4]
    rejected = gated.rejected.row(0, named=True)
    assert (rejected["sheet"], rejected["row_no"], rejected["table_name"]) == ("表1", 3, "order")
    assert rejected["raw"] == "D2,2026-03-01,五元,open"


@pytest.mark.parametrize("word", ["open", "OPEN", "未结", " 未结 "])
def test_a_choice_may_be_said_in_chinese_or_english(word: str) -> None:
    assert accepted(state=word)["state"] == "open"


def test_an_unwritten_default_is_filled_in() -> None:
    assert accepted()["copies"] == 1
    assert accepted(copies=" ")["copies"] == 1
    assert accepted(copies="3")["copies"] == 3
    assert reason(copies="many")[0] == "BAD_INT"


@pytest.mark.parametrize(
    "word", ["", "  ", "-", "—", "/", "无", "null", "None", "N/A", "nan", "NaN", "<NA>", "NA"]
)
def test_words_for_nothing_are_empty_where_text_may_be_empty(word: str) -> None:
    assert accepted(remark=word)["remark"] is None


@pytest.mark.parametrize("times", [1, 3000])
def test_words_for_nothing_that_may_be_names_are_counted(times: int) -> None:
    """A dash and an empty cell are none; so is a word in a column of numbers, which refuses it. Read once or row by row."""
    said = [{"remark": word} for word in ("NA", " null ", "无", "-", "", "/", "night")]
    assert gate(rows(*said * times), ORDER).emptied_count == 3 * times
    refused = gate(rows({"remark": "NA", "rank": "NA"}, {"remark": "x"}), ORDER)
    assert (refused.rejected.height, refused.emptied_count) == (1, 1)
    assert gate(rows({"remark": "x"}), ORDER).emptied_count == 0


@pytest.mark.parametrize("word", ["-", "—", "/", "null", "None", "nan", "inf", "-inf", "N/A"])
def test_words_for_nothing_are_no_number(word: str) -> None:
    # A dash may as well stand for zero; only an empty cell says that there is no price.
    assert reason(price_yuan=word)[0] == "BAD_PRICE"
    assert accepted(price_yuan=" ")["price_yuan"] is None


def test_the_word_for_none_is_a_no_where_yes_or_no_is_asked() -> None:
    assert accepted(is_urgent="无")["is_urgent"] is False


def test_a_choice_that_is_a_word_for_none_is_chosen() -> None:
    """没有立项项目的填 无: that is known, and an empty cell is not."""
    words = ["无", "none", "", "—", "None"]
    table = replace(ORDER, columns=(tables()["contract"].column("project_level"),))
    written = pl.DataFrame({"sheet": "表1", "row_no": range(2, 7), "raw": words, "project_level": words})
    levels = gate(written, table).accepted["project_level"].to_list()
    assert levels == ["none", "none", None, None, None]


def test_a_long_cell_is_quoted_in_part_and_kept_whole() -> None:
    long = "9" * 5_000
    gated = gate(rows({"amount_yuan": long}), ORDER)
    assert f"“{'9' * QUOTED_LENGTH}…”" in gated.rejected["reason_zh"].item()
    assert long in gated.rejected["raw"].item()


def test_typed_columns_are_taken_as_they_are() -> None:
    typed = rows({}, {"order_no": "D2"}).with_columns(
        amount_yuan=pl.Series([Decimal("1.00"), Decimal("-1.00")], dtype=pl.Decimal(18, 2)),
        price_yuan=pl.lit(3, dtype=pl.Int32),
        remark=pl.lit(None, dtype=pl.Null),
        state=pl.Series(["open", "未结"], dtype=pl.Categorical),
    )
    gated = gate(typed, ORDER)
    assert gated.accepted.select("price_yuan", "remark").rows() == [(Decimal("3.000000"), None)]
    assert gated.rejected["reason_code"].to_list() == ["TOO_SMALL"]


def test_a_whole_number_too_large_for_its_column_is_rejected_not_lost() -> None:
    typed = rows({}).with_columns(price_yuan=pl.lit(10**15, dtype=pl.Int64))
    assert gate(typed, ORDER).rejected["reason_code"].to_list() == ["BAD_PRICE"]


@pytest.mark.parametrize("dtype", [pl.Float64, pl.Boolean, pl.Decimal(18, 6)])
def test_money_in_a_type_that_may_lose_something_is_a_fault(dtype: pl.DataType) -> None:
    with pytest.raises(InputFault, match=r"金额（amount_yuan）的类型是 .*，须为文本或 Decimal"):
        gate(rows({}).with_columns(amount_yuan=pl.lit(1).cast(dtype)), ORDER)


def test_no_rows_in_no_rows_out() -> None:
    gated = gate(rows({}).clear(), ORDER)
    assert (gated.accepted.height, gated.rejected.height) == (0, 0)
    assert gated.accepted.drop("sheet", "row_no").schema == empty_frame(ORDER).schema


def test_other_columns_may_have_any_name() -> None:
    strange = rows({"index": "x", "text": "y", "order": "z", "column_no": "1"}, {"amount_yuan": "x"})
    gated = gate(strange, ORDER)
    assert (gated.accepted.height, gated.rejected.height) == (1, 1)


def test_the_accepted_rows_satisfy_the_contract() -> None:
    gated = gate(rows({}, {"rank": "0"}, {"rank": "4"}), ORDER)
    contract_of(ORDER).validate(gated.accepted.drop("sheet", "row_no"))
    assert gated.accepted["rank"].to_list() == [None, 4]


SAID = ["", "-", "1", "1.5", "2026-03-01", "未结", "是", "无", "NaN"]
CELL = st.one_of(st.none(), st.sampled_from(SAID), st.text(alphabet="0189.,-+eE%一年 ", max_size=4))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.fixed_dictionaries({column.name: CELL for column in ORDER.all_columns}), max_size=6))
def test_every_row_is_accepted_or_rejected(changes: list[dict[str, Any]]) -> None:
    frame = rows(*changes, {})
    gated = gate(frame, ORDER)
    numbers = gated.accepted["row_no"].to_list() + gated.rejected["row_no"].to_list()
    assert sorted(numbers) == frame["row_no"].to_list()


def test_more_cards_in_one_row_than_any_hall_holds_are_a_slip_of_the_pen() -> None:
    """Counted on in card-seconds, eighteen digits would not fit."""
    card = {"provider_id": "91330000142942095H", "device_model": "A800", "valid_from": "2026-01-01"}
    handed_in = pl.DataFrame(
        [
            {"sheet": None, "row_no": nth, "raw": "", **card, "card_count": count}
            for nth, count in enumerate(("1000000", "1000001"))
        ]
    )
    gated = gate(handed_in, tables()["device"])
    assert gated.accepted["card_count"].to_list() == [1_000_000]
    assert gated.rejected["reason_code"].to_list() == ["TOO_BIG"]
