/*
id = "MTR-011"
title_zh = "利用率与功率相背"
title_en = "Utilisation contradicts power"
article = "第十二条、第十七条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 计入 {counted_gpu_hours} 卡时，采样所见 {sampled_gpu_hours} 卡时，其中 {contrary_gpu_hours} 卡时的利用率与功率相背（超过 {share_max} 须说明）：利用率不低于 {busy_ratio} 而小时平均功率不高于空闲水平加 {idle_watts} 瓦的 {busy_gpu_hours} 卡时，利用率不高于 {idle_ratio} 而功率不低于额定 {tdp_ratio} 的 {hot_gpu_hours} 卡时；看不出的 {unclear_gpu_hours} 卡时，切分的卡 {part_gpu_hours} 卡时不看。如设备 {device_uuid}（{device_model}，额定 {tdp_watts} W，空闲 {still_watts} W，依{still_of_zh} {still_hour_count} 个卡小时）在 {usage_on} 的一小时：利用率 {util_percent}%，功率 {power_watts} W。"
because_en = "Of {counted_gpu_hours} card-hours counted for contract {contract_no}, {sampled_gpu_hours} card-hours of them seen by samples, utilisation and power contradict each other in {contrary_gpu_hours} card-hours (more than {share_max} is to be explained): {busy_gpu_hours} card-hours at {busy_ratio} or more of utilisation with power no more than {idle_watts} W above idling, {hot_gpu_hours} card-hours at {idle_ratio} or less with {tdp_ratio} or more of the rated power. {unclear_gpu_hours} card-hours cannot be told; {part_gpu_hours} card-hours of parts of cards are not looked at. For one, device {device_uuid} ({device_model}, rated {tdp_watts} W, idles at {still_watts} W by {still_hour_count} card-hours) in an hour of {usage_on}: utilisation {util_percent} %, power {power_watts} W."
innocent_zh = [
    "利用率只说明有程序在卡上运行；轮询、编解码、极小的负载可以利用率很高而功率近于空闲：请说明该时段的作业，并提供其日志。",
    "功率的单位或口径不同（毫瓦、整机、单个芯粒），或两个指标取自不同的卡：请更正导出设置后重交。",
    "采集程序看不到经虚拟化、切分的实例上的负载，利用率记为零：请提供实例级采样，并申明切分。",
    "采集程序停更，重复最后一次读数：请提供采集程序的日志与原始采样。",
]
innocent_en = [
    "Utilisation only says that a program runs: polling, coding video or tiny loads may keep it high at nearly idle power. State the jobs of the time and provide their logs.",
    "Power is in another unit or of another scope (mW, the node, one die), or the two readings are of different cards: correct the export and hand it in again.",
    "The collector does not see the load of virtual or partitioned instances: provide samples by instance and declare the partition.",
    "The collector hung and repeated its last reading: provide its log and the raw samples.",
]
policy = [
    "metering.contrary_busy_ratio",
    "metering.contrary_idle_ratio",
    "metering.contrary_idle_watts",
    "metering.contrary_tdp_ratio",
    "metering.contrary_share_max",
    "metering.power_over_tdp_ratio",
    "usage.idle_fleet_hours",
]
[evidence]
severity = "后果：相背的也超过计入卡时的这一比率的为暂缓待核，其余为提示"
contract_no = "合同编号"
provider_id = "服务机构代码"
counted_gpu_hours = "合同计入的卡时：占用与采样取大，小时"
sampled_gpu_hours = "其中采样覆盖的，小时"
contrary_gpu_hours = "其中利用率与功率相背的，小时"
busy_gpu_hours = "其中利用率高而功率近于空闲的，小时"
hot_gpu_hours = "其中利用率近于零而功率高的，小时"
unclear_gpu_hours = "看不出的，小时：额定功率或空闲功率未知，或该卡的功率像是别的单位（高于额定所能及，或不及空闲的一半）"
part_gpu_hours = "切分的卡的采样卡时，不看"
share_max = "相背的占采样卡时的比率，超过即提示"
busy_ratio = "高利用率的下限（含）"
idle_watts = "高于空闲功率多少瓦以内（含）算近于空闲"
idle_ratio = "低利用率的上限（含）"
tdp_ratio = "高功率占额定功率的下限（含）"
device_uuid = "相背的（没有的取看不出的）小时最多的设备"
device_model = "其型号"
tdp_watts = "其额定功率，W"
still_watts = "空闲功率，W：整小时利用率为零的小时，其平均功率的 99 分位，舍去不足千分之一；卡小时不足的为空"
still_hour_count = "空闲功率所依据的卡小时数"
still_of_zh = "空闲功率出自本机构，或其他机构的同型号（几家的取最低）；— 为没有"
usage_on = "该设备最早的一小时的日期"
util_percent = "该小时的平均利用率，百分数，舍去不足千分之一"
power_watts = "该小时的平均功率，W，舍去不足千分之一"
amount_at_risk_yuan = "相背的卡时按合同的唯一卡时价折算，元；没有唯一卡时价的为空"
[[trace]]
relation = "reconciled.contrary_hour"
using = ["contract_no", "provider_id", "device_uuid"]
*/
-- A 99th percentile is the greatest of fewer than a hundred hours: with fewer the level of idling is not known.
with leveled as (
    select *
    from reconciled.idle_power as p
    where p.still_hour_count >= (
        select max(policy.number('usage.idle_fleet_hours', c.submitted_on)) from reconciled.claim_paper as c
    )
),
elsewhere as (
    select
        device_model,
        min(idle_milliwatts) as idle_milliwatts,
        arg_min(still_hour_count, (idle_milliwatts, still_hour_count)) as still_hour_count,
    from leveled
    group by device_model
),
asked as (
    select
        h.*,
        c.still_milliwatts,
        c.peak_milliwatts,
        coalesce(l.idle_milliwatts, e.idle_milliwatts) as idle_milliwatts,
        coalesce(l.still_hour_count, e.still_hour_count) as still_hour_count,
        case when l.provider_id is not null then '本机构' when e.device_model is not null then '其他机构' end as still_of_zh,
        reconciled.millionths(policy.number('metering.contrary_busy_ratio', h.usage_on)) as busy_parts,
        reconciled.millionths(policy.number('metering.contrary_idle_ratio', h.usage_on)) as idle_parts,
        reconciled.millionths(policy.number('metering.contrary_tdp_ratio', h.usage_on)) as tdp_parts,
        reconciled.millionths(policy.number('metering.power_over_tdp_ratio', h.usage_on)) as over_parts,
        cast(policy.number('metering.contrary_idle_watts', h.usage_on) as bigint) * 1000 as margin_milliwatts,
    from reconciled.contrary_hour as h
    semi join (
        select contract_no, provider_id, device_uuid, usage_on
        from reconciled.contract_sample_day
        where cause in ('supported', 'before_voucher')
    ) as s
        on s.contract_no = h.contract_no and s.device_uuid = h.device_uuid and s.usage_on = h.usage_on
        and s.provider_id is not distinct from h.provider_id
    left join reconciled.contrary_card as c
        on c.device_uuid = h.device_uuid and c.provider_id is not distinct from h.provider_id
    left join leveled as l on l.device_model = h.device_model and l.provider_id is not distinct from h.provider_id
    left join elsewhere as e on e.device_model = h.device_model
),
weighed as (
    select
        *,
        -- A card that draws more than it can, or less than half of an idle one, speaks of power in another unit.
        coalesce(cast(peak_milliwatts as hugeint) * 1000000 > (1000000 + over_parts) * tdp_milliwatts, false)
            or is_busy and coalesce(
                2 * power_millijoules < idle_milliwatts * known_seconds or 2 * still_milliwatts < idle_milliwatts, false
            ) as is_of_other_scale,
        case
            when is_busy then weighted_millipercent_seconds * 10 >= busy_parts * known_seconds
                and power_millijoules <= (idle_milliwatts + margin_milliwatts) * known_seconds
            else weighted_millipercent_seconds * 10 <= idle_parts * known_seconds
                and cast(power_millijoules as hugeint) * 1000000 >= tdp_parts * tdp_milliwatts * known_seconds
        end as is_contrary,
    from asked
),
carded as (
    select
        contract_no,
        provider_id,
        device_uuid,
        coalesce(sum(known_seconds) filter (where is_contrary and not is_of_other_scale and is_busy), 0) as busy_seconds,
        coalesce(sum(known_seconds) filter (where is_contrary and not is_of_other_scale and not is_busy), 0) as hot_seconds,
        coalesce(sum(known_seconds) filter (where is_contrary is null or (is_contrary and is_of_other_scale)), 0)
            as unclear_seconds,
        arg_min(
            {'device_model': device_model, 'tdp_milliwatts': tdp_milliwatts, 'idle_milliwatts': idle_milliwatts,
             'still_hour_count': still_hour_count, 'still_of_zh': still_of_zh, 'usage_on': usage_on,
             'util': weighted_millipercent_seconds // known_seconds, 'power': power_millijoules // known_seconds},
            (not coalesce(is_contrary and not is_of_other_scale, false), hour_s)
        ) as first,
    from weighed
    where coalesce(is_contrary, true)
    group by contract_no, provider_id, device_uuid
),
summed as (
    select
        contract_no,
        sum(busy_seconds) as busy_seconds,
        sum(hot_seconds) as hot_seconds,
        sum(unclear_seconds) as unclear_seconds,
        arg_max(
            {'provider_id': provider_id, 'device_uuid': device_uuid, 'first': first},
            (busy_seconds + hot_seconds, unclear_seconds, device_uuid, provider_id)
        ) as most,
    from carded
    group by contract_no
),
measured as (
    select
        c.*,
        t.is_told,
        t.whole_seconds,
        t.part_seconds,
        greatest(coalesce(m.metered_unit_seconds, 0), coalesce(m.sampled_unit_seconds, 0)) // 21000 as counted_seconds,
        coalesce(m.sampled_unit_seconds, 0) // 21000 as sampled_seconds,
        coalesce(s.busy_seconds, 0) as busy_seconds,
        coalesce(s.hot_seconds, 0) as hot_seconds,
        coalesce(s.busy_seconds, 0) + coalesce(s.hot_seconds, 0) as contrary_seconds,
        coalesce(s.unclear_seconds, 0) + coalesce(t.unrated_seconds, 0) as unclear_seconds,
        s.most,
        cast(policy.number('metering.contrary_share_max', c.submitted_on) as decimal(9, 6)) as share_max,
    from reconciled.claim_paper as c
    left join reconciled.told_power as t on t.contract_no = c.contract_no
    left join reconciled.contract_measure as m on m.contract_no = c.contract_no
    left join summed as s on s.contract_no = c.contract_no
)
select
    w.claim_id as subject_id,
    case
        -- No samples, or none with both; too few whole hours, or only of parts of cards: nothing to set side by side.
        when w.is_told is null or not w.is_told or w.whole_seconds <= w.share_max * w.sampled_seconds then 'not_applicable'
        when w.contrary_seconds > w.share_max * w.sampled_seconds then 'flag'
        when w.contrary_seconds + w.unclear_seconds > w.share_max * w.sampled_seconds then 'unknown'
        when w.contrary_seconds + w.unclear_seconds <= w.share_max * w.sampled_seconds then 'pass'
        else 'unknown'
    end as verdict,
    -- Samples of a few days speak of those: for a hold it is a share of all that counts.
    case when w.contrary_seconds > w.share_max * w.counted_seconds then 'hold' else 'note' end as severity,
    w.contract_no,
    coalesce(w.most.provider_id, w.provider_id) as provider_id,
    reconciled.card_hours(w.counted_seconds) as counted_gpu_hours,
    reconciled.card_hours(w.sampled_seconds) as sampled_gpu_hours,
    reconciled.card_hours(w.contrary_seconds) as contrary_gpu_hours,
    reconciled.card_hours(w.busy_seconds) as busy_gpu_hours,
    reconciled.card_hours(w.hot_seconds) as hot_gpu_hours,
    reconciled.card_hours(w.unclear_seconds) as unclear_gpu_hours,
    reconciled.card_hours(coalesce(w.part_seconds, 0)) as part_gpu_hours,
    cast(w.share_max as decimal(9, 2)) as share_max,
    cast(policy.number('metering.contrary_busy_ratio', w.submitted_on) as decimal(9, 2)) as busy_ratio,
    cast(policy.number('metering.contrary_idle_watts', w.submitted_on) as bigint) as idle_watts,
    cast(policy.number('metering.contrary_idle_ratio', w.submitted_on) as decimal(9, 2)) as idle_ratio,
    cast(policy.number('metering.contrary_tdp_ratio', w.submitted_on) as decimal(9, 2)) as tdp_ratio,
    w.most.device_uuid as device_uuid,
    w.most.first.device_model as device_model,
    cast(w.most.first.tdp_milliwatts as decimal(15, 0)) * 0.001 as tdp_watts,
    cast(w.most.first.idle_milliwatts as decimal(15, 0)) * 0.001 as still_watts,
    w.most.first.still_hour_count as still_hour_count,
    coalesce(w.most.first.still_of_zh, '—') as still_of_zh,
    w.most.first.usage_on as usage_on,
    cast(w.most.first.util as decimal(15, 0)) * 0.001 as util_percent,
    cast(w.most.first.power as decimal(15, 0)) * 0.001 as power_watts,
    reconciled.worth(w.contrary_seconds * 21000, p.price_parts, p.parts_per_fen) as amount_at_risk_yuan,
from measured as w
left join decided.sole_price as p on p.contract_no = w.contract_no
