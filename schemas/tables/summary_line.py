"""汇总表明细: the lines of the summary sheet that a provider hands in with its claims (第十二条（二）)."""

from hesuan.schemas.kind import ID, PARTY, YUAN
from hesuan.schemas.table import Column, Table

TABLE = Table(
    name="summary_line",
    zh="汇总表明细",
    grain_zh="一张汇总表所列的一行一行，含隐藏的行，不含合计行",
    key=("provider_id", "summary_no", "line_no"),
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
        Column("line_no", "行号", ID, "同一汇总表内唯一", aliases=("序号",), example="1"),
        Column("claim_id", "申请编号", ID, aliases=("兑现申请编号",), example="DX-2026-001"),
        Column("claimed_cost_yuan", "申报实际费用", YUAN, "与兑现申请所填一致", at_least=0),
        Column(
            "claimed_subsidy_yuan",
            "申报兑现金额",
            YUAN,
            "与兑现申请所填一致",
            at_least=0,
            example="25000.00",
        ),
    ),
)
