"""发票: invoices as issued, red letters with negative amounts."""

from hesuan.schemas.kind import DATE, ID, INVOICE_NUMBER, ORIGINAL_NUMBER, PARTY, TEXT, YUAN
from hesuan.schemas.table import Column, Table, optional

TABLE = Table(
    name="invoice",
    zh="发票",
    grain_zh="一张发票一行",
    key=("invoice_number",),
    dated_by="issued_on",
    columns=(
        Column(
            "invoice_number",
            "发票号码",
            INVOICE_NUMBER,
            "数电票 20 位，其他 8 位；单元格须为文本格式",
            aliases=("发票号", "数电发票号码", "数电票号码"),
        ),
        optional("invoice_code", "发票代码", ID, "数电票没有", example=""),
        Column("issued_on", "开票日期", DATE, aliases=("发票日期",), example="2026-04-05"),
        Column(
            "seller_id",
            "销售方代码",
            PARTY,
            "销售方统一社会信用代码或纳税人识别号",
            aliases=(
                "销售方统一社会信用代码",
                "销售方纳税人识别号",
                "销售方识别号",
                "销方识别号",
                "销方税号",
            ),
        ),
        Column(
            "seller_name", "销售方名称", TEXT, aliases=("销方名称", "销售方"), example="川东算力示范有限公司"
        ),
        Column(
            "buyer_id",
            "购买方代码",
            PARTY,
            "购买方统一社会信用代码或纳税人识别号",
            aliases=(
                "购买方统一社会信用代码",
                "购买方纳税人识别号",
                "购买方识别号",
                "购方识别号",
                "购方税号",
            ),
            example="91330000142942095H",
        ),
        Column(
            "buyer_name", "购买方名称", TEXT, aliases=("购方名称", "购买方"), example="川东示范制造有限公司"
        ),
        Column(
            "net_yuan",
            "金额",
            YUAN,
            "不含税金额；红字为负",
            aliases=("不含税金额", "金额(不含税)", "合计金额"),
        ),
        Column("tax_yuan", "税额", YUAN, "红字为负", aliases=("合计税额",), example="3000.00"),
        Column(
            "gross_yuan",
            "价税合计",
            YUAN,
            "含税金额；红字为负",
            aliases=("含税金额", "金额(含税)", "价税合计金额"),
            example="53000.00",
        ),
        Column(
            "status",
            "状态",
            ID,
            "红字发票写 红字，作废的写 作废",
            choices=(("normal", "正常"), ("red", "红字"), ("void", "作废")),
            aliases=("发票状态",),
        ),
        optional(
            "original_invoice_number",
            "对应蓝票号码",
            ORIGINAL_NUMBER,
            "红字发票所冲的蓝字发票",
            aliases=("被红冲发票号码", "原发票号码"),
            example="",
        ),
        optional("contract_no", "合同编号", ID, aliases=("合同号",), example="HT-2026-001"),
        optional("remark", "备注", TEXT, example="合同 HT-2026-001 三月算力服务"),
    ),
)
