/*
id = "INV-009"
title_zh = "申报费用与发票合计不符"
title_en = "Claimed cost above the invoices"
article = "第七条、第十二条"
severity = "adjust"
status = "active"
subject = "claim"
because_zh = "申报实际费用 {claimed_cost_yuan} 元，所附 {invoice_count} 张发票可计入{basis_zh}合计 {eligible_yuan} 元，申报多 {amount_at_risk_yuan} 元；列明而未收到的发票 {missing_count} 张。"
because_en = "{claimed_cost_yuan} yuan are claimed, {invoice_count} invoice(s) give {eligible_yuan} yuan ({basis_en}): {amount_at_risk_yuan} yuan more are claimed; {missing_count} listed invoice(s) were not handed in."
unknown_zh = [
    "申报实际费用 {claimed_cost_yuan} 元；已收到的 {invoice_count} 张发票可计入{basis_zh}合计 {eligible_yuan} 元，列明而未收到的发票 {missing_count} 张，补齐之后是否够申报的费用看不出。请补交发票。",
]
unknown_en = [
    "{claimed_cost_yuan} yuan are claimed; the {invoice_count} invoice(s) on file give {eligible_yuan} yuan ({basis_en}), and {missing_count} listed one(s) were not handed in: whether all of them cover the claim cannot be seen. Please hand in the invoices.",
]
innocent_zh = [
    "申报时按含税金额填写，而办法所取为不含税金额（或相反）：按办法口径重算即可，不影响资格。",
    "有发票尚未交来，或号码填错而未对上：请补交发票或更正号码。",
    "部分费用已被红冲：请按冲减后的余额申报。",
]
innocent_en = [
    "Filled in with tax while the policy goes without (or the reverse): working it out in the policy's basis is enough; eligibility is unaffected.",
    "An invoice is not in yet, or a wrong number found no match: hand it in or correct the number.",
    "Some of the cost was reversed by red-letter invoices: claim what is left.",
]
policy = ["base.tax", "invoice.total_tolerance_yuan"]
[evidence]
contract_no = "合同编号"
claimed_cost_yuan = "申报实际费用，元"
invoice_count = "可用的发票张数"
basis_zh = "计税口径"
basis_en = "the same in English"
eligible_yuan = "可计入的发票合计（冲减红字、按计入份额后），元"
missing_count = "列明而未收到的发票张数"
amount_at_risk_yuan = "申报超出发票的金额，元"
[[trace]]
relation = "reconciled.claim_invoice_use"
using = ["claim_id"]
*/
-- Claiming less than was invoiced is the applicant's own choice: the smaller counts.
with missing as (
    select claim_id, count(*) filter (where not is_handed_in) as missing_count
    from reconciled.claim_invoice_face
    group by claim_id
),
based as (
    select
        c.claim_id,
        c.contract_no,
        c.claimed_cost_yuan,
        i.invoice_count,
        m.missing_count,
        policy.word('base.tax', c.submitted_on) = 'inclusive' as is_inclusive,
        case policy.word('base.tax', c.submitted_on)
            when 'inclusive' then i.invoiced_gross_yuan
            else i.invoiced_net_yuan
        end as eligible_yuan,
        policy.number('invoice.total_tolerance_yuan', c.submitted_on) as slack_yuan,
    from reconciled.claim_paper as c
    left join decided.claim_invoiced as i using (claim_id)
    left join missing as m using (claim_id)
)
select
    claim_id as subject_id,
    case
        when missing_count > 0 and claimed_cost_yuan > eligible_yuan + slack_yuan then 'unknown'
        when claimed_cost_yuan > eligible_yuan + slack_yuan then 'flag'
        when claimed_cost_yuan <= eligible_yuan + slack_yuan then 'pass'
        else 'unknown'
    end as verdict,
    contract_no,
    claimed_cost_yuan,
    coalesce(invoice_count, 0) as invoice_count,
    case when is_inclusive then '价税' else '不含税金额' end as basis_zh,
    case when is_inclusive then 'with tax' else 'without tax' end as basis_en,
    cast(eligible_yuan as decimal(18, 2)) as eligible_yuan,
    coalesce(missing_count, 0) as missing_count,
    cast(case
        when claimed_cost_yuan > eligible_yuan then claimed_cost_yuan - eligible_yuan
        when claimed_cost_yuan <= eligible_yuan then 0
    end as decimal(18, 2)) as amount_at_risk_yuan,
from based
