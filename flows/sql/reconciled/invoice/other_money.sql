/*
title_zh = "同一费用的其他财政资金"
grain_zh = "每笔与其他资金有关的申请一行"
no_rows_without = ["lake.grant_history", "reconciled.claim_paper"]
[columns]
claim_id = "申请编号"
funders = "出资方"
matched = "相同的发票或合同，至多五个"
first_by = "按何相同：invoice 发票，contract 合同"
last_by = "同上；两种都有的与前一列不同"
other_claimed_yuan = "其他资金的申领额，元"
other_redeemed_yuan = "其他资金的兑现额，元"
is_paid = "确为同一费用且已兑现"
paid_yuan = "其中确为同一费用的兑现额，元"
*/
-- A branch and its head office are one legal person, whichever was paid.
with others as (
    select h.*, coalesce(n.person_id, h.applicant_id) as person_id,
    from lake.grant_history as h
    left join reconciled.applicant_person as n using (applicant_id)
    where h.funder is not null
),
claims as (
    select c.*, coalesce(n.person_id, c.applicant_id) as person_id,
    from reconciled.claim_paper as c
    left join reconciled.applicant_person as n using (applicant_id)
),
used as (
    select distinct claim_id, invoice_number
    from reconciled.claim_invoice_face
    where effective_gross_yuan > 0 and not is_red
),
-- A row that names its invoice is about that invoice; one that names none is about the whole contract.
matched as (
    select c.claim_id, o.invoice_number as matched, 'invoice' as matched_by, o.funder, o.claimed_yuan, o.redeemed_yuan,
        -- Eight digits recur under other codes, and another buyer's row may be a slip of the pen.
        length(o.invoice_number) = 20 and o.person_id = c.person_id as is_certain,
    from claims as c
    join used as u using (claim_id)
    join others as o on o.invoice_number = u.invoice_number
    union all
    select c.claim_id, o.contract_no, 'contract', o.funder, o.claimed_yuan, o.redeemed_yuan, true,
    from claims as c
    join others as o
        on o.contract_no = c.contract_no
        and o.person_id = c.person_id
        and (c.signed_on is null or year(c.signed_on) <= o.policy_year)
    where o.invoice_number is null
)
select
    claim_id,
    string_agg(distinct funder, '、' order by funder) as funders,
    array_to_string(list(distinct matched order by matched)[1:5], '、') as matched,
    min(matched_by) as first_by,
    max(matched_by) as last_by,
    sum(claimed_yuan) as other_claimed_yuan,
    sum(redeemed_yuan) as other_redeemed_yuan,
    bool_or(is_certain and redeemed_yuan > 0) as is_paid,
    cast(coalesce(sum(redeemed_yuan) filter (where is_certain), 0) as decimal(18, 2)) as paid_yuan,
from matched
group by claim_id
