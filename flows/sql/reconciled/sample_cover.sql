/*
title_zh = "采样覆盖"
grain_zh = "每个采样一行"
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
device_uuid = "设备编号"
device_model = "型号"
tenant = "租户"
contract_no = "归属合同"
sampled_at = "采样时刻"
begin_s = "采样时刻，UTC 秒"
covered_seconds = "该采样覆盖的秒数：至下一采样；间隔超过 1.5 个周期的只计一个周期"
gap_seconds = "其后未被覆盖的秒数"
period_seconds = "采样周期，秒：声明值，未声明的取该设备相邻采样间隔的中位数"
util_percent = "利用率，百分数"
power_watts = "功率，W"
memory_used_mib = "已用显存，MiB"
temperature_c = "温度，℃"
energy_joules = "累计能耗读数，J"
file_sha256 = "来源文件"
row_no = "来源行号"
*/
with moments as (
    select
        s.provider_id,
        s.cluster_id,
        s.device_uuid,
        s.tenant,
        s.contract_no,
        s.sampled_at,
        s.util_percent,
        s.power_watts,
        s.memory_used_mib,
        s.temperature_c,
        s.energy_joules,
        s.file_sha256,
        s.row_no,
        f.sample_period_seconds,
        epoch_us(s.sampled_at) // 1000000 as begin_s,
    from lake.usage_sample as s
    left join lake.input_file as f using (file_sha256)
),
followed as (
    select
        *,
        -- Exports of single metrics give one instant several rows: the last of them covers the step, and it is
        -- one that knows the utilisation.
        lead(begin_s) over (
            partition by provider_id, device_uuid
            order by begin_s, util_percent is not null, file_sha256, row_no
        ) - begin_s as step_s,
    from moments
),
paced as (
    select
        *,
        coalesce(
            sample_period_seconds,
            cast(quantile_disc(step_s, 0.5) filter (where step_s > 0) over (partition by provider_id, device_uuid) as bigint),
            60
        ) as period_s,
    from followed
)
select
    p.provider_id,
    p.cluster_id,
    p.device_uuid,
    d.device_model,
    p.tenant,
    coalesce(p.contract_no, t.contract_no) as contract_no,
    p.sampled_at,
    p.begin_s,
    case when 2 * p.step_s <= 3 * p.period_s then p.step_s else p.period_s end as covered_seconds,
    case when 2 * p.step_s > 3 * p.period_s then p.step_s - p.period_s else 0 end as gap_seconds,
    p.period_s as period_seconds,
    p.util_percent,
    p.power_watts,
    p.memory_used_mib,
    p.temperature_c,
    p.energy_joules,
    p.file_sha256,
    p.row_no,
from paced as p
left join reconciled.tenancy as t
    on t.provider_id is not distinct from p.provider_id
    and t.cluster_id is not distinct from p.cluster_id
    and t.tenant = p.tenant
    and t.started_on = cast(p.sampled_at as date)
left join (
    select provider_id, device_uuid, min(device_model) as device_model
    from lake.device
    where device_uuid is not null
    group by all
) as d on d.provider_id = p.provider_id and d.device_uuid = p.device_uuid
