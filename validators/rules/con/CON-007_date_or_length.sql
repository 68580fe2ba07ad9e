/*
id = "CON-007"
title_zh = "合同签订日或期限不合办法"
title_en = "Contract signed too early or too long"
article = "第十一条"
severity = "block"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 签订于 {signed_on}，期限 {starts_on} 至 {ends_on}；办法要求签订不早于 {sign_from}、期限不超过 {max_months} 个月（至 {latest_end}）。"
because_en = "Contract {contract_no} was signed on {signed_on} and runs from {starts_on} to {ends_on}; the instrument asks that it be signed no earlier than {sign_from} and run no longer than {max_months} months (until {latest_end})."
unknown_zh = [
    "合同 {contract_no} 未收到，或未写明签订与结束日期；办法要求签订不早于 {sign_from}、期限不超过 {max_months} 个月，无从核对。请补交合同。",
]
unknown_en = [
    "Contract {contract_no} is not on file, or does not say when it was signed and ends; the instrument asks that it be signed no earlier than {sign_from} and run no longer than {max_months} months, which cannot be checked. Please hand in the contract.",
]
innocent_zh = [
    "签订日期或期限误填：请提供合同原件签署页与期限页。",
    "期限含试用期或质保期：请提供约定服务期的条款。",
]
innocent_en = [
    "Date of signing or term are filled in wrongly: provide those pages of the original.",
    "The term includes a trial or warranty: provide the clause on the period of service.",
]
policy = ["contract.sign_from", "contract.max_months"]

[evidence]
contract_no = "合同编号"
signed_on = "签订日期"
starts_on = "开始日期"
ends_on = "结束日期"
sign_from = "办法要求的最早签订日；— 为不限"
max_months = "办法要求的最长期限，月；— 为不限"
latest_end = "按最长期限的最晚结束日；— 为不限"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.contract"
using = ["contract_no"]
*/
with asked as (
    select
        *,
        cast(policy.optional_word('contract.sign_from', submitted_on) as date) as from_on,
        cast(policy.optional_number('contract.max_months', submitted_on) as integer) as months,
    from reconciled.claim_paper
),
bounded as (
    -- A term of twelve months from 1 March ends on the last day of February.
    select *, cast(starts_on + to_months(months) as date) - 1 as latest_on from asked
)
select
    claim_id as subject_id,
    case
        when from_on is null and months is null then 'not_applicable'
        when not has_contract then 'unknown'
        when signed_on < from_on or ends_on > latest_on then 'flag'
        when coalesce(signed_on >= from_on, true) and coalesce(ends_on <= latest_on, true) then 'pass'
        else 'unknown'
    end as verdict,
    contract_no,
    signed_on,
    starts_on,
    ends_on,
    coalesce(cast(from_on as varchar), '—') as sign_from,
    coalesce(cast(months as varchar), '—') as max_months,
    coalesce(cast(latest_on as varchar), '—') as latest_end,
    claimed_subsidy_yuan as amount_at_risk_yuan,
from bounded
