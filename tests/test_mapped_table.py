"""Tables handed in as text or JSON Lines: the same rows in every form, and each hostile form of them."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from hesuan.flows.adapters import adapter_for, mapped_table
from hesuan.schemas.fault import InputFault
from tests.mapped_forms import (
    INVOICE,
    ROWS,
    SAMPLE,
    as_csv,
    as_jsonl,
    as_parquet,
    as_xlsx,
    codes,
    gated,
    read,
    source_of,
)

CSV = as_csv(ROWS)
QUOTED = "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in [INVOICE, *ROWS])
FORMS = {
    "utf-8": CSV.encode(),
    "utf-8 with mark": CSV.encode("utf-8-sig"),
    "gb18030": CSV.encode("gb18030"),
    "utf-16": CSV.encode("utf-16"),
    "utf-16-le": CSV.encode("utf-16-le"),
    "utf-16-be": CSV.encode("utf-16-be"),
    "crlf": CSV.replace("\n", "\r\n").encode(),
    "cr": CSV.replace("\n", "\r").encode(),
    "no last line end": CSV.rstrip("\n").encode(),
    "quoted": QUOTED.encode(),
    "tab": as_csv(ROWS, separator="\t").encode(),
    "semicolon": as_csv(ROWS, separator=";").encode(),
    "gzip": gzip.compress(CSV.encode()),
    "two members": gzip.compress(CSV.encode()[:400]) + gzip.compress(CSV.encode()[400:]),
    "columns turned round": as_csv([row[::-1] for row in ROWS], INVOICE[::-1]).encode(),
    "json lines": as_jsonl(ROWS),
    "xlsx": as_xlsx(ROWS),
    "parquet": as_parquet(ROWS),
    "parquet in gzip": gzip.compress(as_parquet(ROWS)),
}


@pytest.mark.parametrize("seen", [len(INVOICE), len(INVOICE) - 3])
def test_a_header_that_cannot_be_seen_whole_is_told_as_such(tmp_path: Path, seen: int) -> None:
    header = [*INVOICE[:seen], *(f"{number}" + "列" * 10_000 for number in range(4)), *INVOICE[seen:]]
    row = [*ROWS[0][:seen], *[""] * 4, *ROWS[0][seen:]]
    whole = source_of(tmp_path, as_csv([row], header))
    with pytest.raises(InputFault, match="表头长过 64 KiB，看不到末尾"):
        read(whole)


@pytest.mark.parametrize("form", FORMS)
def test_a_table_is_the_same_in_every_form(tmp_path: Path, form: str) -> None:
    expected, found = gated(source_of(tmp_path, CSV)), gated(source_of(tmp_path, FORMS[form]))
    assert_frame_equal(found.accepted.drop("sheet", "row_no"), expected.accepted.drop("sheet", "row_no"))
    assert found.rejected["reason_zh"].to_list() == expected.rejected["reason_zh"].to_list()
    assert expected.accepted.height, expected.rejected["reason_code"].to_list() == (
        3,
        ["BAD_DATE", "BAD_YUAN"],
    )


@pytest.mark.parametrize("form", ["utf-8", "quoted", "cr", "xlsx"])
def test_a_row_keeps_its_place_in_the_file(tmp_path: Path, form: str) -> None:
    assert gated(source_of(tmp_path, FORMS[form])).accepted["row_no"].to_list() == [2, 3, 4]


def test_a_rejected_row_keeps_its_text(tmp_path: Path) -> None:
    assert gated(source_of(tmp_path, CSV)).rejected["raw"].to_list() == [",".join(row) for row in ROWS[3:]]


def test_exactly_this_adapter_claims_a_table(tmp_path: Path) -> None:
    assert adapter_for(source_of(tmp_path, CSV)) is mapped_table


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"JobID|JobIDRaw|Cluster|State\n1|1|c1|COMPLETED\n",
        b"<?xml version='1.0'?><EInvoice/>",
        b'{"meta": {}, "jobs": [{"job_id": 1}], "errors": []}\n',
        b'{\n  "jobs": []\n}\n',
        b"[1, 2]",
        b"uuid,name\n1,x\n",
        gzip.compress(CSV.encode())[:-4],
        bytes(range(256)),
    ],
    ids=["empty", "blank", "sacct", "xml", "sacct json", "json", "list", "other", "cut gzip", "binary"],
)
def test_what_is_no_table_is_not_claimed(tmp_path: Path, content: bytes) -> None:
    assert not mapped_table.claims(source_of(tmp_path, content))


def test_a_truncated_gzip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match="gzip 不完整"):
        _ = source_of(tmp_path, gzip.compress(CSV.encode())[:-4]).content


def refusal(folder: Path, content: bytes | str) -> str:
    """The sentence with which a claimed file is refused as a whole."""
    source = source_of(folder, content)
    assert mapped_table.claims(source)
    with pytest.raises(InputFault) as fault:
        _ = mapped_table.read(source).whole
    assert str(fault.value).startswith("inbox/甲/表")
    return str(fault.value)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    text = as_csv([row[:3] + row[4:] for row in ROWS], INVOICE[:3] + INVOICE[4:])
    assert "销售方名称（seller_name）" in refusal(tmp_path, text)


def test_headers_that_are_equal_in_half_width_collide(tmp_path: Path) -> None:
    header = [*INVOICE[:11], "金额(元)"]
    assert "金额（元）" in refusal(tmp_path, as_csv(ROWS, header))


@pytest.mark.parametrize("unit", ["万元", "亿元", "美元"])
def test_a_unit_that_would_change_the_sums_is_refused(tmp_path: Path, unit: str) -> None:
    assert unit in refusal(tmp_path, CSV.replace("金额（元）", f"金额（{unit}）"))


def test_a_full_width_comma_is_no_separator(tmp_path: Path) -> None:
    assert "，" in refusal(tmp_path, as_csv(ROWS, separator="，"))


def test_a_broken_byte_is_refused_with_its_line(tmp_path: Path) -> None:
    assert "第 3 行" in refusal(tmp_path, CSV.encode().replace("三月".encode(), b"\xe4\xb8"))


def test_a_broken_byte_in_gb18030_is_refused_with_its_line(tmp_path: Path) -> None:
    assert "第 3 行" in refusal(
        tmp_path, CSV.encode("gb18030").replace("三月".encode("gb18030"), b"\xff\xff")
    )


def test_a_text_that_another_program_has_lost_already_is_refused(tmp_path: Path) -> None:
    assert "编码有误" in refusal(tmp_path, CSV.replace("三月", "三�").encode("gb18030"))


def test_an_unclosed_quote_is_refused_with_the_line_where_it_opens(tmp_path: Path) -> None:
    assert "第 3 行" in refusal(tmp_path, CSV.replace("三月", '"三月'))


def test_a_quote_closed_by_a_later_stray_one_is_refused(tmp_path: Path) -> None:
    assert "第 2 至 4 行" in refusal(
        tmp_path, CSV.replace(",正常,,x", ',"正常,,x').replace("冲 1,y", '冲 1",y')
    )


def test_a_swallowed_row_is_refused_even_where_the_cells_add_up(tmp_path: Path) -> None:
    text = as_csv(ROWS).replace("正常,,x", '正常,"a').replace("冲 1,y", 'z",y')
    assert "第 2 至 4 行" in refusal(tmp_path, text)


def test_a_quoted_cell_may_hold_separators_quotes_and_line_ends(tmp_path: Path) -> None:
    text = CSV.replace("三月", '"三月,说""好""的\n第二行"')
    found = gated(source_of(tmp_path, text))
    assert found.accepted["remark"].to_list() == [None, '三月,说"好"的\n第二行', "冲 1"]
    assert found.accepted["row_no"].to_list() == [2, 3, 5]
    assert found.rejected["row_no"].to_list() == [6, 7]


def test_a_quote_inside_a_cell_is_text(tmp_path: Path) -> None:
    found = gated(source_of(tmp_path, CSV.replace("三月", '5" 与 6" 屏')))
    assert found.accepted["remark"].to_list() == [None, '5" 与 6" 屏', "冲 1"]


@pytest.mark.parametrize("form", [CSV, QUOTED], ids=["plain", "quoted"])
def test_ragged_rows_are_rejected_and_the_others_kept(tmp_path: Path, form: str) -> None:
    lines = form.splitlines()
    lines[1:1] = ["1,2", "", ",,,,,,,,,,,", lines[1] + ",更多"]
    found = gated(source_of(tmp_path, "\n".join(lines)))
    ragged = found.rejected.filter(reason_code="RAGGED")
    assert ragged["row_no"].to_list() == [2, 5]
    assert ragged["raw"].to_list() == ["1,2", lines[4]]
    assert found.accepted["row_no"].to_list() == [6, 7, 8]


def test_a_title_may_stand_above_the_header(tmp_path: Path) -> None:
    found = gated(source_of(tmp_path, f"发票台账,,\n\n填报日期：2026-04-30\n{CSV}"))
    assert found.accepted["row_no"].to_list() == [5, 6, 7]


def test_rows_above_the_header_are_not_lost(tmp_path: Path) -> None:
    assert "表头之上" in refusal(tmp_path, ",".join(ROWS[0]) + "\n" + CSV)


def test_a_header_without_rows_is_an_empty_table(tmp_path: Path) -> None:
    for text in (as_csv([]), QUOTED.splitlines()[0]):
        reading = read(source_of(tmp_path, text))
        assert (reading.row_count, reading.frames["invoice"].height) == (0, 0)


def test_a_header_may_break_its_line_in_quotes(tmp_path: Path) -> None:
    assert gated(source_of(tmp_path, CSV.replace("金额（元）", '"金额\n（元）"'))).accepted["row_no"][0] == 3


def test_a_cell_of_five_megabytes_is_refused(tmp_path: Path) -> None:
    for text in (CSV.replace("三月", "x" * 5_000_001), CSV.replace("三月", '"' + "x" * 5_000_001 + '"')):
        assert "5000000" in refusal(tmp_path, text) or "一格过长" in refusal(tmp_path, text)


def test_a_late_change_of_type_rejects_that_row_only(tmp_path: Path) -> None:
    text = as_csv(
        [["GPU-1", "2026-03-01 00:00:00", "t", "50"]] * 20_001
        + [["GPU-1", "2026-03-01 00:00:00", "t", "N/A"]],
        SAMPLE,
    )
    assert codes(source_of(tmp_path, text)) == [(20_003, "BAD_NUMBER")]


@pytest.mark.parametrize("word", ["2.5E4", "1e400", "0x10", "1_000", "NaN", "inf", "5万元", "$1", "1 234,56"])
def test_what_is_no_plain_number_is_rejected(tmp_path: Path, word: str) -> None:
    rows = [[*ROWS[0][:6], word, *ROWS[0][7:]]]
    text = as_csv(rows, separator="\t")
    assert codes(source_of(tmp_path, text)) == [(2, "BAD_YUAN")]


@pytest.mark.parametrize("cell", ['="HT-1"', '"=""HT-1"""'])
def test_a_text_that_is_held_against_excel_is_that_text(tmp_path: Path, cell: str) -> None:
    """So consoles write long numbers; as it stood it matched no contract."""
    text = f"记录编号,租户,合同编号,卡数,开始时间\nJ1,lab,{cell},8,2026-03-01 08:00:00\n"
    found = gated(source_of(tmp_path, text)).accepted
    assert found["contract_no"].to_list() == ["HT-1"]


