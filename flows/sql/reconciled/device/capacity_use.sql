/*
title_zh = "装机可供与已用卡时"
grain_zh = "每机构、型号、计入的用户范围的一个自然月一行，另有全期一行；设备清单中没有该型号的不列"
no_rows_without = ["lake.device"]
[columns]
provider_id = "服务机构代码"
device_model = "型号"
users = "计入的用户：all 全部用户，subsidised 只计申请兑现的合同（解读 R26）"
month_on = "月份的第一天；全期为空"
from_on = "期间的第一天；全期取最早的用量日"
to_on = "期间的最后一天（含）；全期取最晚的用量日"
used_unit_seconds = "全部用户分配的卡秒，单位为二万一千分之一卡秒；同一方在同一张卡上的重叠只计一次"
unknown_card_record_count = "卡数未知的记录数（逐日计），不在上数之内"
card_days = "装机卡日：清单上的卡在期间内在用的日数之和"
*/
with pools as (
    select distinct provider_id, device_model, users
    from lake.device
    cross join (values ('all'), ('subsidised')) as u (users)
),
claimed as (
    select distinct contract_no from reconciled.claim_paper where contract_no is not null
),
used as (
    select
        p.provider_id,
        p.device_model,
        p.users,
        u.usage_on,
        coalesce(sum(u.allocated_card_unit_seconds), 0) as unit_seconds,
        sum(u.unknown_card_record_count) as unknown_count,
    from reconciled.usage_day as u
    join pools as p on p.provider_id = u.provider_id and p.device_model = u.device_model
    where (u.allocated_card_unit_seconds > 0 or u.unknown_card_record_count > 0)
        and (p.users = 'all' or u.contract_no in (select contract_no from claimed))
    group by p.provider_id, p.device_model, p.users, u.usage_on
),
summed as (
    select
        provider_id,
        device_model,
        users,
        month_on,
        coalesce(month_on, min(usage_on)) as from_on,
        coalesce(last_day(month_on), max(usage_on)) as to_on,
        cast(sum(unit_seconds) as hugeint) as used_unit_seconds,
        cast(sum(unknown_count) as bigint) as unknown_card_record_count,
    from (select *, cast(date_trunc('month', usage_on) as date) as month_on from used)
    group by grouping sets ((provider_id, device_model, users, month_on), (provider_id, device_model, users))
)
select
    s.provider_id,
    s.device_model,
    s.users,
    s.month_on,
    s.from_on,
    s.to_on,
    s.used_unit_seconds,
    s.unknown_card_record_count,
    cast(sum(cast(d.cards as hugeint) * greatest(0, least(s.to_on, coalesce(d.to_on, s.to_on)) - greatest(s.from_on, d.from_on) + 1)) as hugeint) as card_days,
from summed as s
join reconciled.installed_card as d on d.provider_id = s.provider_id and d.device_model = s.device_model
group by s.provider_id, s.device_model, s.users, s.month_on, s.from_on, s.to_on, s.used_unit_seconds, s.unknown_card_record_count
