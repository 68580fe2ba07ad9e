/*
id = "USE-001"
title_zh = "计量时间几乎都在空转"
title_en = "Nearly all of the metered time is idle"
article = "第六条、第七条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 采样计量 {metered_gpu_hours} 卡时，其中 {idle_gpu_hours} 卡时（{idle_day_count} 天）利用率为零，所在小时的功率始终不高于同型号的空闲线，显存占用不超过标称的 {memory_ratio}，超过 {share_min}；另有 {unclear_gpu_hours} 卡时资料不足。空转最多的设备 {device_uuid}（{device_model}，空闲线 {idle_watts} W，依 {fleet_hour_count} 个卡小时）自 {first_idle_on} 至 {last_idle_on}。"
because_en = "Of {metered_gpu_hours} card-hours metered of contract {contract_no}, {idle_gpu_hours} card-hours on {idle_day_count} days are at zero utilisation, in hours whose power never rose above the model's idle line and that used at most {memory_ratio} of the memory: more than {share_min}. Another {unclear_gpu_hours} card-hours cannot be told. Most on device {device_uuid} ({device_model}, idle line {idle_watts} W from {fleet_hour_count} card-hours), {first_idle_on} to {last_idle_on}."
unknown_zh = [
    "合同 {contract_no} 采样计量 {metered_gpu_hours} 卡时，其中 {idle_gpu_hours} 卡时（{idle_day_count} 天）利用率为零、功率不高于同型号的空闲线、显存占用不超过标称的 {memory_ratio}；另有 {unclear_gpu_hours} 卡时的利用率、功率、显存或空闲线有所未知，合计是否超过计量的 {share_min} 看不出。请补交所缺的采样列和设备清单。",
]
unknown_en = [
    "Of {metered_gpu_hours} card-hours metered of contract {contract_no}, {idle_gpu_hours} card-hours on {idle_day_count} days are at zero utilisation, with power within the model's idle line and at most {memory_ratio} of the memory in use; of another {unclear_gpu_hours} card-hours utilisation, power, memory or the idle line is unknown in part, so whether both pass {share_min} of what was metered cannot be seen. Please hand in the missing columns of the samples and the inventory.",
]
innocent_zh = [
    "合同为包时预留、按约定保留资源：请提供约定预留的条款与业务说明。",
    "负载未被采集程序看到（如只在 CPU 上、或经虚拟化分出的实例上）：请提供实例级采样。",
    "环境部署、数据准备尚未完成：请提供部署记录与此后的用量。",
    "每小时只采几次样，其间的负载看不出：请提供逐分钟的采样。",
    "交付了错误的租户或设备的采样：请更正后重交。",
]
innocent_en = [
    "The contract reserves capacity: provide the clause and what it is for.",
    "The collector does not see the load (only on the CPU, or on virtual instances): provide samples by instance.",
    "Deployment or data were not ready: provide the record of it and the usage since.",
    "A few samples an hour do not show the load between them: provide samples by the minute.",
    "Samples of the wrong tenant or device were handed in: correct and hand in again.",
]
policy = [
    "usage.idle_share_min",
    "usage.idle_memory_ratio",
    "usage.idle_gpu_hours",
    "usage.idle_days",
    "usage.idle_fleet_hours",
    "metering.sample_coverage_min",
]
[evidence]
severity = "后果：计量卡时与空转天数都达到的为暂缓待核，其余为提示"
contract_no = "合同编号"
provider_id = "服务机构代码"
metered_gpu_hours = "合同计入期内采样计量的卡时，小时"
idle_gpu_hours = "其中空转的，小时：整小时利用率为零的按整小时，有过大于零而采样够密的按其中为零的秒数"
unclear_gpu_hours = "其中不见利用率大于零，而利用率、功率、显存或空闲线有所未知的，以及一小时里有采样的分钟不足覆盖的最低比率、功率与显存也不见使用的，小时"
idle_day_count = "有空转的天数"
share_min = "空转占计量时间的比率，超过即提示"
memory_ratio = "显存占用的上限，占标称的比率"
device_uuid = "空转最多的设备"
device_model = "其型号"
idle_watts = "该型号的空闲线，W：各机构该型号利用率为零的小时，其最高功率的 95 分位"
fleet_hour_count = "空闲线所依据的卡小时数"
first_idle_on = "该设备最早的空转日；— 为没有"
last_idle_on = "该设备最晚的空转日；— 为没有"
amount_at_risk_yuan = "空转的卡时按合同的唯一卡时价折算，元；没有唯一卡时价的为空"
[[trace]]
relation = "reconciled.sample_day"
using = ["contract_no", "provider_id", "device_uuid"]
where = "r.usage_on between j.first_idle_on and j.last_idle_on"
*/
with metered as (
    select
        s.contract_no,
        sum(s.metered_seconds) as metered_seconds,
        sum(s.util_known_seconds) > 0
            and count(s.power_peak_watts) > 0
            and count(s.memory_peak_mib) > 0 as has_channels,
    from reconciled.sample_day as s
    join reconciled.contract_term as t on t.contract_no = s.contract_no
    where s.usage_on between t.starts_on and t.counts_until
    group by s.contract_no
),
tested as (
    select
        d.* replace (case when s.is_dense then d.zero_seconds else d.still_seconds end as still_seconds),
        l.idle_watts,
        l.still_hour_count,
        case when d.is_told or s.is_dense then true end as is_still,
        case when l.still_hour_count >= policy.number('usage.idle_fleet_hours', d.usage_on) then d.is_cool end as is_cold,
        d.memory_permyriad <= policy.number('usage.idle_memory_ratio', d.usage_on) * 10000 as is_empty,
    from reconciled.still_day as d
    join reconciled.contract_term as t on t.contract_no = d.contract_no
    left join reconciled.idle_line as l on l.device_model = d.device_model
    -- Where use was seen, an hour of samples in nearly every minute tells which seconds were idle; one of few tells nothing.
    cross join lateral (
        select d.used_minute_count >= cast(policy.number('metering.sample_coverage_min', d.usage_on) as decimal(9, 6)) * 60
            as is_dense
    ) as s
    where d.usage_on between t.starts_on and t.counts_until
),
carded as (
    select
        contract_no,
        provider_id,
        device_uuid,
        any_value(device_model) as device_model,
        any_value(idle_watts) as idle_watts,
        any_value(still_hour_count) as fleet_hour_count,
        coalesce(sum(still_seconds) filter (where is_still and is_cold and is_empty), 0) as idle_seconds,
        coalesce(sum(still_seconds) filter (where (is_still and is_cold and is_empty) is null), 0) as unclear_seconds,
        min(usage_on) filter (where is_still and is_cold and is_empty) as first_idle_on,
        max(usage_on) filter (where is_still and is_cold and is_empty) as last_idle_on,
        list(distinct usage_on) filter (where is_still and is_cold and is_empty) as idle_days,
    from tested
    group by contract_no, provider_id, device_uuid
),
summed as (
    select
        contract_no,
        sum(idle_seconds) as idle_seconds,
        sum(unclear_seconds) as unclear_seconds,
        len(list_distinct(flatten(list(idle_days) filter (where idle_days is not null)))) as idle_day_count,
        arg_max(
            {'provider_id': provider_id, 'device_uuid': device_uuid, 'device_model': device_model, 'idle_watts': idle_watts,
             'fleet_hour_count': fleet_hour_count, 'first_idle_on': first_idle_on, 'last_idle_on': last_idle_on},
            (idle_seconds, unclear_seconds, device_uuid)
        ) as worst,
    from carded
    group by contract_no
),
weighed as (
    select
        c.*,
        m.metered_seconds,
        m.has_channels,
        coalesce(s.idle_seconds, 0) as idle_seconds,
        coalesce(s.unclear_seconds, 0) as unclear_seconds,
        coalesce(s.idle_day_count, 0) as idle_day_count,
        s.worst,
        cast(policy.number('usage.idle_share_min', c.submitted_on) as decimal(9, 6)) as share_min,
    from reconciled.claim_paper as c
    left join metered as m on m.contract_no = c.contract_no
    left join summed as s on s.contract_no = c.contract_no
)
select
    w.claim_id as subject_id,
    case
        when w.metered_seconds is null or not w.has_channels then 'not_applicable'
        when w.idle_seconds > w.share_min * w.metered_seconds then 'flag'
        when w.idle_seconds + w.unclear_seconds <= w.share_min * w.metered_seconds then 'pass'
        else 'unknown'
    end as verdict,
    case
        when w.idle_seconds > w.share_min * w.metered_seconds
            and w.metered_seconds >= policy.number('usage.idle_gpu_hours', w.submitted_on) * 3600
            and w.idle_day_count >= policy.number('usage.idle_days', w.submitted_on) then 'hold'
        else 'note'
    end as severity,
    w.contract_no,
    coalesce(w.worst.provider_id, w.provider_id) as provider_id,
    reconciled.card_hours(coalesce(w.metered_seconds, 0)) as metered_gpu_hours,
    reconciled.card_hours(w.idle_seconds) as idle_gpu_hours,
    reconciled.card_hours(w.unclear_seconds) as unclear_gpu_hours,
    w.idle_day_count,
    cast(w.share_min as decimal(9, 2)) as share_min,
    cast(policy.number('usage.idle_memory_ratio', w.submitted_on) as decimal(9, 2)) as memory_ratio,
    w.worst.device_uuid as device_uuid,
    w.worst.device_model as device_model,
    w.worst.idle_watts as idle_watts,
    w.worst.fleet_hour_count as fleet_hour_count,
    w.worst.first_idle_on as first_idle_on,
    w.worst.last_idle_on as last_idle_on,
    reconciled.worth(w.idle_seconds * 21000, p.price_parts, p.parts_per_fen) as amount_at_risk_yuan,
from weighed as w
left join decided.sole_price as p on p.contract_no = w.contract_no
