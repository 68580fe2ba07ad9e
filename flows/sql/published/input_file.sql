/*
title_zh = "收录的文件"
grain_zh = "每个文件（按内容）一行"
no_rows_without = ["lake.input_file"]
[columns]
file_sha256 = "SHA-256"
sm3 = "SM3"
file_name = "文件名（收件箱内）；同一内容多次交来的取排序最前者"
byte_count = "字节数"
kind = "种类：表名、计量格式或 evidence 材料"
adapter = "读取它的适配器；没有的为空"
row_count = "行数，不含表头；整个文件不能用的按一行计"
accepted_count = "接受的行数"
rejected_count = "退回的行数"
duplicate_count = "与先前的行完全相同的行数"
superseded_count = "接受的行中，被后来的行取代的行数"
formula_count = "读入的格子里，工作簿公式的格数；取的是文件里存下的结果，没有重算"
emptied_count = "文字列里写作 NA、null、无 之类，按没有填读的格数；真是这个名字的，请更名再交"
full_row_count = "该格式一次导出至多的行数，恰有这么多行的才写：其后可能还有，在另一份文件里"
later_count = "接受的行中，日期晚于运行日、本次未用的行数"
status = "read 已读，kept 存为证据，declaration 说明文件，refused 拒收，unrecognised 认不出"
reason_zh = "拒收的原因"
first_seen_at = "首次收录的运行日（零时）"
unread_columns = "表头里不认得、没有读取的列，照原样；空列表是没有，空值是不按列名读或没有读出数据的文件"
corrected_by_sha256 = "没有读出数据的，后来以同一名称收下并读出数据的文件；还没有的、读出了的为空"
ahead_on = "写明的导出时刻（没有写的取用量最后的时刻）的日期，晚于收到之日（source.toml 后来改过的取改的一日）的才写"
*/
with repeated as (
    select file_sha256, cast(sum(row_count) as bigint) as duplicate_count from lake.duplicate group by all
),
replaced as (
    select file_sha256, cast(sum(row_count) as bigint) as superseded_count from lake.superseded group by all
),
corrected as (
    select r.file_sha256, arg_max(c.file_sha256, c.newest_rank) as corrected_by_sha256
    from lake.input_file as r
    join lake.input_file as c on c.file_name = r.file_name and c.newest_batch > r.newest_batch
    where r.status in ('refused', 'unrecognised') and (c.accepted_count > 0 or c.status = 'declaration')
    group by r.file_sha256
),
told as (
    select file_sha256, reconciled.local_day(epoch_us(cast(told_at as timestamptz)) // 1000000) as told_on from lake.input_file
),
put_off as (
    select file_sha256, cast(sum(row_count) as bigint) as later_count from lake.later group by all
)
select
    f.file_sha256,
    f.sm3,
    f.file_name,
    f.byte_count,
    coalesce(f.kind, case f.status when 'kept' then 'evidence' else f.status end) as kind,
    f.adapter,
    f.row_count,
    f.accepted_count - coalesce(d.duplicate_count, 0) as accepted_count,
    f.rejected_count,
    coalesce(d.duplicate_count, 0) as duplicate_count,
    coalesce(s.superseded_count, 0) as superseded_count,
    f.formula_count,
    f.emptied_count,
    f.full_row_count,
    coalesce(l.later_count, 0) as later_count,
    f.status,
    f.reason_zh,
    cast(nullif(f.taken_on, '') || ' 00:00:00+08' as timestamptz) as first_seen_at,
    f.unread_columns,
    c.corrected_by_sha256,
    case when t.told_on > cast(f.declared_on as date) then t.told_on end as ahead_on,
from lake.input_file as f
left join repeated as d using (file_sha256)
left join replaced as s using (file_sha256)
left join put_off as l using (file_sha256)
left join told as t using (file_sha256)
left join corrected as c using (file_sha256)
order by f.file_name, f.file_sha256
