/*
title_zh = "跨日、跨文件的采样衔接"
grain_zh = "每机构、设备、一日（或一份文件的当日）末次采样一行；恰隔一个周期的不列"
no_rows_without = ["lake.occupancy_day", "lake.span"]
[columns]
provider_id = "服务机构代码"
device_uuid = "设备编号"
last_s = "末次采样，UTC 秒"
next_s = "其后首次采样，UTC 秒"
step_seconds = "相隔的秒数"
period_seconds = "末次采样的周期，秒"
extra_seconds = "该采样在一个周期之外多覆盖（负为少覆盖）的秒数"
gap_seconds = "其后未被覆盖的秒数"
*/
-- Within a day hours are joined when a file is taken in; from day to day here, whatever the files they come from.
with followed as (
    select
        provider_id,
        device_uuid,
        last_s,
        lead(first_s) over (partition by provider_id, device_uuid order by first_s, last_s) as next_s,
    from lake.span
),
stepped as (
    select *, next_s - last_s as step_seconds from followed where next_s is not null
),
paced as (
    select
        s.*,
        max(o.period_seconds) as period_seconds,
    from stepped as s
    join lake.occupancy_day as o
        on o.provider_id is not distinct from s.provider_id
        and o.device_uuid = s.device_uuid
        and o.last_s = s.last_s
    -- Most days end on the minute before the next begins: those need no look at their periods.
    where s.step_seconds <> 60 or o.period_seconds <> 60
    group by all
)
select
    provider_id,
    device_uuid,
    last_s,
    next_s,
    step_seconds,
    period_seconds,
    case when 2 * step_seconds <= 3 * period_seconds then step_seconds - period_seconds else 0 end as extra_seconds,
    case when 2 * step_seconds > 3 * period_seconds then step_seconds - period_seconds else 0 end as gap_seconds,
from paced
where step_seconds <> period_seconds
