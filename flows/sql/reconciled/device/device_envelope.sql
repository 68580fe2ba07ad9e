/*
title_zh = "设备的最高功耗与显存"
grain_zh = "每机构、型号、清单上写明额定功率与显存且采样有功率与显存的设备一行"
no_rows_without = ["lake.device", "reconciled.sample_day"]
[columns]
provider_id = "服务机构代码"
device_model = "型号"
device_uuid = "设备编号"
active_day_count = "活跃满一小时且有功率读数的天数"
power_peak_watts = "最高功率，W"
memory_peak_mib = "最高已用显存，MiB"
tdp_watts = "清单上的额定功率，W；几行不一的取最低"
memory_gib = "清单上的显存，GiB；几行不一的取最低"
*/
with dayed as (
    select
        provider_id,
        device_model,
        device_uuid,
        usage_on,
        sum(active_seconds) as active_seconds,
        max(power_peak_watts) as power_peak_watts,
        max(memory_peak_mib) as memory_peak_mib,
    from reconciled.sample_day
    where device_model is not null
    group by provider_id, device_model, device_uuid, usage_on
),
stated as (
    select provider_id, lower(device_uuid) as card, min(tdp_watts) as tdp_watts, min(memory_gib) as memory_gib
    from lake.device
    where device_uuid is not null
    group by provider_id, card
    having min(tdp_watts) > 0 and min(memory_gib) > 0
)
select
    d.provider_id,
    d.device_model,
    d.device_uuid,
    count(*) filter (where d.active_seconds >= 3600 and d.power_peak_watts is not null) as active_day_count,
    max(d.power_peak_watts) as power_peak_watts,
    max(d.memory_peak_mib) as memory_peak_mib,
    any_value(s.tdp_watts) as tdp_watts,
    any_value(s.memory_gib) as memory_gib,
from dayed as d
join stated as s on s.provider_id = d.provider_id and s.card = lower(d.device_uuid)
group by d.provider_id, d.device_model, d.device_uuid
having max(d.power_peak_watts) is not null and max(d.memory_peak_mib) is not null
