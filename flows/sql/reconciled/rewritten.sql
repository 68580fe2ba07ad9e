/*
title_zh = "改写的用量"
grain_zh = "每合同、表、自然日、先后两份文件一行；同一批交来的不算改写"
no_rows_without = ["lake.input_file", "lake.rewritten"]
[columns]
contract_no = "归属合同"
table_name = "用量区间或用量采样"
usage_on = "日期（北京时间）"
file_sha256 = "先交的文件"
row_no = "先交的文件中改写的第一行"
by_file_sha256 = "后交的文件"
changed_on = "后交的文件收进之日；换回先前内容的，为换回之日"
committed_on = "当日日志承诺收到之日；没有承诺的为空"
row_count = "数值改动的行数"
before_unit_seconds = "原来的卡秒，单位为二万一千分之一卡秒；采样按声明的周期；不知道的为空"
after_unit_seconds = "后来的卡秒，单位为二万一千分之一卡秒；采样按声明的周期；不知道的为空"
*/
with handed_in as (
    select
        file_sha256,
        min(batch) as batch,
        cast(arg_min(taken_on, batch) as date) as taken_on,
        max(newest_batch) as newest_batch,
        cast(arg_max(newest_on, newest_batch) as date) as newest_on,
        max(sample_period_seconds) as period_s,
    from lake.input_file
    group by file_sha256
),
changed as (
    select
        coalesce(r.contract_no, t.contract_no) as contract_no,
        r.table_name,
        r.provider_id,
        r.cluster_id,
        reconciled.local_date(r.usage_at) as usage_on,
        r.file_sha256,
        r.row_no,
        r.by_file_sha256,
        case when n.batch > o.batch then n.taken_on else n.newest_on end as changed_on,
        case r.table_name
            when 'usage_sample' then cast(o.period_s as hugeint) * 21000
            else r.before_unit_seconds
        end as before_unit_seconds,
        case r.table_name
            when 'usage_sample' then cast(n.period_s as hugeint) * 21000
            else r.after_unit_seconds
        end as after_unit_seconds,
    from lake.rewritten as r
    join handed_in as o on o.file_sha256 = r.file_sha256
    join handed_in as n on n.file_sha256 = r.by_file_sha256
    left join reconciled.tenancy as t
        on t.provider_id is not distinct from r.provider_id
        and t.cluster_id is not distinct from r.cluster_id
        and t.tenant = r.tenant
        and t.started_on = reconciled.local_date(r.usage_at)
    where n.newest_batch > o.batch
)
select
    c.contract_no,
    c.table_name,
    c.usage_on,
    c.file_sha256,
    min(c.row_no) as row_no,
    c.by_file_sha256,
    c.changed_on,
    min(cast(k.received_at as date)) as committed_on,
    count(*) as row_count,
    cast(case when count(c.before_unit_seconds) = count(*) then sum(c.before_unit_seconds) end as hugeint) as before_unit_seconds,
    cast(case when count(c.after_unit_seconds) = count(*) then sum(c.after_unit_seconds) end as hugeint) as after_unit_seconds,
from changed as c
left join reconciled.commitment_day as k
    on k.provider_id = c.provider_id
    and k.cluster_id is not distinct from c.cluster_id
    and k.usage_on = c.usage_on
group by c.contract_no, c.table_name, c.usage_on, c.file_sha256, c.by_file_sha256, c.changed_on
