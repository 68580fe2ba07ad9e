"""付款凭证: bank payments for the service."""

from hesuan.schemas.kind import DATE, ID, INVOICE_NUMBER, PARTY, TEXT, YUAN
from hesuan.schemas.table import Column, Table, optional

TABLE = Table(
    name="payment",
    zh="付款凭证",
    grain_zh="一笔付款一行",
    key=("payment_id",),
    dated_by="paid_on",
    columns=(
        Column(
            "payment_id", "凭证号", ID, aliases=("凭证编号", "付款凭证号", "流水号"), example="FK-2026-001"
        ),
        Column("paid_on", "付款日期", DATE, aliases=("支付日期",), example="2026-04-20"),
        Column(
            "payer_id",
            "付款方代码",
            PARTY,
            "付款方统一社会信用代码",
            aliases=("付款方统一社会信用代码",),
            example="91330000142942095H",
        ),
        optional("payer_name", "付款方名称", TEXT, aliases=("付款方",), example="川东示范制造有限公司"),
        Column(
            "payee_id", "收款方代码", PARTY, "收款方统一社会信用代码", aliases=("收款方统一社会信用代码",)
        ),
        optional("payee_name", "收款方名称", TEXT, aliases=("收款方",), example="川东算力示范有限公司"),
        Column(
            "amount_yuan",
            "付款金额",
            YUAN,
            "退款写负数，或写正数而付款方、收款方对调",
            aliases=("支付金额", "金额"),
            example="53000.00",
        ),
        optional("contract_no", "合同编号", ID, aliases=("合同号",)),
        optional("invoice_number", "发票号码", INVOICE_NUMBER, aliases=("发票号",)),
    ),
)