def test_formulas_stay_text(tmp_path: Path) -> None:
    words = ["=HYPERLINK(1)", "+1", "@x", "＝1"]
    rows = [[*ROWS[0][:10], word, ""] for word in words]
    assert gated(source_of(tmp_path, as_csv(rows))).accepted["remark"].to_list() == words


def line(**changes: object) -> str:
    return json.dumps({**dict(zip(INVOICE, ROWS[0], strict=True)), **changes}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (line()[:-9], "BAD_JSON"),
        (line(备注=float("nan")), "NOT_A_NUMBER"),
        (line(自家的列=float("-inf")), "NOT_A_NUMBER"),
        (line()[:-1] + ', "备注": "又一个"}', "DUPLICATE_KEY"),
        (line(备注={"a": 1}), "NESTED"),
        (line()[:-1] + ', "深": ' + "[" * 100_000 + "]" * 100_000 + "}", "BAD_JSON"),
        (line() + " {}", "BAD_JSON"),
        ("[1]", "BAD_JSON"),
        (line(备注="\ud800").replace("\ud800", "\\ud800"), "BAD_JSON"),
        (line(发票号码=26512000000000000001), "INV-008"),
        (line(备注=26512000000000000001), "LOST_NUMBER"),
        (line(发票号码=None), "EMPTY"),
    ],
    ids=[
        "half",
        "nan",
        "inf",
        "twice",
        "object",
        "deep",
        "trailing",
        "list",
        "surrogate",
        "long",
        "lost",
        "null",
    ],
)
def test_a_line_that_means_nothing_certain_is_rejected_alone(tmp_path: Path, bad: str, code: str) -> None:
    found = gated(source_of(tmp_path, f"{line()}\n\n{bad}"))
    assert found.accepted["row_no"].to_list() == [1]
    assert found.rejected.select("row_no", "reason_code", "raw").rows() == [(3, code, bad)]


