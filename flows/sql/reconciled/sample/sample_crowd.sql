/*
title_zh = "采样所见的同卡重叠"
grain_zh = "每机构、设备、重叠段、整点小时一行：同一设备同一分钟有两方以上的采样"
no_rows_without = ["lake.occupancy", "reconciled.sample_file_day"]
[columns]
provider_id = "服务机构代码"
device_uuid = "设备编号"
hour_s = "小时的起点，UTC 秒"
minutes = "位图：该段在该小时内的分钟"
step_seconds = "每一分钟位代表的秒数：采样周期，至少 60"
begin_s = "重叠段起点，UTC 秒；精确到分钟"
stop_s = "重叠段终点（不含），UTC 秒"
party_count = "涉及的方数"
parties = "涉及各方（合同编号，未匹配的为租户）"
*/
with parties as (
    select provider_id, device_uuid
    from reconciled.sample_file_day
    where coalesce(contract_no, tenant) is not null
    group by provider_id, device_uuid
    having count(distinct coalesce(contract_no, tenant)) > 1
),
held as (
    select
        s.provider_id,
        s.device_uuid,
        s.hour_s,
        coalesce(s.contract_no, s.tenant) as party,
        bit_or(s.minutes) as minutes,
        max(greatest(60, s.period_seconds)) as step_seconds,
        min(s.first_s % 60) as second,
    from reconciled.sample_hour as s
    join parties as p on p.device_uuid = s.device_uuid and p.provider_id is not distinct from s.provider_id
    where coalesce(s.contract_no, s.tenant) is not null
    group by s.provider_id, s.device_uuid, s.hour_s, party
),
folded as (
    select
        provider_id,
        device_uuid,
        hour_s,
        list_reduce(
            list({'once': minutes, 'twice': 0::bigint} order by party),
            lambda a, b: {'once': a.once | b.once, 'twice': a.twice | (a.once & b.once)}
        ).twice as twice,
        max(step_seconds) as step_seconds,
        min(second) as second,
    from held
    group by provider_id, device_uuid, hour_s
),
crowded as (
    select
        f.*,
        list(h.party order by h.party) as parties,
    from folded as f
    join held as h
        on h.device_uuid = f.device_uuid and h.hour_s = f.hour_s and h.provider_id is not distinct from f.provider_id
        and h.minutes & f.twice <> 0
    where f.twice <> 0
    group by all
),
minuted as (
    select *, hour_s // 60 + minute as minute_no
    from (select *, unnest(range(60)) as minute from crowded)
    where (twice >> minute) & 1 = 1
),
followed as (
    select
        *,
        (minute_no - lag(minute_no) over card) * 60 <= step_seconds + 30
            and parties = lag(parties) over card as is_going_on,
    from minuted
    window card as (partition by provider_id, device_uuid order by minute_no)
),
numbered as (
    select
        *,
        count(*) filter (not coalesce(is_going_on, false)) over (
            partition by provider_id, device_uuid order by minute_no
        ) as stretch_no,
    from followed
),
bounded as (
    select
        *,
        min(minute_no * 60 + second) over stretch as begin_s,
        max(minute_no * 60 + second + step_seconds) over stretch as stop_s,
    from numbered
    window stretch as (partition by provider_id, device_uuid, stretch_no)
)
select
    provider_id,
    device_uuid,
    hour_s,
    bit_or(1::bigint << minute) as minutes,
    max(step_seconds) as step_seconds,
    begin_s,
    stop_s,
    len(parties) as party_count,
    parties,
from bounded
group by provider_id, device_uuid, hour_s, begin_s, stop_s, parties
