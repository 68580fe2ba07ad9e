/*
title_zh = "折算后的公示价"
grain_zh = "每行没有同单位公示价、而其型号另有公示的按卡计价的合同明细一行；按核时计价的只说为何没有"
no_rows_without = ["reconciled.contract_price", "reconciled.line_tariff", "reconciled.unit_word"]
[columns]
contract_no = "合同编号"
line_no = "明细行号"
tariff_yuan = "折成明细的计价单位的公示含税单价，元，不足一分进一分，一个月按三十一日；未写型号的取可能的各型号之最高；不能相比的为空"
lowest_tariff_yuan = "同上，取其最低，元"
published_unit = "所据公示价的计价单位；不能相比的为空"
published_yuan = "所据公示价，元"
why_zh = "为何不能相比；能比的为空"
missing_zh = "其中不因计价单位的：该型号只在别的服务项目下公示，或签订之日不在有效期内；其余为空"
*/
-- A longer stretch and a whole node are sold for no more than their parts, so that a tariff bounds what is as long and
-- as large or more; a shorter stretch, or a card of a node, may be dearer. The longest month and a whole fen, so that no
-- rounding is taken for a higher price. 2678400 s are 31 days.
with sided as (
    select
        t.*,
        l.unit as line_unit,
        own.kind as own_kind,
        pub.kind as published_kind,
        coalesce(own.period_seconds, 2678400) as own_seconds,
        coalesce(pub.period_seconds, 2678400) as published_seconds,
        coalesce(o.card_parts, a.card_parts) as own_parts,
        p.card_parts as published_parts,
        coalesce(case when o.card_parts is null then coalesce(o.conversion_zh, '未写型号') end, p.conversion_zh) as conversion_zh,
    from reconciled.line_tariff as t
    join reconciled.contract_price as l on l.contract_no = t.contract_no and l.line_no = t.line_no
    join reconciled.unit_word as own on own.unit = l.unit and own.is_name
    left join reconciled.unit_word as pub on pub.unit = t.unit and pub.is_name
    left join reconciled.unit_conversion as o
        on o.contract_no = t.contract_no
        and o.unit = l.unit
        and o.device_model = t.device_model
        and o.precision is not distinct from l.precision
        and o.sparsity is not distinct from l.sparsity
    -- A card, or a node of a provider whose nodes are all alike, is the same of any model.
    left join reconciled.unit_conversion as a
        on a.contract_no = t.contract_no
        and a.unit = l.unit
        and a.device_model is null
        and a.kind in ('card', 'node')
    left join reconciled.unit_conversion as p
        on p.contract_no = t.contract_no
        and p.unit = t.unit
        and p.device_model = t.device_model
        and p.precision is not distinct from t.precision
        and p.sparsity is not distinct from t.sparsity
    where (l.is_card_priced or (l.is_core_priced and t.unit is null)) and l.tariff_yuan is null
),
fitted as (
    select
        *,
        own_seconds >= published_seconds and (published_kind <> 'node' or own_kind = 'node') as is_fit,
        reconciled.millionths(tariff_yuan) * published_parts * own_seconds as over_parts,
        cast(own_parts as hugeint) * published_seconds * 10000 as under_parts,
    from sided
),
priced as (
    select
        *,
        case
            when is_same_unit then tariff_yuan
            when is_fit then cast(
                cast(reconciled.at_most((over_parts + under_parts - 1) // under_parts, 99999999999999) as decimal(16, 0)) * 0.01
                as decimal(18, 6)
            )
        end as own_yuan,
    from fitted
),
-- The same unit, then the item's own, then the nearest in length and kind; of several alike the highest.
chosen as (
    select
        *,
        own_yuan is not null as is_compared,
        case
            when unit is null then coalesce(missing_zh, '型号 ' || device_model || ' 没有公示价')
            when published_kind in ('core', 'lump') then '公示的 ' || unit || ' 不按卡计价'
            when not is_fit then '公示的是更长时段或整机的价（元/' || unit || '），不据以核对元/' || line_unit || '的价'
            else '元/' || unit || ' 不能折成元/' || line_unit || '：' || conversion_zh
        end as why_zh,
    from priced
    qualify row_number() over (
        partition by contract_no, line_no, device_model
        order by
            own_yuan is not null desc,
            is_same_unit desc,
            is_own_item desc,
            published_seconds desc,
            published_kind = own_kind desc,
            case when is_same_unit then own_yuan end,
            own_yuan desc,
            unit
    ) = 1
)
select
    contract_no,
    line_no,
    case when bool_and(is_compared) then max(own_yuan) end as tariff_yuan,
    case when bool_and(is_compared) then min(own_yuan) end as lowest_tariff_yuan,
    case when bool_and(is_compared) then arg_max(unit, (own_yuan, unit)) end as published_unit,
    case when bool_and(is_compared) then arg_max(tariff_yuan, (own_yuan, unit)) end as published_yuan,
    case when not bool_and(is_compared) then min(why_zh) filter (where not is_compared) end as why_zh,
    min(missing_zh) as missing_zh,
from chosen
group by contract_no, line_no
having bool_or(unit is not null or missing_zh is not null)
