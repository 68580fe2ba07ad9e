/*
title_zh = "合同付款"
grain_zh = "每份有付款凭证的合同一行"
no_rows_without = ["lake.contract", "lake.payment", "reconciled.payment_part"]
[columns]
contract_no = "合同编号"
paid_yuan = "申领单位付给服务机构的合计，减服务机构退回的，不低于零，元"
returned_yuan = "服务机构退回申领单位的合计，元"
third_party_yuan = "付款人或收款人不是合同双方的合计，元"
payment_count = "付款笔数"
third_party_count = "其中付款人或收款人不符的笔数"
first_paid_on = "最早付款日"
last_paid_on = "最晚付款日"
*/
-- What was paid and given back was not spent (R21). A branch and its head office are one legal person, whichever pays.
with linked as (
    select
        t.contract_no,
        t.part_yuan as amount_yuan,
        p.payer_person_id = coalesce(n.person_id, c.applicant_id) and p.payee_id = c.provider_id as is_paid,
        p.payer_id = c.provider_id and p.payee_person_id = coalesce(n.person_id, c.applicant_id) as is_returned,
        p.paid_on,
    from reconciled.payment_part as t
    join reconciled.payment as p using (payment_id)
    join lake.contract as c on c.contract_no = t.contract_no
    left join reconciled.applicant_person as n on n.applicant_id = c.applicant_id
),
summed as (
    select
        contract_no,
        coalesce(sum(amount_yuan) filter (where is_paid), 0) as paid_yuan,
        coalesce(sum(amount_yuan) filter (where is_returned), 0) as returned_yuan,
        coalesce(sum(amount_yuan) filter (where not is_paid and not is_returned), 0) as third_party_yuan,
        count(*) as payment_count,
        count(*) filter (where not is_paid and not is_returned) as third_party_count,
        min(paid_on) as first_paid_on,
        max(paid_on) as last_paid_on,
    from linked
    group by contract_no
)
select
    contract_no,
    cast(greatest(0, paid_yuan - returned_yuan) as decimal(18, 2)) as paid_yuan,
    cast(returned_yuan as decimal(18, 2)) as returned_yuan,
    cast(third_party_yuan as decimal(18, 2)) as third_party_yuan,
    payment_count,
    third_party_count,
    first_paid_on,
    last_paid_on,
from summed
