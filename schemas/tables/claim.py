"""兑现申请: claims for redemption, filed after the service is done (第十二条)."""

from hesuan.schemas.kind import AT, HOURS, ID, PARTY, YUAN
from hesuan.schemas.table import Column, Table, optional

TABLE = Table(
    name="claim",
    zh="兑现申请",
    grain_zh="一份兑现申请一行",
    key=("claim_id",),
    dated_by="submitted_at",
    columns=(
        Column("claim_id", "申请编号", ID, aliases=("兑现申请编号",), example="DX-2026-001"),
        Column("voucher_id", "券号", ID, aliases=("算力券编号", "算力券号"), example="Q-2026-001"),
        Column("contract_no", "合同编号", ID, aliases=("合同号",)),
        Column("provider_id", "服务机构代码", PARTY, "服务机构统一社会信用代码"),
        Column(
            "applicant_id", "申领单位代码", PARTY, "申领单位统一社会信用代码", example="91330000142942095H"
        ),
        Column("submitted_at", "提交时间", AT, example="2026-05-06 14:00:00"),
        Column("claimed_cost_yuan", "申报实际费用", YUAN, "与政策所取的含税或不含税口径一致", at_least=0),
        Column("claimed_subsidy_yuan", "申报兑现金额", YUAN, at_least=0, example="25000.00"),
        optional("claimed_gpu_hours", "申报卡时", HOURS, at_least=0, example="4000"),
    ),
)
