/*
title_zh = "计量可支持的金额"
grain_zh = "每份合同一行"
[columns]
contract_no = "合同编号"
supported_yuan = "计量用量乘以单价（办法取合同价与公示价之低者的，从其低），另加不按用量计价的项目；含税，元，舍去不足一分；未知的为空"
contract_priced_yuan = "同上，只用合同价，元"
metered_line_count = "按用量计价的明细行数"
has_usage = "有可用的计量"
unknown_card_record_count = "卡数未知的记录数"
*/
-- Exact: card-seconds in 1/21000, prices in 1/1000000 yuan, and 9061920 = 24 h x lcm(28, 29, 30, 31) days, so that
-- an hour, a day and a month of any length are whole shares of it. One floor, to the cent, at the end.
-- A price beyond a million and a sum beyond ten thousand thousand million are cut, so that nothing can overflow.
with read as (
    select
        l.* replace (
            case policy.word('price.basis', t.starts_on)
                when 'contract' then l.unit_price_yuan
                else l.applied_price_yuan
            end as applied_price_yuan
        ),
    from reconciled.contract_price as l
    left join reconciled.contract_term as t using (contract_no)
),
lines as (
    select
        *,
        count(*) filter (where is_card_priced) over (partition by contract_no) as card_line_count,
        count(*) filter (where is_card_priced and device_model is not null) over (partition by contract_no) as modelled_line_count,
        row_number() over (
            partition by contract_no, device_model, is_card_priced, is_core_priced
            order by applied_price_yuan, line_no
        ) as nth,
    from read
),
-- Hours of a model are priced by that model's line, else by the line without a model, else by the only line.
priced as (
    select
        m.contract_no,
        m.device_model,
        m.month,
        m.unit_seconds,
        coalesce(exact.applied_price_yuan, general.applied_price_yuan, sole.applied_price_yuan) as price_yuan,
        coalesce(exact.unit_price_yuan, general.unit_price_yuan, sole.unit_price_yuan) as contract_price_yuan,
        case coalesce(exact.unit, general.unit, sole.unit)
            when '卡时' then 9061920
            when '卡日' then 9061920 // 24
            when '卡月' then 9061920 * 3600 // m.month_seconds
        end as shares,
    from decided.supported_month as m
    left join lines as exact
        on exact.contract_no = m.contract_no and exact.is_card_priced and exact.nth = 1 and exact.device_model = m.device_model
    left join lines as general
        on general.contract_no = m.contract_no and general.is_card_priced and general.nth = 1 and general.device_model is null
    left join lines as sole
        on sole.contract_no = m.contract_no and sole.is_card_priced and sole.card_line_count = 1
        and m.device_model is null
),
card_value as (
    select
        contract_no,
        sum(unit_seconds * reconciled.millionths(least(price_yuan, 1000000)) * shares) as parts,
        sum(unit_seconds * reconciled.millionths(least(contract_price_yuan, 1000000)) * shares) as contract_parts,
        bool_or(unit_seconds is not null) as has_usage,
    from priced
    group by contract_no
),
core_value as (
    select
        m.contract_no,
        sum(m.core_seconds * 21000 * reconciled.millionths(least(l.applied_price_yuan, 1000000)) * 9061920) as parts,
        sum(m.core_seconds * 21000 * reconciled.millionths(least(l.unit_price_yuan, 1000000)) * 9061920) as contract_parts,
        bool_or(m.core_seconds is not null) as has_usage,
    from decided.supported_month as m
    join lines as l on l.contract_no = m.contract_no and l.is_core_priced and l.nth = 1
    group by m.contract_no
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
        case when u.card_line_count > 0 then coalesce(k.has_usage, r.contract_no is not null) else true end
            and case when u.core_line_count > 0 then coalesce(p.has_usage, r.contract_no is not null) else true end as has_usage,
        coalesce(k.parts, 0) + coalesce(p.parts, 0) as parts,
        coalesce(k.contract_parts, 0) + coalesce(p.contract_parts, 0) as contract_parts,
        coalesce(u.fixed_yuan, 0) as fixed_yuan,
        coalesce(g.unknown_card_record_count, 0) as unknown_card_record_count,
    from lake.contract as c
    join unmetered as u using (contract_no)
    left join card_value as k using (contract_no)
    left join core_value as p using (contract_no)
    left join usage as g using (contract_no)
    left join recorded as r using (contract_no)
)
select
    c.contract_no,
    cast(cast(case when v.has_usage then least(v.parts // (cast(21000 as hugeint) * 3600 * 10000 * 9061920), 1000000000000000) end as decimal(16, 0)) * 0.01
        + cast(least(floor(v.fixed_yuan * 100), 1000000000000000) as decimal(16, 0)) * 0.01 as decimal(18, 2)) as supported_yuan,
    cast(cast(case when v.has_usage then least(v.contract_parts // (cast(21000 as hugeint) * 3600 * 10000 * 9061920), 1000000000000000) end as decimal(16, 0)) * 0.01
        + cast(least(floor(v.fixed_yuan * 100), 1000000000000000) as decimal(16, 0)) * 0.01 as decimal(18, 2)) as contract_priced_yuan,
    coalesce(v.card_line_count + v.core_line_count, 0) as metered_line_count,
    coalesce(v.has_usage, false) as has_usage,
    cast(coalesce(v.unknown_card_record_count, 0) as bigint) as unknown_card_record_count,
from lake.contract as c
left join valued as v using (contract_no)
