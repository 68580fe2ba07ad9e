"""How far the claims have come (办理进度): a count for each stage, from the voucher to the payment."""

from dataclasses import dataclass

import duckdb

from hesuan.reports import published

VOUCHERS = """
select
    count(distinct voucher_id) filter (where event = 'apply') as applied,
    count(distinct voucher_id) filter (where event = 'effect') as effective,
    count(distinct voucher_id) filter (where event = 'redeem') as redeemed,
from published.ledger_event
"""
CLAIMS = "select count(*) as claim_count from published.claim"
DECIDED = """
select count(*) as decided, count(*) filter (where payable_yuan > 0) as payable
from published.decision
join published.claim using (claim_id)
"""


@dataclass(frozen=True)
class Stage:
    """`number` is None where the published file does not say."""

    title_zh: str
    number: int | None
    unit_zh: str


def stages(connection: duckdb.DuckDBPyConnection) -> list[Stage]:
    is_kept = published.is_published(connection, "ledger_event")
    vouchers = published.answers(connection, VOUCHERS)[0] if is_kept else {}
    is_decided = published.is_published(connection, "decision")
    decided = published.answers(connection, DECIDED)[0] if is_decided else {}
    claim_count = published.answers(connection, CLAIMS)[0]["claim_count"]
    return [
        Stage("已申领", vouchers.get("applied"), "张券"),
        Stage("已生效", vouchers.get("effective"), "张券"),
        Stage("已申请兑现、已核验", claim_count, "份"),
        Stage("专家组已有意见", decided.get("decided"), "份"),
        Stage("可兑付", decided.get("payable"), "份"),
        Stage("已兑现（含往期）", vouchers.get("redeemed"), "张券"),
    ]
