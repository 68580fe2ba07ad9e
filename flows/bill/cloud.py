"""Bill exports of the Chinese clouds: one row per billed item and period, headers in Chinese, a month that closes."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from hesuan.flows.bill import finality as bill_finality
from hesuan.flows.bill import line as bill
from hesuan.flows.bill.cell import day_of, first_day, instant, last_day_of, month_of, zone_of
from hesuan.flows.bill.reason import Reason, is_positive, shown
from hesuan.flows.bill.table import Layout, cells_of
from hesuan.flows.source import Declaration, Reading, Source, in_one
from hesuan.schemas.kind import DATE
from hesuan.schemas.tables.statement import TABLE

# Cells that every layout here has beside bill.ADDED and the amounts: account, month (账期), day, starts, ends and
# bill_kind (账单类型).
_GIVEN_BACK = r"(?i)退款|退费|退订$|refund"


@dataclass(frozen=True)
class Cloud:
    """name: begins every statement_no. service: cells that name the item. identity: cells that tell lines apart.

    tags: cells in which a contract may be named. covers: cells that say how much of the usage something else than
    money paid for. currency: of amounts of whose currency the file says nothing.
    final_on: day of the next month at whose noon a bill is final. prepare: what else the format asks for.
    """

    name: str
    layout: Layout
    service: tuple[str, ...]
    identity: tuple[str, ...]
    tags: tuple[str, ...]
    final_on: int
    covers: tuple[str, ...] = ()
    currency: str | None = None
    prepare: Callable[[pl.DataFrame], pl.DataFrame] = lambda rows: rows


def read(source: Source, cloud: Cloud) -> Reading:
    """Rows of `statement`, one per line of the export; row_no is the line on which it begins.

    Lines that the table cannot hold as they stand are rejects (`flows.bill.line`). Times without zone are of
    source.toml's time_zone, else Asia/Shanghai; days leave as Asia/Shanghai days, the last one included. Without
    times a line is of its day, without a day of its whole month.
    Raises InputFault where a column is missing, source.toml names no provider or nothing says that the bill is
    final, and for broken files.
    """
    says = source.declaration
    provider_id = bill.provider_of(says, place=source.name)
    bill_finality.check(says, place=source.name, is_due=True)
    found = cells_of(source, cloud.layout)
    dated = _dated(_covered(cloud.prepare(found.rows), cloud.covers), zone=zone_of(says, place=source.name))
    cells = _cells(dated, cloud)
    accepted, rejected = bill.statement(
        cells,
        says,
        provider_id=provider_id,
        tags=list(cloud.tags),
        also=_reasons(says, final_on=cloud.final_on),
    )
    refused = pl.concat([found.rejected, rejected]).sort("row_no")
    return in_one(found.row_count, {TABLE.name: accepted}, refused)


def _covered(rows: pl.DataFrame, covers: tuple[str, ...]) -> pl.DataFrame:
    """deducted: the first of these cells that is not zero."""
    some = [pl.when(pl.col(name).str.contains("[1-9]")).then(name) for name in covers]
    return rows.with_columns(deducted=pl.coalesce(*some, pl.lit(None, dtype=pl.String)))


def _dated(rows: pl.DataFrame, *, zone: str) -> pl.DataFrame:
    """period_from, period_to and bill_month. An end without a time of day may be meant either way: not read."""
    timed = pl.col("starts").is_not_null() | pl.col("ends").is_not_null()
    timed_end = pl.when(pl.col("ends").str.contains(":", literal=True)).then("ends").alias("ends")
    said = rows.with_columns(timed_end, is_timed=timed)
    read = said.with_columns(start=instant("starts", zone=zone), end=instant("ends", zone=zone))
    has_day, day, month = pl.col("day").is_not_null(), DATE.cast(pl.col("day")), month_of("month")
    dated = read.with_columns(
        period_from=pl.when("is_timed")
        .then(day_of(pl.col("start")))
        .when(has_day)
        .then(day)
        .otherwise(first_day(month)),
        period_to=pl.when("is_timed")
        .then(last_day_of(pl.col("start"), pl.col("end")))
        .when(has_day)
        .then(day)
        .otherwise(first_day(month).dt.month_end()),
    )
    of_usage = pl.when(pl.col("month").is_null()).then(pl.col("period_to").dt.strftime("%Y-%m"))
    return dated.with_columns(bill_month=pl.coalesce(month, of_usage))


def _cells(rows: pl.DataFrame, cloud: Cloud) -> pl.DataFrame:
    """The cells as `bill.statement` takes them."""
    return rows.with_columns(
        bill.line_numbers(rows, cloud.identity),
        statement_no=pl.format("{}-{}-{}", pl.lit(cloud.name), "account", "bill_month"),
        service_item=pl.concat_str(cloud.service, separator=" ", ignore_nulls=True),
        currency=pl.coalesce("currency", pl.lit(cloud.currency, dtype=pl.String)),
        invoice_number=pl.lit(None, dtype=pl.String),
    )


def _reasons(says: Declaration, *, final_on: int) -> tuple[Reason, ...]:
    return (
        Reason(
            "NOT_FINAL",
            bill_finality.is_open(pl.col("bill_month"), says, final_on=final_on),
            pl.format(
                "{} 的账单到次月 {} 日 {} 时才定，此文件导出在先，请届时重新导出",
                shown("bill_month"),
                pl.lit(final_on),
                pl.lit(bill_finality.NOON),
            ),
        ),
        Reason(
            "REFUND_SIGN",
            pl.col("bill_kind").str.contains(_GIVEN_BACK) & is_positive("amount_yuan"),
            pl.format("“{}”而金额“{}”为正，看不出是收是退", shown("bill_kind"), shown("amount_yuan")),
        ),
        Reason(
            "DEDUCTED",
            pl.col("deducted").is_not_null(),
            pl.format("用量中有“{}”由资源包、预留实例或套餐抵扣，按量计费的用量不明", shown("deducted")),
        ),
    )
