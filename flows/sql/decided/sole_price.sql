/*
title_zh = "合同唯一的卡时价"
grain_zh = "每份只有一个价、折成的卡时价也只有一个的合同一行；按月计价的除外"
no_rows_without = ["reconciled.contract_price"]
[columns]
contract_no = "合同编号"
price_parts = "核算采用的含税单价，百万分之一元，乘以一张卡折合的计价对象（约简后）"
parts_per_fen = "除数：卡秒（二万一千分之一）乘以 price_parts 再除以本数为分"
*/
with converted as (
    select
        p.contract_no,
        p.unit,
        p.applied_price_yuan,
        c.period_seconds,
        c.card_parts,
    from decided.line_price as p
    left join reconciled.unit_conversion as c
        on c.contract_no = p.contract_no
        and c.unit = p.unit
        and (c.device_model is not distinct from p.device_model or p.device_model is null)
        and c.precision is not distinct from p.precision
        and c.sparsity is not distinct from p.sparsity
    where p.is_card_priced
),
-- A line that names no model has one price only where every model that was used, and none at all, convert alike.
known as (
    select
        contract_no,
        any_value(applied_price_yuan) as price_yuan,
        any_value(period_seconds) as seconds,
        any_value(card_parts) as parts,
    from converted
    group by contract_no
    having count(distinct (unit, applied_price_yuan)) = 1
        and count(distinct (period_seconds, card_parts)) = 1
        and count(*) = count(card_parts)
        and count(*) = count(period_seconds)
)
-- 21 000 units are a card, 10 000 millionths of a yuan are a fen.
select
    contract_no,
    reconciled.millionths(price_yuan) * (parts // gcd(parts, reconciled.card_parts() * seconds)) as price_parts,
    cast(reconciled.card_parts() * seconds // gcd(parts, reconciled.card_parts() * seconds) as hugeint) * 21000 * 10000 as parts_per_fen,
from known
