"""华为云 使用量类型明细账单 (PriceFactorBillDetail): the CSV that is pushed to a bucket or exported by the console."""

import polars as pl

from hesuan.flows.bill import cloud as bill_cloud
from hesuan.flows.bill.cloud import Cloud
from hesuan.flows.bill.line import ADDED
from hesuan.flows.bill.table import Layout, is_bill
from hesuan.flows.source import Reading, Source
from hesuan.schemas.format import Format

NAME = "huawei_bill"
FORMATS = (
    Format(
        title_zh="华为云使用量类型明细账单（CSV）",
        seen_zh="依官网公开的表头，未见真件",
        proves=("billed", "charged"),
        cannot_zh="卡是否在用；是哪张卡；套餐、预留实例抵扣的用量",
        # A file of the console or the bucket; more come in further files (metering.md §2.6).
        most_rows=100_000,
    ),
)

# 2020-08-23 22:00:00 GMT+08:00-2020-08-23 23:00:00 GMT+08:00
_RANGE = r"^(.+?GMT[+-]\d\d:\d\d)\s*-\s*(.+)$"
WORDS = {
    "month": ("账期",),
    "day": ("日期",),
    "account": ("账号", "账号名"),
    "project": ("企业项目",),
    "project_id": ("企业项目ID",),
    "product_type": ("产品类型",),
    "product_type_code": ("产品类型编码",),
    "product": ("产品",),
    "product_code": ("产品编码",),
    "mode": ("计费模式",),
    "consumed": ("消费时间",),
    "starts": ("使用开始时间",),
    "ends": ("使用结束时间",),
    "record": ("订单号/交易号", "订单号", "交易号"),
    "bill_kind": ("账单类型",),
    "resource": ("资源ID",),
    "resource_name": ("资源名称",),
    "resource_tag": ("资源标签",),
    "spec": ("规格",),
    "usage_type": ("使用量类型", "使用量类型编码"),
    "unit_price_yuan": ("单价",),
    "price_unit": ("单价单位",),
    "quantity": ("使用量",),
    "unit": ("使用量单位", "单位"),
    "in_package": ("套餐内使用量",),
    "reserved": ("预留实例内使用量",),
    "amount_yuan": ("应付金额",),
    "currency": ("币种",),
} | ADDED
REQUIRED = ("month", "account", "bill_kind", "resource", "unit_price_yuan", "quantity", "unit", "amount_yuan")


def _prepared(rows: pl.DataFrame) -> pl.DataFrame:
    """Lines without times of use are of their 消费时间."""
    begins, stops = (pl.col("consumed").str.extract(_RANGE, place) for place in (1, 2))
    return rows.with_columns(starts=pl.coalesce("starts", begins), ends=pl.coalesce("ends", stops))


CLOUD = Cloud(
    name="华为云",
    layout=Layout(
        zh="华为云使用量类型明细账单",
        words=WORDS,
        signs=("month", "project", "account", "usage_type", "quantity"),
        required=REQUIRED,
    ),
    service=("product_type", "product", "usage_type"),
    identity=(
        *("project_id", "product_type_code", "product_code", "product", "mode", "bill_kind", "record", "day"),
        *("consumed", "starts", "ends", "resource", "spec", "usage_type", "unit"),
    ),
    tags=("resource_tag", "project"),
    covers=("in_package", "reserved"),
    # Customers settled by the month have theirs a day later than others.
    final_on=4,
    prepare=_prepared,
)


def claims(source: Source) -> bool:
    """A header with 账期, 企业项目, 账号, 使用量类型 and 使用量."""
    return is_bill(source, CLOUD.layout)


def read(source: Source) -> Reading:
    """As `bill_cloud.read`. The amount is 应付金额: printed to eight places and charged to two, so a line finer
    than a cent is a reject.

    Source: support.huaweicloud.com, bills-topic_50000004; metering.md §2.6.
    """
    return bill_cloud.read(source, CLOUD)
