/*
title_zh = "逐月用到的设备与清单上的卡"
grain_zh = "每机构、型号、自然月一行，另每机构每月合计一行（型号为空）；没有设备编号的用量不列"
[columns]
provider_id = "服务机构代码"
device_model = "型号；空为该机构全部型号合计"
month_on = "月份的第一天"
seen_count = "当月日志与采样中不同的设备编号数；切分实例归到所在的卡，看不出所在卡的不计"
listed_count = "当月任一日在清单上的卡数，停用与接替的卡都计；该型号（该机构）不在清单上的为空"
*/
-- A part of a card has a name of its own: MIG-GPU-<card>/… names the card, MIG-<part> does not.
with spelled as (
    select
        provider_id,
        device_model,
        reconciled.card_of(device_uuid) as card,
        cast(date_trunc('month', reconciled.local_day(begin_s)) as date) as first_month,
        cast(date_trunc('month', reconciled.local_day(stop_s - 1)) as date) as last_month,
    from reconciled.interval
    where device_uuid is not null and stop_s > begin_s and coalesce(card_units > 0, true)
    union all
    select
        provider_id,
        device_model,
        reconciled.card_of(device_uuid),
        cast(date_trunc('month', usage_on) as date),
        cast(date_trunc('month', usage_on) as date),
    from reconciled.sample_day
),
spanned as (
    select distinct provider_id, device_model, card, first_month, last_month from spelled where card not like 'mig-%'
),
seen as (
    select
        provider_id,
        device_model,
        card,
        cast(unnest(generate_series(first_month, last_month, interval 1 month)) as date) as month_on,
    from spanned
),
counted as (
    select
        provider_id,
        case when grouping(device_model) = 0 then device_model end as device_model,
        month_on,
        count(distinct card) as seen_count,
        grouping(device_model) = 1 as is_total,
        bool_or(device_model is null) as has_no_model,
    from seen
    group by grouping sets ((provider_id, device_model, month_on), (provider_id, month_on))
),
-- Cards of no known model are in the total only.
asked as (
    select * from counted where is_total or not has_no_model
),
held as (
    select a.provider_id, a.device_model, a.month_on, a.is_total, d.device_uuid, d.card_count,
        coalesce(d.valid_from <= last_day(a.month_on) and coalesce(d.valid_to >= a.month_on, true), false) as is_held,
    from asked as a
    join lake.device as d on d.provider_id = a.provider_id and (a.is_total or d.device_model = a.device_model)
),
installed as (
    select
        provider_id,
        device_model,
        month_on,
        is_total,
        cast(
            count(distinct lower(device_uuid)) filter (where is_held)
            + coalesce(sum(card_count) filter (where is_held and device_uuid is null), 0)
        as bigint) as listed_count,
    from held
    group by provider_id, device_model, month_on, is_total
)
select
    a.provider_id,
    a.device_model,
    a.month_on,
    a.seen_count,
    i.listed_count,
from asked as a
left join installed as i
    on i.provider_id = a.provider_id
    and i.device_model is not distinct from a.device_model
    and i.month_on = a.month_on
    and i.is_total = a.is_total
