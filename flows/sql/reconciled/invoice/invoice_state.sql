/*
title_zh = "发票现状"
grain_zh = "每张蓝字发票一行，红字已冲减"
no_rows_without = ["lake.invoice"]
[columns]
invoice_number = "发票号码"
contract_no = "对应合同：票面写明的，否则由申请、结算单、付款唯一指向的"
issued_on = "开票日期"
seller_id = "销方代码"
seller_name = "销方名称"
buyer_id = "购方代码"
buyer_name = "购方名称"
net_yuan = "票面金额（不含税），元"
tax_yuan = "票面税额，元"
gross_yuan = "票面价税合计，元"
red_net_yuan = "红字金额合计（负数），元"
red_gross_yuan = "红字价税合计之和（负数），元"
red_count = "红字发票张数"
is_number_sound = "号码格式合规：20位数电票号码，或代码加8位号码"
status = "登记状态"
check_result = "最近一次查验结果；空为未查验"
is_usable = "可计入：号码合规、未作废，且查验结果不是作废、不一致、查无此票；查验为红冲而未收到红字发票的也不可计入"
effective_net_yuan = "冲减后金额（不含税），元；不可计入的为零"
effective_gross_yuan = "冲减后价税合计，元；不可计入的为零"
*/
with reds as (
    select
        invoice_number,
        sum(net_yuan) as red_net_yuan,
        sum(gross_yuan) as red_gross_yuan,
        count(*) as red_count,
    from reconciled.red_letter
    group by invoice_number
),
pointed as (
    select invoice_number, contract_no from lake.claim_invoice join lake.claim using (claim_id)
    union
    select invoice_number, contract_no from lake.statement where invoice_number is not null
    union
    select invoice_number, contract_no from lake.payment where invoice_number is not null and contract_no is not null
),
pointing as (
    select
        invoice_number,
        case when count(distinct contract_no) = 1 then max(contract_no) end as contract_no,
    from pointed
    group by invoice_number
),
checks as (
    select
        invoice_number,
        arg_max(result, (checked_at, result)) as check_result,
    from lake.invoice_check
    group by invoice_number
),
judged as (
    select
        i.*,
        coalesce(r.red_net_yuan, 0) as red_net_yuan,
        coalesce(r.red_gross_yuan, 0) as red_gross_yuan,
        coalesce(r.red_count, 0) as red_count,
        c.check_result,
        coalesce(i.contract_no, p.contract_no) as found_contract_no,
        case
            when i.invoice_code is null then regexp_full_match(i.invoice_number, '\d{20}')
            else regexp_full_match(i.invoice_number, '\d{8}') and regexp_full_match(i.invoice_code, '\d{10}|\d{12}')
        end as is_number_sound,
    from lake.invoice as i
    left join reds as r using (invoice_number)
    left join pointing as p using (invoice_number)
    left join checks as c using (invoice_number)
    where i.invoice_number not in (select red_number from reconciled.red_letter)
),
used as (
    select
        *,
        is_number_sound
            and status <> 'void'
            and coalesce(check_result not in ('void', 'mismatch', 'not_found'), true)
            and not (coalesce(check_result = 'red', false) and red_count = 0) as is_usable,
    from judged
)
select
    invoice_number,
    found_contract_no as contract_no,
    issued_on,
    seller_id,
    seller_name,
    buyer_id,
    buyer_name,
    net_yuan,
    tax_yuan,
    gross_yuan,
    cast(red_net_yuan as decimal(18, 2)) as red_net_yuan,
    cast(red_gross_yuan as decimal(18, 2)) as red_gross_yuan,
    red_count,
    is_number_sound,
    status,
    check_result,
    is_usable,
    cast(case when is_usable then greatest(0, net_yuan + red_net_yuan) else 0 end as decimal(18, 2)) as effective_net_yuan,
    cast(case when is_usable then greatest(0, gross_yuan + red_gross_yuan) else 0 end as decimal(18, 2)) as effective_gross_yuan,
from used
