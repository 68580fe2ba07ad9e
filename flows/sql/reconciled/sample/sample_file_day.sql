/*
title_zh = "采样逐日，按来源文件"
grain_zh = "每份文件、机构、集群、设备、租户、合同、自然日一行"
no_rows_without = ["lake.occupancy_day"]
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
device_uuid = "设备编号"
device_model = "型号"
tenant = "租户"
contract_no = "归属合同"
usage_on = "日期（北京时间），按采样起点归日"
first_s = "首次采样，UTC 秒"
last_s = "末次采样，UTC 秒"
period_seconds = "采样周期，秒"
metered_seconds = "被采样覆盖的秒数"
active_seconds = "其中利用率不低于 5% 的秒数；全无利用率的为空"
above_zero_seconds = "其中利用率大于零的秒数；全无利用率的为空"
util_known_seconds = "其中利用率已知的秒数"
weighted_millipercent_seconds = "覆盖秒数乘利用率，秒 × 千分之一个百分点；全无利用率的为空"
sample_count = "采样数"
power_known_seconds = "其中功率已知的秒数"
power_millijoules = "功率对时间的积分，mJ；全无功率的为空"
power_peak_watts = "最高功率，W"
power_peak_hour_milliwatts = "功率最高的一小时的平均功率，mW，舍去零头"
memory_peak_mib = "最高已用显存，MiB"
temperature_low_c = "最低温度，℃"
temperature_high_c = "最高温度，℃"
file_sha256 = "来源文件"
sheet = "来源工作表"
row_no = "该日最先一行的行号"
*/
-- A card's last sample of a day covers the step to the next day's first, where that is no gap.
with days as (
    select
        o.provider_id,
        o.cluster_id,
        o.device_uuid,
        d.device_model,
        o.tenant,
        coalesce(o.contract_no, t.contract_no) as contract_no,
        date '1970-01-01' + o.day_no as usage_on,
        o.first_s,
        o.last_s,
        o.period_seconds,
        o.covered_seconds,
        o.active_seconds,
        o.above_zero_seconds,
        o.util_known_seconds,
        o.weighted_millipercent_seconds,
        o.last_util_percent,
        coalesce(j.extra_seconds, 0) as extra_seconds,
        o.sample_count,
        o.power_known_seconds,
        o.power_millijoules,
        o.power_peak_watts,
        o.power_peak_hour_milliwatts,
        o.memory_peak_mib,
        o.temperature_low_c,
        o.temperature_high_c,
        o.file_sha256,
        o.first_row_no,
    from lake.occupancy_day as o
    left join reconciled.sample_join as j
        on j.provider_id is not distinct from o.provider_id and j.device_uuid = o.device_uuid and j.last_s = o.last_s
    left join reconciled.tenancy as t
        on t.provider_id is not distinct from o.provider_id
        and t.cluster_id is not distinct from o.cluster_id
        and t.tenant = o.tenant
        and t.started_on = date '1970-01-01' + o.day_no
    left join reconciled.card_model as d
        on d.provider_id = o.provider_id and d.device_uuid = o.device_uuid
)
select
    provider_id,
    cluster_id,
    device_uuid,
    device_model,
    tenant,
    contract_no,
    usage_on,
    min(first_s) as first_s,
    max(last_s) as last_s,
    max(period_seconds) as period_seconds,
    cast(sum(covered_seconds + extra_seconds) as bigint) as metered_seconds,
    cast(sum(active_seconds + case when last_util_percent >= 5 then extra_seconds else 0 end) as bigint) as active_seconds,
    cast(sum(above_zero_seconds + case when last_util_percent > 0 then extra_seconds else 0 end) as bigint)
        as above_zero_seconds,
    cast(sum(util_known_seconds + case when last_util_percent is not null then extra_seconds else 0 end) as bigint)
        as util_known_seconds,
    cast(sum(weighted_millipercent_seconds + coalesce(extra_seconds * cast(last_util_percent * 1000 as bigint), 0)) as bigint)
        as weighted_millipercent_seconds,
    cast(sum(sample_count) as bigint) as sample_count,
    cast(sum(power_known_seconds) as bigint) as power_known_seconds,
    cast(sum(power_millijoules) as bigint) as power_millijoules,
    max(power_peak_watts) as power_peak_watts,
    max(power_peak_hour_milliwatts) as power_peak_hour_milliwatts,
    max(memory_peak_mib) as memory_peak_mib,
    min(temperature_low_c) as temperature_low_c,
    max(temperature_high_c) as temperature_high_c,
    file_sha256,
    null::varchar as sheet,
    min(first_row_no) as row_no,
from days
group by provider_id, cluster_id, device_uuid, device_model, tenant, contract_no, usage_on, file_sha256
