"""专家意见: what the members of the panel decided (第十三条)."""

from hesuan.schemas.kind import AT, ID, TEXT, YUAN
from hesuan.schemas.table import Column, Table, optional

TABLE = Table(
    name="decision",
    zh="专家意见",
    grain_zh="一位专家对一份申请的一次意见一行",
    # The record is append-only (第十三条): what says anything else is another decision, never a newer version of one.
    key=(
        "claim_id",
        "panellist",
        "decided_at",
        "decision",
        "adjusted_yuan",
        "reason",
        "figures_sha256",
        "proposed_subsidy_yuan",
        "override_reason",
    ),
    dated_by="decided_at",
    columns=(
        Column("claim_id", "申请编号", ID, aliases=("兑现申请编号",), example="DX-2026-001"),
        Column(
            "decided_at",
            "审查时间",
            AT,
            aliases=("评审时间",),
            example="2026-06-01 10:00:00",
            lacking_zh="专家意见表请用 hesuan decide 收入，审查时间由它填写",
        ),
        Column("panellist", "专家", TEXT, aliases=("专家姓名",), example="专家甲"),
        Column(
            "decision",
            "意见",
            ID,
            choices=(("approve", "通过"), ("adjust", "核减"), ("reject", "不予"), ("ask", "补充材料")),
            aliases=("专家意见", "审查意见"),
        ),
        optional("adjusted_yuan", "核定金额", YUAN, "意见为核减时填写", at_least=0, example=""),
        Column("reason", "理由", TEXT, aliases=("意见理由",), example="三方一致，算力赋能效益显著"),
        optional(
            "figures_sha256",
            "核对码",
            ID,
            "意见所据数字的核对码，印在专家意见表上；数字变了即失效",
            aliases=("数字核对码",),
            example="0123456789abcdef",
        ),
        optional("proposed_subsidy_yuan", "建议补贴", YUAN, "作出意见时的建议补贴", at_least=0, example=""),
        optional(
            "override_reason",
            "推翻理由",
            TEXT,
            "仅否决项成立而仍同意兑付时填写",
            example="",
        ),
    ),
)
