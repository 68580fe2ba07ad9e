/*
title_zh = "计量可支持的金额"
grain_zh = "每份合同一行"
no_rows_without = ["lake.contract"]
[columns]
contract_no = "合同编号"
supported_yuan = "计量用量乘以单价（办法取合同价与公示价之低者的，从其低，按项计价的也一样；同一型号有几行价的，约定了数量的价低者先计，至其数量为止，超出的从最低价；补充合同没有单价的用主合同的，约定数量相连计算），另加不按用量计价的项目；含税，元，舍去不足一分；未知的为空"
contract_priced_yuan = "同上，只用合同价，元"
metered_line_count = "按用量计价的明细行数"
has_usage = "有可用的计量"
is_mixed = "一行价用于几类加速卡的用量，账单也分不开，金额因此未知"
is_unconverted = "有用量的计价单位不能折算，金额因此未知"
unknown_card_record_count = "卡数未知的记录数；计活跃的，为整日没有利用率的卡日数；不按卡计价的为零"
unknown_core_record_count = "CPU 核数未知的记录数，只有采样的为卡日数；不按核时计价的为零"
unpriced_units = "型号在按卡计价的明细中没有单价、因而不支持金额的用量，单位为二万一千分之一卡秒"
unpriced_models = "其型号；没有的为空"
rest = "supported_yuan 舍去的不足一分的零头，以各合同共有的份数计；金额未知的为空"
contract_rest = "contract_priced_yuan 舍去的零头，同上"
*/
-- Exact: card-seconds in 1/21000, prices in 1/1000000 yuan, a unit of price in parts of a card, and what each row leaves
-- of a fen in shares that all rows have in common (reconciled.whole_fen, rest_of_fen). One floor, to the cent, at the end.
-- A price beyond a million and a sum beyond ten thousand thousand million are cut, so that nothing can overflow.
-- The free hours that the bill lists: where the contract does not say how many are free, the bill does.
with billed_free as (
    select contract_no, device_model, sum(card_seconds) as card_seconds
    from reconciled.billed_line
    where amount_yuan = 0 and card_seconds > 0
    group by contract_no, device_model
),
lines as (
    select
        l.*,
        c.period_seconds,
        c.card_parts,
        cast(21000 * coalesce(
            q.card_seconds,
            case when l.applied_price_yuan = 0 and c.card_parts is not null then coalesce(f.card_seconds, 0) end
        ) as hugeint) as agreed_units,
        reconciled.price_units(3600, applied_price_yuan) * c.card_parts // coalesce(c.period_seconds, 2592000) as hourly,
    from decided.line_price as l
    left join reconciled.unit_conversion as c
        on c.contract_no = l.contract_no
        and c.unit = l.unit
        and c.device_model is not distinct from l.device_model
        and c.precision is not distinct from l.precision
        and c.sparsity is not distinct from l.sparsity
    left join reconciled.contract_quantity as q on q.contract_no = l.contract_no and q.line_no = l.line_no
    left join billed_free as f on f.contract_no = l.contract_no and f.device_model is not distinct from l.device_model
),
-- Where the usage of each contract finds its price: in its own lines, then in those of the contract that it supplements.
-- One that has lines and none by cards is paid for otherwise.
listed as (
    select contract_no, bool_or(is_card_priced) as is_card_priced from lines group by contract_no
),
books as (
    select contract_no, contract_no as book_no, false as is_main from lake.contract
    union all
    select supplement_no, contract_no, true
    from (select contract_no, unnest(supplement_nos) as supplement_no from reconciled.contract_supplement)
    where supplement_no not in (select contract_no from listed where not is_card_priced)
),
-- One that lists nothing goes by all of them.
whole_books as (
    select * from books where is_main is distinct from (contract_no in (select contract_no from listed))
),
-- Several prices of one model (tiers, a free trial): the cheapest with an agreed quantity comes first, up to that quantity;
-- then the cheapest of those without, for what is left. A line that cannot be converted may be lower still: it comes first.
ranked as (
    select
        *,
        row_number() over (
            partition by contract_no, device_model
            order by card_parts is null desc, agreed_units is null, hourly, applied_price_yuan, line_no
        ) as nth,
        row_number() over (partition by contract_no, device_model order by hourly nulls first, applied_price_yuan, line_no) as nth_lowest,
        count(*) over (partition by contract_no, device_model) as line_count,
    from lines
    where is_card_priced
),
stacked as (
    select
        *,
        coalesce(sum(agreed_units) over (
            partition by contract_no, device_model order by nth rows between unbounded preceding and 1 preceding
        ), 0) as from_units,
        count(*) filter (where agreed_units is null) over (
            partition by contract_no, device_model order by nth rows between unbounded preceding and 1 preceding
        ) as endless_count,
    from ranked
),
bands as (
    select
        contract_no,
        device_model,
        line_no,
        from_units,
        case when line_count > 1 then from_units + agreed_units end as upto_units,
        nth = 1 as is_first,
    from stacked
    where endless_count = 0
    union all
    -- Beyond all that was agreed on, the lowest price.
    select
        contract_no,
        device_model,
        any_value(line_no) filter (where nth_lowest = 1) as line_no,
        sum(agreed_units) as from_units,
        null as upto_units,
        false as is_first,
    from ranked
    group by contract_no, device_model
    having count(*) > 1 and count(agreed_units) = count(*)
),
-- Hours of a model are priced by that model's lines, else by the lines without a model, else by those of the only model.
only_model as (
    select contract_no, any_value(device_model) as device_model
    from lines
    where is_card_priced
    group by contract_no
    having count(distinct device_model) = 1 and count(device_model) = count(*)
),
placed as (
    select
        m.*,
        b.book_no,
        b.is_main,
        e.contract_no is not null or g.contract_no is not null or s.contract_no is not null as has_line,
        case
            when e.contract_no is not null then e.device_model
            when g.contract_no is null then s.device_model
        end as line_model,
    from decided.supported_month as m
    join books as b using (contract_no)
    left join bands as e on e.is_first and e.contract_no = b.book_no and e.device_model = m.device_model
    left join bands as g on g.is_first and g.contract_no = b.book_no and g.device_model is null
    left join only_model as s on s.contract_no = b.book_no and m.device_model is null
    qualify row_number() over (
        partition by m.contract_no, m.device_model, m.month order by has_line desc, b.is_main
    ) = 1
),
run_up as (
    select
        *,
        coalesce(sum(unit_seconds) over (
            partition by book_no, has_line, line_model
            order by is_main, month, contract_no, device_model
            rows unbounded preceding
        ), 0) as upto_units,
    from placed
),
chosen as (
    select
        m.contract_no,
        m.book_no,
        m.device_model,
        m.device_class,
        m.month_seconds,
        case
            when m.unit_seconds > 0 and b.line_no is not null
                then least(m.upto_units, coalesce(b.upto_units, m.upto_units)) - greatest(m.upto_units - m.unit_seconds, b.from_units)
            else m.unit_seconds
        end as unit_seconds,
        b.line_no,
    from run_up as m
    left join bands as b
        on m.has_line
        and b.contract_no = m.book_no
        and b.device_model is not distinct from m.line_model
        and case
            when m.unit_seconds > 0
                then b.from_units < m.upto_units and coalesce(b.upto_units > m.upto_units - m.unit_seconds, true)
            else b.is_first
        end
),
core_line as (
    select * from lines
    where is_core_priced
    qualify row_number() over (partition by contract_no order by hourly nulls first, applied_price_yuan, line_no) = 1
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
    left join lines as l on l.contract_no = h.book_no and l.line_no = h.line_no
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
    join whole_books as b using (contract_no)
    join core_line as l on l.contract_no = b.book_no
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
    group by h.contract_no, h.book_no, h.line_no, a.contract_no
    having count(distinct h.device_class) > 1 and (a.contract_no is null or bool_or(h.device_class = 'unknown'))
),
worth as (
    select
        contract_no,
        sum(reconciled.whole_fen(unit_seconds, price_yuan, parts, seconds)) as whole_fen,
        sum(reconciled.rest_of_fen(unit_seconds, price_yuan, parts, seconds)) as rest,
        sum(reconciled.whole_fen(unit_seconds, contract_price_yuan, parts, seconds)) as contract_whole_fen,
        sum(reconciled.rest_of_fen(unit_seconds, contract_price_yuan, parts, seconds)) as contract_rest,
        bool_or(unit_seconds is not null) filter (where measure = 'card') as has_card_usage,
        bool_or(unit_seconds is not null) filter (where measure = 'core') as has_core_usage,
        coalesce(bool_or(is_unconverted), false) as is_unconverted,
    from priced
    group by contract_no
),
unpriced as (
    select
        contract_no,
        sum(unit_seconds) as unpriced_units,
        string_agg(distinct coalesce(device_model, '未写型号'), '、' order by coalesce(device_model, '未写型号')) as unpriced_models,
    from chosen
    where line_no is null and unit_seconds > 0
    group by contract_no
),
-- What is sold by the item is the contract's own, once.
unmetered as (
    select
        b.contract_no,
        sum(cast(coalesce(l.quantity, 1) as decimal(38, 6)) * l.applied_price_yuan)
            filter (where not l.is_card_priced and not l.is_core_priced and not b.is_main) as fixed_yuan,
        sum(cast(coalesce(l.quantity, 1) as decimal(38, 6)) * l.unit_price_yuan)
            filter (where not l.is_card_priced and not l.is_core_priced and not b.is_main) as contract_fixed_yuan,
        count(*) filter (where l.is_card_priced) as card_line_count,
        count(*) filter (where l.is_core_priced) as core_line_count,
    from whole_books as b
    join lines as l on l.contract_no = b.book_no
    group by b.contract_no
),
-- Usage that was all left out is known, and supports nothing; only where there is none at all is nothing known.
recorded as (
    select contract_no from reconciled.contract_day
    union
    select contract_no from reconciled.contract_sample_day
),
usage as (
    select
        contract_no,
        sum(unknown_card_record_count) as unknown_card_record_count,
        sum(unknown_core_record_count) as unknown_core_record_count,
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
        coalesce(k.whole_fen, 0) + coalesce(cast(floor(u.fixed_yuan * 100) as hugeint), 0) as whole_fen,
        coalesce(k.rest, 0) + coalesce(reconciled.rest_of_yuan(u.fixed_yuan), 0) as rest,
        coalesce(k.contract_whole_fen, 0) + coalesce(cast(floor(u.contract_fixed_yuan * 100) as hugeint), 0) as contract_whole_fen,
        coalesce(k.contract_rest, 0) + coalesce(reconciled.rest_of_yuan(u.contract_fixed_yuan), 0) as contract_rest,
        -- The sum may only be too low by what a price is asked for.
        case when u.card_line_count > 0 then g.unknown_card_record_count end as unknown_card_record_count,
        case when u.core_line_count > 0 then g.unknown_core_record_count end as unknown_core_record_count,
    from lake.contract as c
    join unmetered as u using (contract_no)
    left join worth as k using (contract_no)
    left join mixed as x using (contract_no)
    left join usage as g using (contract_no)
    left join recorded as r using (contract_no)
)
select
    c.contract_no,
    case
        when v.has_usage and not v.is_unconverted and not v.is_mixed
            then cast(cast(least(reconciled.summed_fen(v.whole_fen, v.rest), 1000000000000000) as decimal(16, 0)) * 0.01 as decimal(18, 2))
    end as supported_yuan,
    case
        when v.has_usage and not v.is_unconverted and not v.is_mixed
            then cast(cast(least(reconciled.summed_fen(v.contract_whole_fen, v.contract_rest), 1000000000000000) as decimal(16, 0)) * 0.01 as decimal(18, 2))
    end as contract_priced_yuan,
    coalesce(v.card_line_count + v.core_line_count, 0) as metered_line_count,
    coalesce(v.has_usage, false) as has_usage,
    coalesce(v.is_mixed, false) as is_mixed,
    coalesce(v.is_unconverted, false) as is_unconverted,
    cast(coalesce(v.unknown_card_record_count, 0) as bigint) as unknown_card_record_count,
    cast(coalesce(v.unknown_core_record_count, 0) as bigint) as unknown_core_record_count,
    cast(case when v.card_line_count > 0 then coalesce(n.unpriced_units, 0) else 0 end as hugeint) as unpriced_units,
    case when v.card_line_count > 0 then n.unpriced_models end as unpriced_models,
    case when v.has_usage and not v.is_unconverted and not v.is_mixed then reconciled.cut_off(v.rest) end as rest,
    case when v.has_usage and not v.is_unconverted and not v.is_mixed then reconciled.cut_off(v.contract_rest) end as contract_rest,
from lake.contract as c
left join valued as v using (contract_no)
left join unpriced as n using (contract_no)
