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
unit = "计价单位"
quantity = "用量"
unit_price_yuan = "含税单价，元；发票明细为不含税单价乘以一加税率"
amount_yuan = "含税金额，元"
card_seconds = "折算卡秒，秒；不按卡计价或单位不明的为空"
invoice_number = "对应发票"
file_sha256 = "来源文件"
row_no = "来源行号"
*/
with lines as (
    select
        contract_no,
        'statement' as source,
        statement_no as document_no,
        cast(line_no as varchar) as line_no,
        period_from,
        period_to,
        device_model,
        unit,
        quantity,
        unit_price_yuan,
        amount_yuan,
        invoice_number,
        file_sha256,
        row_no,
    from lake.statement
    union all
    select
        i.contract_no,
        'invoice_line' as source,
        l.invoice_number as document_no,
        cast(l.line_no as varchar) as line_no,
        coalesce(l.period_from, i.issued_on) as period_from,
        coalesce(l.period_to, i.issued_on) as period_to,
        null as device_model,
        l.unit,
        l.quantity,
        cast(cast(l.unit_price_yuan as decimal(24, 6)) * (1 + l.tax_rate) as decimal(18, 6)) as unit_price_yuan,
        cast(l.net_yuan + l.tax_yuan as decimal(18, 2)) as amount_yuan,
        l.invoice_number,
        l.file_sha256,
        l.row_no,
    from lake.invoice_line as l
    join reconciled.invoice_state as i using (invoice_number)
    where i.contract_no is not null
        and i.contract_no not in (select contract_no from lake.statement)
)
select
    contract_no,
    source,
    document_no,
    line_no,
    strftime(period_from, '%Y-%m') as month,
    period_from,
    period_to,
    device_model,
    unit,
    quantity,
    unit_price_yuan,
    amount_yuan,
    cast(case
        when unit in ('卡时', 'GPU卡时', '小时') then cast(quantity as decimal(30, 6)) * 3600
        when unit = '卡日' then cast(quantity as decimal(30, 6)) * 86400
        when unit = '卡月' then cast(quantity as decimal(30, 6)) * 86400 * day(last_day(period_from))
    end as decimal(38, 6)) as card_seconds,
    invoice_number,
    file_sha256,
    row_no,
from lines
