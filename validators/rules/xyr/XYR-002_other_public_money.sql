/*
id = "XYR-002"
title_zh = "同一费用另有公共资金"
title_en = "Other public money for the same cost"
article = "第三条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "{funders} 对{matched_zh}（{matched}）另有资助：申领 {other_claimed_yuan} 元，兑现 {other_redeemed_yuan} 元；本申请的费用为 {claimed_cost_yuan} 元，申报兑现 {claimed_subsidy_yuan} 元。条文未写明可否叠加，请专家组核对是否为同一费用。"
because_en = "{funders} also funds the {matched_by} ({matched}): {other_claimed_yuan} yuan claimed, {other_redeemed_yuan} yuan paid; this claim is for a cost of {claimed_cost_yuan} yuan and a subsidy of {claimed_subsidy_yuan} yuan. The text does not say whether the two may stand together."
innocent_zh = [
    "其他资金补贴的是同一合同的另一部分费用：请提供该项目的资金批复和费用清单。",
    "其他资金已退回或未实际拨付：请提供退款凭证或撤项通知。",
]

[evidence]
contract_no = "合同编号"
applicant_id = "申领单位代码"
funders = "出资方；— 为没有"
matched_by = "相同的是 invoice 发票、contract 合同"
matched_zh = "同上的中文"
matched = "相同的发票号码或合同编号，至多列五个；— 为没有"
other_claimed_yuan = "其他资金的申领金额，元"
other_redeemed_yuan = "其他资金的兑现金额，元"
claimed_cost_yuan = "申报实际费用，元"
claimed_subsidy_yuan = "申报兑现金额，元"
amount_at_risk_yuan = "其他资金已兑现与本申请申报中较小者，元"

[[trace]]
relation = "lake.grant_history"
using = ["applicant_id"]
where = "r.funder is not null and (r.contract_no = j.contract_no or list_contains(string_split(j.matched, '、'), r.invoice_number))"
*/
with others as (
    select * from lake.grant_history where funder is not null
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
        length(o.invoice_number) = 20 and o.applicant_id = c.applicant_id as is_certain,
    from reconciled.claim_paper as c
    join used as u using (claim_id)
    join others as o on o.invoice_number = u.invoice_number
    union all
    select c.claim_id, o.contract_no, 'contract', o.funder, o.claimed_yuan, o.redeemed_yuan, true,
    from reconciled.claim_paper as c
    join others as o
        on o.contract_no = c.contract_no
        and o.applicant_id = c.applicant_id
        and (c.signed_on is null or year(c.signed_on) <= o.policy_year)
    where o.invoice_number is null
),
summed as (
    select
        claim_id,
        string_agg(distinct funder, '、' order by funder) as funders,
        array_to_string(list(distinct matched order by matched)[1:5], '、') as matched,
        min(matched_by) as first_by,
        max(matched_by) as last_by,
        sum(claimed_yuan) as other_claimed_yuan,
        sum(redeemed_yuan) as other_redeemed_yuan,
        bool_or(is_certain and redeemed_yuan > 0) as is_paid,
    from matched
    group by claim_id
)
select
    c.claim_id as subject_id,
    case
        when s.is_paid then 'flag'
        when s.matched is not null then 'unknown'
        when (select count(*) from others) = 0 then 'not_applicable'
        when s.matched is null then 'pass'
    end as verdict,
    c.contract_no,
    c.applicant_id,
    coalesce(s.funders, '—') as funders,
    case when s.first_by = s.last_by then s.first_by when s.first_by <> s.last_by then 'contract and invoice' else '—' end as matched_by,
    case matched_by when 'invoice' then '同一发票' when 'contract' then '同一合同' when 'contract and invoice' then '同一合同和发票' else '—' end as matched_zh,
    coalesce(s.matched, '—') as matched,
    cast(coalesce(s.other_claimed_yuan, 0) as decimal(18, 2)) as other_claimed_yuan,
    cast(coalesce(s.other_redeemed_yuan, 0) as decimal(18, 2)) as other_redeemed_yuan,
    c.claimed_cost_yuan,
    c.claimed_subsidy_yuan,
    cast(least(c.claimed_subsidy_yuan, coalesce(s.other_redeemed_yuan, 0)) as decimal(18, 2)) as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join summed as s using (claim_id)
