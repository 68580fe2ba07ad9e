"""汇总表合计: what the last row of a provider's summary sheet states (第十二条（二）)."""

from hesuan.schemas.kind import ID, INT, PARTY, PRICE
from hesuan.schemas.table import Column, Table

TEN_THOUSAND = ("万元",)
"""REC-007 tells a total in 万元 from one in 元, so the header may say either."""

TABLE = Table(
    name="summary_total",
    zh="汇总表合计",
    grain_zh="一张汇总表一行",
    key=("provider_id", "summary_no"),
    columns=(
        Column(
            "summary_no",
            "汇总表编号",
            ID,
            "同一服务机构内唯一；更正后重交的另编一号",
            aliases=("汇总表号",),
            example="HZ-2026-01",
        ),
        Column(
            "provider_id",
            "服务机构代码",
            PARTY,
            "服务机构统一社会信用代码",
            aliases=("统一社会信用代码",),
        ),
        Column(
            "stated_count", "合计行数", INT, "表上所写的行数", aliases=("合计笔数",), at_least=0, example="1"
        ),
        Column(
            "stated_cost_yuan",
            "合计申报费用",
            PRICE,
            "表上所写，元；原表以万元印的照填，一亿元以上的以万元填",
            units=TEN_THOUSAND,
            at_least=0,
            example="50000.00",
        ),
        Column(
            "stated_subsidy_yuan",
            "合计兑现金额",
            PRICE,
            "表上所写，元；原表以万元印的照填，一亿元以上的以万元填",
            units=TEN_THOUSAND,
            at_least=0,
            example="25000.00",
        ),
    ),
)
