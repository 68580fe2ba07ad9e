/*
title_zh = "计费明细的原行"
grain_zh = "每行结算账单一行；合同没有账单的，每行发票明细一行；折算之前"
view = true
[columns]
contract_no = "合同编号"
source = "statement 结算账单，invoice_line 发票明细"
document_no = "账单号或发票号码"
line_no = "行号"
period_from = "计费期起"
period_to = "计费期止（含）"
is_undated = "未写计费期的：以开票日代之"
device_model = "型号"
unit = "计价单位，照录"
precision = "精度，照录"
sparsity = "稀疏口径，照录"
quantity = "用量"
unit_price_yuan = "含税单价，元；发票明细为不含税单价乘以一加税率"
amount_yuan = "含税金额，元"
invoice_number = "对应发票"
file_sha256 = "来源文件"
row_no = "来源行号"
unit_name = "计价单位的正名；认不出的为空"
asked_model = "据以折算的型号：行内未写的，取合同中此单位各行唯一的型号"
asked_precision = "据以折算的精度，同上"
asked_sparsity = "据以折算的稀疏口径，同上"
*/
-- An invoice that is void or wholly taken back bills nothing; of one taken back in part the red letter's lines go off.
with standing as (
    select *
    from reconciled.invoice_state
    where status <> 'void' and coalesce(check_result <> 'void', true) and gross_yuan + red_gross_yuan > 0
),
billing as (
    select invoice_number, invoice_number as document_no, contract_no, issued_on from standing
    union all
    select s.invoice_number, r.red_number, s.contract_no, s.issued_on
    from reconciled.red_letter as r
    join standing as s using (invoice_number)
),
lines as (
    select
        contract_no,
        'statement' as source,
        statement_no as document_no,
        cast(line_no as varchar) as line_no,
        period_from,
        period_to,
        false as is_undated,
        device_model,
        unit,
        precision,
        sparsity,
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
        i.document_no,
        cast(l.line_no as varchar) as line_no,
        coalesce(l.period_from, i.issued_on) as period_from,
        coalesce(l.period_to, i.issued_on) as period_to,
        l.period_from is null and l.period_to is null as is_undated,
        null as device_model,
        l.unit,
        null as precision,
        null as sparsity,
        l.quantity,
        cast(cast(l.unit_price_yuan as decimal(24, 6)) * (1 + l.tax_rate) as decimal(18, 6)) as unit_price_yuan,
        cast(l.net_yuan + l.tax_yuan as decimal(18, 2)) as amount_yuan,
        i.invoice_number,
        l.file_sha256,
        l.row_no,
    from lake.invoice_line as l
    join billing as i on i.document_no = l.invoice_number
    where i.contract_no is not null
        and i.contract_no not in (select contract_no from lake.statement)
),
-- What a bill leaves out the contract may say, where all its lines in that unit say the same.
agreed as (
    select
        contract_no,
        unit,
        case when count(distinct device_model) = 1 and count(*) = count(device_model) then any_value(device_model) end as device_model,
        case when count(distinct precision) = 1 and count(*) = count(precision) then any_value(precision) end as precision,
        case when count(distinct sparsity) = 1 and count(*) = count(sparsity) then any_value(sparsity) end as sparsity,
    from lake.contract_line
    group by contract_no, unit
)
select
    l.contract_no,
    l.source,
    l.document_no,
    l.line_no,
    l.period_from,
    l.period_to,
    l.is_undated,
    l.device_model,
    l.unit,
    l.precision,
    l.sparsity,
    l.quantity,
    l.unit_price_yuan,
    l.amount_yuan,
    l.invoice_number,
    l.file_sha256,
    l.row_no,
    w.unit as unit_name,
    coalesce(l.device_model, a.device_model) as asked_model,
    coalesce(l.precision, a.precision) as asked_precision,
    coalesce(l.sparsity, a.sparsity) as asked_sparsity,
from lines as l
left join reconciled.unit_word as w on w.word = reconciled.plain_word(l.unit)
left join agreed as a on a.contract_no = l.contract_no and a.unit = w.unit
