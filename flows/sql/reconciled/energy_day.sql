/*
title_zh = "能耗读数逐日"
grain_zh = "每机构、设备、合同、自然日一行；有累计能耗读数的"
[columns]
provider_id = "服务机构代码"
device_uuid = "设备编号"
contract_no = "归属合同"
usage_on = "日期（北京时间）"
metered_seconds = "被采样覆盖的秒数"
power_known_seconds = "其中功率已知的秒数"
power_millijoules = "功率对时间的积分，mJ；全无功率的为空"
span_seconds = "首个小时之始至最后小时之末，秒"
gain_joules = "当日首末读数之差，J；该日读数回落过、有的小时无读数或无从知其是否回落的为空"
fell_count = "读数回落的次数：下一个有读数的小时低于本小时所及；接连两个小时的算一次"
fell_to_joules = "回落之后该小时的最低读数中最大者，J；没有回落的为空"
fell_within_seconds = "回落前后两个小时合计所跨的秒数中最大者；没有回落的为空"
*/
-- A register that starts anew within an hour is only seen in the hour after: the last hour of a card is never trusted,
-- nor one that several parties share.
with hours as (
    select
        provider_id,
        device_uuid,
        hour_s,
        min(energy_low_joules) as low_joules,
        max(energy_high_joules) as high_joules,
        count(*) as holder_count,
    from reconciled.sample_hour
    where energy_low_joules is not null
    group by provider_id, device_uuid, hour_s
),
followed as (
    select
        *,
        lead(low_joules) over onward as next_low_joules,
        lead(hour_s) over onward as next_hour_s,
    from hours
    window onward as (partition by provider_id, device_uuid order by hour_s)
),
fallen as (
    select
        *,
        next_low_joules < high_joules as is_fall,
        -- A count that starts anew within an hour shows in that hour and in the next.
        coalesce(lag(next_low_joules < high_joules) over (partition by provider_id, device_uuid order by hour_s), false)
            as is_after_fall,
    from followed
),
judged as (
    select
        s.provider_id,
        s.device_uuid,
        s.contract_no,
        cast((s.hour_s + 28800) // 86400 as integer) as day_no,
        s.hour_s,
        s.metered_seconds,
        s.power_known_seconds,
        s.power_millijoules,
        s.energy_low_joules,
        s.energy_high_joules,
        coalesce(f.holder_count = 1 and f.next_low_joules >= f.high_joules, false) as is_sure,
        f.is_fall,
        f.is_fall and not f.is_after_fall as is_new_fall,
        f.next_low_joules,
        f.next_hour_s + 3600 - f.hour_s as fall_seconds,
    from reconciled.sample_hour as s
    left join fallen as f
        on f.provider_id is not distinct from s.provider_id
        and f.device_uuid = s.device_uuid
        and f.hour_s = s.hour_s
)
select
    provider_id,
    device_uuid,
    contract_no,
    date '1970-01-01' + day_no as usage_on,
    cast(sum(metered_seconds) as bigint) as metered_seconds,
    cast(sum(power_known_seconds) as bigint) as power_known_seconds,
    cast(sum(power_millijoules) as hugeint) as power_millijoules,
    cast(max(hour_s) + 3600 - min(hour_s) as bigint) as span_seconds,
    case when bool_and(is_sure) then max(energy_high_joules) - min(energy_low_joules) end as gain_joules,
    count(*) filter (where is_new_fall) as fell_count,
    max(next_low_joules) filter (where is_fall) as fell_to_joules,
    cast(max(fall_seconds) filter (where is_fall) as bigint) as fell_within_seconds,
from judged
group by provider_id, device_uuid, contract_no, day_no
having count(energy_low_joules) > 0
