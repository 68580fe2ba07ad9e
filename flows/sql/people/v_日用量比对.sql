/*
title_zh = "日用量比对"
grain_zh = "每份合同每日一行；只有日志或只有账单的也列"
view = true
[columns]
"合同编号" = "合同编号"
"日期" = "日期（北京时间）"
"日志卡时" = "日志的占用卡时，计入的与未计入的都在内，小时，usage_day 各行舍去不足一卡秒的部分之后相加，再舍去不足万分之一；当日没有日志、有一条记录卡数未知的为空"
"采样卡时" = "设备采样覆盖的卡时，小时；当日没有采样的为空"
"活跃卡时" = "采样中活跃的卡时，小时；当日没有采样的为空"
"账单日均卡时" = "账单只写到计费期，此为按期内各日平均的卡时，小时，舍去不足万分之一；当日不在任何计费期内、不能折算的为空"
"日志减账单" = "日志卡时减账单日均卡时，小时；有一方为空的为空"
"日志记录数" = "当日有用量的日志记录数，条；只有采样、没有日志的为零"
"卡数未知的记录数" = "其中卡数未知的，条"
*/
with logged as (
    select
        contract_no,
        usage_on,
        -- A record of which the cards are unknown leaves the day unknown, not smaller.
        case when sum(unknown_card_record_count) = 0 then cast(sum(allocated_card_seconds) as hugeint) end as allocated,
        cast(sum(metered_card_seconds) as hugeint) as metered,
        cast(sum(active_card_seconds) as hugeint) as active,
        cast(sum(record_count) as bigint) as record_count,
        cast(sum(unknown_card_record_count) as bigint) as unknown_count,
    from published.usage_day
    where contract_no is not null
    group by contract_no, usage_on
),
spread as (
    select
        contract_no,
        cast(unnest(generate_series(period_from, period_to, interval 1 day)) as date) as usage_on,
        cast(billed_gpu_hours * 10000 as hugeint) // (period_to - period_from + 1) as ten_thousandths,
    from published.bill_line
    where period_to >= period_from
),
billed as (
    -- A line that cannot be converted leaves the day unknown, not smaller.
    select
        contract_no,
        usage_on,
        case when count(*) = count(ten_thousandths) then cast(sum(ten_thousandths) as hugeint) end as ten_thousandths,
    from spread
    group by contract_no, usage_on
),
sided as (
    select
        coalesce(l.contract_no, b.contract_no) as contract_no,
        coalesce(l.usage_on, b.usage_on) as usage_on,
        l.allocated * 10000 // 3600 as allocated,
        l.metered * 10000 // 3600 as metered,
        l.active * 10000 // 3600 as active,
        b.ten_thousandths as billed,
        coalesce(l.record_count, 0) as record_count,
        coalesce(l.unknown_count, 0) as unknown_count,
    from logged as l
    full join billed as b on b.contract_no = l.contract_no and b.usage_on = l.usage_on
)
select
    contract_no as 合同编号,
    usage_on as 日期,
    cast(cast(allocated as decimal(18, 0)) * 0.0001::decimal(4, 4) as decimal(18, 4)) as 日志卡时,
    cast(cast(metered as decimal(18, 0)) * 0.0001::decimal(4, 4) as decimal(18, 4)) as 采样卡时,
    cast(cast(active as decimal(18, 0)) * 0.0001::decimal(4, 4) as decimal(18, 4)) as 活跃卡时,
    cast(cast(billed as decimal(18, 0)) * 0.0001::decimal(4, 4) as decimal(18, 4)) as 账单日均卡时,
    cast(cast(allocated - billed as decimal(18, 0)) * 0.0001::decimal(4, 4) as decimal(18, 4)) as 日志减账单,
    record_count as 日志记录数,
    unknown_count as 卡数未知的记录数,
from sided
order by contract_no, usage_on
