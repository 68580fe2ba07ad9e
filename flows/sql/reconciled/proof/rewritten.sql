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
by_file_sha256 = "后交的文件；换回先前内容的，为换回时所在的文件"
changed_on = "后交的文件收进之日；换回先前内容的，为最后一次换回之日"
committed_on = "当日日志承诺收到之日；没有承诺的为空"
row_count = "数值改动的行数"
before_unit_seconds = "原来的卡秒，单位为二万一千分之一卡秒；采样按声明的周期；不知道的为空"
after_unit_seconds = "后来的卡秒，单位为二万一千分之一卡秒；采样按声明的周期；不知道的为空"
*/
with version as (
    select table_name, file_sha256, sheet, row_no from lake.rewritten
    union
    select table_name, by_file_sha256, by_sheet, by_row_no from lake.rewritten
),
-- A version is named after the first row that says it; the others are its copies.
held as (
    select
        v.table_name,
        v.file_sha256,
        v.sheet,
        v.row_no,
        list_sort(list_distinct(list_append(list(d.file_sha256), v.file_sha256))) as files,
    from version as v
    left join lake.duplicate as d
        on d.table_name = v.table_name
        and d.by_file_sha256 = v.file_sha256
        and d.by_sheet is not distinct from v.sheet
        and d.by_row_no = v.row_no
    group by v.table_name, v.file_sha256, v.sheet, v.row_no
),
rewritten as (
    select r.*, o.files as old_files, n.files as new_files
    from lake.rewritten as r
    join held as o
        on o.table_name = r.table_name
        and o.file_sha256 = r.file_sha256
        and o.sheet is not distinct from r.sheet
        and o.row_no = r.row_no
    join held as n
        on n.table_name = r.table_name
        and n.file_sha256 = r.by_file_sha256
        and n.sheet is not distinct from r.by_sheet
        and n.row_no = r.by_row_no
),
handed_in as (
    select file_sha256, batch, cast(taken_on as date) as came_on, file_rank from lake.input_file
    union
    select file_sha256, newest_batch, cast(newest_on as date), file_rank from lake.input_file
),
named as (
    select row_number() over (order by old_files, new_files) as pair_no, old_files, new_files
    from (select distinct old_files, new_files from rewritten)
),
said as (
    select p.pair_no, p.is_new, h.*
    from (
        select pair_no, false as is_new, unnest(old_files) as file_sha256 from named
        union all
        select pair_no, true, unnest(new_files) from named
    ) as p
    join handed_in as h using (file_sha256)
),
-- Said otherwise for the last time before what stands came for the last time.
last_old as (
    select o.pair_no, max(o.batch) as batch
    from said as o
    join (select pair_no, max(batch) as batch from said where is_new group by pair_no) as n using (pair_no)
    where not o.is_new and o.batch < n.batch
    group by o.pair_no
),
turned as (
    select
        n.pair_no,
        arg_min(n.came_on, (n.batch, n.file_rank, n.file_sha256)) as changed_on,
        arg_min(n.file_sha256, (n.batch, n.file_rank, n.file_sha256)) as by_file_sha256,
    from said as n
    join last_old as o on o.pair_no = n.pair_no and n.batch > o.batch
    where n.is_new
    group by n.pair_no
),
sampled as (
    select file_sha256, max(sample_period_seconds) as period_s from lake.input_file group by file_sha256
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
        k.by_file_sha256,
        k.changed_on,
        case r.table_name
            when 'usage_sample' then cast(o.period_s as hugeint) * 21000
            else r.before_unit_seconds
        end as before_unit_seconds,
        case r.table_name
            when 'usage_sample' then cast(n.period_s as hugeint) * 21000
            else r.after_unit_seconds
        end as after_unit_seconds,
    from rewritten as r
    join named as p on p.old_files = r.old_files and p.new_files = r.new_files
    join turned as k using (pair_no)
    join sampled as o on o.file_sha256 = r.file_sha256
    join sampled as n on n.file_sha256 = k.by_file_sha256
    left join reconciled.tenancy as t
        on t.provider_id is not distinct from r.provider_id
        and t.cluster_id is not distinct from r.cluster_id
        and t.tenant = r.tenant
        and t.started_on = reconciled.local_date(r.usage_at)
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
    and lower(k.cluster_id) is not distinct from lower(c.cluster_id)
    and k.usage_on = c.usage_on
group by c.contract_no, c.table_name, c.usage_on, c.file_sha256, c.by_file_sha256, c.changed_on
