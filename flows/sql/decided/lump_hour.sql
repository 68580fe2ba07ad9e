/*
title_zh = "按项计价的合同每用一卡时的金额"
grain_zh = "每笔申请一行：其合同全部按项计价、有计入的用量，且每用一卡时的金额高于机构签订日公示的最高卡时价"
no_rows_without = ["decided.scope_line", "lake.contract", "lake.tariff", "reconciled.claim_paper", "reconciled.contract_measure"]
[columns]
claim_id = "申请编号"
lump_yuan = "按项计价的明细合计（技术支撑与其他项目除外），元，含税"
gpu_hours = "计入的卡时"
hour_yuan = "每用一卡时的金额，元，舍去不足一分"
tariff_yuan = "该机构签订日公示的卡时价的最高者，元，含税"
*/
-- An item has no unit that a tariff could stand beside: what its hours come to is told, and nothing is taken off.
with agreed as (
    select claim_id, sum(yuan) as lump_yuan
    from decided.scope_line
    where source = 'contract' and coalesce(kind, 'compute') = 'compute'
    group by claim_id
    having count(*) = count(yuan)
),
metered as (
    select contract_no from decided.line_price where is_card_priced or is_core_priced
),
published as (
    select k.contract_no, max(t.unit_price_yuan) as tariff_yuan
    from lake.contract as k
    join lake.tariff as t
        on t.provider_id = k.provider_id
        and t.unit = '卡时'
        and t.valid_from <= k.signed_on
        and coalesce(t.valid_to >= k.signed_on, true)
    where k.contract_no in (select contract_no from reconciled.claim_paper)
    group by k.contract_no
),
compared as (
    select
        c.claim_id,
        reconciled.millionths(a.lump_yuan) as lump_millionths,
        a.lump_yuan,
        m.metered_unit_seconds,
        p.tariff_yuan,
    from reconciled.claim_paper as c
    join agreed as a using (claim_id)
    join reconciled.contract_measure as m on m.contract_no = c.contract_no
    join published as p on p.contract_no = c.contract_no
    where c.contract_no not in (select contract_no from metered)
        and m.metered_unit_seconds > 0
        and m.unknown_card_record_count = 0
)
-- 75 600 000 of 1/21 000 card-seconds are a card-hour, 10 000 millionths of a yuan a fen.
select
    claim_id,
    cast(lump_yuan as decimal(18, 2)) as lump_yuan,
    reconciled.gpu_hours(metered_unit_seconds) as gpu_hours,
    cast(cast(reconciled.at_most(lump_millionths * 7560 // metered_unit_seconds, 9999999999999999) as decimal(16, 0)) * 0.01
        as decimal(18, 2)) as hour_yuan,
    tariff_yuan,
from compared
where lump_millionths * 75600000 > reconciled.millionths(tariff_yuan) * metered_unit_seconds
