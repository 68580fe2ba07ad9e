/*
title_zh = "合同唯一的卡时价"
grain_zh = "每份只有一个卡时价或卡日价的合同一行"
[columns]
contract_no = "合同编号"
price_parts = "核算采用的含税单价，百万分之一元"
parts_per_fen = "除数：卡秒（二万一千分之一）乘以 price_parts 再除以本数为分"
*/
-- 21 000 units are a card, 10 000 millionths of a yuan are a fen.
select
    contract_no,
    reconciled.millionths(any_value(applied_price_yuan)) as price_parts,
    cast(case any_value(unit) when '卡日' then 86400 else 3600 end as hugeint) * 21000 * 10000 as parts_per_fen,
from reconciled.contract_price
where is_card_priced
group by contract_no
having count(distinct (unit, applied_price_yuan)) = 1 and any_value(unit) <> '卡月'
