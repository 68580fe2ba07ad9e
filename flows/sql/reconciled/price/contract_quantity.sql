/*
title_zh = "合同约定的用量"
grain_zh = "每份合同每行明细一行"
no_rows_without = ["reconciled.contract_price"]
[columns]
contract_no = "合同编号"
line_no = "明细行号"
device_class = "加速卡的类别；未写型号、认不出的为 unknown"
card_seconds = "约定的卡秒，秒，一个月按三十日；不按卡计价的、按实结算的、不能折算的为空"
is_unknown = "按卡计价、有数量而不能折算"
conversion_zh = "如何折算，或为何不能折算"
*/
select
    l.contract_no,
    l.line_no,
    coalesce(reconciled.device_class(l.device_model), 'unknown') as device_class,
    reconciled.converted(l.quantity, coalesce(c.period_seconds, 2592000), c.card_parts) as card_seconds,
    l.is_card_priced and l.quantity is not null and c.card_parts is null as is_unknown,
    c.conversion_zh,
from reconciled.contract_price as l
left join reconciled.unit_conversion as c
    on c.contract_no = l.contract_no
    and c.unit = l.unit
    and c.device_model is not distinct from l.device_model
    and c.precision is not distinct from l.precision
    and c.sparsity is not distinct from l.sparsity
