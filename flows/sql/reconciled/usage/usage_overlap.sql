/*
title_zh = "同卡重叠"
grain_zh = "每段一行：同一设备同一时刻分给两方以上、或一方的几个份额，合计超过一张卡，按用量区间、按采样各自列出"
[columns]
provider_id = "服务机构代码"
device_uuid = "设备编号"
started_at = "重叠起"
ended_at = "重叠止（不含）"
begin_s = "起点，UTC 秒"
stop_s = "终点（不含），UTC 秒"
card_seconds = "重叠卡秒（超出一张卡的部分，取整）"
parties = "涉及各方（合同编号，未匹配的为租户）"
*/
with named as (
    select
        provider_id,
        device_uuid,
        lower(device_uuid) as device_key,
        coalesce(contract_no, tenant) as party,
        card_units,
        begin_s,
        stop_s,
        is_billable,
    from reconciled.stretch
    where device_uuid is not null and stop_s > begin_s and card_units > 0
),
-- However its letters are written, a device is one. Equal shares of one party are a union already: see reconciled.stretch.
crowded as (
    select provider_id, device_key, min(device_uuid) as device_uuid
    from named
    group by provider_id, device_key
    having count(distinct party) > 1 or count(distinct card_units) > 1
),
held as (
    select n.provider_id, c.device_uuid, n.party, n.card_units, n.begin_s, n.stop_s, n.is_billable
    from named as n
    join crowded as c on c.device_key = n.device_key and c.provider_id is not distinct from n.provider_id
),
edges as (
    select distinct provider_id, device_uuid, unnest([begin_s, stop_s]) as at_s from held
),
pieces as (
    select
        provider_id,
        device_uuid,
        at_s as begin_s,
        lead(at_s) over (partition by provider_id, device_uuid order by at_s) as stop_s,
    from edges
),
loaded as (
    select
        p.provider_id,
        p.device_uuid,
        p.begin_s,
        p.stop_s,
        sum(h.card_units) as load_units,
        list(distinct h.party order by h.party) as parties,
        -- Of one party what lies beyond a card is told by what would be billed: see reconciled.contract_overlap.
        case when count(distinct h.party) = 1 then sum(h.card_units) filter (h.is_billable) end as own_units,
    from pieces as p
    join held as h
        on h.provider_id is not distinct from p.provider_id
        and h.device_uuid = p.device_uuid
        and h.begin_s < p.stop_s
        and h.stop_s > p.begin_s
    group by p.provider_id, p.device_uuid, p.begin_s, p.stop_s
    -- A record of several cards names no card, but where they stand: its sum is no share of one.
    having sum(h.card_units) > 21000 and (count(distinct h.party) > 1 or max(h.card_units) <= 21000)
),
-- Neighbouring pieces with the same parties and load are one stretch.
joined as (
    select
        *,
        begin_s is distinct from lag(stop_s) over whole
            or parties is distinct from lag(parties) over whole
            or load_units is distinct from lag(load_units) over whole
            or own_units is distinct from lag(own_units) over whole as is_new,
    from loaded
    window whole as (partition by provider_id, device_uuid order by begin_s)
),
grouped as (
    select
        *,
        count(*) filter (where is_new) over (partition by provider_id, device_uuid order by begin_s) as stretch_no,
    from joined
)
select
    provider_id,
    device_uuid,
    to_timestamp(min(begin_s)) as started_at,
    to_timestamp(max(stop_s)) as ended_at,
    min(begin_s) as begin_s,
    max(stop_s) as stop_s,
    cast(sum((stop_s - begin_s) * (load_units - 21000)) // 21000 as bigint) as card_seconds,
    any_value(parties) as parties,
from grouped
group by provider_id, device_uuid, stretch_no
union all
-- Samples name no share of a card: every party beyond the first is one card too many.
select
    provider_id,
    device_uuid,
    to_timestamp(begin_s),
    to_timestamp(stop_s),
    begin_s,
    stop_s,
    cast(sum(bit_count(minutes) * step_seconds * (party_count - 1)) as bigint),
    parties,
from reconciled.sample_crowd
group by provider_id, device_uuid, begin_s, stop_s, parties
