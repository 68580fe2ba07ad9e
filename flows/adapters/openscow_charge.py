"""OpenSCOW job charges: a JSON list of finished jobs with the prices that the platform charged for them.

How the platform came to a price is in `flows.bill.job_price`; here the charge is taken as it stands.
"""

import json
import re
from decimal import Decimal
from typing import Any

import polars as pl

from hesuan.flows.bill import finality as bill_finality
from hesuan.flows.bill import line as bill
from hesuan.flows.bill.cell import day_of, instant, last_day_of, zone_of
from hesuan.flows.bill.reason import Reason, shown
from hesuan.flows.source import Reading, Source, in_one
from hesuan.flows.text.strict_json import loaded
from hesuan.schemas.fault import InputFault
from hesuan.schemas.format import Format
from hesuan.schemas.tables.statement import TABLE

NAME = "openscow_charge"
FORMATS = (
    Format(
        title_zh="OpenSCOW 作业扣费（JSON）",
        seen_zh="其源码仓库的测试数据两份，各 36 个作业",
        proves=("charged",),
        cannot_zh="用了多少卡时（扣费按卡还是按核，文件不写）；卡是否在用",
    ),
)

_KEYS = ("jobId", "cluster", "elapsedSeconds", "accountPrice", "tenantPrice")
# Key of a job → the cell that it fills.
_NAMES = {
    "jobId": "job",
    "cluster": "cluster",
    "partition": "partition",
    "qos": "qos",
    "account": "account",
    "tenant": "tenant",
    "submitTime": "submits",
    "startTime": "starts",
    "endTime": "ends",
    "accountPrice": "amount_yuan",
    "tenantPrice": "tenant_yuan",
    "contractNo": "contract_no",
    "合同编号": "contract_no",
}
# Written out, 1e999999999 fills the memory.
LONGEST_EXPONENT = 30
_PRICE = pl.Decimal(38, 10)
_SCHEMA = {"row_no": pl.Int64, "raw": pl.String} | dict.fromkeys(_NAMES.values(), pl.String)


def claims(source: Source) -> bool:
    """A list whose objects have a jobId and both prices."""
    head = source.head.lstrip()
    return head.startswith("[") and all(re.search(rf'"{key}"\s*:', head) for key in _KEYS)


def read(source: Source) -> Reading:
    """Rows of `statement`, one per job: 1 项 at the price charged; row_no is the job's 1-based place.

    What a job was charged for (cards, cores or the greater of two) its charge does not say, so it is no 卡时.
    Jobs whose account and tenant were charged differently are rejects: nothing says which of the two the contract
    is about. Times carry a zone; the days are those of Asia/Shanghai.
    Raises InputFault where source.toml names no provider or calls the bill a draft, and for broken JSON.
    Source: PKUHPC/OpenSCOW, apps/mis-server; metering.md §2.6.
    """
    says = source.declaration
    provider_id = bill.provider_of(says, place=source.name)
    bill_finality.check(says, place=source.name, is_due=False)
    if source.text is None:
        raise InputFault(f"{source.name}: 不是 UTF-8 文本，无法作为 JSON 读取")
    jobs = loaded(source.text, place=source.name, parse_float=Decimal)
    if not isinstance(jobs, list):
        raise InputFault(f"{source.name}: 顶层不是作业的列表")
    rows = [_row(place, job) for place, job in enumerate(jobs, start=1)]
    cells = _cells(pl.DataFrame(rows, schema=_SCHEMA), zone=zone_of(says, place=source.name))
    accepted, rejected = bill.statement(cells, says, provider_id=provider_id, tags=[], also=_REASONS)
    return in_one(len(jobs), {TABLE.name: accepted}, rejected)


def _row(place: int, job: Any) -> dict[str, Any]:
    said = job if isinstance(job, dict) else {}
    cells = {cell: _text(said[key]) for key, cell in _NAMES.items() if said.get(key) not in (None, "")}
    return {"row_no": place, "raw": json.dumps(job, ensure_ascii=False, default=_text)} | cells


def _text(value: Any) -> str:
    """A number as people write it; one with a long exponent as it stands, for the gate to refuse."""
    is_plain = isinstance(value, Decimal) and abs(value.adjusted()) <= LONGEST_EXPONENT
    return f"{value:f}" if is_plain else str(value)


def _cells(rows: pl.DataFrame, *, zone: str) -> pl.DataFrame:
    """The cells as `bill.statement` takes them. Job ids wrap, so the submission is part of the line's number."""
    start, end = (instant(cell, zone=zone) for cell in ("starts", "ends"))
    empty = [pl.lit(None, dtype=pl.String).alias(n) for n in ("device_model", "price_unit", "invoice_number")]
    return rows.with_columns(
        *empty,
        statement_no=pl.format("OpenSCOW-{}-{}", "cluster", day_of(end).dt.strftime("%Y-%m")),
        line_no=pl.concat_str("job", "submits", separator="@", ignore_nulls=True),
        period_from=day_of(start),
        period_to=last_day_of(start, end),
        service_item=pl.concat_str(pl.lit("作业"), "partition", "qos", separator=" ", ignore_nulls=True),
        unit=pl.lit("项"),
        quantity=pl.lit("1"),
        unit_price_yuan="amount_yuan",
        currency=pl.lit("CNY"),
    )


_REASONS = (
    Reason(
        "BAD_RECORD",
        pl.any_horizontal(
            pl.col(name).is_null() for name in ("job", "cluster", "amount_yuan", "tenant_yuan")
        ),
        pl.lit("作业记录缺少 jobId、cluster、accountPrice 或 tenantPrice"),
    ),
    Reason(
        "TWO_PRICES",
        # A price that cannot be read is not the same either.
        pl.col("amount_yuan")
        .cast(_PRICE, strict=False)
        .ne_missing(pl.col("tenant_yuan").cast(_PRICE, strict=False)),
        pl.format(
            "账户价 {} 与租户价 {} 不同，看不出合同按哪一个", shown("amount_yuan"), shown("tenant_yuan")
        ),
    ),
)
