/*
id = "USE-007"
title_zh = "券生效之前的用量"
title_en = "Usage before the voucher took effect"
article = "第十一条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 在 {first_usage_on} 至 {last_usage_on} 有 {day_count} 天、{gpu_hours} 卡时用量早于券 {voucher_id} 的生效日 {effective_on}；第十一条规定审核后生效，生效之前的用量是否计入由专家组决定（解读 R29），默认计入并列明。"
because_en = "Contract {contract_no} shows {gpu_hours} card-hours on {day_count} days from {first_usage_on} to {last_usage_on}, before voucher {voucher_id} took effect on {effective_on}. Article 11 makes a voucher effective upon approval; whether earlier usage counts is for the panel (reading R29). By default it is counted and shown."
innocent_zh = [
    "合同先于审核结束而开始：请提供受理与审核的时间记录。",
    "生效时间登记晚于实际审核：请提供市县数据管理部门的审核记录。",
]
innocent_en = [
    "The contract began before the review ended: provide the times of receipt and review.",
    "The effect was registered later than the review: provide the record of review.",
]
policy = ["usage.before_voucher"]

[evidence]
contract_no = "合同编号"
voucher_id = "券号"
effective_on = "券生效日"
first_usage_on = "最早一天"
last_usage_on = "最晚一天"
day_count = "天数"
gpu_hours = "卡时"
amount_at_risk_yuan = "这些卡时按合同的唯一卡时价折算，元；没有唯一卡时价的为空"

[[trace]]
relation = "lake.voucher"
using = ["voucher_id"]
[[trace]]
relation = "reconciled.sample_day"
using = ["contract_no"]
where = "r.contract_no in (select contract_no from reconciled.sampled_contract where not has_record) and r.usage_on between j.first_usage_on and j.last_usage_on"
*/
-- Usage that another reading brings in (before the listing, after the exit) may lie before the voucher as well.
with early as (
    select c.contract_no, u.usage_on, u.unit_seconds
    from (select distinct contract_no, cast(effective_at as date) as effective_on from reconciled.claim_paper) as c
    join reconciled.metered_day as u using (contract_no)
    left join decided.counted_cause as n on n.contract_no = u.contract_no and n.cause = u.cause
    where u.cause = 'before_voucher'
        or (u.cause in ('not_listed', 'after_exit') and n.cause is not null and u.usage_on < c.effective_on)
),
summed as (
    select
        contract_no,
        count(distinct usage_on) as day_count,
        min(usage_on) as first_usage_on,
        max(usage_on) as last_usage_on,
        cast(coalesce(sum(unit_seconds), 0) as hugeint) as early_units,
    from early
    group by contract_no
)
select
    c.claim_id as subject_id,
    case
        when s.day_count > 0 and policy.word('usage.before_voucher', c.submitted_on) = 'review' then 'flag'
        when s.day_count > 0 then 'pass'
        when c.effective_at is null then 'not_applicable'
        when s.day_count is null then 'pass'
    end as verdict,
    c.contract_no,
    c.voucher_id,
    cast(c.effective_at as date) as effective_on,
    s.first_usage_on,
    s.last_usage_on,
    coalesce(s.day_count, 0) as day_count,
    reconciled.gpu_hours(s.early_units) as gpu_hours,
    reconciled.worth(s.early_units, p.price_parts, p.parts_per_fen) as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join summed as s on s.contract_no = c.contract_no
left join decided.sole_price as p on p.contract_no = c.contract_no
