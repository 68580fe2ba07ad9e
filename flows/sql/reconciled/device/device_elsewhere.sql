/*
title_zh = "同一设备在两家机构"
grain_zh = "每合同、设备、另一家机构、见处（日志、采样、清单）一行；只看像是全球唯一的编号"
no_rows_without = ["reconciled.device_use"]
[columns]
contract_no = "归属合同"
provider_id = "用量出自的服务机构"
other_provider_id = "同时有此设备的另一家机构"
card = "设备编号（小写）"
seen_in = "log 另一家的用量记录与本合同的同时；sample 另一家同日也有采样；list 本合同用到时两家的清单都在列"
overlap_seconds = "同时的秒数；采样为同日数减一再乘以 86400：搬迁当日两处都可能有采样"
first_s = "最早的同时的起点，UTC 秒"
*/
-- Which cards two providers used on one day is found drawer by drawer (flows/spell); no other card can be in both logs.
with listed as (
    select card from reconciled.device_spell group by card having count(distinct provider_id) > 1
),
used as (
    select distinct provider_id, contract_no, card, begin_s, stop_s, is_record
    from reconciled.device_use
    where is_global and (card in (select card from lake.elsewhere_card) or card in (select card from listed))
),
others as (
    select distinct provider_id, card, begin_s, stop_s, is_record from used
),
in_logs as (
    select
        a.contract_no,
        a.provider_id,
        b.provider_id as other_provider_id,
        a.card,
        case when a.is_record and b.is_record then 'log' else 'sample' end as seen_in,
        least(a.stop_s, b.stop_s) - greatest(a.begin_s, b.begin_s) as overlap_seconds,
        greatest(a.begin_s, b.begin_s) as first_s,
    from used as a
    join others as b
        on b.card = a.card
        and b.provider_id <> a.provider_id
        and b.is_record = a.is_record
        and b.begin_s < a.stop_s
        and b.stop_s > a.begin_s
    where a.contract_no is not null
),
-- Handed over within a day, a card may stand on both lists that day.
on_lists as (
    select
        o.provider_id,
        t.provider_id as other_provider_id,
        o.card,
        greatest(o.begin_s, t.begin_s) as begin_s,
        least(o.stop_s, t.stop_s) as stop_s,
    from reconciled.device_spell as o
    join reconciled.device_spell as t on t.card = o.card and t.provider_id <> o.provider_id
    where least(o.to_on, t.to_on) > greatest(o.from_on, t.from_on)
),
in_lists as (
    select
        u.contract_no,
        u.provider_id,
        l.other_provider_id,
        u.card,
        'list' as seen_in,
        least(u.stop_s, l.stop_s) - greatest(u.begin_s, l.begin_s) as overlap_seconds,
        greatest(u.begin_s, l.begin_s) as first_s,
    from used as u
    join on_lists as l
        on l.provider_id = u.provider_id and l.card = u.card and l.begin_s < u.stop_s and l.stop_s > u.begin_s
    where u.contract_no is not null
)
select
    contract_no,
    provider_id,
    other_provider_id,
    card,
    seen_in,
    cast(sum(overlap_seconds) - case seen_in when 'sample' then 86400 else 0 end as bigint) as overlap_seconds,
    min(first_s) as first_s,
from (select * from in_logs union all select * from in_lists)
group by contract_no, provider_id, other_provider_id, card, seen_in
