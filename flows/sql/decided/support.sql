/*
title_zh = "计量可支持的金额"
grain_zh = "每份合同一行"
no_rows_without = ["lake.contract"]
[columns]
contract_no = "合同编号"
supported_yuan = "计量用量乘以单价（办法取合同价与公示价之低者的，从其低），另加不按用量计价的项目；含税，元，舍去不足一分；未知的为空"
contract_priced_yuan = "同上，只用合同价，元"
metered_line_count = "按用量计价的明细行数"
has_usage = "有可用的计量"
is_mixed = "一行价用于几类加速卡的用量，账单也分不开，金额因此未知"
is_unconverted = "有用量的计价单位不能折算，金额因此未知"
unknown_card_record_count = "卡数未知的记录数"
*/
-- Exact: card-seconds in 1/21000, prices in 1/1000000 yuan, a unit of price in parts of a card, and what each row leaves
-- of a fen in shares that all rows have in common (reconciled.whole_fen, rest_of_fen). One floor, to the cent, at the end.
-- A price beyond a million and a sum beyond ten thousand thousand million are cut, so that nothing can overflow.
with read as (
    select
        l.* replace (
            case policy.word('price.basis', t.starts_on)
                when 'contract' then l.unit_price_yuan
                else l.applied_price_yuan
            end as applied_price_yuan
        ),
    from decided.line_price as l
    left join reconciled.contract_term as t using (contract_no)
),
lines as (
    select
        l.*,
        c.period_seconds,
        c.card_parts,
        count(*) filter (where is_card_priced) over (partition by l.contract_no) as card_line_count,
        count(*) filter (where is_card_priced and l.device_model is not null) over (partition by l.contract_no) as modelled_line_count,
        -- The lowest price of a card-hour; a line that cannot be converted may be lower still.
        row_number() over (
            partition by l.contract_no, l.device_model, is_card_priced, is_core_priced
            order by
                reconciled.price_units(3600, applied_price_yuan) * c.card_parts // coalesce(c.period_seconds, 2592000) nulls first,
                applied_price_yuan,
                line_no
        ) as nth,
    from read as l
    left join reconciled.unit_conversion as c
        on c.contract_no = l.contract_no
        and c.unit = l.unit
        and c.device_model is not distinct from l.device_model
        and c.precision is not distinct from l.precision
        and c.sparsity is not distinct from l.sparsity
),
-- Hours of a model are priced by that model's line, else by the line without a model, else by the only line.
chosen as (
    select
        m.contract_no,
        m.device_model,
        m.device_class,
        m.month_seconds,
        m.unit_seconds,
        coalesce(exact.line_no, general.line_no, sole.line_no) as line_no,
    from decided.supported_month as m
    left join lines as exact
        on exact.contract_no = m.contract_no and exact.is_card_priced and exact.nth = 1 and exact.device_model = m.device_model
    left join lines as general
        on general.contract_no = m.contract_no and general.is_card_priced and general.nth = 1 and general.device_model is null
    left join lines as sole
        on sole.contract_no = m.contract_no and sole.is_card_priced and sole.card_line_count = 1
        and m.device_model is null
),
-- A line without a model is converted as the model that was used.
priced as (
    select
        h.contract_no,
        h.unit_seconds,
        l.applied_price_yuan as price_yuan,
        l.unit_price_yuan as contract_price_yuan,
        coalesce(c.period_seconds, h.month_seconds) as seconds,
        c.card_parts as parts,
        h.unit_seconds <> 0 and l.line_no is not null and c.card_parts is null as is_unconverted,
        'card' as measure,
    from chosen as h
    left join lines as l on l.contract_no = h.contract_no and l.line_no = h.line_no
    left join reconciled.unit_conversion as c
        on c.contract_no = l.contract_no
        and c.unit = l.unit
        and c.device_model is not distinct from coalesce(l.device_model, h.device_model)
        and c.precision is not distinct from l.precision
        and c.sparsity is not distinct from l.sparsity
    union all
    select
        m.contract_no,
        m.core_seconds * 21000,
        l.applied_price_yuan,
        l.unit_price_yuan,
        l.period_seconds,
        reconciled.card_parts(),
        false,
        'core',
    from decided.supported_month as m
    join lines as l on l.contract_no = m.contract_no and l.is_core_priced and l.nth = 1
),
-- A price that says no model is one price for hours of several classes only where the bill keeps them apart.
apart as (
    select contract_no
    from reconciled.billed_line
    where card_seconds is not null
    group by contract_no
    having bool_and(device_class <> 'unknown')
),
mixed as (
    select distinct h.contract_no
    from chosen as h
    left join apart as a on a.contract_no = h.contract_no
    where h.unit_seconds > 0 and h.line_no is not null
    group by h.contract_no, h.line_no, a.contract_no
    having count(distinct h.device_class) > 1 and (a.contract_no is null or bool_or(h.device_class = 'unknown'))
),
worth as (
    select
        contract_no,
        reconciled.summed_fen(
            coalesce(sum(reconciled.whole_fen(unit_seconds, price_yuan, parts, seconds)), 0),
            coalesce(sum(reconciled.rest_of_fen(unit_seconds, price_yuan, parts, seconds)), 0)
        ) as fen,
        reconciled.summed_fen(
            coalesce(sum(reconciled.whole_fen(unit_seconds, contract_price_yuan, parts, seconds)), 0),
            coalesce(sum(reconciled.rest_of_fen(unit_seconds, contract_price_yuan, parts, seconds)), 0)
        ) as contract_fen,
        bool_or(unit_seconds is not null) filter (where measure = 'card') as has_card_usage,
        bool_or(unit_seconds is not null) filter (where measure = 'core') as has_core_usage,
        coalesce(bool_or(is_unconverted), false) as is_unconverted,
    from priced
    group by contract_no
),
unmetered as (
    select
        contract_no,
        sum(cast(coalesce(quantity, 1) as decimal(38, 6)) * unit_price_yuan) filter (where not is_card_priced and not is_core_priced) as fixed_yuan,
        count(*) filter (where is_card_priced) as card_line_count,
        count(*) filter (where is_core_priced) as core_line_count,
    from lines
    group by contract_no
),
-- Usage that was all left out is known, and supports nothing; only where there is none at all is nothing known.
recorded as (
    select contract_no from reconciled.contract_day
    union
    select contract_no from reconciled.contract_sample_day
),
usage as (
    select contract_no, sum(unknown_card_record_count) as unknown_card_record_count
    from decided.supported_month
    group by contract_no
),
valued as (
    select
        c.contract_no,
        u.card_line_count,
        u.core_line_count,
        case when u.card_line_count > 0 then coalesce(k.has_card_usage, r.contract_no is not null) else true end
            and case when u.core_line_count > 0 then coalesce(k.has_core_usage, r.contract_no is not null) else true end as has_usage,
        coalesce(k.is_unconverted, false) as is_unconverted,
        x.contract_no is not null as is_mixed,
        least(coalesce(k.fen, 0), 1000000000000000) as fen,
        least(coalesce(k.contract_fen, 0), 1000000000000000) as contract_fen,
        least(floor(coalesce(u.fixed_yuan, 0) * 100), 1000000000000000) as fixed_fen,
        coalesce(g.unknown_card_record_count, 0) as unknown_card_record_count,
    from lake.contract as c
    join unmetered as u using (contract_no)
    left join worth as k using (contract_no)
    left join mixed as x using (contract_no)
    left join usage as g using (contract_no)
    left join recorded as r using (contract_no)
)
select
    c.contract_no,
    cast(cast(case when v.has_usage and not v.is_unconverted and not v.is_mixed then v.fen end as decimal(16, 0)) * 0.01
        + cast(v.fixed_fen as decimal(16, 0)) * 0.01 as decimal(18, 2)) as supported_yuan,
    cast(cast(case when v.has_usage and not v.is_unconverted and not v.is_mixed then v.contract_fen end as decimal(16, 0)) * 0.01
        + cast(v.fixed_fen as decimal(16, 0)) * 0.01 as decimal(18, 2)) as contract_priced_yuan,
    coalesce(v.card_line_count + v.core_line_count, 0) as metered_line_count,
    coalesce(v.has_usage, false) as has_usage,
    coalesce(v.is_mixed, false) as is_mixed,
    coalesce(v.is_unconverted, false) as is_unconverted,
    cast(coalesce(v.unknown_card_record_count, 0) as bigint) as unknown_card_record_count,
from lake.contract as c
left join valued as v using (contract_no)
