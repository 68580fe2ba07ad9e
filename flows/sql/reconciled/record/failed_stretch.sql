/*
title_zh = "不可计费的运行所余的区间"
grain_zh = "每条注明设备或成序列的不可计费记录一行；其间被同一方可计费的记录隔断的，各段一行，没有所余的一行，起止相同"
no_rows_without = ["reconciled.holder", "reconciled.measured"]
[columns]
interval_no = "用量记录序号"
begin_s = "起点，UTC 秒"
stop_s = "终点（不含），UTC 秒"
trimmed_seconds = "因重叠而不再计的秒数，写在最先一段"
is_continued = "与前一段在同一日（北京时间）"
*/
-- 实际发生费用: seconds that a failed run shares with one that is paid for are the latter's, whichever began first. Only
-- where something failed are the others looked at.
with held as not materialized (
    select
        interval_no,
        provider_id,
        lower(device_uuid) as device_key,
        case when device_uuid is null then [lower(cluster_id), regexp_replace(record_id, ':\d+$', '')] end as pod_key,
        case when device_uuid is not null then coalesce(contract_no, tenant) end as party_key,
        case when device_uuid is not null then card_units end as share_units,
        coalesce(is_billable, true) as is_billable,
        begin_s,
        stop_s,
        record_id,
    from reconciled.interval
    where stop_s > begin_s and (device_uuid is not null or coalesce(is_of_series, false))
),
keys as (
    select provider_id, device_key, pod_key, party_key, share_units from held where not is_billable group by all
),
numbered as (
    select row_number() over (order by provider_id, device_key, pod_key, party_key, share_units) as key_no, *
    from keys
),
followed as (
    select
        k.key_no,
        h.interval_no,
        h.is_billable,
        h.begin_s,
        h.stop_s,
        greatest(
            h.begin_s,
            coalesce(
                max(h.stop_s) over (
                    partition by k.key_no, h.is_billable
                    order by h.begin_s, h.stop_s, h.record_id
                    rows between unbounded preceding and 1 preceding
                ),
                h.begin_s
            )
        ) as new_from_s,
    from held as h
    join numbered as k
        on k.provider_id is not distinct from h.provider_id
        and k.device_key is not distinct from h.device_key
        and k.pod_key is not distinct from h.pod_key
        and k.party_key is not distinct from h.party_key
        and k.share_units is not distinct from h.share_units
),
beside as (
    select
        f.interval_no,
        f.begin_s,
        f.stop_s,
        least(f.new_from_s, f.stop_s) as from_s,
        list(b.new_from_s order by b.new_from_s) filter (where b.key_no is not null) as starts,
        list(b.stop_s order by b.new_from_s) filter (where b.key_no is not null) as stops,
    from followed as f
    left join followed as b
        on b.key_no = f.key_no
        and b.is_billable
        and b.new_from_s < b.stop_s
        and b.new_from_s < f.stop_s
        and b.stop_s > f.new_from_s
    where not f.is_billable
    group by f.interval_no, f.begin_s, f.stop_s, f.new_from_s
),
-- What lies before, between and after the paid ones.
parted as (
    select
        interval_no,
        begin_s as whole_begin_s,
        stop_s as whole_stop_s,
        from_s,
        unnest(list_prepend(from_s, coalesce(stops, []))) as begin_s,
        unnest(list_append(coalesce(starts, []), stop_s)) as stop_s,
    from beside
),
kept as (
    select
        *,
        sum(greatest(0, stop_s - begin_s)) over (partition by interval_no) as kept_seconds,
        row_number() over pieces as piece_no,
        lag(stop_s) over pieces as before_s,
    from parted
    window pieces as (partition by interval_no order by stop_s > begin_s desc, begin_s)
)
select
    interval_no,
    case when stop_s > begin_s then begin_s else from_s end as begin_s,
    case when stop_s > begin_s then stop_s else from_s end as stop_s,
    cast(case when piece_no = 1 then whole_stop_s - whole_begin_s - kept_seconds else 0 end as bigint) as trimmed_seconds,
    coalesce(piece_no > 1 and (before_s - 1 + 28800) // 86400 = (begin_s + 28800) // 86400, false) as is_continued,
from kept
where stop_s > begin_s or piece_no = 1
