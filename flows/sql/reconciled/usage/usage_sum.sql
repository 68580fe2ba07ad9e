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
cpu_core_seconds = "CPU 核秒，秒；核数都未知的为空"
wall_seconds = "墙钟秒，秒"
node_seconds = "节点秒，秒；节点数都未知的为空"
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
        cpu_cores * seconds as core_seconds,
        seconds as wall_seconds,
        node_count * seconds as node_seconds,
        not is_continued as is_record,
        device_uuid is null and is_last and ended_on = usage_on and not is_continued as is_ended,
        card_units is null and not is_continued as is_unknown,
    from reconciled.day_slice
    union all
    select
        usage_key,
        reconciled.local_date(ended_at) as usage_on,
        case when card_units is not null then 0 end as unit_seconds,
        0 as core_seconds,
        0 as wall_seconds,
        0 as node_seconds,
        fate = 'zero' as is_record,
        true as is_ended,
        fate = 'zero' and card_units is null as is_unknown,
    from reconciled.interval
    where fate in ('counted', 'zero')
        and ended_at is not null
        -- The last slice has told the end of the others already.
        and not (
            device_uuid is null
            and stop_s > begin_s
            and reconciled.local_date(ended_at) = reconciled.local_day(stop_s - 1)
        )
),
recorded as (
    select
        usage_key,
        usage_on,
        sum(unit_seconds) as unit_seconds,
        sum(core_seconds) as core_seconds,
        sum(wall_seconds) as wall_seconds,
        sum(node_seconds) as node_seconds,
        -- Counts take less room than sums, and there are as many of them as keys and days.
        count_if(is_record) as record_count,
        count_if(is_ended) as ended_count,
        count_if(is_unknown) as unknown_count,
    from used
    group by usage_key, usage_on
),
sampled as (
    select
        usage_key,
        usage_on,
        sum(metered_seconds) as metered_seconds,
        sum(active_seconds) as active_seconds,
        sum(above_zero_seconds) as above_zero_seconds,
        sum(weighted_millipercent_seconds) as weighted_millipercent_seconds,
    from reconciled.sampled_use
    group by usage_key, usage_on
)
select
    coalesce(r.usage_key, s.usage_key) as usage_key,
    coalesce(r.usage_on, s.usage_on) as usage_on,
    cast(reconciled.whole_times(r.unit_seconds, 21000) as bigint) as allocated_card_seconds,
    cast(s.metered_seconds as bigint) as metered_card_seconds,
    cast(s.active_seconds as bigint) as active_card_seconds,
    cast(s.above_zero_seconds as bigint) as above_zero_card_seconds,
    cast(s.weighted_millipercent_seconds as bigint) as weighted_millipercent_seconds,
    -- Of a day with samples alone no cores are known of; of one whose records name none they are unknown.
    cast(case when r.usage_key is null then 0 else r.core_seconds end as bigint) as cpu_core_seconds,
    cast(coalesce(r.wall_seconds, 0) as bigint) as wall_seconds,
    cast(case when r.usage_key is null then 0 else r.node_seconds end as bigint) as node_seconds,
    cast(coalesce(r.record_count, 0) as bigint) as record_count,
    cast(coalesce(r.ended_count, 0) as bigint) as ended_count,
    cast(coalesce(r.unknown_count, 0) as bigint) as unknown_card_record_count,
    cast(r.unit_seconds as hugeint) as allocated_card_unit_seconds,
from recorded as r
full join sampled as s on s.usage_key = r.usage_key and s.usage_on = r.usage_on
