/*
id = "REC-004"
title_zh = "申报兑现金额与规则不符"
title_en = "Subsidy asked for is not what the rule gives"
article = "第七条"
severity = "adjust"
status = "active"
subject = "claim"
because_zh = "申报实际费用 {claimed_cost_yuan} 元，按比例 {ratio} 应为 {expected_yuan} 元，申报兑现 {claimed_subsidy_yuan} 元，多 {amount_at_risk_yuan} 元；按认定费用 {recognised_cost_yuan} 元核算、计入上限和总额之后，建议补贴 {proposed_subsidy_yuan} 元。"
because_en = "The claim states a cost of {claimed_cost_yuan} yuan; at the rate of {ratio} that gives {expected_yuan} yuan, and {claimed_subsidy_yuan} yuan are asked for, {amount_at_risk_yuan} yuan more. From the recognised cost of {recognised_cost_yuan} yuan, after the cap and the pool, {proposed_subsidy_yuan} yuan are proposed."
innocent_zh = [
    "按含税费用计算了补贴而费用栏填的是不含税数：请更正申报兑现金额，或说明口径（解读 R10）。",
    "以万元为单位四舍五入填报：请改以元填报，精确到分。",
]
innocent_en = [
    "The subsidy was worked out from the cost with tax and the cost filled in without: correct the amount, or state the basis (reading R10).",
    "Filled in rounded to ten thousand CNY: fill in CNY to the cent.",
]
policy = ["rate.subsidy_ratio", "subsidy.tolerance_yuan"]

[evidence]
contract_no = "合同编号"
claimed_cost_yuan = "申报实际费用，元"
ratio = "补贴比例"
expected_yuan = "申报实际费用按比例、舍去不足一分，元；上限和总额之前"
claimed_subsidy_yuan = "申报兑现金额，元"
recognised_cost_yuan = "认定费用，元"
proposed_subsidy_yuan = "建议补贴，元"
amount_at_risk_yuan = "申报兑现金额超出规则的部分，元；未超出的为零"
*/
-- Asking for less is no fault: an applicant knows what is left of its cap, and may round down. What the caps cut is told
-- by PRG-001 and PRG-002, what the papers do not bear by the rules about them.
with expected as (
    select
        c.*,
        r.recognised_cost_yuan,
        a.proposed_subsidy_yuan,
        policy.number('rate.subsidy_ratio', c.submitted_on) as subsidy_ratio,
        policy.number('subsidy.tolerance_yuan', c.submitted_on) as slack_yuan,
        cast(
            cast(c.claimed_cost_yuan * 100 as hugeint)
            * reconciled.millionths(policy.number('rate.subsidy_ratio', c.submitted_on))
            // 1000000 as decimal(16, 0)
        ) * 0.01 as expected_yuan,
    from reconciled.claim_paper as c
    left join decided.recognition as r using (claim_id)
    left join decided.award as a using (claim_id)
)
select
    claim_id as subject_id,
    case
        when claimed_subsidy_yuan > expected_yuan + slack_yuan then 'flag'
        when claimed_subsidy_yuan <= expected_yuan + slack_yuan then 'pass'
    end as verdict,
    contract_no,
    claimed_cost_yuan,
    cast(subsidy_ratio as decimal(9, 2)) as ratio,
    cast(expected_yuan as decimal(18, 2)) as expected_yuan,
    claimed_subsidy_yuan,
    recognised_cost_yuan,
    proposed_subsidy_yuan,
    cast(greatest(0, claimed_subsidy_yuan - expected_yuan) as decimal(18, 2)) as amount_at_risk_yuan,
from expected
