/*
title_zh = "用到时不在清单上的卡"
grain_zh = "每合同、机构、设备编号、用到而不在清单上的自然日一行；看不出所在卡的切分实例不列"
no_rows_without = ["reconciled.device_off_list"]
[columns]
contract_no = "归属合同"
provider_id = "用量出自的服务机构"
device_uuid = "设备编号"
card = "所在的卡（小写）"
usage_on = "日期（北京时间）"
*/
with off as (
    select contract_no, provider_id, card
    from reconciled.device_off_list
    where off_seconds > 0 and card is not null and provider_id is not null
),
named as (
    select h.contract_no, h.provider_id, h.device_uuid, any_value(o.card) as card
    from reconciled.holder as h
    join off as o
        on o.contract_no = h.contract_no and o.provider_id = h.provider_id and o.card = reconciled.card_of(h.device_uuid)
    group by h.contract_no, h.provider_id, h.device_uuid
),
used as (
    select n.contract_no, n.provider_id, n.device_uuid, n.card, s.usage_on
    from named as n
    join reconciled.day_slice as s using (contract_no, provider_id, device_uuid)
    union
    select o.contract_no, o.provider_id, s.device_uuid, o.card, s.usage_on
    from off as o
    join reconciled.sample_day as s
        on s.contract_no = o.contract_no and s.provider_id = o.provider_id and o.card = reconciled.card_of(s.device_uuid)
    where s.metered_seconds > 0
)
-- A spell on the list begins and ends with a day.
select
    u.contract_no,
    u.provider_id,
    u.device_uuid,
    u.card,
    u.usage_on,
from used as u
where not exists (
    select 1
    from reconciled.device_spell as s
    where s.provider_id = u.provider_id and s.card = u.card and u.usage_on between s.from_on and s.to_on
)
