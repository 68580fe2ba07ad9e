/*
title_zh = "取代的差别"
grain_zh = "每个旧文件、取代它的文件、表一行"
no_rows_without = ["lake.input_file", "lake.superseded"]
[columns]
file_name = "旧行来源文件名（收件箱内）"
next_file_name = "取代它的行的来源文件名；同一内容交过几次的，取最后交来的"
file_sha256 = "旧行来源文件的 SHA-256"
next_file_sha256 = "取代它的行的来源文件的 SHA-256"
table_name = "表"
differing_zh = "其中任何一行不同的列，以“、”相连；采样的为空"
order_kind = "同时交来的凭什么分先后：row 同一文件，行号在后的为准；told_at 同一批，导出（最后所述）时刻在后的为准；digest 同一批而时刻不分，按 SHA-256；older_export 不同批，后交的一份所声明的导出时刻反而在先，仍以后交的为准；其余不同批的为空"
row_count = "被取代的行数，行"
unknown_row_count = "其中前后有一方卡时未知的行数，行；以下各数不含这些行；不是用量区间的为空"
before_gpu_hours = "原来的分配卡时（合同期与年度截取之前），卡时；不是用量区间、全部未知的为空"
after_gpu_hours = "取代之后的分配卡时，卡时"
difference_gpu_hours = "后减前，卡时；由精确值得出，不由前两列相减"
*/
with compared as (
    select
        s.file_sha256,
        s.next_file_sha256,
        s.table_name,
        s.differing_zh,
        u.row_no is not null as is_usage,
        u.before_unit_seconds + u.after_unit_seconds is not null as is_known,
        u.before_unit_seconds,
        u.after_unit_seconds,
    from lake.superseded as s
    left join reconciled.old_usage as u
        on s.table_name = 'usage_interval'
        and u.file_sha256 = s.file_sha256
        and u.sheet is not distinct from s.sheet
        and u.row_no = s.row_no
),
summed as (
    select
        file_sha256,
        next_file_sha256,
        table_name,
        nullif(array_to_string(list_sort(list_distinct(flatten(list(string_split(differing_zh, '、'))))), '、'), '') as differing_zh,
        count(*) as row_count,
        case when bool_or(is_usage) then count(*) filter (where not is_known) end as unknown_row_count,
        sum(before_unit_seconds) filter (where is_known) as before_unit_seconds,
        sum(after_unit_seconds) filter (where is_known) as after_unit_seconds,
    from compared
    group by file_sha256, next_file_sha256, table_name
)
select
    f.file_name,
    n.file_name as next_file_name,
    s.file_sha256,
    s.next_file_sha256,
    s.table_name,
    s.differing_zh,
    case
        when f.file_sha256 = n.file_sha256 then 'row'
        when f.newest_batch = n.newest_batch and f.told_at <> n.told_at then 'told_at'
        when f.newest_batch = n.newest_batch then 'digest'
        when try_cast(n.exported_at as timestamptz) < try_cast(f.exported_at as timestamptz) then 'older_export'
    end as order_kind,
    s.row_count,
    s.unknown_row_count,
    reconciled.gpu_hours(s.before_unit_seconds) as before_gpu_hours,
    reconciled.gpu_hours(s.after_unit_seconds) as after_gpu_hours,
    reconciled.gpu_hours(s.after_unit_seconds - s.before_unit_seconds) as difference_gpu_hours,
from summed as s
join lake.input_file as f on f.file_sha256 = s.file_sha256
join lake.input_file as n on n.file_sha256 = s.next_file_sha256
order by f.file_name, n.file_name, s.file_sha256, s.next_file_sha256, s.table_name