@pytest.mark.parametrize("name", ["发票号码", "备注"])
def test_a_long_number_in_json_is_shown_as_the_file_says_it(tmp_path: Path, name: str) -> None:
    found = gated(source_of(tmp_path, line(**{name: 26512000000000000001})))
    why = f"{name} “26512000000000000001” 是超过 15 位的数字，可能已失真，须写成字符串"
    assert found.rejected["reason_zh"].to_list() == [why]


def test_json_numbers_are_read_as_they_are_written(tmp_path: Path) -> None:
    text = line(**{"金额（元）": 0, "税额": 0}).replace('"金额（元）": 0', '"金额（元）": 0.10')
    assert gated(source_of(tmp_path, text)).accepted["net_yuan"].cast(pl.String).to_list() == ["0.10"]


def test_what_source_toml_declares_fills_absent_and_empty_cells(tmp_path: Path) -> None:
    rows = [
        ["GPU-1", "2026-03-01 08:00:00", "t", "50", ""],
        ["GPU-1", "2026-03-01 08:01:00", "t", "50", "c2"],
    ]
    source = source_of(
        tmp_path, as_csv(rows, [*SAMPLE, "集群"]), provider_id="91510000902846312Y", cluster_id="c1"
    )
    found = gated(source).accepted
    assert found["provider_id"].to_list() == ["91510000902846312Y"] * 2
    assert found["cluster_id"].to_list() == ["c1", "c2"]


