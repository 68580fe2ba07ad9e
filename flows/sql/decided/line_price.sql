/*
title_zh = "合同明细的核算单价"
grain_zh = "每份合同每行明细一行"
view = true
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
tariff_yuan = "签订日公示的含税单价，元每明细的计价单位；没有可比的为空"
published_unit = "所据公示价的计价单位；没有可比的为空"
published_yuan = "所据公示价，元"
uncompared_zh = "有公示价而为何不能相比；其余为空"
applied_price_yuan = "核算采用的含税单价，元：合同价与公示价取低者（第九条、第十条）；办法取合同价的为合同价"
is_card_priced = "按卡计价：卡时、卡日、卡月，及机时、芯粒时、P·天等须折算成卡时的"
is_core_priced = "按核时计价"
file_sha256 = "来源文件"
row_no = "来源行号"
*/
-- A tariff of the same unit goes before one that is converted; whether that one counts is a reading. In any case it is
-- told of a line without a model that not every model has a tariff, and of another why its model has none.
with read as (
    select
        p.*,
        v.published_unit,
        v.published_yuan,
        v.why_zh,
        v.missing_zh,
        v.tariff_yuan as converted_yuan,
        v.lowest_tariff_yuan as lowest_converted_yuan,
        policy.word('price.tariff_unit', k.starts_on) = 'converted' as is_converted_read,
        policy.word('price.basis', k.starts_on) = 'contract' as is_contract_read,
    from reconciled.contract_price as p
    left join reconciled.converted_tariff as v on v.contract_no = p.contract_no and v.line_no = p.line_no
    left join reconciled.contract_term as k on k.contract_no = p.contract_no
),
chosen as (
    select
        * replace (
            coalesce(tariff_yuan, case when is_converted_read then converted_yuan end) as tariff_yuan,
            coalesce(lowest_tariff_yuan, case when is_converted_read then lowest_converted_yuan end) as lowest_tariff_yuan,
            case when tariff_yuan is not null then unit when is_converted_read then published_unit end as published_unit,
            coalesce(tariff_yuan, case when is_converted_read then published_yuan end) as published_yuan,
            case
                when tariff_yuan is not null then null
                when is_converted_read or device_model is null then why_zh
                else missing_zh
            end as why_zh
        ),
    from read
)
select
    contract_no,
    line_no,
    service_item,
    device_model,
    unit,
    precision,
    sparsity,
    quantity,
    unit_price_yuan,
    tariff_yuan,
    published_unit,
    published_yuan,
    case
        when tariff_yuan is null then why_zh
        when unit_price_yuan > lowest_tariff_yuan and unit_price_yuan <= tariff_yuan
            then '公示价因型号而异（' || lowest_tariff_yuan || ' 至 ' || tariff_yuan || ' 元/' || unit || '），合同价在其间'
    end as uncompared_zh,
    case when is_contract_read then unit_price_yuan else least(unit_price_yuan, tariff_yuan) end as applied_price_yuan,
    is_card_priced,
    is_core_priced,
    file_sha256,
    row_no,
from chosen
