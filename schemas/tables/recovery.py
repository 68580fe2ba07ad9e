"""追回到账: money that came back on a claim already paid (第十七条), one receipt a row."""

from hesuan.schemas.kind import DATE, ID, YUAN
from hesuan.schemas.table import Column, Table

TABLE = Table(
    name="recovery",
    zh="追回到账",
    grain_zh="一笔申请的一张缴款书一行",
    key=("claim_id", "receipt_no"),
    dated_by="recovered_on",
    columns=(
        Column(
            "claim_id", "申请编号", ID, "追回所涉的兑现申请", aliases=("兑现申请编号",), example="DX-2026-001"
        ),
        Column(
            "receipt_no", "缴款书号", ID, "缴款凭证的编号", aliases=("缴款凭证号",), example="JK-2027-003"
        ),
        Column("recovered_on", "到账日期", DATE, aliases=("缴款日期",), example="2027-03-15"),
        Column("recovered_yuan", "追回金额", YUAN, "到账的金额", at_least=0, example="2500.00"),
    ),
)
