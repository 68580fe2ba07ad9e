/*
title_zh = "采样逐时"
grain_zh = "每机构、集群、设备、租户、合同、启动、文件、整点小时一行；只在对账时算，不留存"
view = true
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
device_uuid = "设备编号"
device_model = "型号"
tenant = "租户"
contract_no = "归属合同"
boot_id = "启动编号"
usage_on = "日期（北京时间）"
hour_s = "小时的起点，UTC 秒"
minutes = "位图：第 m 位为一，即第 m 分钟有采样"
active_minutes = "位图：该分钟利用率不低于 5%"
first_s = "首次采样，UTC 秒"
last_s = "末次采样，UTC 秒"
period_seconds = "采样周期，秒：声明值；未声明的取该设备当日相邻采样间隔的中位数（长短相间的取两步之和，当日看不出的取全文件的），超过一小时的按 60 秒"
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
    o.provider_id,
    o.cluster_id,
    o.device_uuid,
    d.device_model,
    o.tenant,
    coalesce(o.contract_no, t.contract_no) as contract_no,
    o.boot_id,
    reconciled.local_day(o.hour_s) as usage_on,
    o.hour_s,
    o.minutes,
    o.active_minutes,
    o.first_s,
    o.last_s,
    o.period_seconds,
    o.covered_seconds + coalesce(j.extra_seconds, 0) as metered_seconds,
    o.active_seconds + case when o.last_util_percent >= 5 then coalesce(j.extra_seconds, 0) else 0 end as active_seconds,
    o.above_zero_seconds + case when o.last_util_percent > 0 then coalesce(j.extra_seconds, 0) else 0 end as above_zero_seconds,
    o.util_known_seconds + case when o.last_util_percent is not null then coalesce(j.extra_seconds, 0) else 0 end as util_known_seconds,
    o.weighted_millipercent_seconds
        + coalesce(j.extra_seconds * cast(o.last_util_percent * 1000 as bigint), 0) as weighted_millipercent_seconds,
    o.sample_count,
    o.power_known_seconds,
    o.power_millijoules,
    o.power_peak_watts,
    o.memory_peak_mib,
    o.temperature_low_c,
    o.temperature_high_c,
    o.energy_low_joules,
    o.energy_high_joules,
    o.file_sha256,
    o.first_row_no as row_no,
from lake.occupancy as o
left join reconciled.sample_join as j
    on j.provider_id is not distinct from o.provider_id and j.device_uuid = o.device_uuid and j.last_s = o.last_s
left join reconciled.tenancy as t
    on t.provider_id is not distinct from o.provider_id
    and t.cluster_id is not distinct from o.cluster_id
    and t.tenant = o.tenant
    and t.started_on = reconciled.local_day(o.hour_s)
left join reconciled.card_model as d
    on d.provider_id = o.provider_id and d.device_uuid = o.device_uuid
