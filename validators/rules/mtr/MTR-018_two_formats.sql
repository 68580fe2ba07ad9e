/*
id = "MTR-018"
title_zh = "同一用量似以两种记录提交"
title_en = "The same usage seems to be handed in by two kinds of records"
article = "第十二条、第十七条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 的用量来自 {format} 与 {other_format} 两种记录，两者都有用量而并非整卡整日的 {compared_day_count} 天里，有 {like_day_count} 天卡时相同（相差不到百分之一或 0.05 卡时），自 {first_on} 至 {last_on}，两者都计入了用量；其中较少一种合 {repeated_gpu_hours} 卡时。"
because_en = "The usage of contract {contract_no} comes from two kinds of records, {format} and {other_format}; of the {compared_day_count} days on which both have usage that is not whole cards for whole days, {like_day_count} have the same card-hours (within one per cent or 0.05 card-hours), from {first_on} to {last_on}, and both are counted; the smaller of the two is {repeated_gpu_hours} card-hours."
unknown_zh = [
    "合同 {contract_no} 的用量来自不止一种记录，其中有卡数未知的，各日卡时是否相同无从比较。请补写卡数。",
]
unknown_en = [
    "The usage of contract {contract_no} comes from more than one kind of records, some of unknown size, so whether their days have the same card-hours cannot be compared. Please add the card count.",
]
innocent_zh = [
    "调度器日志与平台计量表说的是同一批作业：请留下一种重新提交，或说明两者各记什么。",
    "合同租用两处算力，两处每日用量恰好相同：请提供两处的资源清单或租户对照。",
]
innocent_en = [
    "The scheduler's log and the platform's metering table tell of the same jobs: hand in one of them, or state what each records.",
    "The contract rents from two places whose daily usage happens to be the same: provide both inventories or the tenants of each.",
]
policy = ["metering.format_days", "metering.format_ratio"]

[evidence]
contract_no = "合同编号"
format = "一种记录格式；— 为没有"
other_format = "另一种记录格式；— 为没有"
compared_day_count = "两种记录都有用量而并非整卡整日的天数"
like_day_count = "其中卡时相同的天数"
first_on = "相同的最早一天；— 为没有"
last_on = "相同的最晚一天；— 为没有"
repeated_gpu_hours = "相同的这些天里较少一种的卡时"
amount_at_risk_yuan = "这些卡时按合同的唯一卡时价折算，元；没有唯一卡时价的为空"

[[trace]]
relation = "reconciled.interval"
using = ["contract_no"]
where = "r.stop_s > r.begin_s and reconciled.local_day(r.begin_s) <= j.last_on and reconciled.local_day(r.stop_s - 1) >= j.first_on"
*/
with compared as (
    select
        *,
        least(unit_seconds, other_unit_seconds) as less_units,
        greatest(unit_seconds, other_unit_seconds) as more_units,
    from reconciled.format_day
    where not is_whole_days
),
-- Times rounded to the minute or hours to two places leave this much between two records of one job.
measured as (
    select
        *,
        more_units - less_units <= greatest(more_units // 100, 180 * 21000) as is_like,
    from compared
),
paired as (
    select
        contract_no,
        format,
        other_format,
        count(*) as compared_day_count,
        count(*) filter (is_like) as like_day_count,
        min(usage_on) filter (is_like) as first_on,
        max(usage_on) filter (is_like) as last_on,
        cast(sum(less_units) filter (is_like) as hugeint) as repeated_units,
    from measured
    group by contract_no, format, other_format
),
-- Of several pairs the one with the most like days.
told as (
    select *
    from paired
    qualify row_number() over (partition by contract_no order by like_day_count desc, format, other_format) = 1
),
undated as (
    select contract_no, count(*) as unknown_day_count
    from reconciled.format_day
    where is_whole_days is null
    group by contract_no
)
select
    c.claim_id as subject_id,
    case
        when c.contract_no not in (select contract_no from reconciled.two_formats) then 'not_applicable'
        when t.like_day_count >= policy.number('metering.format_days', c.submitted_on)
            and t.like_day_count >= policy.number('metering.format_ratio', c.submitted_on) * t.compared_day_count
            then 'flag'
        when t.contract_no is null and u.unknown_day_count > 0 then 'unknown'
        when t.contract_no is null
            or t.like_day_count < policy.number('metering.format_days', c.submitted_on)
            or t.like_day_count < policy.number('metering.format_ratio', c.submitted_on) * t.compared_day_count
            then 'pass'
    end as verdict,
    c.contract_no,
    coalesce(t.format, '—') as format,
    coalesce(t.other_format, '—') as other_format,
    coalesce(t.compared_day_count, 0) as compared_day_count,
    coalesce(t.like_day_count, 0) as like_day_count,
    t.first_on,
    t.last_on,
    reconciled.gpu_hours(coalesce(t.repeated_units, 0)) as repeated_gpu_hours,
    reconciled.worth(coalesce(t.repeated_units, 0), p.price_parts, p.parts_per_fen) as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join told as t on t.contract_no = c.contract_no
left join undated as u on u.contract_no = c.contract_no
left join decided.sole_price as p on p.contract_no = c.contract_no
