"""Bills of 阿里云, 华为云 and 腾讯云: whose line, of which days, in which unit, when it is final, what is refused."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

from hesuan.flows.adapters import adapter_for, aliyun_bill, huawei_bill, mapped_table, tencent_bill
from hesuan.flows.checking import checked
from hesuan.schemas.tables import tables
from tests.bill_form import PROVIDER, as_csv, bill_of, codes, gated, refusal, row_of

ALIYUN = {
    "账期": "2026-03",
    "财务单元": "默认",
    "账号ID": "100\t",
    "账号": "lab",
    "Owner账号ID": "100",
    "产品Code": "learn",
    "产品": "人工智能平台",
    "产品明细Code": "learn_dlc",
    "产品明细": "PAI-DLC",
    "消费类型": "后付费",
    "账单开始时间": "2026-03-01 00:00:00",
    "账单结束时间": "2026-04-01 00:00:00",
    "服务时长": "2678400",
    "时长单位": "秒",
    "账单类型": "后付费账单",
    "实例ID": "dlc-1",
    "实例标签": "key:合同编号 value:HT-1; key:acs:pai:dlc:payType value:postpaid",
    "实例规格": "ml.gu7xf.8xlarge-gu108",
    "计费项": "卡使用时长",
    "单价": "13.25",
    "单价单位": "元/卡/小时",
    "用量": "4000",
    "用量单位": "卡时",
    "资源包抵扣": "0",
    "应付金额": "53000.00000000",
    "币种": "CNY",
}
HUAWEI = {
    "账期": "2026-03",
    "企业项目": "default",
    "企业项目ID": "0",
    "账号": "lab",
    "产品类型编码": "hws.service.type.modelarts",
    "产品类型": "AI开发平台",
    "产品编码": "hws.resource.type.card",
    "产品": "训练",
    "计费模式": "按需",
    "消费时间": "2026-03-31 23:00:00 GMT+08:00-2026-04-01 00:00:00 GMT+08:00",
    "使用开始时间": "--",
    "使用结束时间": "--",
    "订单号/交易号": "T1",
    "交易时间": "2026-04-01 00:41:33 GMT+08:00",
    "账单类型": "消费-使用",
    "资源ID": "r1",
    "资源标签": "合同编号=HT-1",
    "规格": "--",
    "使用量类型": "时长",
    "单价(¥)": "10",
    "单价单位": "元/卡/小时",
    "使用量": "8",
    "使用量单位": "卡时",
    "套餐内使用量": "--",
    "应付金额(¥)": "80.00",
}
TENCENT = {
    "账单月份": "2026-03",
    "支付者UIN": "1",
    "使用者UIN": "2",
    "操作者UIN": "3",
    "产品名称": "高性能计算集群",
    "子产品名称": "GPU 集群",
    "计费模式": "按量计费",
    "项目名称": "合同编号：HT-1",
    "资源ID": "ins-1",
    "交易类型": "按量计费小时结",
    "交易ID": "T1",
    "开始使用时间": "2026-03-01 00:00:00",
    "结束使用时间": "2026-03-01 23:59:59",
    "组件类型": "GPU",
    "组件名称": "A800",
    "组件单价": "10",
    "组件价格单位": "元/卡/小时",
    "组件用量": "8",
    "组件用量单位": "卡",
    "使用时长": "24",
    "时长单位": "小时",
    "优惠后总价": "1920.00",
}
CLOUDS = [(aliyun_bill, ALIYUN), (huawei_bill, HUAWEI), (tencent_bill, TENCENT)]
MONEY = {aliyun_bill: "应付金额", huawei_bill: "应付金额(¥)", tencent_bill: "优惠后总价"}
USED = {aliyun_bill: "用量", huawei_bill: "使用量", tencent_bill: "组件用量"}
UNIT = {aliyun_bill: "用量单位", huawei_bill: "使用量单位", tencent_bill: "组件用量单位"}
TAG = {aliyun_bill: "实例标签", huawei_bill: "资源标签", tencent_bill: "项目名称"}
each_cloud = pytest.mark.parametrize(("cloud", "line"), CLOUDS, ids=[c.NAME for c, _ in CLOUDS])
Line = dict[str, str]


def test_a_line_of_aliyun_becomes_a_line_of_the_statement(tmp_path: Path) -> None:
    row = row_of(bill_of(tmp_path, as_csv(ALIYUN)), aliyun_bill)
    assert (row["provider_id"], row["contract_no"], row["row_no"]) == (PROVIDER, "HT-1", 2)
    assert row["statement_no"] == "阿里云-100-2026-03"
    assert (row["period_from"], row["period_to"]) == (date(2026, 3, 1), date(2026, 3, 31))
    assert (row["service_item"], row["unit"]) == ("PAI-DLC 卡使用时长", "卡时")
    assert (row["quantity"], row["unit_price_yuan"], row["amount_yuan"]) == (4000, Decimal("13.25"), 53000)
    assert row["device_model"] is None  # 实例规格 is a machine


@each_cloud
@pytest.mark.parametrize("moved", [-1, 1])
def test_below_a_second_header_of_other_columns_nothing_is_read(
    tmp_path: Path, cloud: ModuleType, line: Line, moved: int
) -> None:
    names = list(line)
    other = {name: line[name] for name in names[moved:] + names[:moved]}
    assert "第 3 行又是一行表头" in refusal(bill_of(tmp_path, as_csv(line) + as_csv(other)), cloud)
    assert len(codes(bill_of(tmp_path, as_csv(line) * 2), cloud)) == 1


def test_a_line_of_huawei_takes_its_hours_from_the_time_of_consumption(tmp_path: Path) -> None:
    row = row_of(bill_of(tmp_path, as_csv(HUAWEI)), huawei_bill)
    assert (row["statement_no"], row["contract_no"]) == ("华为云-lab-2026-03", "HT-1")
    assert (row["period_from"], row["period_to"]) == (date(2026, 3, 31), date(2026, 3, 31))
    assert (row["unit"], row["quantity"], row["amount_yuan"]) == ("卡时", 8, 80)


def test_usage_and_duration_of_tencent_make_card_hours(tmp_path: Path) -> None:
    row = row_of(bill_of(tmp_path, as_csv(TENCENT)), tencent_bill)
    assert (row["contract_no"], row["unit"], row["quantity"]) == ("HT-1", "卡时", 192)
    assert (row["period_from"], row["period_to"]) == (date(2026, 3, 1), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("unit", "lasted_unit", "becomes"),
    [("卡", "天", "卡日"), ("卡", "月", "卡月"), ("核", "小时", "核时"), ("卡时", "-", "卡时")],
)
def test_a_unit_of_tencent_that_is_certain(tmp_path: Path, unit: str, lasted_unit: str, becomes: str) -> None:
    line = TENCENT | {"组件用量单位": unit, "时长单位": lasted_unit, "组件价格单位": "-"}
    assert row_of(bill_of(tmp_path, as_csv(line)), tencent_bill)["unit"] == becomes


@pytest.mark.parametrize(
    ("unit", "lasted_unit"), [("个", "小时"), ("卡时", "小时"), ("卡", "秒"), ("1卡", "小时")]
)
def test_a_unit_of_tencent_that_is_not(tmp_path: Path, unit: str, lasted_unit: str) -> None:
    line = TENCENT | {"组件用量单位": unit, "时长单位": lasted_unit}
    assert codes(bill_of(tmp_path, as_csv(line)), tencent_bill) == ["UNIT_UNKNOWN"]


@pytest.mark.parametrize("unit", ["小时", "实例小时", "vCPU小时", "台/小时", "GB", "次", "100卡时", "--"])
def test_an_hour_of_an_instance_is_no_card_hour(tmp_path: Path, unit: str) -> None:
    assert codes(bill_of(tmp_path, as_csv(ALIYUN | {"用量单位": unit})), aliyun_bill) == ["UNIT_UNKNOWN"]


def test_a_price_per_another_unit_is_refused(tmp_path: Path) -> None:
    assert codes(bill_of(tmp_path, as_csv(ALIYUN | {"单价单位": "元/小时"})), aliyun_bill) == ["PRICE_UNIT"]


@each_cloud
def test_finer_than_a_cent_is_refused_and_never_rounded(
    tmp_path: Path, cloud: ModuleType, line: Line
) -> None:
    found = gated(bill_of(tmp_path, as_csv(line | {MONEY[cloud]: "80.00000001"})), cloud)
    assert found.rejected["reason_code"].to_list() == ["SUB_CENT"]
    assert "80.00000001" in found.rejected["reason_zh"].item()


@each_cloud
def test_usage_of_more_than_six_places_is_refused(tmp_path: Path, cloud: ModuleType, line: Line) -> None:
    assert codes(bill_of(tmp_path, as_csv(line | {USED[cloud]: "0.12345678"})), cloud) == ["BAD_QUANTITY"]


@each_cloud
def test_a_line_that_names_no_contract_is_refused(tmp_path: Path, cloud: ModuleType, line: Line) -> None:
    assert codes(bill_of(tmp_path, as_csv(line | {TAG[cloud]: "default"})), cloud) == ["NO_CONTRACT"]


@each_cloud
def test_its_own_column_goes_before_a_tag_and_a_tag_before_the_folder(
    tmp_path: Path, cloud: ModuleType, line: Line
) -> None:
    lines = [line, line | {TAG[cloud]: ""}, line | {"合同编号": "HT-0"}]
    rows = [row_of(bill_of(tmp_path, as_csv(each), contract_no="HT-9"), cloud) for each in lines]
    assert [row["contract_no"] for row in rows] == ["HT-1", "HT-9", "HT-0"]


def test_two_contracts_in_one_tag_are_none(tmp_path: Path) -> None:
    line = ALIYUN | {"实例标签": "合同编号:HT-1;合同编号:HT-2"}
    assert codes(bill_of(tmp_path, as_csv(line)), aliyun_bill) == ["NO_CONTRACT"]


# Signs


@each_cloud
def test_money_given_back_keeps_its_sign_where_no_hours_go_with_it(
    tmp_path: Path, cloud: ModuleType, line: Line
) -> None:
    lesser = line | {MONEY[cloud]: "-5.00", USED[cloud]: "0"}
    assert row_of(bill_of(tmp_path, as_csv(lesser)), cloud)["amount_yuan"] == -5


@each_cloud
@pytest.mark.parametrize("used", ["8", "-8"])
def test_hours_taken_back_are_refused_for_they_would_be_added(
    tmp_path: Path, cloud: ModuleType, line: Line, used: str
) -> None:
    back = line | {MONEY[cloud]: "-80.00", USED[cloud]: used}
    assert codes(bill_of(tmp_path, as_csv(back)), cloud) == ["REVERSAL"]


def test_a_refund_with_a_positive_amount_is_refused(tmp_path: Path) -> None:
    assert codes(bill_of(tmp_path, as_csv(HUAWEI | {"账单类型": "退款-退订"})), huawei_bill) == [
        "REFUND_SIGN"
    ]
    fee = HUAWEI | {"账单类型": "消费-退订手续费增收"}
    assert codes(bill_of(tmp_path, as_csv(fee)), huawei_bill) == []


def test_usage_that_a_package_paid_for_is_refused(tmp_path: Path) -> None:
    assert codes(bill_of(tmp_path, as_csv(HUAWEI | {"套餐内使用量": "3"})), huawei_bill) == ["DEDUCTED"]
    assert codes(bill_of(tmp_path, as_csv(ALIYUN | {"资源包抵扣": "0.5"})), aliyun_bill) == ["DEDUCTED"]


# Currency


def test_another_currency_is_refused(tmp_path: Path) -> None:
    assert codes(bill_of(tmp_path, as_csv(ALIYUN | {"币种": "USD"})), aliyun_bill) == ["CURRENCY"]
    dollars = {("应付金额($)" if name == "应付金额(¥)" else name): cell for name, cell in HUAWEI.items()}
    assert "“$”不是人民币元" in refusal(bill_of(tmp_path, as_csv(dollars)), huawei_bill)


def test_huaweis_currency_stands_in_the_header_or_in_a_column(tmp_path: Path) -> None:
    bare = {name.split("(")[0]: cell for name, cell in HUAWEI.items()}
    assert codes(bill_of(tmp_path, as_csv(bare)), huawei_bill) == ["CURRENCY"]
    assert row_of(bill_of(tmp_path, as_csv(bare | {"币种": "CNY"})), huawei_bill)["amount_yuan"] == 80


def test_a_bill_of_aliyun_without_a_currency_is_refused(tmp_path: Path) -> None:
    assert "缺少列 币种" in refusal(bill_of(tmp_path, as_csv(ALIYUN, without=["币种"])), aliyun_bill)


# Times


@pytest.mark.parametrize(
    ("starts", "ends", "days"),
    [
        ("", "", ("2026-03-01", "2026-03-31")),
        ("2026-03-05 10:00:00", "2026-03-05 11:00:00", ("2026-03-05", "2026-03-05")),
        ("2026-03-05 23:00:00", "2026-03-06 00:00:00", ("2026-03-05", "2026-03-05")),
        ("2026-03-05 23:00:00", "2026-03-06 00:00:01", ("2026-03-05", "2026-03-06")),
        ("2026-03-05 10:00:00", "2026-03-05 10:00:00", ("2026-03-05", "2026-03-05")),
    ],
)
def test_the_last_day_is_included(tmp_path: Path, starts: str, ends: str, days: tuple[str, str]) -> None:
    line = ALIYUN | {"账单开始时间": starts, "账单结束时间": ends}
    row = row_of(bill_of(tmp_path, as_csv(line)), aliyun_bill)
    assert (str(row["period_from"]), str(row["period_to"])) == days


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        ("2026-03-05 10:00:00", "2026-03-05 09:00:00"),
        ("2026-03-05 10:00:00", ""),
        ("2026-03-05", "2026-03-06"),
        ("3/5/26", "3/6/26"),
    ],
)
def test_a_period_that_runs_back_or_may_be_read_two_ways_is_refused(
    tmp_path: Path, starts: str, ends: str
) -> None:
    line = ALIYUN | {"账单开始时间": starts, "账单结束时间": ends}
    assert codes(bill_of(tmp_path, as_csv(line)), aliyun_bill) == ["BAD_PERIOD"]


def test_times_without_zone_are_of_the_declared_one(tmp_path: Path) -> None:
    line = ALIYUN | {"账单开始时间": "2026-03-31 17:00:00", "账单结束时间": "2026-03-31 18:00:00"}
    row = row_of(bill_of(tmp_path, as_csv(line), time_zone="UTC"), aliyun_bill)
    assert row["period_from"] == date(2026, 4, 1)


# Finality


def test_a_bill_of_which_nothing_says_that_it_is_final_is_refused(tmp_path: Path) -> None:
    assert "finality" in refusal(bill_of(tmp_path, as_csv(ALIYUN), finality=None), aliyun_bill)


def test_a_draft_and_an_unknown_word_are_refused(tmp_path: Path) -> None:
    assert "未定稿" in refusal(bill_of(tmp_path, as_csv(ALIYUN), finality="draft"), aliyun_bill)
    assert "须为 final 或 draft" in refusal(bill_of(tmp_path, as_csv(ALIYUN), finality="已定"), aliyun_bill)


@each_cloud
def test_a_month_is_final_at_noon_of_the_third_and_huaweis_of_the_fourth(
    tmp_path: Path, cloud: ModuleType, line: Line
) -> None:
    day = 4 if cloud is huawei_bill else 3
    noon = datetime(2026, 4, day, 4, tzinfo=UTC)
    before = noon.replace(hour=3, minute=59, second=59)
    found = [
        codes(bill_of(tmp_path, as_csv(line), finality=None, exported_at=at), cloud) for at in (before, noon)
    ]
    assert found == [["NOT_FINAL"], []]


# Files


@each_cloud
def test_a_bill_needs_its_provider_declared(tmp_path: Path, cloud: ModuleType, line: Line) -> None:
    assert "provider_id" in refusal(bill_of(tmp_path, as_csv(line), provider_id=None), cloud)


@each_cloud
def test_a_missing_column_is_named(tmp_path: Path, cloud: ModuleType, line: Line) -> None:
    text = as_csv(line, without=[MONEY[cloud]])
    assert f"缺少列 {MONEY[cloud].split('(')[0]}" in refusal(bill_of(tmp_path, text), cloud)


def test_a_doubled_column_is_named(tmp_path: Path) -> None:
    header, line = as_csv(ALIYUN).splitlines()
    text = f"{header},应付金额（元）\n{line},1.00\n"
    assert "表头列重复：应付金额" in refusal(bill_of(tmp_path, text), aliyun_bill)


@each_cloud
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_does_not_matter(tmp_path: Path, cloud: ModuleType, line: Line, encoding: str) -> None:
    assert row_of(bill_of(tmp_path, as_csv(line).encode(encoding)), cloud)["contract_no"] == "HT-1"


@each_cloud
@pytest.mark.parametrize("separator", ["\t", ";"])
def test_a_bill_saved_again_by_a_spreadsheet_is_read(
    tmp_path: Path, cloud: ModuleType, line: Line, separator: str
) -> None:
    """“Unicode text” is separated by tabs and in UTF-16."""
    saved = io.StringIO()
    csv.writer(saved, delimiter=separator, lineterminator="\n").writerows([line.keys(), line.values()])
    found = row_of(bill_of(tmp_path, saved.getvalue().encode("utf-16")), cloud)
    assert found == row_of(bill_of(tmp_path, as_csv(line)), cloud)


def test_a_ragged_row_and_a_blank_line(tmp_path: Path) -> None:
    text = as_csv(ALIYUN) + "\n合计,53000.00\n"
    found = gated(bill_of(tmp_path, text), aliyun_bill)
    assert (found.accepted.height, found.rejected["reason_code"].to_list()) == (1, ["RAGGED"])
    assert found.rejected["row_no"].to_list() == [4]


# Numbers of lines


@each_cloud
def test_a_line_keeps_its_number_in_a_later_export(tmp_path: Path, cloud: ModuleType, line: Line) -> None:
    other = line | {("资源ID" if "资源ID" in line else "实例ID"): "other"}
    first = gated(bill_of(tmp_path, as_csv(line, other)), cloud).accepted["line_no"]
    changed = line | {MONEY[cloud]: "1.00", USED[cloud]: "1"}
    later = gated(bill_of(tmp_path, as_csv(other, changed)), cloud).accepted["line_no"]
    assert first.to_list() == later.reverse().to_list()


def test_lines_alike_in_everything_are_told_apart(tmp_path: Path) -> None:
    numbers = gated(bill_of(tmp_path, as_csv(ALIYUN, ALIYUN)), aliyun_bill).accepted["line_no"].to_list()
    assert numbers[1] == f"{numbers[0]}-2"


@each_cloud
@pytest.mark.parametrize("with_header", [False, True])
def test_a_bill_appended_to_itself_is_one_bill(
    tmp_path: Path, cloud: ModuleType, line: Line, with_header: bool
) -> None:
    """Its lines have the numbers of the first copy, so that they count as repeated; lines alike stay apart in each."""
    lines = (line, line, line | {MONEY[cloud]: "1.00", USED[cloud]: "1"})
    text = as_csv(*lines)
    again = text if with_header else text.split("\n", 1)[1]
    once = gated(bill_of(tmp_path, text), cloud).accepted["line_no"].to_list()
    twice = gated(bill_of(tmp_path, text + again), cloud).accepted["line_no"].to_list()
    assert (len(set(once)), twice) == (3, once * 2)
    part = text + "\n".join(again.split("\n")[:-2]) + "\n"
    assert len(set(gated(bill_of(tmp_path, part), cloud).accepted["line_no"].to_list())) == 5


# The file pushed to a bucket


def test_the_pushed_file_of_aliyun_has_english_headers(tmp_path: Path) -> None:
    line = {
        "BillingCycle": "2026-03",
        "AccountID": "100",
        "SubscriptionType": "PayAsYouGo",
        "ProductDetail": "PAI-DLC",
        "UsageStartTime": "2026-03-01 00:00:00",
        "UsageEndTime": "2026-03-01 01:00:00",
        "RecordID": "R1",
        "Item": "Refund",
        "InstanceID": "dlc-1",
        "Tag": "合同编号:HT-1",
        "BillingItem": "card",
        "ListPrice": "10",
        "Usage": "0",
        "UsageUnit": "GPU-Hour",
        "PretaxAmount": "-5",
        "Currency": "CNY",
    }
    assert row_of(bill_of(tmp_path, as_csv(line)), aliyun_bill)["amount_yuan"] == -5
    assert codes(bill_of(tmp_path, as_csv(line | {"PretaxAmount": "5"})), aliyun_bill) == ["REFUND_SIGN"]


def test_a_bill_without_its_signs_is_nobodys(tmp_path: Path) -> None:
    assert adapter_for(bill_of(tmp_path, as_csv(ALIYUN, without=["产品明细", "消费类型"]))) is None


# From the folder to the lake


def test_a_bill_is_checked_with_the_declaration_beside_it(tmp_path: Path) -> None:
    (tmp_path / "明细.csv").write_text(as_csv(HUAWEI | {"资源标签": "--"}, HUAWEI | {"使用量单位": "小时"}))
    says = f'provider_id = "{PROVIDER}"\nfinality = "final"\ncontract_no = "HT-1"\n'
    (tmp_path / "source.toml").write_text(says)
    found = checked(tmp_path / "明细.csv")
    assert (found.status, found.row_count, found.accepted_count) == ("read", 2, 1)
    assert found.reason_counts == {"UNIT_UNKNOWN": 1}


def test_a_bill_is_checked_with_the_declaration_of_a_folder_above_as_a_night_reads_it(tmp_path: Path) -> None:
    """The nearest one holds; one above an inbox is not looked at by a night."""
    inbox = tmp_path / "inbox"
    folder = inbox / "p07" / "bills"
    folder.mkdir(parents=True)
    (folder / "明细.csv").write_text(as_csv(HUAWEI | {"资源标签": "--"}))
    says = f'provider_id = "{PROVIDER}"\nfinality = "final"\ncontract_no = "HT-1"\n'
    (tmp_path / "source.toml").write_text(says)
    assert checked(folder / "明细.csv").status == "refused"
    (inbox / "p07" / "source.toml").write_text(says)
    assert checked(folder / "明细.csv").accepted_count == 1
    (folder / "source.toml").write_text(says.replace("final", "draft"))
    assert checked(folder / "明细.csv").status == "refused"


@pytest.mark.parametrize("name", tables())
def test_no_bill_claims_a_table_of_ours(tmp_path: Path, name: str) -> None:
    columns = tables()[name].columns
    for words in ([column.zh for column in columns], [column.name for column in columns]):
        assert adapter_for(bill_of(tmp_path, ",".join(words) + "\n")) is mapped_table


def test_no_header_is_two_cells() -> None:
    for layout in (each.CLOUD.layout for each in (aliyun_bill, huawei_bill, tencent_bill)):
        words = [word for words in layout.words.values() for word in words]
        assert len(words) == len(set(words))


def test_a_bill_that_ends_where_its_cloud_cuts_exports_is_told(tmp_path: Path) -> None:
    """QueryInstanceBill gives 50 000 rows and no more; nothing is refused for it."""
    header, line = as_csv(ALIYUN).splitlines()
    (tmp_path / "source.toml").write_text(f'provider_id = "{PROVIDER}"\nfinality = "final"\n')
    path = tmp_path / "bill.csv"
    for rows, told in ((49_999, None), (50_000, 50_000), (50_001, None)):
        path.write_text("\n".join([header, *[line] * rows]) + "\n")
        found = checked(path)
        assert (found.full_row_count, found.row_count, found.rejected_count) == (told, rows, 0)
        assert any("恰有 50000 行" in note for note in found.lines()) is bool(told)
        assert any("just 50000 rows" in note for note in found.lines(lang="en")) is bool(told)
