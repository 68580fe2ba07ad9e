/*
title_zh = "采样序号逐日"
grain_zh = "每机构、集群、设备、启动、合同、自然日一行；只有带序号的采样"
no_rows_without = ["lake.occupancy_day"]
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
device_uuid = "设备编号"
boot_id = "启动编号"
contract_no = "归属合同；空为未匹配"
usage_on = "日期（北京时间）"
seq_count = "带序号的采样行数"
missing_count = "缺的序号个数：小时之内的，加上与上一个同属本合同的小时之间的"
repeat_count = "重复的序号个数"
reset_count = "序号倒退的小时数；这些小时无从数缺号"
first_missing_s = "最早有缺号的小时，UTC 秒；没有的为空"
file_sha256 = "来源文件"
row_no = "最早有缺号的小时的第一行；没有的为当日第一行"
*/
-- Streams are numbered first: there are few of them and many hours, and a number compares faster than four texts.
with streams as (
    select *, row_number() over (order by provider_id, cluster_id, device_uuid, boot_id) as stream_no
    from (select distinct provider_id, cluster_id, device_uuid, boot_id from lake.occupancy_day where seq_count > 0)
),
numbered_day as (
    select
        s.stream_no,
        o.provider_id,
        o.cluster_id,
        o.tenant,
        o.contract_no,
        date '1970-01-01' + o.day_no as usage_on,
        o.period_seconds,
        o.seq_first,
        o.seq_last,
        o.seq_count,
        o.is_seq_whole,
        o.seq_offset,
        o.seq_hour_s,
        o.seq_row_no,
        o.file_sha256,
    from lake.occupancy_day as o
    join streams as s
        on s.device_uuid = o.device_uuid
        and s.provider_id is not distinct from o.provider_id
        and s.cluster_id is not distinct from o.cluster_id
        and s.boot_id is not distinct from o.boot_id
    where o.seq_count > 0
),
-- A day is plain where each number of it comes once and numbers run on in it as the time does: then nothing is odd in any
-- of its hours.
linked as (
    select
        *,
        is_seq_whole and coalesce(lag(seq_last) over (partition by stream_no, usage_on order by seq_first) = seq_first - 1, true)
            as is_whole,
    from numbered_day
),
plain as (
    select
        stream_no,
        usage_on,
        min(seq_first) as seq_first,
        max(seq_last) as seq_last,
        coalesce(
            bool_and(is_whole)
                and count(seq_offset) = count(*)
                and min(seq_offset) = max(seq_offset)
                and min(period_seconds) = max(period_seconds),
            false
        ) as is_plain,
    from linked
    group by stream_no, usage_on
),
along as (
    select
        *,
        lag(usage_on) over days as before_on,
        is_plain and coalesce(lag(is_plain) over days and lag(seq_last) over days = seq_first - 1, true) as is_certain,
        coalesce(max(seq_last) over (days rows between unbounded preceding and 1 preceding) < seq_first, true) as is_later,
    from plain
    window days as (partition by stream_no order by usage_on)
),
-- Looked into hour by hour are the days that leave a doubt, and the day before each, whose last hour they follow; of streams
-- whose days do not follow one another in their numbers, all days.
doubtful as (
    select stream_no, usage_on, before_on
    from along
    qualify not is_certain or not bool_and(is_later) over (partition by stream_no)
),
looked_into as (
    select stream_no, usage_on, bool_or(is_doubtful) as is_doubtful
    from (
        select stream_no, usage_on, true as is_doubtful from doubtful
        union all
        select stream_no, before_on, false from doubtful where before_on is not null
    )
    group by stream_no, usage_on
),
numbered as not materialized (
    select
        s.stream_no,
        o.provider_id,
        o.cluster_id,
        o.tenant,
        o.contract_no,
        o.hour_s,
        o.seq_first,
        o.seq_last,
        o.seq_count,
        cast(o.seq_sum as hugeint) as seq_sum,
        l.is_doubtful,
        o.file_sha256,
        o.first_row_no,
    from lake.occupancy as o
    join streams as s
        on s.device_uuid = o.device_uuid
        and s.provider_id is not distinct from o.provider_id
        and s.cluster_id is not distinct from o.cluster_id
        and s.boot_id is not distinct from o.boot_id
    join looked_into as l on l.stream_no = s.stream_no and l.usage_on = reconciled.local_day(o.hour_s)
    where o.seq_count > 0
),
hours as (
    select
        stream_no,
        hour_s,
        min(seq_first) as seq_first,
        max(seq_last) as seq_last,
        sum(seq_count) as seq_count,
        sum(seq_sum) as seq_sum,
        any_value(is_doubtful) as is_doubtful,
    from numbered
    group by stream_no, hour_s
),
followed as (
    select
        *,
        cast(seq_last as hugeint) - seq_first + 1 as span_count,
        lag(hour_s) over along as before_hour_s,
        lag(seq_last) over along as before_last,
        max(seq_last) over (along rows between unbounded preceding and 1 preceding) >= seq_first as is_reset,
    from hours
    window along as (partition by stream_no order by hour_s)
),
counted as (
    select
        *,
        -- As many rows as numbers, and another sum: some numbers are missing and as many come twice.
        case when seq_count = span_count and 2 * seq_sum <> (cast(seq_first as hugeint) + seq_last) * seq_count then 1 else 0 end
            as mixed_count,
        greatest(0, span_count - seq_count) as lacking_count,
        greatest(0, seq_count - span_count) as surplus_count,
        greatest(0, cast(seq_first as hugeint) - before_last - 1) as gap_count,
    from followed
),
odd as (
    select * exclude (is_reset), coalesce(is_reset, false) as is_reset
    from counted
    where is_doubtful and (is_reset or mixed_count > 0 or lacking_count > 0 or surplus_count > 0 or gap_count > 0)
),
-- Whose the numbers of an odd hour are, and of the hour before it.
owned as (
    select
        n.stream_no,
        n.hour_s,
        reconciled.local_day(n.hour_s) as usage_on,
        coalesce(n.contract_no, t.contract_no) as contract_no,
        min(n.file_sha256) as file_sha256,
        arg_min(n.first_row_no, (n.file_sha256, n.first_row_no)) as row_no,
    from numbered as n
    join (
        select stream_no, hour_s from odd union select stream_no, before_hour_s from odd
    ) as h on h.stream_no = n.stream_no and h.hour_s = n.hour_s
    left join reconciled.tenancy as t
        on t.provider_id is not distinct from n.provider_id
        and t.cluster_id is not distinct from n.cluster_id
        and t.tenant = n.tenant
        and t.started_on = reconciled.local_day(n.hour_s)
    group by n.stream_no, n.hour_s, coalesce(n.contract_no, t.contract_no)
),
-- Whose the numbers between two hours are is known only where both hours are of one contract.
told as (
    select
        p.*,
        c.is_reset,
        case
            when c.is_reset then 0
            else c.lacking_count + c.mixed_count + case when b.hour_s is not null then c.gap_count else 0 end
        end as missing_count,
        case when c.is_reset then 0 else c.surplus_count + c.mixed_count end as repeat_count,
    from owned as p
    join odd as c on c.stream_no = p.stream_no and c.hour_s = p.hour_s
    left join owned as b
        on b.stream_no = p.stream_no
        and b.hour_s = c.before_hour_s
        and b.contract_no is not distinct from p.contract_no
),
found as (
    select
        stream_no,
        contract_no,
        usage_on,
        sum(missing_count) as missing_count,
        sum(repeat_count) as repeat_count,
        count(*) filter (where is_reset) as reset_count,
        min(hour_s) filter (where missing_count > 0) as first_missing_s,
        arg_min(file_sha256, hour_s) filter (where missing_count > 0) as file_sha256,
        arg_min(row_no, hour_s) filter (where missing_count > 0) as row_no,
    from told
    group by stream_no, contract_no, usage_on
),
days as (
    select
        d.stream_no,
        coalesce(d.contract_no, t.contract_no) as contract_no,
        d.usage_on,
        sum(d.seq_count) as seq_count,
        min({'hour_s': d.seq_hour_s, 'file_sha256': d.file_sha256, 'row_no': d.seq_row_no}) as first_row,
    from numbered_day as d
    left join reconciled.tenancy as t
        on t.provider_id is not distinct from d.provider_id
        and t.cluster_id is not distinct from d.cluster_id
        and t.tenant = d.tenant
        and t.started_on = d.usage_on
    group by d.stream_no, coalesce(d.contract_no, t.contract_no), d.usage_on
)
select
    s.provider_id,
    s.cluster_id,
    s.device_uuid,
    s.boot_id,
    d.contract_no,
    d.usage_on,
    cast(d.seq_count as hugeint) as seq_count,
    cast(coalesce(f.missing_count, 0) as hugeint) as missing_count,
    cast(coalesce(f.repeat_count, 0) as hugeint) as repeat_count,
    coalesce(f.reset_count, 0) as reset_count,
    f.first_missing_s,
    coalesce(f.file_sha256, d.first_row.file_sha256) as file_sha256,
    coalesce(f.row_no, d.first_row.row_no) as row_no,
from days as d
join streams as s on s.stream_no = d.stream_no
left join found as f
    on f.stream_no = d.stream_no and f.usage_on = d.usage_on and f.contract_no is not distinct from d.contract_no
