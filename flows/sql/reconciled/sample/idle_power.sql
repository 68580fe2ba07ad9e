/*
title_zh = "机构同型号的空闲功率"
grain_zh = "每机构、型号一行；只算有利用率高而功率低的小时的型号"
no_rows_without = ["lake.occupancy", "reconciled.contrary_hour", "reconciled.sampled_card"]
[columns]
provider_id = "服务机构代码"
device_model = "型号"
still_hour_count = "整小时利用率为零、平均功率不过额定三成的卡小时数"
idle_milliwatts = "其小时平均功率的 99 分位，mW，舍去零头"
*/
-- A card at zero that draws more than 30 % of its rating is no measure of idling: its utilisation may not be seen.
with asked as (
    select distinct device_model from reconciled.contrary_hour where is_busy
),
cards as (
    select k.provider_id, k.device_uuid, k.device_model, cast(k.tdp_watts * 1000 as bigint) as tdp_milliwatts
    from reconciled.sampled_card as k
    join asked as a on a.device_model = k.device_model
    where k.tdp_watts is not null
)
select
    c.provider_id,
    c.device_model,
    count(*) as still_hour_count,
    quantile_disc(w.power_millijoules // w.known_seconds, 0.99) as idle_milliwatts,
from reconciled.whole_hour as w
join cards as c on c.device_uuid = w.device_uuid and c.provider_id is not distinct from w.provider_id
where w.weighted_millipercent_seconds = 0
    and w.power_millijoules * 10 <= c.tdp_milliwatts * 3 * w.known_seconds
group by c.provider_id, c.device_model
