/*
title_zh = "合同单价与公示价"
grain_zh = "每份合同每行明细一行"
no_rows_without = ["lake.contract_line", "reconciled.unit_word"]
[columns]
contract_no = "合同编号"
line_no = "明细行号"
service_item = "服务项目"
device_model = "型号；空为不分型号"
unit = "计价单位"
precision = "精度；不按峰值算力计价的为空"
sparsity = "稀疏口径：dense 稠密，sparse 稀疏；不按峰值算力计价的为空"
quantity = "数量"
unit_price_yuan = "合同含税单价，元"
tariff_yuan = "签订日公示含税单价，元；无公示的为空"
applied_price_yuan = "核算采用的含税单价：合同价与公示价取低者（第九条、第十条），元"
is_card_priced = "按卡计价：卡时、卡日、卡月，及机时、芯粒时、P·天等须折算成卡时的"
is_core_priced = "按核时计价"
file_sha256 = "来源文件"
row_no = "来源行号"
*/
with tariffs as (
    select
        l.contract_no,
        l.line_no,
        -- The item's own tariff where there is one; a general tariff only fills in.
        coalesce(
            min(t.unit_price_yuan) filter (where t.service_item = l.service_item),
            min(t.unit_price_yuan)
        ) as tariff_yuan,
    from lake.contract_line as l
    join lake.contract as c using (contract_no)
    join lake.tariff as t
        on t.provider_id = c.provider_id
        and t.unit = l.unit
        and t.precision is not distinct from l.precision
        and t.sparsity is not distinct from l.sparsity
        and t.device_model is not distinct from l.device_model
        and (t.service_item is null or l.service_item is null or t.service_item = l.service_item)
        and c.signed_on >= t.valid_from
        and (t.valid_to is null or c.signed_on <= t.valid_to)
    group by all
)
select
    l.contract_no,
    l.line_no,
    l.service_item,
    l.device_model,
    l.unit,
    l.precision,
    l.sparsity,
    l.quantity,
    l.unit_price_yuan,
    t.tariff_yuan,
    least(l.unit_price_yuan, coalesce(t.tariff_yuan, l.unit_price_yuan)) as applied_price_yuan,
    w.kind in ('card', 'node', 'die', 'compute') as is_card_priced,
    w.kind = 'core' as is_core_priced,
    l.file_sha256,
    l.row_no,
from lake.contract_line as l
left join tariffs as t on t.contract_no = l.contract_no and t.line_no = l.line_no
join reconciled.unit_word as w on w.unit = l.unit and w.is_name
