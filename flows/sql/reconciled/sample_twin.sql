/*
title_zh = "采样完全相同的卡日"
grain_zh = "每个卡日的每个租户、合同一行；只列当日另有一张卡的采样与之逐小时相同的，且不是恒定值"
no_rows_without = ["lake.occupancy", "reconciled.sample_day"]
[columns]
provider_id = "服务机构代码"
device_uuid = "设备编号"
tenant = "租户"
contract_no = "归属合同"
usage_on = "日期（北京时间）"
sample_count = "当日采样数，两张卡相同"
metered_seconds = "被采样覆盖的秒数，两张卡相同"
twin_provider_id = "另一张卡的服务机构代码；相同的不止一张的，取编号在先的"
twin_device_uuid = "另一张卡的设备编号"
twin_tenant = "另一张卡的租户"
twin_contract_no = "另一张卡的归属合同"
file_sha256 = "来源文件"
row_no = "该日最先一行的行号"
*/
-- A card that idles or runs at its limit all day reads the same number all day, as others do: only what varies is compared.
with varied as (
    select
        *,
        lower(device_uuid) as card,
        {
            'usage_on': usage_on,
            'sample_count': sample_count,
            'seconds': metered_seconds,
            'util': weighted_millipercent_seconds,
            'power': power_millijoules,
            'power_seconds': power_known_seconds,
            'power_peak': power_peak_watts,
            'memory_peak': memory_peak_mib,
            'low_c': temperature_low_c,
            'high_c': temperature_high_c
        } as reads,
        {'provider_id': provider_id, 'device_uuid': device_uuid, 'tenant': tenant, 'contract_no': contract_no} as who,
    from reconciled.sample_day
    where weighted_millipercent_seconds > 0
        and weighted_millipercent_seconds < util_known_seconds * 100000
        and power_millijoules < cast(power_peak_watts * 1000 as bigint) * power_known_seconds
),
-- Sums of a day may be alike by chance; of those that are, every hour is compared.
candidates as (
    select * from varied qualify count(*) over (partition by reads) > 1
),
hourly as (
    select
        c.provider_id,
        c.device_uuid,
        c.tenant,
        c.contract_no,
        c.usage_on,
        list(
            {'hour_s': h.hour_s, 'sample_count': h.sample_count, 'util': h.weighted_millipercent_seconds, 'power': h.power_millijoules}
            order by h.hour_s, h.sample_count, h.weighted_millipercent_seconds, h.power_millijoules
        ) as hours,
    from candidates as c
    join reconciled.sample_hour as h
        on h.provider_id is not distinct from c.provider_id
        and h.cluster_id is not distinct from c.cluster_id
        and h.device_uuid = c.device_uuid
        and h.tenant is not distinct from c.tenant
        and h.contract_no is not distinct from c.contract_no
        and h.usage_on = c.usage_on
    group by c.provider_id, c.device_uuid, c.tenant, c.contract_no, c.usage_on
),
timed as (
    select c.*, h.hours
    from candidates as c
    join hourly as h
        on h.provider_id is not distinct from c.provider_id
        and h.device_uuid = c.device_uuid
        and h.tenant is not distinct from c.tenant
        and h.contract_no is not distinct from c.contract_no
        and h.usage_on = c.usage_on
),
-- Of each set that reads alike the two cards that come first and last: the other of them is the twin.
alike as (
    select
        reads,
        hours,
        min((provider_id, card)) as first_card,
        min_by(who, (provider_id, card, tenant, contract_no)) as first_who,
        max_by(who, (provider_id, card, tenant, contract_no)) as last_who,
    from timed
    group by reads, hours
    having count(distinct (provider_id, card)) > 1
),
paired as (
    select
        v.*,
        case when (v.provider_id, v.card) = a.first_card then a.last_who else a.first_who end as twin,
    from timed as v
    join alike as a using (reads, hours)
)
select
    provider_id,
    device_uuid,
    tenant,
    contract_no,
    usage_on,
    sample_count,
    metered_seconds,
    twin.provider_id as twin_provider_id,
    twin.device_uuid as twin_device_uuid,
    twin.tenant as twin_tenant,
    twin.contract_no as twin_contract_no,
    file_sha256,
    row_no,
from paired
