/*
id = "INV-002"
title_zh = "发票已作废或红冲"
title_en = "Invoice void or taken back by a red letter"
article = "第十二条、第十七条"
severity = "adjust"
status = "active"
subject = "claim"
because_zh = "本申请所用发票中有 {invoice_count} 张已作废、已红冲或查验不符（{invoice_numbers}），计入 {claimed_yuan} 元，现只可计 {effective_yuan} 元，少 {amount_at_risk_yuan} 元；另有 {missing_count} 张发票未收到；同一购销双方的红字发票未写明所冲蓝票、可能冲的是其中一张的 {stray_count} 张（{stray_numbers}）。"
because_en = "{invoice_count} invoice(s) of this claim are void, taken back by a red letter or did not pass the check ({invoice_numbers}): {claimed_yuan} yuan are claimed, {effective_yuan} yuan can be counted, {amount_at_risk_yuan} yuan less; {missing_count} invoice(s) were not handed in; red letters between the same parties that do not say which invoice they take back, and may take back one of these: {stray_count} ({stray_numbers})."
innocent_zh = [
    "开票有误，红冲后已重开：请以重开的发票申报，并附红字发票信息确认单。",
    "部分退款只冲减一部分：请把计入金额改为冲减后的余额。",
    "未写明原票的红字冲的是别的发票：请补红字发票信息确认单，或在发票表写明原发票号码。",
    "查验时录入有误：请重新查验并提交查验结果。",
]
innocent_en = [
    "Reversed by a red-letter invoice and issued again: claim with the new one and add the red-letter confirmation.",
    "A partial refund sets off a part only: change the counted amount to what is left.",
    "A red letter without its original takes back another invoice: add its confirmation, or the original's number to the table.",
    "A slip in the check: check the invoice again and hand in the result.",
]
policy = ["base.tax", "invoice.total_tolerance_yuan"]
[evidence]
contract_no = "合同编号"
invoice_count = "计入金额超过可计金额的发票张数"
invoice_numbers = "其号码，至多列五张"
claimed_yuan = "其计入金额合计，元（办法所取的计税口径）"
effective_yuan = "其可计金额合计（冲减红字后；作废或查验不符的为零），元"
missing_count = "申请列明而未收到的发票张数"
stray_count = "未写明所冲蓝票的红字发票张数：购销双方相同、开票不早、金额不超过其中一张所余，未写明属于别的合同"
stray_numbers = "其号码，至多列五张；没有的为一横"
amount_at_risk_yuan = "计入而不可计的金额，元"
[[trace]]
relation = "reconciled.claim_invoice_face"
using = ["claim_id"]
where = "r.is_reduced"
[[trace]]
relation = "lake.invoice"
using = []
where = "contains(j.stray_numbers, r.invoice_number)"
*/
with faces as (
    select
        f.claim_id,
        f.invoice_number,
        f.is_listed,
        f.is_handed_in,
        f.claimed_yuan,
        coalesce(f.is_reduced, false) as is_reduced,
        case policy.word('base.tax', c.submitted_on)
            when 'inclusive' then f.effective_gross_yuan
            else f.effective_net_yuan
        end as effective_yuan,
        policy.number('invoice.total_tolerance_yuan', c.submitted_on) as slack_yuan,
        c.claimed_cost_yuan,
    from reconciled.claim_invoice_face as f
    join reconciled.claim_paper as c using (claim_id)
    where not f.is_red
),
-- A claim that lists no invoices counts them all: only a sum short of what it asks for shows that one is missed.
weighed as (
    select
        *,
        case
            when is_listed then claimed_yuan > effective_yuan + slack_yuan
            else claimed_cost_yuan > sum(effective_yuan) over (partition by claim_id) + slack_yuan
        end as is_over,
    from faces
),
summed as (
    select
        claim_id,
        count(*) filter (where is_reduced and is_over) as invoice_count,
        array_to_string(list(invoice_number order by invoice_number) filter (where is_reduced and is_over)[1:5], '、')
            as invoice_numbers,
        sum(coalesce(claimed_yuan, effective_yuan)) filter (where is_reduced and is_over) as claimed_yuan,
        sum(effective_yuan) filter (where is_reduced and is_over) as effective_yuan,
        count(*) filter (where not is_handed_in) as missing_count,
        case
            when bool_and(is_listed) then sum(claimed_yuan - effective_yuan) filter (where is_reduced and is_over)
            else any_value(claimed_cost_yuan) - sum(effective_yuan)
        end as over_yuan,
    from weighed
    group by claim_id
),
strays as (
    select
        f.claim_id,
        count(distinct r.red_number) as stray_count,
        array_to_string(list(distinct r.red_number order by r.red_number)[1:5], '、') as stray_numbers,
    from reconciled.claim_invoice_face as f
    join lake.invoice as i
        on i.seller_id = f.seller_id
        and i.buyer_id = f.buyer_id
        and i.issued_on >= f.issued_on
        and coalesce(i.contract_no = f.contract_no, true)
    join reconciled.red_letter as r
        on r.red_number = i.invoice_number and r.invoice_number is null and -r.gross_yuan <= f.effective_gross_yuan
    where not f.is_red
    group by f.claim_id
)
select
    c.claim_id as subject_id,
    case
        when s.invoice_count > 0 then 'flag'
        when s.missing_count = 0 and r.stray_count is null then 'pass'
        else 'unknown'
    end as verdict,
    c.contract_no,
    s.invoice_count,
    nullif(s.invoice_numbers, '') as invoice_numbers,
    cast(s.claimed_yuan as decimal(18, 2)) as claimed_yuan,
    cast(s.effective_yuan as decimal(18, 2)) as effective_yuan,
    s.missing_count,
    coalesce(r.stray_count, 0) as stray_count,
    coalesce(r.stray_numbers, '—') as stray_numbers,
    cast(case when s.invoice_count > 0 then s.over_yuan end as decimal(18, 2)) as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join summed as s using (claim_id)
left join strays as r using (claim_id)
