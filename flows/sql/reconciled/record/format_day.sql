/*
title_zh = "两种记录格式都有用量的合同日"
grain_zh = "每份合同、自然日、两种记录格式一行；只列两种格式当日都有可计费用量的"
no_rows_without = ["lake.input_file", "reconciled.holder", "reconciled.measured"]
[columns]
contract_no = "合同编号"
usage_on = "日期（北京时间）"
format = "编号在先的记录格式"
other_format = "另一种记录格式"
unit_seconds = "前者的卡秒，单位为二万一千分之一卡秒；卡数未知的为空"
other_unit_seconds = "后者的卡秒，单位为二万一千分之一卡秒；卡数未知的为空"
is_whole_days = "两者都是整卡整日：包下的卡日日如此，两份记录相同不说明什么"
*/
with days as (
    select
        s.contract_no,
        s.usage_on,
        f.adapter as format,
        -- One record without a card count leaves the day unknown.
        case when count(*) = count(s.card_units) then cast(sum(s.card_units * s.seconds) as hugeint) end as unit_seconds,
    from reconciled.day_slice as s
    join lake.input_file as f on f.file_rank = s.interval_no // 4294967296
    where s.contract_no in (select contract_no from reconciled.two_formats)
        and s.is_billable
    group by s.contract_no, s.usage_on, f.adapter
)
select
    a.contract_no,
    a.usage_on,
    a.format,
    b.format as other_format,
    a.unit_seconds,
    b.unit_seconds as other_unit_seconds,
    a.unit_seconds % (86400 * 21000) = 0 and b.unit_seconds % (86400 * 21000) = 0 as is_whole_days,
from days as a
join days as b
    on b.contract_no = a.contract_no
    and b.usage_on = a.usage_on
    and b.format > a.format
