/*
title_zh = "型号的空闲功率线"
grain_zh = "每型号一行：各机构该型号整小时利用率为零的小时"
no_rows_without = ["lake.occupancy", "reconciled.sampled_card"]
[columns]
device_model = "型号"
still_hour_count = "整小时利用率为零、功率已知的卡小时数"
idle_watts = "其小时最高功率的 95 分位，W"
*/
-- One metric may lie in a file of its own: the hours of a card are put together first, of those that are still somewhere.
with still as (
    select distinct provider_id, device_uuid, hour_s from lake.occupancy where above_zero_seconds = 0
),
hours as (
    select
        h.provider_id,
        h.device_uuid,
        h.hour_s,
        max(h.power_peak_watts) as power_peak_watts,
    from reconciled.sample_hour as h
    join still as s
        on s.device_uuid = h.device_uuid and s.hour_s = h.hour_s and s.provider_id is not distinct from h.provider_id
    group by h.provider_id, h.device_uuid, h.hour_s
    having sum(above_zero_seconds) = 0 and sum(util_known_seconds) = sum(metered_seconds)
)
select
    k.device_model,
    count(*) as still_hour_count,
    quantile_disc(h.power_peak_watts, 0.95) as idle_watts,
from hours as h
join reconciled.sampled_card as k
    on k.provider_id is not distinct from h.provider_id and k.device_uuid = h.device_uuid
where h.power_peak_watts is not null and k.device_model is not null
group by k.device_model
