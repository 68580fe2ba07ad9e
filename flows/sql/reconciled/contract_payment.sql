/*
title_zh = "合同付款"
grain_zh = "每份有付款凭证的合同一行"
no_rows_without = ["lake.contract", "lake.payment", "reconciled.payment_part"]
[columns]
contract_no = "合同编号"
paid_yuan = "需求方付给供给方的合计，元"
third_party_yuan = "付款人或收款人不是合同双方的合计，元"
payment_count = "付款笔数"
third_party_count = "其中付款人或收款人不符的笔数"
first_paid_on = "最早付款日"
last_paid_on = "最晚付款日"
*/
with linked as (
    select
        t.contract_no,
        t.part_yuan as amount_yuan,
        p.payer_id,
        p.payee_id,
        p.paid_on,
    from reconciled.payment_part as t
    join lake.payment as p using (payment_id)
)
select
    l.contract_no,
    cast(sum(case when l.payer_id = c.applicant_id and l.payee_id = c.provider_id then l.amount_yuan else 0 end) as decimal(18, 2)) as paid_yuan,
    cast(sum(case when l.payer_id = c.applicant_id and l.payee_id = c.provider_id then 0 else l.amount_yuan end) as decimal(18, 2)) as third_party_yuan,
    count(*) as payment_count,
    count(*) filter (where l.payer_id <> c.applicant_id or l.payee_id <> c.provider_id) as third_party_count,
    min(l.paid_on) as first_paid_on,
    max(l.paid_on) as last_paid_on,
from linked as l
join lake.contract as c on c.contract_no = l.contract_no
group by l.contract_no
