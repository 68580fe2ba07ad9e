/*
title_zh = "三方比对"
grain_zh = "每份合同、明细、月一行；月份为空的行是合同约定的全部；发票与付款不分明细，其行明细为空"
view = true
[columns]
"合同编号" = "合同编号"
"明细" = "合同明细行号"
"月份" = "月份；空为合同约定的全部"
"型号" = "型号"
"合同卡时" = "合同约定卡时，小时"
"计费卡时" = "计费卡时，小时"
"计量卡时" = "计入的计量卡时，小时"
"活跃卡时" = "活跃卡时，小时"
"计费金额" = "计费含税金额，元"
"开票金额" = "开票价税合计，元"
"付款金额" = "付款，元"
"差异" = "计费减计量，小时"
"归因" = "差异的归因"
*/
select
    contract_no as 合同编号,
    line_no as 明细,
    month as 月份,
    device_model as 型号,
    contract_gpu_hours as 合同卡时,
    billed_gpu_hours as 计费卡时,
    metered_gpu_hours as 计量卡时,
    active_gpu_hours as 活跃卡时,
    billed_yuan as 计费金额,
    invoiced_gross_yuan as 开票金额,
    paid_yuan as 付款金额,
    variance_gpu_hours as 差异,
    variance_cause_zh as 归因,
from published.reconciliation
order by contract_no, month nulls first, device_model, line_no
