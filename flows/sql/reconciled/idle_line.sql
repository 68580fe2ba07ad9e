/*
title_zh = "型号的空闲功率线"
grain_zh = "每型号一行：各机构该型号整小时利用率为零的小时"
[columns]
device_model = "型号"
still_hour_count = "整小时利用率为零、功率已知的卡小时数"
idle_watts = "其小时最高功率的 95 分位，W"
*/
select
    k.device_model,
    count(*) as still_hour_count,
    quantile_disc(h.power_peak_watts, 0.95) as idle_watts,
from reconciled.sample_hour as h
join reconciled.sampled_card as k
    on k.provider_id is not distinct from h.provider_id and k.device_uuid = h.device_uuid
where h.above_zero_seconds = 0
    and h.util_known_seconds = h.metered_seconds
    and h.power_peak_watts is not null
    and k.device_model is not null
group by k.device_model
