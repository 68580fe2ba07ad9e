/*
title_zh = "采样所见的活跃段起止"
grain_zh = "每机构、设备、合同的一段连续活跃采样的起点、终点各一行；只取另有用量区间的合同与设备"
[columns]
provider_id = "服务机构代码"
device_uuid = "设备编号"
contract_no = "归属合同"
kind = "begin 起点，stop 终点（不含）"
at_s = "时刻，UTC 秒"
*/
-- 5 % is the line between idle and active of metering.md 3.2; a sample without utilisation shows the card in use.
with logged as (
    select
        row_number() over (order by provider_id, device_uuid, contract_no) as stream_no,
        provider_id,
        device_uuid,
        contract_no,
    from (
        select distinct provider_id, device_uuid, contract_no
        from reconciled.interval
        where stop_s > begin_s and contract_no is not null and device_uuid is not null
    )
),
active as (
    select
        l.stream_no,
        s.begin_s,
        s.begin_s + s.covered_seconds as stop_s,
    from reconciled.sample_cover as s
    join logged as l
        on l.provider_id = s.provider_id
        and l.device_uuid = s.device_uuid
        and l.contract_no = s.contract_no
    where coalesce(s.util_percent >= 5, true)
),
neighboured as (
    select
        *,
        lag(stop_s) over stream as stop_before_s,
        lead(begin_s) over stream as begin_after_s,
    from active
    window stream as (partition by stream_no order by begin_s, stop_s)
),
edges as (
    select stream_no, 'begin' as kind, begin_s as at_s from neighboured where begin_s is distinct from stop_before_s
    union all
    select stream_no, 'stop', stop_s from neighboured where stop_s is distinct from begin_after_s
)
select
    l.provider_id,
    l.device_uuid,
    l.contract_no,
    e.kind,
    e.at_s,
from edges as e
join logged as l using (stream_no)
