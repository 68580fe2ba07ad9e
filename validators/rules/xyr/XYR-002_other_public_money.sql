/*
id = "XYR-002"
title_zh = "同一费用另有公共资金"
title_en = "Other public money for the same cost"
article = "第三条"
severity = "block"
status = "active"
subject = "claim"
because_zh = "{funders} 对{matched_zh}（{matched}）另有资助：申领 {other_claimed_yuan} 元，兑现 {other_redeemed_yuan} 元；本申请的费用为 {claimed_cost_yuan} 元，申报兑现 {claimed_subsidy_yuan} 元。条文未写明可否叠加，请专家组核对是否为同一费用。"
because_en = "{funders} also funds the {matched_by} ({matched}): {other_claimed_yuan} yuan claimed, {other_redeemed_yuan} yuan paid; this claim is for a cost of {claimed_cost_yuan} yuan and a subsidy of {claimed_subsidy_yuan} yuan. The text does not say whether the two may stand together."
innocent_zh = [
    "其他资金补贴的是同一合同的另一部分费用：请提供该项目的资金批复和费用清单。",
    "其他资金已退回或未实际拨付：请提供退款凭证或撤项通知。",
]
innocent_en = [
    "The other money is for another part of the contract's cost: provide its approval and list of costs.",
    "The other money was returned or never paid: provide the proof of return or the notice.",
]

policy = ["duplicate.action"]

[evidence]
severity = "后果：办法写不予的为建议不予，写合并计算的为核减，其余为暂缓待核"
contract_no = "合同编号"
applicant_id = "申领单位代码"
funders = "出资方；— 为没有"
matched_by = "相同的是 invoice 发票、contract 合同"
matched_zh = "同上的中文；— 为没有"
matched = "相同的发票号码或合同编号，至多列五个；— 为没有"
other_claimed_yuan = "其他资金的申领金额，元"
other_redeemed_yuan = "其他资金的兑现金额，元"
claimed_cost_yuan = "申报实际费用，元"
claimed_subsidy_yuan = "申报兑现金额，元"
amount_at_risk_yuan = "其他资金已兑现与本申请申报中较小者，元"

[[trace]]
relation = "lake.grant_history"
using = []
where = "r.funder is not null and (r.contract_no = j.contract_no or list_contains(string_split(j.matched, '、'), r.invoice_number)) and (r.applicant_id = j.applicant_id or r.applicant_id in (select n.applicant_id from reconciled.applicant_person as n join reconciled.applicant_person as m using (person_id) where m.applicant_id = j.applicant_id))"
*/
select
    c.claim_id as subject_id,
    case
        when s.is_paid then 'flag'
        when s.matched is not null then 'unknown'
        when (select count(*) from lake.grant_history where funder is not null) = 0 then 'not_applicable'
        when s.matched is null then 'pass'
    end as verdict,
    case policy.optional_word('duplicate.action', c.submitted_on)
        when 'reject' then 'block'
        when 'offset' then 'adjust'
        else 'hold'
    end as severity,
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
left join reconciled.other_money as s using (claim_id)
