/*
title_zh = "合同计价单位的折算"
grain_zh = "每份合同里用到的每个计价单位、型号、精度、稀疏口径一行"
no_rows_without = ["reconciled.unit_conversion"]
[columns]
contract_no = "合同编号"
unit = "计价单位"
device_model = "型号；空为不分型号"
precision = "精度"
sparsity = "稀疏口径：dense 稠密，sparse 稀疏"
is_converted = "能折算成卡时；核时与项不折算，为空"
conversion_zh = "如何折算，或为何不能折算"
source_zh = "依据；不能折算的为空"
version = "换算表版本"
*/
select
    contract_no,
    unit,
    device_model,
    precision,
    sparsity,
    case when kind not in ('core', 'lump') then card_parts is not null end as is_converted,
    conversion_zh,
    source_zh,
    version,
from reconciled.unit_conversion
order by contract_no, unit, device_model, precision, sparsity
