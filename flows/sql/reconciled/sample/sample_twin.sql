/*
title_zh = "采样完全相同的卡日"
grain_zh = "每个卡日的每个租户、合同一行；只列当日另有一张卡的采样与之逐小时相同的，且不是恒定值"
no_rows_without = ["reconciled.day_profile"]
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
with timed as (
    select
        *,
        {'memory_peak': memory_peak_mib, 'low_c': temperature_low_c, 'high_c': temperature_high_c} as reads,
        {'provider_id': provider_id, 'device_uuid': device_uuid, 'tenant': tenant, 'contract_no': contract_no} as who,
    from reconciled.day_profile
    where is_as_another_card
),
-- Of each set that reads alike the two cards that come first and last: the other of them is the twin.
alike as (
    select
        usage_on,
        reads,
        hours,
        min((provider_id, card)) as first_card,
        min_by(who, (provider_id, card, tenant, contract_no)) as first_who,
        max_by(who, (provider_id, card, tenant, contract_no)) as last_who,
    from timed
    group by usage_on, reads, hours
    having count(distinct (provider_id, card)) > 1
),
paired as (
    select
        v.*,
        case when (v.provider_id, v.card) = a.first_card then a.last_who else a.first_who end as twin,
    from timed as v
    join alike as a using (usage_on, reads, hours)
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
