/*
id = "MTR-014"
title_zh = "不可能的采样读数"
title_en = "Readings that the listed card cannot give"
article = "第九条、第十二条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 的 {card_day_count} 个卡日采样中，有 {off_count} 个卡日的读数与所登记的卡不符：小时平均功率过高 {power_count} 个，显存超过标称 {memory_count} 个，温度越界 {temperature_count} 个，能耗增量过大 {energy_count} 个。如设备 {device_uuid}（{device_model}，额定 {tdp_watts} W，显存 {memory_gib} GiB）在 {usage_on}：{reading_zh}。"
because_en = "Of {card_day_count} card-days of contract {contract_no}, {off_count} hold readings that the card as listed cannot give: hourly mean power {power_count}, memory {memory_count}, temperature {temperature_count}, energy {energy_count}. For one, device {device_uuid} ({device_model}, {tdp_watts} W, {memory_gib} GiB) on {usage_on}: {reading_en}."
innocent_zh = [
    "设备清单的型号、额定功率或显存填错：请更正设备清单。",
    "功率限额经厂家许可上调：请提供限额设置。",
    "传感器或采集程序偶有错误读数：请说明，或以另一路采样核对。",
    "作业只占该小时的几分钟，平均功率即那几分钟的尖峰：请提供该时段的原始采样。",
]
innocent_en = [
    "Model, rated power or memory on the list are wrong: correct the list of devices.",
    "The power limit was raised with the maker's leave: provide the setting.",
    "A sensor or collector gives a wrong reading now and then: explain, or compare with another source.",
    "The job filled a few minutes of the hour, so the mean is their peak: provide the raw samples.",
]
policy = [
    "metering.power_over_tdp_ratio",
    "metering.temperature_low_c",
    "metering.temperature_high_c",
    "metering.impossible_share_max",
]
[evidence]
severity = "后果：此类卡日的比率超过容许的为暂缓待核，其余为提示"
contract_no = "合同编号"
provider_id = "服务机构代码"
card_day_count = "有采样的卡日数"
off_count = "有不可能读数的卡日数"
power_count = "小时平均功率高出额定功率容许比率的卡日数"
memory_count = "已用显存超过标称的卡日数"
temperature_count = "温度低于下限或高于上限的卡日数"
energy_count = "能耗增量超过额定功率（加容许比率）乘时间的卡日数"
untold_count = "有功率、能耗或显存读数而清单未写额定功率或显存的卡日数"
device_uuid = "所举的设备；— 为没有"
device_model = "其型号"
tdp_watts = "其额定功率，W"
memory_gib = "其标称显存，GiB"
usage_on = "所举的日期"
reading_zh = "其不可能的读数；没有的为缺少的登记"
reading_en = "the same in English"
amount_at_risk_yuan = "申报兑现金额，元"
[[trace]]
relation = "reconciled.sample_day"
using = ["contract_no", "provider_id", "device_uuid", "usage_on"]
[[trace]]
relation = "lake.device"
using = ["provider_id", "device_uuid"]
*/
with days as (
    select
        s.contract_no,
        s.provider_id,
        s.device_uuid,
        s.usage_on,
        max(s.power_peak_hour_watts) as power_watts,
        max(s.memory_peak_mib) as memory_mib,
        min(s.temperature_low_c) as low_c,
        max(s.temperature_high_c) as high_c,
    from reconciled.sample_day as s
    join reconciled.contract_term as t on t.contract_no = s.contract_no
    where s.usage_on between t.starts_on and t.counts_until
    group by s.contract_no, s.provider_id, s.device_uuid, s.usage_on
),
rated as (
    select
        d.*,
        k.device_model,
        k.tdp_watts,
        k.memory_gib,
        cast(cast(e.gain_joules as decimal(30, 3)) * 1000 as hugeint) as gain_mj,
        (1000000 + reconciled.millionths(policy.number('metering.power_over_tdp_ratio', d.usage_on)))
            * cast(cast(k.tdp_watts as decimal(30, 3)) * 1000 as hugeint) as most_parts,
        e.span_seconds,
        policy.number('metering.temperature_low_c', d.usage_on) as least_c,
        policy.number('metering.temperature_high_c', d.usage_on) as most_c,
    from days as d
    left join reconciled.sampled_card as k
        on k.provider_id is not distinct from d.provider_id and k.device_uuid = d.device_uuid
    left join reconciled.energy_day as e
        on e.provider_id is not distinct from d.provider_id
        and e.device_uuid = d.device_uuid
        and e.contract_no = d.contract_no
        and e.usage_on = d.usage_on
),
tested as (
    select
        *,
        coalesce(cast(cast(power_watts as decimal(30, 3)) * 1000 as hugeint) * 1000000 > most_parts, false) as is_power,
        coalesce(cast(memory_mib as decimal(30, 3)) > cast(memory_gib as decimal(30, 3)) * 1024, false) as is_memory,
        coalesce(low_c < least_c or high_c > most_c, false) as is_temperature,
        coalesce(gain_mj * 1000000 > most_parts * span_seconds, false) as is_energy,
        (coalesce(power_watts, gain_mj) is not null and tdp_watts is null)
            or (memory_mib is not null and memory_gib is null) as is_untold,
        coalesce(power_watts, memory_mib, low_c, gain_mj) is not null as has_reading,
    from rated
),
worded as (
    select
        *,
        is_power or is_memory or is_temperature or is_energy as is_off,
        concat_ws(
            '，',
            case when is_power then '小时平均功率 ' || power_watts || ' W' end,
            case when is_memory then '已用显存 ' || memory_mib || ' MiB' end,
            case when is_temperature then '温度 ' || low_c || ' 至 ' || high_c || ' ℃' end,
            case when is_energy then '能耗增 ' || gain_mj // 1000 || ' J，历时 ' || span_seconds || ' 秒' end
        ) as reading_zh,
        concat_ws(
            ', ',
            case when is_power then 'hourly mean power ' || power_watts || ' W' end,
            case when is_memory then 'memory used ' || memory_mib || ' MiB' end,
            case when is_temperature then 'temperature ' || low_c || ' to ' || high_c || ' C' end,
            case when is_energy then 'energy gained ' || gain_mj // 1000 || ' J in ' || span_seconds || ' s' end
        ) as reading_en,
    from tested
),
summed as (
    select
        contract_no,
        count(*) as card_day_count,
        count(*) filter (where is_off) as off_count,
        count(*) filter (where is_power) as power_count,
        count(*) filter (where is_memory) as memory_count,
        count(*) filter (where is_temperature) as temperature_count,
        count(*) filter (where is_energy) as energy_count,
        count(*) filter (where is_untold) as untold_count,
        bool_or(has_reading) as has_reading,
        arg_min(
            {'provider_id': provider_id, 'device_uuid': device_uuid, 'device_model': device_model, 'tdp_watts': tdp_watts,
             'memory_gib': memory_gib, 'usage_on': usage_on, 'reading_zh': reading_zh, 'reading_en': reading_en},
            (not is_off, usage_on, device_uuid)
        ) filter (where is_off or is_untold) as example,
    from worded
    group by contract_no
)
select
    c.claim_id as subject_id,
    case
        when s.off_count > 0 then 'flag'
        when s.untold_count > 0 then 'unknown'
        when s.has_reading then 'pass'
        when coalesce(s.has_reading, false) = false then 'not_applicable'
    end as verdict,
    case
        when s.off_count > policy.number('metering.impossible_share_max', c.submitted_on) * s.card_day_count then 'hold'
        else 'note'
    end as severity,
    c.contract_no,
    coalesce(s.example.provider_id, c.provider_id) as provider_id,
    coalesce(s.card_day_count, 0) as card_day_count,
    coalesce(s.off_count, 0) as off_count,
    coalesce(s.power_count, 0) as power_count,
    coalesce(s.memory_count, 0) as memory_count,
    coalesce(s.temperature_count, 0) as temperature_count,
    coalesce(s.energy_count, 0) as energy_count,
    coalesce(s.untold_count, 0) as untold_count,
    coalesce(s.example.device_uuid, '—') as device_uuid,
    s.example.device_model as device_model,
    s.example.tdp_watts as tdp_watts,
    s.example.memory_gib as memory_gib,
    s.example.usage_on as usage_on,
    coalesce(nullif(s.example.reading_zh, ''), '清单未写额定功率或显存') as reading_zh,
    coalesce(nullif(s.example.reading_en, ''), 'rated power or memory is not listed') as reading_en,
    c.claimed_subsidy_yuan as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join summed as s on s.contract_no = c.contract_no
