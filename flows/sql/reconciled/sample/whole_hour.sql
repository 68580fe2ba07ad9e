/*
title_zh = "看得全的卡小时"
grain_zh = "每机构、设备、整点小时一行：整小时有采样、利用率与功率都已知、只属一方的；只在对账时算，不留存"
view = true
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
device_uuid = "设备编号"
tenant = "租户"
contract_no = "记录所写的合同"
hour_s = "小时的起点，UTC 秒"
known_seconds = "被采样覆盖的秒数，利用率与功率都已知"
weighted_millipercent_seconds = "覆盖秒数乘利用率，秒 × 千分之一个百分点"
power_millijoules = "功率对时间的积分，mJ"
file_sha256 = "来源文件"
row_no = "该小时最先一行的行号"
*/
-- Seldom is an hour said in two rows; only where it may be are they put together. Six samples an hour (one every ten
-- minutes) are the fewest that make a mean.
with together as (
    select
        o.provider_id,
        o.device_uuid,
        o.hour_s,
        min(o.cluster_id) as cluster_id,
        min(o.tenant) as tenant,
        min(o.contract_no) as contract_no,
        cast(sum(o.covered_seconds) as bigint) as known_seconds,
        cast(sum(o.weighted_millipercent_seconds) as bigint) as weighted_millipercent_seconds,
        cast(sum(o.power_millijoules) as bigint) as power_millijoules,
        min(o.file_sha256) as file_sha256,
        arg_min(o.first_row_no, (o.file_sha256, o.first_row_no)) as row_no,
    from lake.occupancy as o
    semi join reconciled.joint_day as j
        on j.device_uuid = o.device_uuid
        and j.day_no = (o.hour_s + 28800) // 86400
        and j.provider_id is not distinct from o.provider_id
    group by o.provider_id, o.device_uuid, o.hour_s
    having sum(o.covered_seconds) > 3600 - max(o.period_seconds)
        and sum(o.util_known_seconds) = sum(o.covered_seconds)
        and sum(o.power_known_seconds) = sum(o.covered_seconds)
        and bit_count(bit_or(o.minutes)) >= 6
        and count(distinct coalesce(o.contract_no, o.tenant)) <= 1
)
select
    o.provider_id,
    o.cluster_id,
    o.device_uuid,
    o.tenant,
    o.contract_no,
    o.hour_s,
    o.covered_seconds as known_seconds,
    o.weighted_millipercent_seconds,
    o.power_millijoules,
    o.file_sha256,
    o.first_row_no as row_no,
from lake.occupancy as o
anti join reconciled.joint_day as j
    on j.device_uuid = o.device_uuid
    and j.day_no = (o.hour_s + 28800) // 86400
    and j.provider_id is not distinct from o.provider_id
where o.covered_seconds > 3600 - o.period_seconds
    and o.util_known_seconds = o.covered_seconds
    and o.power_known_seconds = o.covered_seconds
    and bit_count(o.minutes) >= 6
union all
select
    provider_id,
    cluster_id,
    device_uuid,
    tenant,
    contract_no,
    hour_s,
    known_seconds,
    weighted_millipercent_seconds,
    power_millijoules,
    file_sha256,
    row_no,
from together
