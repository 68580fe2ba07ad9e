"""往期兑现: what earlier years and batches claimed and redeemed, here and from other public money (`funder`)."""

from hesuan.schemas.kind import ID, INVOICE_NUMBER, PARTY, TEXT, YEAR, YUAN
from hesuan.schemas.table import Column, Table, optional

TABLE = Table(
    name="grant_history",
    zh="往期兑现",
    grain_zh="一个年度一份合同（一张发票）一行",
    key=("policy_year", "applicant_id", "contract_no", "voucher_id", "invoice_number", "funder"),
    columns=(
        Column("policy_year", "政策年度", YEAR, at_least=2000, aliases=("年度",), example="2025"),
        Column(
            "applicant_id", "申领单位代码", PARTY, "申领单位统一社会信用代码", example="91330000142942095H"
        ),
        Column("contract_no", "合同编号", ID, aliases=("合同号",), example="HT-2025-009"),
        optional("voucher_id", "券号", ID, aliases=("算力券编号", "算力券号"), example="Q-2025-009"),
        Column("claimed_yuan", "申领金额", YUAN, at_least=0, example="30000.00"),
        Column("redeemed_yuan", "兑现金额", YUAN, aliases=("已兑现金额",), at_least=0, example="30000.00"),
        optional(
            "invoice_number", "发票号码", INVOICE_NUMBER, aliases=("发票号",), example="25512000000000000009"
        ),
        optional(
            "funder",
            "出资方",
            TEXT,
            "本办法的兑现留空；其他公共资金写明出资的部门或项目",
            aliases=("出资部门", "资金来源"),
            example="",
        ),
    ),
)
