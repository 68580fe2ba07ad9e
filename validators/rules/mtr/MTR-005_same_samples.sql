/*
id = "MTR-005"
title_zh = "不同的卡采样完全相同"
title_en = "Samples of different cards are the same"
article = "第十二条、第十七条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 有 {card_count} 张卡各在 {least_days} 天以上与另一张卡当日的采样相同（逐小时的采样数、利用率合计、功率合计全部相等，且不是恒定值），共 {card_day_count} 个卡日，合 {twin_gpu_hours} 卡时；天数最多的：设备 {device_uuid} 与设备 {twin_device_uuid}（{twin_of}）自 {first_on} 起 {day_count} 天。"
because_en = "{card_count} card(s) of contract {contract_no} have, on {least_days} days or more each, the very samples of another card (number of samples and sums of utilisation and power equal in every hour, and not constant): {card_day_count} card-days, {twin_gpu_hours} card-hours; most often device {device_uuid} and device {twin_device_uuid} ({twin_of}), on {day_count} days from {first_on}."
innocent_zh = [
    "采集程序把一张卡的读数写到了几张卡名下，或把同一张卡以两个编号导出：请更正后重新提交采样，并说明用量各归哪张卡。",
    "两张卡的采样误交成了同一份：请补交各自的采样。",
]
innocent_en = [
    "The collector wrote one card's readings under several cards, or one card under two names: correct it, hand the samples in again and state which card the usage is of.",
    "One file was handed in for two cards by mistake: hand in each card's own samples.",
]
policy = ["metering.twin_days", "metering.twin_samples"]

[evidence]
contract_no = "合同编号"
card_count = "与另一张卡采样完全相同达到天数的卡数"
least_days = "提示的最少天数"
card_day_count = "这些卡采样相同的卡日数"
twin_gpu_hours = "这些卡日被采样覆盖的卡时"
device_uuid = "相同天数最多的设备；— 为没有"
twin_device_uuid = "与之相同的设备；— 为没有"
twin_of = "后者的服务机构、租户与归属合同；— 为没有"
first_on = "最早的一天"
day_count = "这一对相同的天数"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "reconciled.sample_twin"
using = ["contract_no"]
*/
with paired as (
    select
        contract_no,
        provider_id,
        device_uuid,
        twin_provider_id,
        twin_device_uuid,
        count(distinct usage_on) as day_count,
        sum(metered_seconds) as metered_seconds,
        min(usage_on) as first_on,
        arg_min(concat_ws('，', twin_provider_id, '租户 ' || twin_tenant, '合同 ' || twin_contract_no), (usage_on, tenant)) as twin_of,
    from reconciled.sample_twin
    where sample_count >= policy.number('metering.twin_samples', usage_on)
    group by contract_no, provider_id, device_uuid, twin_provider_id, twin_device_uuid
),
kept as (
    select p.*
    from paired as p
    where p.day_count >= policy.number('metering.twin_days', p.first_on)
),
summed as (
    select
        contract_no,
        count(distinct (provider_id, lower(device_uuid))) as card_count,
        sum(day_count) as card_day_count,
        sum(metered_seconds) as metered_seconds,
        arg_max(
            {'device_uuid': device_uuid, 'twin_device_uuid': twin_device_uuid, 'twin_of': twin_of, 'first_on': first_on,
             'day_count': day_count},
            (day_count, device_uuid, twin_device_uuid)
        ) as most,
    from kept
    group by contract_no
),
read as (
    select
        contract_no,
        max(sample_count) filter (
            where weighted_millipercent_seconds > 0
                and weighted_millipercent_seconds < util_known_seconds * 100000
                and reconciled.is_varied(power_millijoules, power_known_seconds, power_peak_watts)
        ) as most_compared,
    from reconciled.sample_day
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
    coalesce(s.card_count, 0) as card_count,
    cast(policy.number('metering.twin_days', c.submitted_on) as bigint) as least_days,
    cast(coalesce(s.card_day_count, 0) as bigint) as card_day_count,
    reconciled.card_hours(coalesce(s.metered_seconds, 0)) as twin_gpu_hours,
    coalesce(s.most.device_uuid, '—') as device_uuid,
    coalesce(s.most.twin_device_uuid, '—') as twin_device_uuid,
    coalesce(s.most.twin_of, '—') as twin_of,
    s.most.first_on as first_on,
    cast(coalesce(s.most.day_count, 0) as bigint) as day_count,
    c.claimed_subsidy_yuan as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join read as r on r.contract_no = c.contract_no
left join summed as s on s.contract_no = c.contract_no
