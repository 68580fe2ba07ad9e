"""兑现发票: which invoices a claim counts, and how much of each."""

from hesuan.schemas.kind import ID, INVOICE_NUMBER, YUAN
from hesuan.schemas.table import Column, Table

TABLE = Table(
    name="claim_invoice",
    zh="兑现发票",
    grain_zh="一份申请计入一张发票一行",
    key=("claim_id", "invoice_number"),
    columns=(
        Column("claim_id", "申请编号", ID, aliases=("兑现申请编号",), example="DX-2026-001"),
        Column("invoice_number", "发票号码", INVOICE_NUMBER, "单元格须为文本格式", aliases=("发票号",)),
        Column("allocated_yuan", "计入金额", YUAN, "此发票计入申报实际费用的部分；红字为负"),
    ),
)
