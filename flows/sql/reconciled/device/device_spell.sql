/*
title_zh = "设备在清单上的时段"
grain_zh = "每机构每张卡的一段连续在列一行；相接、相叠的合为一段"
no_rows_without = ["lake.device"]
[columns]
provider_id = "服务机构代码"
card = "设备编号（小写）"
from_on = "启用日期"
to_on = "停用日期（含）；在用的取最大日期"
begin_s = "启用日零点，UTC 秒"
stop_s = "停用次日零点（不含），UTC 秒；在用的取最大整数"
*/
-- 9999-12-31 stands for “still in use”; local midnight = day x 86400 - 28800 (Asia/Shanghai).
with listed as (
    select
        provider_id,
        lower(device_uuid) as card,
        valid_from as from_on,
        coalesce(valid_to, date '9999-12-31') as to_on,
    from lake.device
    where device_uuid is not null and coalesce(valid_to >= valid_from, true)
),
marked as (
    select
        *,
        coalesce(
            from_on > 1 + max(to_on) over (
                partition by provider_id, card
                order by from_on, to_on
                rows between unbounded preceding and 1 preceding
            ),
            true
        ) as is_new,
    from listed
),
numbered as (
    select
        *,
        count(*) filter (where is_new) over (
            partition by provider_id, card
            order by from_on, to_on
            rows between unbounded preceding and current row
        ) as spell_no,
    from marked
)
select
    provider_id,
    card,
    min(from_on) as from_on,
    max(to_on) as to_on,
    cast(min(from_on) - date '1970-01-01' as bigint) * 86400 - 28800 as begin_s,
    case
        when max(to_on) < date '9999-12-31' then cast(max(to_on) - date '1970-01-01' + 1 as bigint) * 86400 - 28800
        else 9223372036854775807
    end as stop_s,
from numbered
group by provider_id, card, spell_no
