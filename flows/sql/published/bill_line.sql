/*
title_zh = "计费明细"
grain_zh = "每行结算账单一行；合同没有账单的，每行发票明细一行"
no_rows_without = ["reconciled.billed_line"]
[columns]
contract_no = "合同编号"
source = "statement 结算账单，invoice_line 发票明细"
document_no = "账单号或发票号码"
line_no = "行号"
period_from = "计费期起"
period_to = "计费期止（含）"
device_model = "型号"
unit = "计价单位，照录"
quantity = "用量，按所记的计价单位"
billed_gpu_hours = "折合卡时，小时；不能折算的为空"
billed_yuan = "含税金额，元"
conversion_zh = "折算的依据"
*/
select
    contract_no,
    source,
    document_no,
    line_no,
    period_from,
    period_to,
    device_model,
    unit,
    quantity,
    cast(reconciled.card_hours(card_seconds) as decimal(18, 4)) as billed_gpu_hours,
    amount_yuan as billed_yuan,
    conversion_zh,
from reconciled.billed_line
order by contract_no, source, document_no, line_no
