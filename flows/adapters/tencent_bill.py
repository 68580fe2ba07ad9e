"""腾讯云 费用明细账单 (by component) of the mainland site, as CSV with Chinese headers.

The international site's English export is net of tax and is not read; its FOCUS export is, by `focus`.
"""

from decimal import Decimal, localcontext
from re import fullmatch

import polars as pl

from hesuan.flows.bill import cloud as bill_cloud
from hesuan.flows.bill.cloud import Cloud
from hesuan.flows.bill.line import ADDED
from hesuan.flows.bill.table import Layout, is_bill
from hesuan.flows.source import Reading, Source
from hesuan.schemas.format import Format

NAME = "tencent_bill"
FORMATS = (
    Format(
        title_zh="腾讯云费用明细账单（国内站，CSV）",
        seen_zh="依官网公开的表头，未见真件",
        proves=("billed", "charged"),
        cannot_zh="卡是否在用；是哪张卡；资源包抵扣的用量",
        # As many as a sheet of Excel holds; more come in further files (tencentcloud.com, 1085/48341).
        most_rows=1_048_575,
    ),
)

WORDS = {
    "month": ("账单月份", "账单归属月", "账单月"),
    "day": ("日期",),
    "account": ("支付者UIN",),
    "owner": ("使用者UIN",),
    "product": ("产品名称",),
    "subproduct": ("子产品名称",),
    "mode": ("计费模式",),
    "project": ("项目名称", "项目"),
    "resource": ("资源ID", "实例ID"),
    "bill_kind": ("交易类型",),
    "record": ("交易ID",),
    "starts": ("开始使用时间", "使用开始时间"),
    "ends": ("结束使用时间", "使用结束时间"),
    "component_type": ("组件类型",),
    "component": ("组件名称",),
    "unit_price_yuan": ("组件单价", "组件折后单价", "组件合同价"),
    "price_unit": ("组件价格单位", "组件单价单位"),
    "used": ("组件用量",),
    "used_unit": ("组件用量单位",),
    "lasted": ("使用时长",),
    "lasted_unit": ("时长单位", "使用时长单位"),
    "amount_yuan": ("优惠后总价",),
    "currency": ("币种",),
    "tag": ("标签", "标签信息", "分账标签"),
} | ADDED
REQUIRED = (
    *("account", "resource", "record", "starts", "ends", "component", "unit_price_yuan", "used", "used_unit"),
    *("lasted", "lasted_unit", "amount_yuan"),
)


def _prepared(rows: pl.DataFrame) -> pl.DataFrame:
    """The quantity is usage times duration, in the unit that both make: 8 卡 for 24 小时 are 192 卡时.

    元/卡/小时 is what a component is priced in; 组件用量 is already net of packages.
    A duration of no unit leaves the usage as it is.
    """
    used, lasted = rows["used"].to_list(), rows["lasted"].to_list()
    has_unit = rows["lasted_unit"].is_not_null().to_list()
    both = [_product(a, b) if is_timed else a for a, b, is_timed in zip(used, lasted, has_unit, strict=True)]
    return rows.with_columns(
        pl.Series("quantity", both, dtype=pl.String),
        unit=pl.concat_str("used_unit", "lasted_unit", separator="/", ignore_nulls=True),
    )


def _product(used: str | None, lasted: str | None) -> str | None:
    """The exact product; what is no plain number is shown for the gate to refuse."""
    if used is None or lasted is None:
        return None
    if not all(fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", text) for text in (used, lasted)):
        return f"{used}×{lasted}"
    with localcontext(prec=80):
        return f"{Decimal(used) * Decimal(lasted):f}"


CLOUD = Cloud(
    name="腾讯云",
    layout=Layout(
        zh="腾讯云费用明细账单",
        words=WORDS,
        signs=("account", "owner", "used", "used_unit"),
        required=REQUIRED,
    ),
    service=("subproduct", "component_type", "component"),
    identity=(
        *(
            "owner",
            "product",
            "subproduct",
            "mode",
            "resource",
            "bill_kind",
            "record",
            "day",
            "starts",
            "ends",
        ),
        *("component_type", "component", "unit"),
    ),
    tags=("tag", "project"),
    final_on=3,
    # The mainland site bills in yuan only.
    currency="CNY",
    prepare=_prepared,
)


def claims(source: Source) -> bool:
    """A header with 支付者UIN, 使用者UIN, 组件用量 and 组件用量单位."""
    return is_bill(source, CLOUD.layout)


def read(source: Source) -> Reading:
    """As `bill_cloud.read`. The amount is 优惠后总价; a line of no 账单月份 is of the month in which its use ends.

    Source: cloud.tencent.com/document/product/555, fields of bills; metering.md §2.6.
    """
    return bill_cloud.read(source, CLOUD)
