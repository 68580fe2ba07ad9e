/*
title_zh = "有利用率为零的时间、或采样稀少看不出的小时逐日"
grain_zh = "每合同、设备、自然日、利用率是否全知、功率是否不高于空闲线、显存占用、采样的分钟数一行"
no_rows_without = ["lake.occupancy", "reconciled.sampled_card"]
[columns]
contract_no = "合同编号"
provider_id = "服务机构代码"
device_uuid = "设备编号"
device_model = "型号"
usage_on = "日期（北京时间）"
is_told = "整小时的利用率都已知，且全为零"
used_minute_count = "有利用率大于零的小时，有采样的分钟数：少于应有的，其余的时间看不出；整小时不见大于零的为空。功率高于空闲线的、分分钟有采样而从不为零的不列"
is_cool = "该小时最高功率不高于该型号的空闲线；功率或空闲线未知的为空"
memory_permyriad = "该小时最高已用显存占标称显存的万分之几，进一，超过标称的为 10001；未知的为空"
still_seconds = "这些小时里被采样覆盖的秒数"
zero_seconds = "其中利用率已知为零的秒数"
hour_count = "小时数"
*/
-- One metric may lie in a file of its own: the hours of a card are put together first.
with hours as (
    select
        contract_no,
        provider_id,
        device_uuid,
        hour_s,
        sum(metered_seconds) as metered_seconds,
        sum(util_known_seconds) as util_known_seconds,
        sum(util_known_seconds) - coalesce(sum(above_zero_seconds), 0) as zero_seconds,
        max(power_peak_watts) as power_peak_watts,
        max(memory_peak_mib) as memory_peak_mib,
        case when sum(above_zero_seconds) > 0 then cast(bit_count(bit_or(minutes)) as bigint) end as used_minute_count,
    from reconciled.sample_hour
    where contract_no is not null
    group by contract_no, provider_id, device_uuid, hour_s
    having used_minute_count is null or used_minute_count < 60 or zero_seconds > 0
)
select
    h.contract_no,
    h.provider_id,
    h.device_uuid,
    k.device_model,
    reconciled.local_day(h.hour_s) as usage_on,
    h.used_minute_count is null and h.util_known_seconds = h.metered_seconds as is_told,
    h.used_minute_count,
    h.power_peak_watts <= l.idle_watts as is_cool,
    -- Whole ten-thousandths, rounded up: at most 5 % is at most 500 of them.
    case when h.memory_peak_mib is not null and k.memory_thousandths is not null
        then cast(
            least(
                10001,
                (cast(cast(h.memory_peak_mib as decimal(30, 3)) * 1000 as hugeint) * 10000 + k.memory_thousandths - 1)
                // k.memory_thousandths
            ) as bigint
        )
    end as memory_permyriad,
    cast(sum(h.metered_seconds) as bigint) as still_seconds,
    cast(sum(h.zero_seconds) as bigint) as zero_seconds,
    count(*) as hour_count,
from hours as h
join (
    select *, cast(cast(memory_gib as decimal(30, 3)) * 1000 as hugeint) * 1024 as memory_thousandths
    from reconciled.sampled_card
) as k
    on k.provider_id is not distinct from h.provider_id and k.device_uuid = h.device_uuid
left join reconciled.idle_line as l on l.device_model = k.device_model
-- Power tells of use, however few the samples.
where h.used_minute_count is null or coalesce(h.power_peak_watts <= l.idle_watts, true)
group by all