@pytest.mark.parametrize(
    ("zone", "written", "instant"),
    [
        (None, "2026-03-01 08:00:00", "2026-03-01 00:00:00"),
        ("Asia/Shanghai", "2026-03-01 08:00:00", "2026-03-01 00:00:00"),
        ("UTC", "2026-03-01 08:00:00", "2026-03-01 08:00:00"),
        ("UTC", "2026/3/1 8:00", "2026-03-01 08:00:00"),
        ("UTC", "2026-03-01", "2026-03-01 00:00:00"),
        ("UTC", "2026-03-01T08:00:00+08:00", "2026-03-01 00:00:00"),
        ("America/New_York", "2026-03-01 08:00:00", "2026-03-01 13:00:00"),
        ("America/New_York", "2026-03-01 08:00:00Z", "2026-03-01 08:00:00"),
    ],
)
def test_naive_instants_are_of_the_declared_zone(
    tmp_path: Path, zone: str, written: str, instant: str
) -> None:
    text = as_csv([["GPU-1", written, "t", "50"]], SAMPLE)
    says = {"time_zone": zone} if zone else {}
    found = gated(source_of(tmp_path, text, provider_id="91510000902846312Y", **says)).accepted
    assert found["sampled_at"].dt.strftime("%Y-%m-%d %H:%M:%S").to_list() == [instant]


