/*
title_zh = "合同的采样缺口"
grain_zh = "每份合同、设备的一段缺口一行；只列合同期内的"
no_rows_without = ["reconciled.contract_term", "reconciled.usage_gap"]
[columns]
contract_no = "合同编号"
device_uuid = "设备编号"
started_at = "缺口起"
gap_seconds = "占用之中的时长，秒：看该设备的占用记录，记录不写设备的看合同的占用记录，都没有的计合同期内的全长"
gap_unit_seconds = "其卡秒，单位为二万一千分之一卡秒；至多一张卡"
*/
-- Between two jobs a card need not report: a gap takes evidence away only while the card was allocated. One between two
-- parties is theirs whose records name the card meanwhile, else nobody's.
with listed as (
    select
        g.device_uuid,
        g.started_at,
        t.contract_no,
        t.provider_id,
        greatest(epoch_us(g.started_at) // 1000000, (t.starts_on - date '1970-01-01') * 86400 - 28800) as begin_s,
        least(epoch_us(g.ended_at) // 1000000, (t.counts_until - date '1970-01-01' + 1) * 86400 - 28800) as stop_s,
    from reconciled.usage_gap as g
    join reconciled.contract_term as t on t.provider_id = g.provider_id and list_contains(g.parties, t.contract_no)
),
held as (
    select contract_no, provider_id, lower(coalesce(device_uuid, '')) as held_by, begin_s, stop_s, coalesce(card_units, 21000) as card_units
    from reconciled.stretch
    semi join listed using (contract_no, provider_id)
    where stop_s > begin_s
),
named as (
    select contract_no, provider_id, held_by
    from held
    group by all
),
placed as (
    select
        l.*,
        coalesce(d.held_by, c.held_by) as held_by,
    from listed as l
    left join named as d
        on d.contract_no = l.contract_no and d.provider_id = l.provider_id and d.held_by = lower(l.device_uuid)
    left join named as c
        on c.contract_no = l.contract_no and c.provider_id = l.provider_id and c.held_by = ''
    where l.stop_s > l.begin_s
),
cut as (
    select
        p.contract_no,
        p.device_uuid,
        p.started_at,
        p.held_by,
        p.stop_s - p.begin_s as whole_seconds,
        -- least and greatest pass over a null: a gap in which nothing was held must not count whole.
        coalesce(
            sum(least(p.stop_s, h.stop_s) - greatest(p.begin_s, h.begin_s)) filter (where h.begin_s is not null), 0
        ) as seconds,
        coalesce(sum((least(p.stop_s, h.stop_s) - greatest(p.begin_s, h.begin_s)) * h.card_units), 0) as unit_seconds,
    from placed as p
    left join held as h
        on h.contract_no = p.contract_no
        and h.provider_id = p.provider_id
        and h.held_by = p.held_by
        and h.begin_s < p.stop_s
        and h.stop_s > p.begin_s
    group by p.contract_no, p.device_uuid, p.started_at, p.held_by, p.begin_s, p.stop_s
),
bounded as (
    select
        *,
        case when held_by is null then whole_seconds else least(whole_seconds, seconds) end as gap_seconds,
    from cut
)
select
    contract_no,
    device_uuid,
    started_at,
    cast(gap_seconds as bigint) as gap_seconds,
    cast(case when held_by is null then gap_seconds * 21000 else least(gap_seconds * 21000, unit_seconds) end as hugeint)
        as gap_unit_seconds,
from bounded
