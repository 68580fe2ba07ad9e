/*
title_zh = "迟交的用量文件"
grain_zh = "每个迟交的文件、机构、集群、月份一行；迟交的照收照算，不因此退回"
no_rows_without = ["lake.input_file", "policy.instrument"]
[columns]
file_sha256 = "文件的 SHA-256"
file_name = "文件名（收件箱内）"
provider_id = "服务机构代码"
cluster_id = "集群"
month = "用量结束的月份（北京时间），YYYY-MM"
first_seen_on = "首次收录的运行日"
final_on = "该月的定稿日（含）：次月的这一天以内交来的不算迟"
is_after_final_day = "首次收录晚于定稿日；有一方不知道的为空"
closed_by_file_sha256 = "在先收录、声明已定稿（finality = final）而已含该月这些日子的文件；没有的为空"
closed_by_file_name = "同上，文件名"
closed_on = "该文件的用量止于何日（北京时间）；没有的为空"
is_first_of_month = "在此之前没有收录过该机构该集群该月的用量"
record_count = "该文件交来的该月用量记录数，条；与先前完全相同的不在内"
unknown_record_count = "其中卡数未知的记录数，条；所添的卡时不含这些"
added_gpu_hours = "所添的分配卡时（新增的，加上取代先前行的差额；可为负），卡时；全部未知的为空"
*/
-- Every version of a record adds its own hours on the day of its file and takes away those of the version it replaces.
with told as (
    select
        file_sha256,
        provider_id,
        cluster_id,
        case when stop_s > begin_s then stop_s - 1 else epoch_us(coalesce(ended_at, started_at)) // 1000000 end as last_s,
        case when stop_s > begin_s then card_units * cast(stop_s - begin_s as hugeint) else 0 end as unit_seconds,
        1 as record_count,
    from reconciled.interval
    union all
    select file_sha256, provider_id, cluster_id, last_s, before_unit_seconds, 1 from reconciled.old_usage
    union all
    select next_file_sha256, provider_id, cluster_id, last_s, -before_unit_seconds, 0 from reconciled.old_usage
    -- A row handed in before and again: it was replaced meanwhile, and then came back.
    union all
    select file_sha256, provider_id, cluster_id, last_s, -after_unit_seconds, 0 from reconciled.old_usage where is_restored
    union all
    select next_file_sha256, provider_id, cluster_id, last_s, after_unit_seconds, 1 from reconciled.old_usage where is_restored
),
daily as (
    select
        t.file_sha256,
        t.provider_id,
        t.cluster_id,
        reconciled.local_day(t.last_s) as ended_on,
        sum(t.unit_seconds) as unit_seconds,
        sum(t.record_count) as record_count,
        coalesce(sum(t.record_count) filter (where t.unit_seconds is null), 0) as unknown_count,
    from told as t
    where t.last_s is not null
    group by all
),
seen as (
    select
        d.*,
        f.file_name,
        f.batch,
        f.file_rank,
        f.finality,
        try_cast(f.taken_on as date) as taken_on,
        cast(date_trunc('month', d.ended_on) as date) as month_on,
        -- Logs go on after an instrument has ended: its last value is asked for.
        least(date_trunc('month', d.ended_on), p.valid_to - 1) as asked_on,
    from daily as d
    join lake.input_file as f using (file_sha256)
    cross join policy.instrument as p
),
final_file as (
    select
        file_sha256,
        file_name,
        batch,
        file_rank,
        provider_id,
        cluster_id,
        min(month_on) as from_on,
        max(ended_on) as closed_on,
    from seen
    where finality = 'final' and record_count > 0
    group by all
),
delivered as (
    select provider_id, cluster_id, month_on, min(batch) as first_batch
    from seen
    where record_count > 0
    group by all
),
dated as (
    select
        s.*,
        s.month_on + interval 1 month + to_days(cast(policy.number('metering.final_day', s.asked_on) as integer) - 1)
            as final_at,
        d.first_batch,
        c.file_sha256 as closed_by,
        c.file_name as closed_by_name,
        c.closed_on,
    from seen as s
    join delivered as d
        on d.provider_id is not distinct from s.provider_id
        and d.cluster_id is not distinct from s.cluster_id
        and d.month_on = s.month_on
    left join final_file as c
        on c.provider_id is not distinct from s.provider_id
        and c.cluster_id is not distinct from s.cluster_id
        and c.batch < s.batch
        and s.ended_on between c.from_on and c.closed_on
    qualify row_number() over (
        partition by s.file_sha256, s.provider_id, s.cluster_id, s.ended_on order by c.file_rank nulls last
    ) = 1
),
monthly as (
    select
        file_sha256,
        file_name,
        provider_id,
        cluster_id,
        month_on,
        taken_on,
        cast(final_at as date) as final_on,
        taken_on > cast(final_at as date) as is_after_final_day,
        batch = first_batch as is_first,
        first({'sha256': closed_by, 'name': closed_by_name, 'on': closed_on} order by closed_on nulls last, ended_on) as closed,
        sum(record_count) as record_count,
        sum(unknown_count) as unknown_count,
        sum(unit_seconds) as unit_seconds,
    from dated
    group by file_sha256, file_name, provider_id, cluster_id, month_on, taken_on, final_at, is_first
)
select
    file_sha256,
    file_name,
    provider_id,
    cluster_id,
    strftime(month_on, '%Y-%m') as month,
    taken_on as first_seen_on,
    final_on,
    is_after_final_day,
    closed.sha256 as closed_by_file_sha256,
    closed.name as closed_by_file_name,
    closed.on as closed_on,
    is_first as is_first_of_month,
    cast(record_count as bigint) as record_count,
    cast(unknown_count as bigint) as unknown_record_count,
    reconciled.gpu_hours(unit_seconds) as added_gpu_hours,
from monthly
where is_after_final_day or closed.sha256 is not null
order by file_name, file_sha256, provider_id, cluster_id, month_on
