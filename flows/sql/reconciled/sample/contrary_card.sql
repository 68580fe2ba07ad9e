/*
title_zh = "利用率与功率相背的卡"
grain_zh = "每机构、设备一行；有利用率与功率相背的小时的"
no_rows_without = ["reconciled.contrary_hour"]
[columns]
provider_id = "服务机构代码"
device_uuid = "设备编号"
still_milliwatts = "整小时利用率为零时最低的小时平均功率，mW，舍去零头；没有这样的小时的为空"
peak_milliwatts = "最高的小时平均功率，mW，舍去零头"
*/
-- What an exporter means by a watt shows in the card's other hours.
with cards as (
    select distinct provider_id, device_uuid from reconciled.contrary_hour
),
still as (
    select c.provider_id, c.device_uuid, min(w.power_millijoules // w.known_seconds) as still_milliwatts
    from reconciled.whole_hour as w
    join cards as c on c.device_uuid = w.device_uuid and c.provider_id is not distinct from w.provider_id
    where w.weighted_millipercent_seconds = 0
    group by c.provider_id, c.device_uuid
)
select
    c.provider_id,
    c.device_uuid,
    any_value(s.still_milliwatts) as still_milliwatts,
    cast(max(d.power_peak_hour_watts) * 1000 as bigint) as peak_milliwatts,
from cards as c
left join still as s on s.device_uuid = c.device_uuid and s.provider_id is not distinct from c.provider_id
left join reconciled.sample_day as d on d.device_uuid = c.device_uuid and d.provider_id is not distinct from c.provider_id
group by c.provider_id, c.device_uuid
