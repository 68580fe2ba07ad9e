/*
title_zh = "用量逐日的数"
grain_zh = "每个归并键、自然日一行；文字在 reconciled.usage_holder"
[columns]
usage_key = "归并键，只在本次构建内有效"
usage_on = "日期（北京时间）"
allocated_card_seconds = "分配卡秒，秒；卡数全部未知的为空，部分未知的只含已知者"
metered_card_seconds = "被设备采样覆盖的卡秒，秒；无采样的为空"
active_card_seconds = "采样中活跃的卡秒，秒；无采样的为空"
above_zero_card_seconds = "采样中利用率大于零的卡秒，秒；无采样的为空"
weighted_millipercent_seconds = "采样的卡秒乘利用率，秒 × 千分之一个百分点；无采样的为空"
cpu_core_seconds = "CPU 核秒，秒"
wall_seconds = "墙钟秒，秒"
node_seconds = "节点秒，秒"
record_count = "当日有用量的记录数（含当日零时长的运行）"
ended_count = "当日结束的记录数"
unknown_card_record_count = "当日卡数未知的记录数"
allocated_card_unit_seconds = "分配卡秒的精确值，单位为二万一千分之一卡秒"
*/
with used as (
    select
        usage_key,
        usage_on,
        card_units * seconds as unit_seconds,
        null as metered_seconds,
        null as active_seconds,
        null as above_zero_seconds,
        null as weighted_millipercent_seconds,
        cpu_cores * seconds as core_seconds,
        seconds as wall_seconds,
        node_count * seconds as node_seconds,
        1 as record_count,
        cast(device_uuid is null and is_last and ended_on = usage_on as integer) as ended_count,
        cast(card_units is null as integer) as unknown_count,
    from reconciled.day_slice
    union all
    select
        usage_key,
        reconciled.local_date(ended_at) as usage_on,
        case when card_units is not null then 0 end as unit_seconds,
        null as metered_seconds,
        null as active_seconds,
        null as above_zero_seconds,
        null as weighted_millipercent_seconds,
        0 as core_seconds,
        0 as wall_seconds,
        0 as node_seconds,
        cast(fate = 'zero' as integer) as record_count,
        1 as ended_count,
        cast(fate = 'zero' and card_units is null as integer) as unknown_count,
    from reconciled.interval
    where fate in ('counted', 'zero')
        and ended_at is not null
        -- The last slice has told the end of the others already.
        and not (
            device_uuid is null
            and stop_s > begin_s
            and reconciled.local_date(ended_at) = reconciled.local_day(stop_s - 1)
        )
    union all
    select
        usage_key,
        usage_on,
        null,
        metered_seconds,
        active_seconds,
        above_zero_seconds,
        weighted_millipercent_seconds,
        0,
        0,
        0,
        0,
        0,
        0,
    from reconciled.sampled_use
)
select
    usage_key,
    usage_on,
    cast(sum(unit_seconds) // 21000 as bigint) as allocated_card_seconds,
    cast(sum(metered_seconds) as bigint) as metered_card_seconds,
    cast(sum(active_seconds) as bigint) as active_card_seconds,
    cast(sum(above_zero_seconds) as bigint) as above_zero_card_seconds,
    cast(sum(weighted_millipercent_seconds) as bigint) as weighted_millipercent_seconds,
    cast(sum(core_seconds) as bigint) as cpu_core_seconds,
    cast(sum(wall_seconds) as bigint) as wall_seconds,
    cast(sum(node_seconds) as bigint) as node_seconds,
    cast(sum(record_count) as bigint) as record_count,
    cast(sum(ended_count) as bigint) as ended_count,
    cast(sum(unknown_count) as bigint) as unknown_card_record_count,
    cast(sum(unit_seconds) as hugeint) as allocated_card_unit_seconds,
from used
group by usage_key, usage_on
