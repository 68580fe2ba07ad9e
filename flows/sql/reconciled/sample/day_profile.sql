/*
title_zh = "卡日的逐时读数"
grain_zh = "每个合计与别的卡日相同的卡日（每租户、合同）一行"
no_rows_without = ["lake.occupancy", "reconciled.alike_day"]
[columns]
provider_id = "服务机构代码"
device_uuid = "设备编号"
card = "设备编号（小写）"
tenant = "租户"
contract_no = "归属合同"
usage_on = "日期（北京时间）"
sample_count = "当日采样数"
metered_seconds = "被采样覆盖的秒数"
memory_peak_mib = "最高已用显存，MiB"
temperature_low_c = "最低温度，℃"
temperature_high_c = "最高温度，℃"
is_as_another_card = "同日另有一行的合计相同"
is_as_another_day = "同卡另有一行的合计相同"
hours = "逐时：当日第几秒起、采样数、利用率合计、功率合计、最高功率"
telling_hour_count = "功率在该小时之内有变化的小时，其读数（采样数、利用率合计、功率合计）有几种"
file_sha256 = "来源文件"
row_no = "该日最先一行的行号"
*/
-- An hour may lie in several files: it is put together first. What the last sample of a day covers of the next is left out.
with hourly as (
    select
        a.provider_id,
        a.device_uuid,
        a.tenant,
        a.contract_no,
        a.usage_on,
        h.hour_s - reconciled.midnight_s(a.usage_on) as second,
        cast(sum(h.sample_count) as bigint) as sample_count,
        cast(sum(h.weighted_millipercent_seconds) as bigint) as util,
        cast(sum(h.power_millijoules) as bigint) as power,
        max(h.power_peak_watts) as peak,
        coalesce(
            reconciled.is_varied(sum(h.power_millijoules), sum(h.power_known_seconds), max(h.power_peak_watts)), false
        ) as is_telling,
    from reconciled.alike_day as a
    join lake.occupancy as h
        on h.device_uuid = a.device_uuid
        and reconciled.local_day(h.hour_s) = a.usage_on
        and h.provider_id is not distinct from a.provider_id
        and h.cluster_id is not distinct from a.cluster_id
        and h.tenant is not distinct from a.tenant
        and coalesce(h.contract_no = a.contract_no, true)
    group by a.provider_id, a.device_uuid, a.tenant, a.contract_no, a.usage_on, h.hour_s
),
listed as (
    select
        provider_id,
        device_uuid,
        tenant,
        contract_no,
        usage_on,
        list(
            {'second': second, 'sample_count': sample_count, 'util': util, 'power': power, 'peak': peak} order by second
        ) as hours,
        count(distinct {'sample_count': sample_count, 'util': util, 'power': power}) filter (is_telling) as telling_hour_count,
    from hourly
    group by provider_id, device_uuid, tenant, contract_no, usage_on
)
select
    a.provider_id,
    a.device_uuid,
    a.card,
    a.tenant,
    a.contract_no,
    a.usage_on,
    a.sample_count,
    a.metered_seconds,
    a.memory_peak_mib,
    a.temperature_low_c,
    a.temperature_high_c,
    a.is_as_another_card,
    a.is_as_another_day,
    l.hours,
    l.telling_hour_count,
    a.file_sha256,
    a.row_no,
from reconciled.alike_day as a
join listed as l
    on l.device_uuid = a.device_uuid
    and l.usage_on = a.usage_on
    and l.provider_id is not distinct from a.provider_id
    and l.tenant is not distinct from a.tenant
    and l.contract_no is not distinct from a.contract_no
