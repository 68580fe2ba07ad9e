/*
id = "MTR-019"
title_zh = "采样晚于用量开始或早于用量结束"
title_en = "Samples begin after the usage or end before it"
article = "第十条、第十二条"
severity = "note"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 的采样自 {first_sample_on} 至 {last_sample_on}；用量记录可计的 {logged_gpu_hours} 卡时中，{before_gpu_hours} 卡时在首个采样日之前，{after_gpu_hours} 卡时在末个采样日之后，没有采样可以对照（采样所及的应不低于 {least_ratio}）；卡数未知的记录 {unknown_card_record_count} 条。"
because_en = "The samples of contract {contract_no} run from {first_sample_on} to {last_sample_on}; of the {logged_gpu_hours} card-hours that count by the log, {before_gpu_hours} card-hours lie before the first sampled day and {after_gpu_hours} card-hours after the last, with no samples to compare (at least {least_ratio} should be within reach). Records without a card count: {unknown_card_record_count}."
innocent_zh = [
    "采样经双方约定较晚开始或较早停止：请提供约定。",
    "采样文件漏交首尾一段：请补交。",
    "租户改了名，其前或其后的采样归不到该合同：请补租户对照。",
]
innocent_en = [
    "Sampling began later or stopped earlier by agreement: provide it.",
    "The first or the last stretch of samples was left out: hand it in.",
    "The tenant was renamed, and samples under the other name belong to no contract: add the tenant.",
]
policy = ["metering.sample_coverage_min"]

[evidence]
contract_no = "合同编号"
first_sample_on = "首个采样日（北京时间）；— 为没有"
last_sample_on = "末个采样日（北京时间）；— 为没有"
logged_gpu_hours = "用量记录可计的卡时，小时"
before_gpu_hours = "其中在首个采样日之前的，小时"
after_gpu_hours = "其中在末个采样日之后的，小时"
least_ratio = "采样所及的最低比率"
unknown_card_record_count = "卡数未知的记录数"

[[trace]]
relation = "reconciled.interval"
using = ["contract_no"]
where = "r.stop_s > r.begin_s and (reconciled.local_day(r.begin_s) < j.first_sample_on or reconciled.local_day(r.stop_s - 1) > j.last_sample_on)"

[[trace]]
relation = "reconciled.sample_day"
using = ["contract_no"]
where = "r.usage_on in (j.first_sample_on, j.last_sample_on)"
*/
-- MTR-009 looks between a card's first and last sample: what no sample of the contract comes near is told here.
with sampled as (
    select contract_no, min(usage_on) as first_on, max(usage_on) as last_on
    from reconciled.contract_sample_day
    group by contract_no
),
logged as (
    select
        d.contract_no,
        coalesce(sum(d.unit_seconds), 0) as units,
        coalesce(sum(d.unit_seconds) filter (where d.usage_on < s.first_on), 0) as before_units,
        coalesce(sum(d.unit_seconds) filter (where d.usage_on > s.last_on), 0) as after_units,
        sum(d.unknown_card_record_count) as unknown_count,
    from reconciled.contract_day as d
    left join sampled as s on s.contract_no = d.contract_no
    where d.cause in ('supported', 'before_voucher')
    group by d.contract_no
),
weighed as (
    select
        c.claim_id,
        c.contract_no,
        s.first_on,
        s.last_on,
        d.* exclude (contract_no),
        cast(policy.number('metering.sample_coverage_min', c.submitted_on) as decimal(9, 6)) as least_ratio,
    from reconciled.claim_paper as c
    left join sampled as s on s.contract_no = c.contract_no
    left join logged as d on d.contract_no = c.contract_no
)
select
    claim_id as subject_id,
    case
        when first_on is null or units is null then 'not_applicable'
        when unknown_count > 0 then 'unknown'
        when units - before_units - after_units < least_ratio * units then 'flag'
        when units - before_units - after_units >= least_ratio * units then 'pass'
    end as verdict,
    contract_no,
    first_on as first_sample_on,
    last_on as last_sample_on,
    reconciled.gpu_hours(coalesce(units, 0)) as logged_gpu_hours,
    reconciled.gpu_hours(coalesce(before_units, 0)) as before_gpu_hours,
    reconciled.gpu_hours(coalesce(after_units, 0)) as after_gpu_hours,
    cast(least_ratio as decimal(9, 2)) as least_ratio,
    coalesce(unknown_count, 0) as unknown_card_record_count,
from weighed
