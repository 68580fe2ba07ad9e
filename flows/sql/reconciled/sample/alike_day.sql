/*
title_zh = "合计与别的卡日相同的卡日"
grain_zh = "每个卡日的每个租户、合同一行；当日利用率与功率都不是恒定值，采样数与功率合计和同日另一张卡、或同卡另一日相同的，或许是照抄；相同的都没有归属合同的不列"
no_rows_without = ["reconciled.sample_day"]
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
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
file_sha256 = "来源文件"
row_no = "该日最先一行的行号"
*/
-- A card that idles or runs at its limit all day reads the same number all day, as others do and as it does on other days:
-- only what varies is compared, and only where one of the days alike is a contract's. Sums of a day may be alike by chance:
-- see reconciled.day_profile.
with varied as (
    select
        *,
        lower(device_uuid) as card,
        hash(sample_count, power_known_seconds, power_millijoules, power_peak_watts) as sums,
    from reconciled.sample_day
    where weighted_millipercent_seconds > 0
        and weighted_millipercent_seconds < util_known_seconds * 100000
        and reconciled.is_varied(power_millijoules, power_known_seconds, power_peak_watts)
),
by_day as (
    select usage_on, sums from varied group by usage_on, sums having count(*) > 1 and count(contract_no) > 0
),
by_card as (
    select provider_id, card, sums from varied group by provider_id, card, sums having count(*) > 1 and count(contract_no) > 0
)
select
    v.provider_id,
    v.cluster_id,
    v.device_uuid,
    v.card,
    v.tenant,
    v.contract_no,
    v.usage_on,
    v.sample_count,
    v.metered_seconds,
    v.memory_peak_mib,
    v.temperature_low_c,
    v.temperature_high_c,
    d.sums is not null as is_as_another_card,
    c.sums is not null as is_as_another_day,
    v.file_sha256,
    v.row_no,
from varied as v
left join by_day as d on d.usage_on = v.usage_on and d.sums = v.sums
left join by_card as c on c.card = v.card and c.sums = v.sums and c.provider_id is not distinct from v.provider_id
where d.sums is not null or c.sums is not null
