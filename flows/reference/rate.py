"""The rate tiers of a policy inside the database: policy.rate_tier and policy.rate_condition."""

import polars as pl

from hesuan.flows.warehouse import Connection, comment
from hesuan.schemas.policy import Policy

TIER = {
    "tier_no": "档号，按办法文件的先后，自 1 起",
    "title_zh": "名称",
    "ratio": "补贴比率",
    "cap_yuan": "本档每笔补贴上限，元；无的为空",
    "valid_from": "生效日",
    "valid_to": "失效日（不含）；空为仍有效",
    "article": "条款",
    "quote_zh": "原文",
    "house_reason_zh": "自定理由",
    "is_assumed": "公开材料未见，为假定",
}
CONDITION = {
    "tier_no": "档号",
    "condition_no": "本档内的序号，自 1 起；一档的各项条件须同时成立",
    "fact": "事实（decided.claim_fact）",
    "operator": "below 小于，at_least 不小于，at_most 不大于，is 等于，in 其中之一",
    "number": "所比的数值；所比为文字的为空",
    "words": "所比的文字；真假写作 true、false",
}
_TYPES: dict[str, type[pl.DataType] | pl.DataType] = {
    "tier_no": pl.Int32,
    "condition_no": pl.Int32,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "is_assumed": pl.Boolean,
    "words": pl.List(pl.String),
}


def load_rate_tables(connection: Connection, policy: Policy) -> None:
    """Amounts and ratios go in as text and become exact decimals; no tiers make empty tables."""
    tiers: list[dict[str, object]] = []
    conditions: list[dict[str, object]] = []
    for tier in policy.rate_tiers:
        tiers.append(
            {
                "tier_no": tier.no,
                **{
                    name: getattr(tier, name) for name in TIER if name not in ("tier_no", "ratio", "cap_yuan")
                },
                "ratio": str(tier.ratio),
                "cap_yuan": None if tier.cap_yuan is None else str(tier.cap_yuan),
            }
        )
        for no, asked in enumerate(tier.conditions, start=1):
            number = None if asked.number is None else str(asked.number)
            row = {
                "fact": asked.fact,
                "operator": asked.operator,
                "number": number,
                "words": list(asked.words),
            }
            conditions.append({"tier_no": tier.no, "condition_no": no, **row})
    _make(connection, "rate_tier", "补贴比率的分档（每档一行）", TIER, tiers)
    _make(connection, "rate_condition", "分档的条件（每档每项条件一行）", CONDITION, conditions)


def _make(
    connection: Connection, name: str, title_zh: str, columns: dict[str, str], rows: list[dict[str, object]]
) -> None:
    schema = {column: _TYPES.get(column, pl.String) for column in columns}
    exact = {"ratio": "decimal(38, 10)", "number": "decimal(38, 10)", "cap_yuan": "decimal(18, 2)"}
    cells = ", ".join(f"cast({c} as {exact[c]}) as {c}" if c in exact else c for c in columns)
    connection.register("rate_rows", pl.DataFrame(rows, schema=schema))
    connection.execute(f"create or replace table policy.{name} as select {cells} from rate_rows order by all")
    connection.unregister("rate_rows")
    comment(connection, f"policy.{name}", title_zh, columns)
