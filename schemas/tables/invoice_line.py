"""发票明细: the lines of an invoice; discounts and red letters are negative lines."""

from hesuan.schemas.kind import DATE, ID, INVOICE_NUMBER, PRICE, QUANTITY, RATE, TEXT, YUAN
from hesuan.schemas.table import Column, Table, optional

TABLE = Table(
    name="invoice_line",
    zh="发票明细",
    grain_zh="一张发票的一个项目一行",
    key=("invoice_number", "line_no"),
    columns=(
        Column(
            "invoice_number",
            "发票号码",
            INVOICE_NUMBER,
            "数电票 20 位，其他 8 位；单元格须为文本格式",
            aliases=("发票号", "数电发票号码", "数电票号码"),
        ),
        Column("line_no", "行号", ID, "同一发票内唯一", aliases=("明细行号",), example="1"),
        Column(
            "item_name",
            "项目名称",
            TEXT,
            "发票票面的项目名称",
            aliases=("货物或应税劳务名称", "货物或应税劳务、服务名称"),
            example="*信息技术服务*算力服务",
        ),
        optional("tax_code", "税收分类编码", ID, "19 位", example="3040203000000000000"),
        optional("quantity", "数量", QUANTITY, "红字为负", example="4000"),
        optional("unit", "单位", TEXT, "票面的单位，照录", aliases=("计价单位", "计量单位"), example="卡时"),
        optional(
            "unit_price_yuan",
            "单价",
            PRICE,
            "票面单价（不含税）",
            aliases=("单价(不含税)", "不含税单价"),
            at_least=0,
        ),
        Column("net_yuan", "金额", YUAN, "不含税金额；红字为负", aliases=("不含税金额", "金额(不含税)")),
        Column("tax_rate", "税率", RATE, "0.06 或 6%；免税、不征税照写", aliases=("税率/征收率", "征收率")),
        Column("tax_yuan", "税额", YUAN, "红字为负", example="3000.00"),
        optional("period_from", "服务期起", DATE, aliases=("服务开始日期",)),
        optional("period_to", "服务期止", DATE, "含当日", aliases=("服务结束日期",), example="2026-03-31"),
    ),
)
