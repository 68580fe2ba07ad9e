/*
title_zh = "采样所见的活跃段起止"
grain_zh = "每机构、设备、合同的一段连续活跃采样的起点、终点各一行；只取另有用量区间的合同与设备"
no_rows_without = ["lake.occupancy", "reconciled.holder", "reconciled.measured"]
[columns]
provider_id = "服务机构代码"
device_uuid = "设备编号"
contract_no = "归属合同"
kind = "begin 起点，stop 终点（不含）"
at_s = "时刻，UTC 秒；精确到分钟"
*/
-- 5 % is the line between idle and active of metering.md 3.2; a sample without utilisation shows the card in use.
with logged as (
    select
        row_number() over (order by provider_id, card, contract_no) as stream_no,
        provider_id,
        card,
        device_uuid,
        contract_no,
    from (
        -- However its letters are written, a device is one.
        select provider_id, lower(device_uuid) as card, min(device_uuid) as device_uuid, contract_no
        from reconciled.interval
        where stop_s > begin_s and contract_no is not null and device_uuid is not null
        group by provider_id, lower(device_uuid), contract_no
    )
),
-- Minute by minute; an edge lies where nothing active comes within one and a half periods.
active as (
    select distinct
        l.stream_no,
        s.hour_s // 60 + m.minute as minute_no,
        min(s.first_s % 60) over (partition by l.stream_no) as second,
        max(s.period_seconds) over (partition by l.stream_no) as period_seconds,
    from reconciled.sample_hour as s
    join logged as l
        on l.provider_id = s.provider_id
        and l.card = lower(s.device_uuid)
        and l.contract_no = s.contract_no
    cross join (select unnest(range(60)) as minute) as m
    where ((case when s.active_seconds is null then s.minutes else s.active_minutes end) >> m.minute) & 1 = 1
),
neighboured as (
    select
        *,
        lag(minute_no) over stream as minute_before,
        lead(minute_no) over stream as minute_after,
    from active
    window stream as (partition by stream_no order by minute_no)
),
edges as (
    select stream_no, 'begin' as kind, minute_no * 60 + second as at_s
    from neighboured
    where not coalesce((minute_no - minute_before) * 120 <= greatest(120, 3 * period_seconds), false)
    union all
    select stream_no, 'stop', minute_no * 60 + second + period_seconds
    from neighboured
    where not coalesce((minute_after - minute_no) * 120 <= greatest(120, 3 * period_seconds), false)
)
select
    l.provider_id,
    l.device_uuid,
    l.contract_no,
    e.kind,
    e.at_s,
from edges as e
join logged as l using (stream_no)
