/*
title_zh = "采样逐时"
grain_zh = "每机构、集群、设备、租户、合同、整点小时一行"
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
device_uuid = "设备编号"
device_model = "型号"
tenant = "租户"
contract_no = "归属合同"
hour_s = "小时的起点，UTC 秒"
metered_seconds = "被采样覆盖的秒数"
active_seconds = "其中利用率不低于 5% 的秒数；全无利用率的为空"
above_zero_seconds = "其中利用率大于零的秒数；全无利用率的为空"
util_known_seconds = "其中利用率已知的秒数"
weighted_millipercent_seconds = "覆盖秒数乘利用率，秒 × 千分之一个百分点；全无利用率的为空"
sample_count = "采样数"
power_known_seconds = "其中功率已知的秒数"
power_millijoules = "功率对时间的积分，mJ；全无功率的为空"
power_peak_watts = "最高功率，W"
memory_peak_mib = "最高已用显存，MiB"
temperature_low_c = "最低温度，℃"
temperature_high_c = "最高温度，℃"
energy_low_joules = "累计能耗读数的最小值，J"
energy_high_joules = "累计能耗读数的最大值，J"
file_sha256 = "来源文件"
row_no = "该小时最先一行的行号"
*/
select
    provider_id,
    cluster_id,
    device_uuid,
    device_model,
    tenant,
    contract_no,
    begin_s // 3600 * 3600 as hour_s,
    cast(sum(covered_seconds) as bigint) as metered_seconds,
    cast(sum(case when util_percent >= 5 then covered_seconds when util_percent < 5 then 0 end) as bigint) as active_seconds,
    cast(sum(case when util_percent > 0 then covered_seconds when util_percent <= 0 then 0 end) as bigint) as above_zero_seconds,
    cast(coalesce(sum(covered_seconds) filter (util_percent is not null), 0) as bigint) as util_known_seconds,
    cast(sum(covered_seconds * cast(util_percent * 1000 as bigint)) as bigint) as weighted_millipercent_seconds,
    count(*) as sample_count,
    cast(coalesce(sum(covered_seconds) filter (power_watts is not null), 0) as bigint) as power_known_seconds,
    cast(sum(covered_seconds * cast(power_watts * 1000 as bigint)) as bigint) as power_millijoules,
    max(power_watts) as power_peak_watts,
    max(memory_used_mib) as memory_peak_mib,
    min(temperature_c) as temperature_low_c,
    max(temperature_c) as temperature_high_c,
    min(energy_joules) as energy_low_joules,
    max(energy_joules) as energy_high_joules,
    min(file_sha256) as file_sha256,
    arg_min(row_no, (file_sha256, row_no)) as row_no,
from reconciled.sample_cover
group by provider_id, cluster_id, device_uuid, device_model, tenant, contract_no, hour_s
