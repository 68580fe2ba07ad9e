/*
title_zh = "装机与用量逐日"
grain_zh = "每家机构、型号、有用量的自然日一行"
no_rows_without = ["reconciled.usage_holder", "reconciled.usage_sum"]
[columns]
provider_id = "服务机构代码"
device_model = "型号；记录与清单都没有写的为空"
usage_on = "日期（北京时间）"
used_gpu_hours = "全部用户（含未用券的）分配的卡时，小时；卡数全部未知的为空"
unknown_card_record_count = "卡数未知的记录数，条；其卡时不在上数之内"
installed_card_count = "设备清单上当日在用的卡数，卡；清单中没有该型号的为空"
capacity_gpu_hours = "装机的卡全天在用的卡时，小时；清单中没有该型号的为空"
*/
with used as (
    select
        provider_id,
        device_model,
        usage_on,
        sum(allocated_card_unit_seconds) as unit_seconds,
        sum(unknown_card_record_count) as unknown_count,
    from reconciled.usage_day
    where provider_id is not null and (allocated_card_unit_seconds > 0 or unknown_card_record_count > 0)
    group by provider_id, device_model, usage_on
),
listed as (
    select
        u.provider_id,
        u.device_model,
        u.usage_on,
        coalesce(sum(d.cards) filter (where u.usage_on >= d.from_on and coalesce(u.usage_on <= d.to_on, true)), 0) as cards,
    from used as u
    join reconciled.installed_card as d on d.provider_id = u.provider_id and d.device_model = u.device_model
    group by u.provider_id, u.device_model, u.usage_on
)
select
    u.provider_id,
    u.device_model,
    u.usage_on,
    reconciled.gpu_hours(u.unit_seconds) as used_gpu_hours,
    cast(u.unknown_count as bigint) as unknown_card_record_count,
    cast(l.cards as bigint) as installed_card_count,
    reconciled.gpu_hours(cast(l.cards as hugeint) * 86400 * 21000) as capacity_gpu_hours,
from used as u
left join listed as l
    on l.provider_id = u.provider_id and l.device_model = u.device_model and l.usage_on = u.usage_on
order by u.provider_id, u.device_model, u.usage_on
