/*
title_zh = "计费明细"
grain_zh = "每行结算账单一行；合同没有账单的，每行发票明细一行"
[columns]
contract_no = "合同编号"
source = "statement 结算账单，invoice_line 发票明细"
document_no = "账单号或发票号码"
line_no = "行号"
month = "计费月 YYYY-MM：按计费期起"
period_from = "计费期起"
period_to = "计费期止（含）"
device_model = "型号"
device_class = "加速卡的类别，依据以折算的型号；没有型号、认不出的为 unknown"
unit = "计价单位，照录"
precision = "精度；不按峰值算力计价的为空"
sparsity = "稀疏口径：dense 稠密，sparse 稀疏；不按峰值算力计价的为空"
quantity = "用量"
unit_price_yuan = "含税单价，元；发票明细为不含税单价乘以一加税率"
amount_yuan = "含税金额，元"
card_seconds = "折算卡秒，秒，舍去不足百万分之一；不按卡计价、不能折算或单位不明的为空"
conversion_zh = "如何折算，或为何不能折算"
invoice_number = "对应发票"
file_sha256 = "来源文件"
row_no = "来源行号"
*/
select
    l.contract_no,
    l.source,
    l.document_no,
    l.line_no,
    strftime(l.period_from, '%Y-%m') as month,
    l.period_from,
    l.period_to,
    l.device_model,
    coalesce(reconciled.device_class(l.asked_model), 'unknown') as device_class,
    l.unit,
    l.asked_precision as precision,
    l.asked_sparsity as sparsity,
    l.quantity,
    l.unit_price_yuan,
    l.amount_yuan,
    reconciled.converted(
        l.quantity,
        coalesce(c.period_seconds, reconciled.months_seconds(l.period_from, l.period_to)),
        c.card_parts * case when c.period_seconds is null then reconciled.month_count(l.period_from, l.period_to) else 1 end
    ) as card_seconds,
    coalesce(c.conversion_zh, '单位不在换算表') as conversion_zh,
    l.invoice_number,
    l.file_sha256,
    l.row_no,
from reconciled.bill_row as l
left join reconciled.unit_conversion as c
    on c.contract_no = l.contract_no
    and c.unit = l.unit_name
    and c.device_model is not distinct from l.asked_model
    and c.precision is not distinct from l.asked_precision
    and c.sparsity is not distinct from l.asked_sparsity
