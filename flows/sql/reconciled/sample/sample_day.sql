/*
title_zh = "采样逐日"
grain_zh = "每机构、集群、设备、租户、合同、自然日一行"
no_rows_without = ["reconciled.sample_file_day"]
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
device_uuid = "设备编号"
device_model = "型号"
tenant = "租户"
contract_no = "归属合同"
usage_on = "日期（北京时间），按采样起点归日"
metered_seconds = "被采样覆盖的秒数"
active_seconds = "其中利用率不低于 5% 的秒数；全无利用率的为空"
above_zero_seconds = "其中利用率大于零的秒数；全无利用率的为空"
util_known_seconds = "其中利用率已知的秒数"
weighted_millipercent_seconds = "覆盖秒数乘利用率，秒 × 千分之一个百分点；全无利用率的为空"
sample_count = "采样数"
power_known_seconds = "其中功率已知的秒数"
power_millijoules = "功率对时间的积分，mJ；全无功率的为空"
power_peak_watts = "最高功率，W"
power_peak_hour_watts = "功率最高的一小时的平均功率，W，舍去不足千分之一"
memory_peak_mib = "最高已用显存，MiB"
temperature_low_c = "最低温度，℃"
temperature_high_c = "最高温度，℃"
energy_gain_joules = "累计能耗读数自当日首读至其后首读的增量，J；回落过、其后无读数而无从知其是否回落的，与无读数的同为空"
energy_fell_count = "累计能耗读数回落的次数（与前一小时比较）"
file_sha256 = "来源文件"
row_no = "该日最先一行的行号"
*/
with days as (
    select
        provider_id,
        cluster_id,
        device_uuid,
        device_model,
        tenant,
        contract_no,
        usage_on,
        cast(sum(metered_seconds) as bigint) as metered_seconds,
        cast(sum(active_seconds) as bigint) as active_seconds,
        cast(sum(above_zero_seconds) as bigint) as above_zero_seconds,
        cast(sum(util_known_seconds) as bigint) as util_known_seconds,
        cast(sum(weighted_millipercent_seconds) as bigint) as weighted_millipercent_seconds,
        cast(sum(sample_count) as bigint) as sample_count,
        cast(sum(power_known_seconds) as bigint) as power_known_seconds,
        cast(sum(power_millijoules) as bigint) as power_millijoules,
        max(power_peak_watts) as power_peak_watts,
        max(power_peak_hour_milliwatts) as power_peak_hour_milliwatts,
        min(file_sha256) <> max(file_sha256) as is_of_several_files,
        max(memory_peak_mib) as memory_peak_mib,
        min(temperature_low_c) as temperature_low_c,
        max(temperature_high_c) as temperature_high_c,
        min(file_sha256) as file_sha256,
        arg_min(row_no, (file_sha256, row_no)) as row_no,
    from reconciled.sample_file_day
    group by provider_id, cluster_id, device_uuid, device_model, tenant, contract_no, usage_on
),
-- An hour that comes in several files has one mean.
cut_day as (
    select provider_id, cluster_id, device_uuid, tenant, contract_no, usage_on, max(milliwatts) as milliwatts,
    from (
        select
            h.provider_id,
            h.cluster_id,
            h.device_uuid,
            h.tenant,
            h.contract_no,
            h.usage_on,
            sum(h.power_millijoules) // nullif(sum(h.power_known_seconds), 0) as milliwatts,
        from reconciled.sample_hour as h
        semi join (select * from days where is_of_several_files) as d
            on d.device_uuid = h.device_uuid
            and d.usage_on = h.usage_on
            and d.provider_id is not distinct from h.provider_id
            and d.cluster_id is not distinct from h.cluster_id
            and d.tenant is not distinct from h.tenant
            and d.contract_no is not distinct from h.contract_no
        group by h.provider_id, h.cluster_id, h.device_uuid, h.tenant, h.contract_no, h.usage_on, h.hour_s
    )
    group by provider_id, cluster_id, device_uuid, tenant, contract_no, usage_on
),
-- So has it one least and one greatest reading of a register: where the log is cut must not show.
register_hour as (
    select
        provider_id,
        cluster_id,
        device_uuid,
        tenant,
        contract_no,
        usage_on,
        hour_s,
        boot_id,
        min(first_s) as first_s,
        min(energy_low_joules) as energy_low_joules,
        max(energy_high_joules) as energy_high_joules,
    from reconciled.sample_hour
    where energy_low_joules is not null
    group by provider_id, cluster_id, device_uuid, tenant, contract_no, usage_on, hour_s, boot_id
),
-- A register that counts energy starts again after a reboot; within an hour that shows only in the reading after it.
registers as (
    select
        *,
        lag(energy_high_joules) over card as energy_before_joules,
        lead(energy_low_joules) over card as energy_after_joules,
    from register_hour
    window card as (
        partition by provider_id, device_uuid order by hour_s, first_s, boot_id, tenant, contract_no, cluster_id
    )
),
gained as (
    select
        provider_id,
        cluster_id,
        device_uuid,
        tenant,
        contract_no,
        usage_on,
        case when bool_and(coalesce(energy_after_joules >= energy_high_joules, false))
            then sum(energy_after_joules - energy_low_joules)
        end as energy_gain_joules,
        count(*) filter (energy_low_joules < energy_before_joules) as energy_fell_count,
    from registers
    group by provider_id, cluster_id, device_uuid, tenant, contract_no, usage_on
)
select
    d.provider_id,
    d.cluster_id,
    d.device_uuid,
    d.device_model,
    d.tenant,
    d.contract_no,
    d.usage_on,
    d.metered_seconds,
    d.active_seconds,
    d.above_zero_seconds,
    d.util_known_seconds,
    d.weighted_millipercent_seconds,
    d.sample_count,
    d.power_known_seconds,
    d.power_millijoules,
    d.power_peak_watts,
    cast(cast(coalesce(k.milliwatts, d.power_peak_hour_milliwatts) as decimal(15, 0)) * 0.001 as decimal(18, 3)) as power_peak_hour_watts,
    d.memory_peak_mib,
    d.temperature_low_c,
    d.temperature_high_c,
    cast(g.energy_gain_joules as decimal(30, 3)) as energy_gain_joules,
    coalesce(g.energy_fell_count, 0) as energy_fell_count,
    d.file_sha256,
    d.row_no,
from days as d
left join gained as g
    on g.device_uuid = d.device_uuid
    and g.usage_on = d.usage_on
    and g.provider_id is not distinct from d.provider_id
    and g.cluster_id is not distinct from d.cluster_id
    and g.tenant is not distinct from d.tenant
    and g.contract_no is not distinct from d.contract_no
left join cut_day as k
    on k.device_uuid = d.device_uuid
    and k.usage_on = d.usage_on
    and k.provider_id is not distinct from d.provider_id
    and k.cluster_id is not distinct from d.cluster_id
    and k.tenant is not distinct from d.tenant
    and k.contract_no is not distinct from d.contract_no
