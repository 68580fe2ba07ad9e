"""算力券申领: vouchers applied for and what became of them (第十一条, 第十四条)."""

from hesuan.schemas.kind import AT, ID, PARTY, YUAN
from hesuan.schemas.table import Column, Table, optional

TABLE = Table(
    name="voucher",
    zh="算力券申领",
    grain_zh="一张算力券一行",
    key=("voucher_id",),
    dated_by="applied_at",
    columns=(
        Column("voucher_id", "券号", ID, aliases=("算力券编号", "算力券号"), example="Q-2026-001"),
        Column(
            "applicant_id", "申领单位代码", PARTY, "申领单位统一社会信用代码", example="91330000142942095H"
        ),
        Column("provider_id", "服务机构代码", PARTY, "服务机构统一社会信用代码"),
        Column("contract_no", "合同编号", ID, "一份合同只能申领一次（第七条）", aliases=("合同号",)),
        Column("applied_at", "申领时间", AT, example="2026-02-01 09:30:00"),
        optional(
            "completed_at", "材料齐全时间", AT, "首次交齐之时，先到先得据此", example="2026-02-02 10:00:00"
        ),
        optional("effective_at", "生效时间", AT, "审核通过之时", example="2026-02-10 15:00:00"),
        Column("face_yuan", "券面金额", YUAN, at_least=0, example="25000.00"),
        Column(
            "state",
            "状态",
            ID,
            choices=(
                ("applied", "已申领"),
                ("effective", "已生效"),
                ("redeemed", "已兑现"),
                ("expired", "已过期"),
                ("revoked", "已撤销"),
            ),
            aliases=("券状态",),
            example="已生效",
        ),
    ),
)