@pytest.mark.parametrize("written", ["2026-03-08 02:30:00", "2026-11-01 01:30:00", "gestern"])
def test_an_instant_that_is_none_in_its_zone_is_rejected(tmp_path: Path, written: str) -> None:
    text = as_csv([["GPU-1", "2026-03-01 08:00:00", "t", "50"], ["GPU-1", written, "t", "50"]], SAMPLE)
    assert codes(source_of(tmp_path, text, time_zone="America/New_York")) == [(3, "BAD_AT")]


def test_a_zone_that_is_none_is_refused(tmp_path: Path) -> None:
    source = source_of(tmp_path, as_csv([], SAMPLE), time_zone="Peking/Time")
    with pytest.raises(InputFault, match="Peking/Time"):
        _ = mapped_table.read(source).whole


SHORTENED = "是 Excel 缩写的长数字，后几位已失，须以文本格式重新填写"
CONTRACTS = """\
合同编号,服务机构代码,申领单位代码,签订日期,开始日期,结束日期,含税金额,计量口径,计量进位
2.02603E+17,91500000902846312Y,91500107057774330E,2026-01-10,2026-02-01,2026-10-31,1060.00,allocated,none
12E3,91500000902846312Y,91500107057774330E,2026-01-10,2026-02-01,2026-10-31,1060.00,allocated,none
"""
CLAIMS = """\
申请编号,券号,合同编号,服务机构代码,申领单位代码,提交时间,申报实际费用,申报兑现金额
DX-1,Q-1,2.02603E+17,91500000902846312Y,91500107057774330E,2026-11-01 09:00:00,100.00,50.00
DX-2,Q-2,HT-2E5,91500000902846312Y,91500107057774330E,2026-11-01 09:00:00,100.00,50.00
"""


@pytest.mark.parametrize("text", [CONTRACTS, CLAIMS])
def test_a_contract_number_that_excel_shortened_is_refused(tmp_path: Path, text: str) -> None:
    found = gated(source_of(tmp_path, text))
    reasons = found.rejected.select("row_no", "reason_code", "reason_zh").rows()
    assert reasons == [(2, "LOST_NUMBER", f"合同编号 “2.02603E+17” {SHORTENED}")]
    assert found.accepted.height == 1


@pytest.mark.parametrize("form", [as_csv, as_jsonl, as_xlsx, as_parquet])
def test_a_shortened_number_is_refused_in_every_form(
    tmp_path: Path, form: Callable[..., bytes | str]
) -> None:
    row = ["2.02603E+17" if name == "备注" else cell for name, cell in zip(INVOICE, ROWS[0], strict=True)]
    [(_, code)] = codes(source_of(tmp_path, form([row])))
    assert code == "LOST_NUMBER"


@pytest.mark.parametrize("form", [as_csv, as_jsonl, as_xlsx, as_parquet])
def test_a_cell_with_a_lost_character_is_refused_in_every_form(
    tmp_path: Path, form: Callable[..., bytes | str]
) -> None:
    damaged = ["四川\ufffd学" if cell == "四川大学" else cell for cell in ROWS[0]]
    found = gated(source_of(tmp_path, form([damaged, ROWS[1]])))
    [(code, why)] = found.rejected.select("reason_code", "reason_zh").rows()
    assert code == "LOST_TEXT"
    assert why == "购买方名称 “四川\ufffd学” 有的字在转换编码时已失（写作 \ufffd），须从原系统重新导出"
    assert found.accepted.height == 1
