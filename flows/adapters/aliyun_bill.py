"""阿里云 明细账单 (账单详情 → 明细账单, by 计费项): the console's CSV, and the file that is pushed to a bucket."""

from hesuan.flows.bill import cloud as bill_cloud
from hesuan.flows.bill.cloud import Cloud
from hesuan.flows.bill.line import ADDED
from hesuan.flows.bill.table import Layout, is_bill
from hesuan.flows.source import Reading, Source
from hesuan.schemas.format import Format

NAME = "aliyun_bill"
FORMATS = (
    Format(
        title_zh="阿里云明细账单（CSV）",
        seen_zh="依官网公开的表头，未见真件",
        proves=("billed", "charged"),
        cannot_zh="卡是否在用；是哪张卡；资源包、预留实例抵扣的用量",
        # QueryInstanceBill gives nothing beyond it (help.aliyun.com, 100400).
        most_rows=50_000,
    ),
)

# Headers of the console, then the names in the pushed file (help.aliyun.com/document_detail/89133.html).
WORDS = {
    "month": ("账期", "BillingCycle"),
    "day": ("账单日期", "日期", "BillingDate"),
    "account": ("账号ID", "AccountID", "账号"),
    "owner": ("Owner账号ID", "OwnerID", "Owner账号"),
    "cost_unit": ("财务单元", "CostUnit"),
    "product": ("产品", "ProductName"),
    "product_detail": ("产品明细", "商品名称", "ProductDetail"),
    "product_code": ("产品明细Code", "商品Code", "CommodityCode", "ProductType"),
    "consumption": ("消费类型", "SubscriptionType"),
    "bill_kind": ("账单类型", "Item"),
    "record": ("订单号/账单号", "RecordID"),
    "starts": ("账单开始时间", "UsageStartTime"),
    "ends": ("账单结束时间", "UsageEndTime"),
    "instance": ("实例ID", "InstanceID"),
    "instance_tag": ("实例标签", "Tag"),
    "spec": ("实例规格", "InstanceSpec"),
    "billing_item": ("计费项", "BillingItem"),
    "billing_item_code": ("计费项Code", "BillingItemCode"),
    "unit_price_yuan": ("单价", "ListPrice"),
    "price_unit": ("单价单位", "ListPriceUnit"),
    "quantity": ("用量", "Usage"),
    "unit": ("用量单位", "UsageUnit"),
    "in_package": ("资源包抵扣", "DeductedByResourcePackage"),
    "reserved": ("抵扣量(含RI)",),
    "amount_yuan": ("应付金额", "PretaxAmount"),
    "currency": ("币种", "Currency"),
} | ADDED
# Amounts are in the currency of the account's site, so 币种 is asked for.
REQUIRED = (
    "month",
    "account",
    "instance",
    "billing_item",
    "unit_price_yuan",
    "quantity",
    "unit",
    "amount_yuan",
)
CLOUD = Cloud(
    name="阿里云",
    layout=Layout(
        zh="阿里云明细账单",
        words=WORDS,
        signs=("month", "product_detail", "consumption", "instance"),
        required=(*REQUIRED, "currency"),
    ),
    service=("product_detail", "billing_item"),
    identity=(
        *(
            "owner",
            "product_code",
            "product_detail",
            "consumption",
            "bill_kind",
            "record",
            "day",
            "starts",
            "ends",
        ),
        *("instance", "spec", "billing_item", "billing_item_code", "unit"),
    ),
    tags=("instance_tag", "cost_unit"),
    final_on=3,
    covers=("in_package", "reserved"),
)


def claims(source: Source) -> bool:
    """A header with 账期, 产品明细, 消费类型 and 实例ID."""
    return is_bill(source, CLOUD.layout)


def read(source: Source) -> Reading:
    """As `bill_cloud.read`. The amount is 应付金额, after discounts and coupons, before 代金券 and cash.

    实例ID is the id that is billed, not always the resource, and 实例规格 names a machine: neither says the card.
    Source: help.aliyun.com, 明细账单; metering.md §2.6.
    """
    return bill_cloud.read(source, CLOUD)
