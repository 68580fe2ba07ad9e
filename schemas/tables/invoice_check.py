"""发票查验: what the tax platform answered about an invoice."""

from hesuan.schemas.kind import AT, ID, INVOICE_NUMBER
from hesuan.schemas.table import Column, Table

TABLE = Table(
    name="invoice_check",
    zh="发票查验",
    grain_zh="一张发票的一次查验一行",
    key=("invoice_number", "checked_at"),
    dated_by="checked_at",
    columns=(
        Column(
            "invoice_number",
            "发票号码",
            INVOICE_NUMBER,
            "数电票 20 位，其他 8 位；单元格须为文本格式",
            aliases=("发票号",),
        ),
        Column("checked_at", "查验时间", AT, example="2026-05-10 10:00:00"),
        Column(
            "result",
            "查验结果",
            ID,
            choices=(
                ("normal", "正常"),
                ("void", "作废"),
                ("red", "红字"),
                ("mismatch", "不一致"),
                ("not_found", "查无此票"),
            ),
        ),
    ),
)
