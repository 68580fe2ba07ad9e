"""结算账单: what a provider bills for a period; billed card-hours come from here if invoices carry none."""

from hesuan.schemas.kind import DATE, ID, INVOICE_NUMBER, PARTY, PRICE, QUANTITY, TEXT, YUAN
from hesuan.schemas.table import Column, Table, optional
from hesuan.schemas.unit_column import PRECISION, SPARSITY

TABLE = Table(
    name="statement",
    zh="结算账单",
    grain_zh="一份账单的一个计费项一行",
    key=("provider_id", "statement_no", "line_no"),
    dated_by="period_to",
    columns=(
        Column("provider_id", "统一社会信用代码", PARTY, "服务机构的代码", aliases=("服务机构代码",)),
        Column("contract_no", "合同编号", ID, aliases=("合同号",)),
        Column("statement_no", "账单号", ID, aliases=("账单编号",), example="ZD-2026-03"),
        Column("line_no", "行号", ID, "同一账单内唯一", example="1"),
        Column("period_from", "计费期起", DATE),
        Column("period_to", "计费期止", DATE, "含当日", example="2026-03-31"),
        optional("service_item", "服务项目", TEXT, aliases=("服务内容",), example="智算服务"),
        optional("device_model", "型号", ID, "加速卡型号", aliases=("设备型号", "卡型号"), example="A800"),
        Column(
            "unit",
            "计价单位",
            ID,
            "写合同明细的计价单位；认不出、不能折算的单位照录，不计入卡时",
            aliases=("单位",),
            example="卡时",
        ),
        Column("quantity", "用量", QUANTITY, at_least=0, aliases=("数量",), example="4000"),
        Column(
            "unit_price_yuan",
            "含税单价",
            PRICE,
            "每计价单位的含税价",
            aliases=("单价(含税)",),
            at_least=0,
            example="13.25",
        ),
        Column("amount_yuan", "含税金额", YUAN, "折让为负", aliases=("金额(含税)",), example="53000.00"),
        optional("invoice_number", "发票号码", INVOICE_NUMBER, "据此账单开出的发票", aliases=("发票号",)),
        PRECISION,
        SPARSITY,
    ),
)
