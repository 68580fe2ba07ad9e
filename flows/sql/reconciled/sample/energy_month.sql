/*
title_zh = "逐月计量能耗与用电量"
grain_zh = "每机构、有能耗采样或交了用电量的自然月一行"
[columns]
provider_id = "服务机构代码"
month_on = "月份的第一天"
device_count = "有能耗计量的设备数；没有的为零"
metered_millijoules = "全部设备的计量能耗，mJ；没有能耗计量的为空"
register_day_count = "其中取自累计能耗读数的设备日数"
integral_day_count = "其中取自功率积分的设备日数"
bill_kwh = "该机构该月的用电量，kWh；未交的为空"
*/
-- The register where there is one, else power over time. Where several parties share a card's day, their spans of one
-- register may overlap: the smaller of the two then.
with shared as (
    select
        provider_id,
        device_uuid,
        usage_on,
        count(*) as party_count,
        case when count(*) = count(energy_gain_joules) then cast(sum(energy_gain_joules) * 1000 as hugeint) end as register_mj,
        cast(sum(power_millijoules) as hugeint) as integral_mj,
    from reconciled.sample_day
    group by provider_id, device_uuid, usage_on
),
weighed as (
    select
        *,
        case
            when party_count > 1 and register_mj is not null then least(register_mj, coalesce(integral_mj, register_mj))
            else coalesce(register_mj, integral_mj)
        end as metered_mj,
    from shared
),
metered as (
    select
        provider_id,
        cast(date_trunc('month', usage_on) as date) as month_on,
        count(distinct device_uuid) as device_count,
        cast(sum(metered_mj) as hugeint) as metered_millijoules,
        count(*) filter (where metered_mj = register_mj) as register_day_count,
        count(*) filter (where metered_mj is distinct from register_mj) as integral_day_count,
    from weighed
    where metered_mj is not null
    group by provider_id, month_on
),
billed as (
    select provider_id, cast(month || '-01' as date) as month_on, max(kwh) as bill_kwh
    from lake.energy
    group by provider_id, month_on
)
select
    provider_id,
    month_on,
    coalesce(m.device_count, 0) as device_count,
    m.metered_millijoules,
    coalesce(m.register_day_count, 0) as register_day_count,
    coalesce(m.integral_day_count, 0) as integral_day_count,
    b.bill_kwh,
from metered as m
full join billed as b using (provider_id, month_on)
