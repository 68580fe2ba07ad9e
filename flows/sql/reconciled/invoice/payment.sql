/*
title_zh = "付款"
grain_zh = "每笔付款一行，金额不为负：记作负数的是退款，由收款的一方退给付款的一方"
view = true
[columns]
payment_id = "凭证号"
paid_on = "付款日期"
payer_id = "付出的一方的代码"
payee_id = "收到的一方的代码"
payer_person_id = "付出的一方所属法人的代码：分支机构为其总机构的，其他即其代码"
payee_person_id = "收到的一方所属法人的代码，同上"
amount_yuan = "付款金额，元，不为负"
contract_no = "凭证所写的合同编号"
invoice_number = "凭证所写的发票号码"
file_sha256 = "来源文件"
sheet = "来源工作表"
row_no = "来源行号"
*/
-- A bank's export writes what came back below zero, most under the parties of the payment, some under those of the
-- refund: whoever stands first, it came from the seller. What is below zero never pays.
with sided as (
    select
        p.*,
        coalesce(
            p.payer_id = k.provider_id,
            p.payer_id = i.seller_id,
            p.payer_id in (select provider_id from lake.contract)
        ) as is_by_seller,
    from lake.payment as p
    left join lake.contract as k on k.contract_no = p.contract_no
    left join lake.invoice as i on i.invoice_number = p.invoice_number
),
turned as (
    select
        * replace (
            case when amount_yuan < 0 and not is_by_seller then payee_id else payer_id end as payer_id,
            case when amount_yuan < 0 and not is_by_seller then payer_id else payee_id end as payee_id
        ),
    from sided
)
select
    t.payment_id,
    t.paid_on,
    t.payer_id,
    t.payee_id,
    coalesce(a.person_id, t.payer_id) as payer_person_id,
    coalesce(b.person_id, t.payee_id) as payee_person_id,
    cast(abs(t.amount_yuan) as decimal(18, 2)) as amount_yuan,
    t.contract_no,
    t.invoice_number,
    t.file_sha256,
    t.sheet,
    t.row_no,
from turned as t
left join reconciled.applicant_person as a on a.applicant_id = t.payer_id
left join reconciled.applicant_person as b on b.applicant_id = t.payee_id
