"""FOCUS 1.0 to 1.3 (FinOps Open Cost and Usage Specification), as CSV or Parquet; versions differ in added columns."""

import polars as pl

from hesuan.flows.bill import finality as bill_finality
from hesuan.flows.bill import line as bill
from hesuan.flows.bill.cell import day_of, instant, last_day_of, zone_of
from hesuan.flows.bill.line import ADDED
from hesuan.flows.bill.reason import Reason, shown
from hesuan.flows.bill.table import Layout, cells_of, is_bill
from hesuan.flows.source import Declaration, Reading, Source, in_one
from hesuan.schemas.format import Format
from hesuan.schemas.tables.statement import TABLE

NAME = "focus"
FORMATS = (
    Format(
        title_zh="FOCUS 1.0–1.3（CSV、Parquet）",
        seen_zh="规范 1.0–1.3 的列；规范附的示例 13 份（无一以人民币计，或缺列，全部退回）",
        proves=("billed", "charged"),
        cannot_zh="卡是否在用；是哪张卡；承诺用量抵扣的部分",
    ),
)

# Cell → the column of FOCUS.
COLUMNS = {
    "amount_yuan": "BilledCost",
    "account": "BillingAccountId",
    "currency": "BillingCurrency",
    "bill_starts": "BillingPeriodStart",
    "bill_ends": "BillingPeriodEnd",
    "starts": "ChargePeriodStart",
    "ends": "ChargePeriodEnd",
    "category": "ChargeCategory",
    "class": "ChargeClass",
    "description": "ChargeDescription",
    "frequency": "ChargeFrequency",
    "pricing_category": "PricingCategory",
    "quantity": "PricingQuantity",
    "unit": "PricingUnit",
    "unit_price_yuan": "ContractedUnitPrice",
    "service": "ServiceName",
    "region": "RegionId",
    "zone": "AvailabilityZone",
    "resource": "ResourceId",
    "sub_account": "SubAccountId",
    "sub_account_name": "SubAccountName",
    "sku": "SkuId",
    "sku_price": "SkuPriceId",
    "commitment": "CommitmentDiscountId",
    "commitment_status": "CommitmentDiscountStatus",
    "allocated": "AllocatedResourceId",
    "invoice_number": "InvoiceId",
    "tags": "Tags",
}
IDENTITY = (
    *(
        "starts",
        "ends",
        "category",
        "class",
        "description",
        "frequency",
        "pricing_category",
        "unit",
        "service",
    ),
    *(
        "region",
        "zone",
        "resource",
        "sub_account",
        "sku",
        "sku_price",
        "commitment",
        "commitment_status",
        "allocated",
    ),
)
# Where a contract may be named.
TAGS = ["tags", "sub_account_name"]
LAYOUT = Layout(
    zh="FOCUS 账单",
    words={cell: (name,) for cell, name in COLUMNS.items()} | ADDED,
    signs=("amount_yuan", "bill_starts", "starts"),
    required=(
        *(
            "account",
            "currency",
            "bill_starts",
            "bill_ends",
            "starts",
            "ends",
            "category",
            "quantity",
            "unit",
        ),
        "unit_price_yuan",
    ),
    money=(),
)


def claims(source: Source) -> bool:
    """A header with BilledCost, BillingPeriodStart and ChargePeriodStart: drafts before 1.0 too, to say what they lack."""
    return is_bill(source, LAYOUT)


def read(source: Source) -> Reading:
    """Rows of `statement`, one per charge; row_no is the line in CSV, the record in Parquet.

    The amount is BilledCost, the quantity PricingQuantity, the price ContractedUnitPrice. Ends are exclusive and
    leave as the last day included, in Asia/Shanghai. Times without zone, which FOCUS does not know, are of
    source.toml's time_zone, else Asia/Shanghai. Corrections keep their sign. Credits and adjustments that state no
    quantity, as FOCUS lets them, are money alone: 0 项. Usage that a commitment covers is a
    reject, for its purchase is billed; so is every charge of a bill that lists taxes apart, for it is net of them.
    Raises InputFault where a column is missing, source.toml names no provider or calls the bill a draft, and for
    broken files.
    Source: FOCUS 1.0 to 1.3; metering.md §2.6.
    """
    says = source.declaration
    provider_id = bill.provider_of(says, place=source.name)
    bill_finality.check(says, place=source.name, is_due=False)
    found = cells_of(source, LAYOUT)
    cells = _cells(found.rows, says, zone=zone_of(says, place=source.name))
    accepted, rejected = bill.statement(cells, says, provider_id=provider_id, tags=TAGS, also=_reasons(cells))
    refused = pl.concat([found.rejected, rejected]).sort("row_no")
    return in_one(found.row_count, {TABLE.name: accepted}, refused)


def _cells(rows: pl.DataFrame, says: Declaration, *, zone: str) -> pl.DataFrame:
    """The cells as `bill.statement` takes them. InvoiceId comes late, so the bill is named by account and month.

    Charges that name no resource are told apart by their contracts too: an account's month may come in a file for each.
    """
    start, end = (instant(cell, zone=zone) for cell in ("starts", "ends"))
    month = day_of(instant("bill_starts", zone=zone)).dt.strftime("%Y-%m")
    is_money_alone = pl.col("category").str.to_lowercase().is_in(
        ["credit", "adjustment"]
    ) & pl.all_horizontal(pl.col("quantity").is_null(), pl.col("unit").is_null())
    nothing = [
        pl.when(is_money_alone).then(pl.lit(said)).otherwise(name).alias(name)
        for name, said in (("unit", "项"), ("quantity", "0"), ("unit_price_yuan", "0"))
    ]
    contract = bill.contract_of(says, TAGS)
    return rows.with_columns(
        *nothing,
        bill.line_numbers(rows, IDENTITY, besides=pl.when(pl.col("resource").is_null()).then(contract)),
        statement_no=pl.format("FOCUS-{}-{}", "account", month),
        period_from=day_of(start),
        period_to=last_day_of(start, end),
        service_item=pl.concat_str("service", "description", separator=" ", ignore_nulls=True),
        price_unit=pl.lit(None, dtype=pl.String),
    )


def _reasons(cells: pl.DataFrame) -> tuple[Reason, ...]:
    lists_taxes = bool((cells["category"].str.to_lowercase() == "tax").any())
    return (
        Reason(
            "TAX_APART",
            pl.lit(lists_taxes),
            pl.lit("账单另列税行（ChargeCategory 为 Tax），各行不含税；结算账单须含税"),
        ),
        Reason(
            "COMMITTED",
            pl.col("commitment_status").str.to_lowercase().is_in(["used", "unused"]),
            pl.format("用量由承诺折扣抵扣（{}），已在购买行计费，不重复计", shown("commitment_status")),
        ),
    )
