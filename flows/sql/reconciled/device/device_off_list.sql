/*
title_zh = "合同用到的不在清单上的设备"
grain_zh = "每合同、机构、设备一行；在清单上的也列，秒数为零"
no_rows_without = ["reconciled.device_use"]
[columns]
contract_no = "归属合同"
provider_id = "用量出自的服务机构"
card = "设备编号（小写）；空为看不出所在卡的切分实例"
seconds = "用量秒数：用量记录与采样取大者"
off_seconds = "其中不在清单上的秒数"
off_begin_s = "不在清单上的最早一段记录的起点，UTC 秒"
is_ever_listed = "清单上曾有此设备，只是日期不对"
may_be_unnamed = "该机构当时在清单上另有未逐卡登记的卡，看不出是不是其中之一"
*/
with used as (
    select distinct contract_no, provider_id, card, begin_s, stop_s, seconds, is_record
    from reconciled.device_use
    where contract_no is not null
),
met as (
    select
        u.contract_no,
        u.provider_id,
        u.card,
        u.begin_s,
        u.stop_s,
        u.seconds,
        u.is_record,
        coalesce(
            sum(greatest(0, least(u.stop_s, s.stop_s) - greatest(u.begin_s, s.begin_s))) filter (where s.card is not null),
            0
        ) as on_seconds,
        count(s.card) > 0 as is_ever_listed,
    from used as u
    left join reconciled.device_spell as s on s.provider_id = u.provider_id and s.card = u.card
    group by u.contract_no, u.provider_id, u.card, u.begin_s, u.stop_s, u.seconds, u.is_record
),
summed as (
    select
        contract_no,
        provider_id,
        card,
        is_record,
        sum(seconds) as seconds,
        -- A day of samples lies on the list whole or not at all.
        sum(greatest(0, case when is_record then seconds - on_seconds when on_seconds = 0 then seconds else 0 end)) as off_seconds,
        min(begin_s) filter (where on_seconds < stop_s - begin_s) as off_begin_s,
        max(stop_s) filter (where on_seconds < stop_s - begin_s) as off_stop_s,
        bool_or(is_ever_listed) as is_ever_listed,
    from met
    group by contract_no, provider_id, card, is_record
),
merged as (
    select
        contract_no,
        provider_id,
        card,
        cast(max(seconds) as bigint) as seconds,
        cast(max(off_seconds) as bigint) as off_seconds,
        min(off_begin_s) as off_begin_s,
        max(off_stop_s) as off_stop_s,
        bool_or(is_ever_listed) as is_ever_listed,
    from summed
    group by contract_no, provider_id, card
),
unnamed as (
    select
        provider_id,
        cast(valid_from - date '1970-01-01' as bigint) * 86400 - 28800 as begin_s,
        cast(coalesce(valid_to, date '9999-12-31') - date '1970-01-01' + 1 as bigint) * 86400 - 28800 as stop_s,
    from lake.device
    where device_uuid is null and card_count > 0
)
select
    m.contract_no,
    m.provider_id,
    m.card,
    m.seconds,
    m.off_seconds,
    m.off_begin_s,
    m.is_ever_listed,
    exists (
        select 1
        from unnamed as n
        where n.provider_id = m.provider_id and n.begin_s < m.off_stop_s and n.stop_s > m.off_begin_s
    ) as may_be_unnamed,
from merged as m
