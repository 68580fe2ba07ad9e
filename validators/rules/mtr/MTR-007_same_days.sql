/*
id = "MTR-007"
title_zh = "同一张卡几日的采样完全相同"
title_en = "Days of one card read the same"
article = "第十二条、第十七条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 有 {card_count} 张卡，各有 {least_days} 天以上（或占该卡采样天数的 {share_min} 以上）的采样与该卡更早一日的相同（逐小时的采样数、利用率合计、功率合计、最高功率全部相等，且一日之内功率有变化的小时读数有十二种以上），共 {card_day_count} 个卡日，合 {repeat_gpu_hours} 卡时；天数最多的：设备 {device_uuid} 采样的 {sampled_day_count} 天中有 {day_count} 天，如 {usage_on} 与 {like_on}（合同 {like_of}）。"
because_en = "{card_count} card(s) of contract {contract_no} have, on {least_days} days or more each (or {share_min} or more of the card's sampled days), the very samples of an earlier day of the same card (number of samples, sums of utilisation and power and the greatest power equal in every hour, with a dozen or more different readings in the day): {card_day_count} card-days, {repeat_gpu_hours} card-hours; most often device {device_uuid}, on {day_count} of {sampled_day_count} sampled days, for one {usage_on} and {like_on} (contract {like_of})."
innocent_zh = [
    "缺失的日子以别的日子补入，或导出时时间写错而同一日的采样交了两次：请更正后重交，并说明哪一日是真实的采样。",
    "功率不是实测，而由利用率按固定公式折算，每日同样的作业便得同样的数：请说明功率的来源，并提供实测的功率或能耗读数。",
    "采样取自重放的测试数据：请以当日的原始日志替换。",
]
innocent_en = [
    "Days that were lost were filled in with others, or one day was handed in twice under a wrong date: correct it, hand the samples in again and state which day was sampled.",
    "Power is not measured but worked out from utilisation, so that the same job gives the same figures every day: state its source and provide measured power or energy.",
    "The samples come from a replay of test data: replace them by the raw log of the day.",
]
policy = ["metering.twin_days", "metering.twin_samples", "metering.repeat_share"]

[evidence]
contract_no = "合同编号"
provider_id = "服务机构代码"
card_count = "采样与更早一日相同达到天数的卡数"
least_days = "提示的最少天数"
share_min = "占该卡在本合同采样天数的比率（含），达到也提示"
card_day_count = "这些卡采样与更早一日相同的卡日数"
repeat_gpu_hours = "这些卡日被采样覆盖的卡时"
device_uuid = "天数最多的设备；— 为没有"
sampled_day_count = "该设备在本合同采样的天数"
day_count = "其中采样与更早一日相同的天数"
usage_on = "其中最早的一天"
like_on = "与之相同的更早一日"
like_of = "那一日的归属合同；— 为没有"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "reconciled.sample_repeat"
using = ["contract_no", "provider_id", "device_uuid"]
*/
with repeated as (
    select
        contract_no,
        provider_id,
        lower(device_uuid) as card,
        min(device_uuid) as device_uuid,
        count(distinct usage_on) as day_count,
        sum(metered_seconds) as metered_seconds,
        min(usage_on) as usage_on,
        arg_min({'like_on': like_on, 'like_contract_no': like_contract_no}, (usage_on, tenant, device_uuid)) as first,
    from reconciled.sample_repeat
    where sample_count >= policy.number('metering.twin_samples', usage_on)
    group by contract_no, provider_id, card
),
carded as (
    select
        contract_no,
        provider_id,
        lower(device_uuid) as card,
        count(distinct usage_on) as sampled_day_count,
        max(sample_count) filter (
            where weighted_millipercent_seconds > 0
                and weighted_millipercent_seconds < util_known_seconds * 100000
                and reconciled.is_varied(power_millijoules, power_known_seconds, power_peak_watts)
        ) as most_compared,
    from reconciled.sample_day
    where contract_no is not null
    group by contract_no, provider_id, card
),
kept as (
    select r.*, c.sampled_day_count
    from repeated as r
    join carded as c
        on c.contract_no = r.contract_no and c.card = r.card and c.provider_id is not distinct from r.provider_id
    where r.day_count >= policy.number('metering.twin_days', r.usage_on)
        or r.day_count >= cast(policy.number('metering.repeat_share', r.usage_on) as decimal(9, 6)) * c.sampled_day_count
),
summed as (
    select
        contract_no,
        count(*) as card_count,
        sum(day_count) as card_day_count,
        sum(metered_seconds) as metered_seconds,
        arg_max(
            {'provider_id': provider_id, 'device_uuid': device_uuid, 'day_count': day_count, 'usage_on': usage_on,
             'sampled_day_count': sampled_day_count, 'like_on': first.like_on,
             'like_contract_no': first.like_contract_no},
            (day_count, device_uuid, provider_id)
        ) as most,
    from kept
    group by contract_no
),
read as (
    select contract_no, max(most_compared) as most_compared
    from carded
    group by contract_no
)
select
    c.claim_id as subject_id,
    case
        when s.card_count > 0 then 'flag'
        -- No samples, none with power, no day that varies or is read often enough: nothing was set side by side (see
        -- reconciled.alike_day); other rules speak of coverage.
        when r.most_compared is null then 'not_applicable'
        when r.most_compared < policy.number('metering.twin_samples', c.submitted_on) then 'not_applicable'
        when s.card_count is null then 'pass'
    end as verdict,
    c.contract_no,
    coalesce(s.most.provider_id, c.provider_id) as provider_id,
    coalesce(s.card_count, 0) as card_count,
    cast(policy.number('metering.twin_days', c.submitted_on) as bigint) as least_days,
    cast(policy.number('metering.repeat_share', c.submitted_on) as decimal(9, 2)) as share_min,
    cast(coalesce(s.card_day_count, 0) as bigint) as card_day_count,
    reconciled.card_hours(coalesce(s.metered_seconds, 0)) as repeat_gpu_hours,
    coalesce(s.most.device_uuid, '—') as device_uuid,
    coalesce(s.most.sampled_day_count, 0) as sampled_day_count,
    coalesce(s.most.day_count, 0) as day_count,
    s.most.usage_on as usage_on,
    s.most.like_on as like_on,
    coalesce(s.most.like_contract_no, '—') as like_of,
    c.claimed_subsidy_yuan as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join read as r on r.contract_no = c.contract_no
left join summed as s on s.contract_no = c.contract_no
