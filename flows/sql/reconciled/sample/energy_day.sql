/*
title_zh = "能耗读数逐日"
grain_zh = "每机构、设备、合同、自然日一行；有累计能耗读数的"
no_rows_without = ["lake.occupancy"]
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
fell_count = "读数回落的次数：下一个有读数的小时（或启动）低于本小时所及；接连两个小时的算一次"
fell_in_boot_count = "其中前后启动编号已知而相同的"
fell_to_joules = "启动编号不知其不同的回落，其后的最低读数中最大者，J；没有的为空"
fell_within_seconds = "这些回落前后两个小时合计所跨的秒数中最大者；没有的为空"
*/
-- A register that starts anew within an hour is only seen in the hour after: the last hour of a card is never trusted,
-- nor one that several parties share. One metric may lie in a file of its own: hours are put together first.
with boots as (
    select
        provider_id,
        device_uuid,
        hour_s,
        boot_id,
        min(first_s) as first_s,
        min(energy_low_joules) as low_joules,
        max(energy_high_joules) as high_joules,
        count(distinct {'contract_no': contract_no, 'tenant': tenant}) as holder_count,
    from reconciled.sample_hour
    where energy_low_joules is not null
    group by provider_id, device_uuid, hour_s, boot_id
),
followed as (
    select
        *,
        lead(low_joules) over onward as next_low_joules,
        lead(boot_id) over onward as next_boot_id,
        lead(hour_s) over onward + 3600 - hour_s as two_hours_seconds,
    from boots
    window onward as (partition by provider_id, device_uuid order by hour_s, first_s, boot_id)
),
fallen as (
    select
        *,
        next_low_joules < high_joules as is_fall,
        -- A count that starts anew within an hour shows in that hour and in the next.
        coalesce(
            lag(next_low_joules < high_joules) over (partition by provider_id, device_uuid order by hour_s, first_s, boot_id),
            false
        ) as is_after_fall,
    from followed
),
registers as (
    select
        provider_id,
        device_uuid,
        hour_s,
        bool_and(coalesce(holder_count = 1 and next_low_joules >= high_joules, false)) as is_sure,
        count(*) filter (where is_fall and not is_after_fall) as fell_count,
        count(*) filter (where is_fall and not is_after_fall and boot_id = next_boot_id) as fell_in_boot_count,
        max(next_low_joules) filter (where is_fall and coalesce(boot_id = next_boot_id, true)) as fell_to_joules,
        max(two_hours_seconds) filter (where is_fall and coalesce(boot_id = next_boot_id, true)) as fell_within_seconds,
    from fallen
    group by provider_id, device_uuid, hour_s
),
hours as (
    select
        h.provider_id,
        h.device_uuid,
        h.contract_no,
        h.hour_s,
        sum(h.metered_seconds) as metered_seconds,
        sum(h.power_known_seconds) as power_known_seconds,
        sum(h.power_millijoules) as power_millijoules,
        min(h.energy_low_joules) as low_joules,
        max(h.energy_high_joules) as high_joules,
    from reconciled.sample_hour as h
    join (select distinct provider_id, device_uuid from registers) as c
        on c.device_uuid = h.device_uuid and c.provider_id is not distinct from h.provider_id
    group by h.provider_id, h.device_uuid, h.contract_no, h.hour_s
)
select
    h.provider_id,
    h.device_uuid,
    h.contract_no,
    reconciled.local_day(h.hour_s) as usage_on,
    cast(sum(h.metered_seconds) as bigint) as metered_seconds,
    cast(sum(h.power_known_seconds) as bigint) as power_known_seconds,
    cast(sum(h.power_millijoules) as hugeint) as power_millijoules,
    cast(max(h.hour_s) + 3600 - min(h.hour_s) as bigint) as span_seconds,
    case when bool_and(h.low_joules is not null and coalesce(r.is_sure, false))
        then max(h.high_joules) - min(h.low_joules)
    end as gain_joules,
    cast(coalesce(sum(r.fell_count), 0) as bigint) as fell_count,
    cast(coalesce(sum(r.fell_in_boot_count), 0) as bigint) as fell_in_boot_count,
    max(r.fell_to_joules) as fell_to_joules,
    cast(max(r.fell_within_seconds) as bigint) as fell_within_seconds,
from hours as h
left join registers as r
    on r.provider_id is not distinct from h.provider_id and r.device_uuid = h.device_uuid and r.hour_s = h.hour_s
group by h.provider_id, h.device_uuid, h.contract_no, usage_on
having count(h.low_joules) > 0
