/*
id = "BHV-001"
title_zh = "申报费用聚在门槛之上"
title_en = "Costs crowd just above the threshold"
article = "第七条"
severity = "note"
status = "active"
subject = "claim"
because_zh = "机构 {provider_id} 在 {policy_year} 年度的申请中，申报费用在 {threshold_yuan} 元至 {high_yuan} 元（不含）之间的不同金额有 {band_count} 个，其中 {low_count} 个在 {middle_yuan} 元以下；两半机会相等时，如此或更偏于下半的概率为 {chance}（舍去不足万分之一），不超过 {chance_max} 即提示；合同 {contract_no} 申报 {claimed_cost_yuan} 元，在下半之内。"
because_en = "Of the claims for {policy_year} at provider {provider_id}, {band_count} different costs lie between {threshold_yuan} yuan and {high_yuan} yuan (not included), {low_count} of them below {middle_yuan} yuan; were both halves as likely, so many or more in the lower one would have a chance of {chance} (cut to four places), told up to {chance_max}; contract {contract_no} claims {claimed_cost_yuan} yuan, in the lower half."
unknown_zh = [
    "机构 {provider_id} 在 {policy_year} 年度的申请中，申报费用在 {threshold_yuan} 元至 {high_yuan} 元（不含）之间的不同金额有 {band_count} 个，其中 {low_count} 个在 {middle_yuan} 元以下；个数过多，概率不能精确算出，请专家组看其分布。",
]
unknown_en = [
    "Of the claims at provider {provider_id} in {policy_year}, {band_count} different costs lie from {threshold_yuan} yuan to below {high_yuan} yuan, {low_count} of them below {middle_yuan} yuan; they are too many for the chance to be worked out exactly: the panel looks at how they lie.",
]
innocent_zh = [
    "按门槛安排采购，买足五万元再申领，办法并不禁止：无须说明。",
    "机构的套餐价略高于门槛，各家另有零头：请提供套餐价目。",
    "申领单位规模相近，用量本就相近：请看各自的用量与付款。",
]
innocent_en = [
    "Purchases were planned to reach the threshold, which the measures do not forbid: nothing need be said.",
    "The provider's packages cost a little above the threshold, with small extras: provide the price list.",
    "The applicants are of one size and use about as much: see usage and payment of each.",
]
policy = [
    "bunching.band_ratio",
    "bunching.chance_max",
    "bunching.least_count",
    "threshold.amount_yuan",
    "threshold.scope",
]

[evidence]
contract_no = "合同编号"
provider_id = "服务机构代码"
policy_year = "年度"
claimed_cost_yuan = "申报实际费用，元"
threshold_yuan = "门槛，元（含）"
middle_yuan = "下半的上界，元（不含）"
high_yuan = "上半的上界，元（不含）"
band_count = "该机构当年在两半之内的不同金额数；同一金额（套餐价）只数一次"
low_count = "其中在下半的"
chance = "两半机会相等时，至少这么多在下半的概率，舍去不足万分之一；不同金额太少或太多的为空"
chance_max = "提示的概率上限（含）"

[[trace]]
relation = "lake.claim"
using = ["provider_id"]
where = "r.claimed_cost_yuan >= j.threshold_yuan and r.claimed_cost_yuan < j.high_yuan and r.claim_id in (select c.claim_id from reconciled.claim_paper as c where c.policy_year = j.policy_year)"
*/
with asked as (
    select
        *,
        policy.word('threshold.scope', submitted_on) as scope_reading,
        reconciled.millionths(policy.number('threshold.amount_yuan', submitted_on)) as threshold_parts,
        reconciled.millionths(policy.number('bunching.band_ratio', submitted_on)) as band_millionths,
        policy.number('bunching.least_count', submitted_on) as least_count,
        policy.number('bunching.chance_max', submitted_on) as chance_max,
    from reconciled.claim_paper
),
bounded as (
    select
        *,
        threshold_parts * (1000000 + band_millionths) // 1000000 as middle_parts,
        threshold_parts * (1000000 + 2 * band_millionths) // 1000000 as high_parts,
        reconciled.millionths(claimed_cost_yuan) as cost_parts,
    from asked
),
-- A price that many pay is one choice: it is counted once.
counted as (
    select
        provider_id,
        policy_year,
        count(distinct cost_parts) filter (where cost_parts >= threshold_parts and cost_parts < high_parts) as band_count,
        count(distinct cost_parts) filter (where cost_parts >= threshold_parts and cost_parts < middle_parts) as low_count,
    from bounded
    group by provider_id, policy_year
),
-- The binomial coefficients of the tail, each from the one before, in whole numbers: up to 100 trials they fit.
weighed as (
    select
        *,
        case when band_count between 1 and 100 then
            list_sum(list_transform(
                range(low_count, band_count + 1),
                lambda k: list_reduce(
                    range(1, band_count - k + 1),
                    lambda product, i: product * cast(k + i as hugeint) // cast(i as hugeint),
                    cast(1 as hugeint)
                )
            ))
        end as tail_ways,
        case when band_count between 1 and 100 then cast(1 as hugeint) << cast(band_count as integer) end as all_ways,
    from counted
),
judged as (
    select
        b.*,
        w.band_count,
        w.low_count,
        w.tail_ways,
        w.all_ways,
        b.cost_parts >= b.threshold_parts and b.cost_parts < b.middle_parts as is_low,
        w.band_count >= b.least_count as is_told,
    from bounded as b
    left join weighed as w on w.provider_id = b.provider_id and w.policy_year = b.policy_year
)
select
    claim_id as subject_id,
    case
        when scope_reading = 'applicant_year' or not is_told then 'not_applicable'
        when is_low and tail_ways is null then 'unknown'
        when is_low and tail_ways * 1000000 <= reconciled.millionths(chance_max) * all_ways then 'flag'
        when is_told then 'pass'
        else 'unknown'
    end as verdict,
    contract_no,
    provider_id,
    policy_year,
    claimed_cost_yuan,
    cast(cast(threshold_parts as decimal(24, 0)) * 0.000001 as decimal(18, 2)) as threshold_yuan,
    cast(cast(middle_parts as decimal(24, 0)) * 0.000001 as decimal(18, 2)) as middle_yuan,
    cast(cast(high_parts as decimal(24, 0)) * 0.000001 as decimal(18, 2)) as high_yuan,
    band_count,
    low_count,
    reconciled.ratio_cut(tail_ways, all_ways) as chance,
    cast(chance_max as decimal(9, 4)) as chance_max,
from judged
