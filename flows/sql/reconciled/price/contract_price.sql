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
tariff_yuan = "签订日公示的同单位含税单价，元；未写型号的，可能的各型号都有公示价时取其最高；没有的为空"
lowest_tariff_yuan = "同上，取其最低，元"
is_card_priced = "按卡计价：卡时、卡日、卡月，及机时、芯粒时、P·天等须折算成卡时的"
is_core_priced = "按核时计价"
file_sha256 = "来源文件"
row_no = "来源行号"
*/
-- The item's own tariff where there is one; a general tariff only fills in.
with modelled as (
    select
        contract_no,
        line_no,
        device_model,
        coalesce(
            min(tariff_yuan) filter (where is_same_unit and is_own_item),
            min(tariff_yuan) filter (where is_same_unit)
        ) as tariff_yuan,
    from reconciled.line_tariff
    group by contract_no, line_no, device_model
),
-- A line that names no model has a tariff where every model that it may be has one: the highest.
tariffs as (
    select
        contract_no,
        line_no,
        case when count(*) = count(tariff_yuan) then max(tariff_yuan) end as tariff_yuan,
        case when count(*) = count(tariff_yuan) then min(tariff_yuan) end as lowest_tariff_yuan,
    from modelled
    group by contract_no, line_no
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
    t.lowest_tariff_yuan,
    w.kind in ('card', 'node', 'die', 'compute') as is_card_priced,
    w.kind = 'core' as is_core_priced,
    l.file_sha256,
    l.row_no,
from lake.contract_line as l
left join tariffs as t on t.contract_no = l.contract_no and t.line_no = l.line_no
join reconciled.unit_word as w on w.unit = l.unit and w.is_name
