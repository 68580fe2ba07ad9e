/*
title_zh = "合同单价与公示价"
grain_zh = "每份合同每行明细一行"
no_rows_without = ["lake.contract", "reconciled.contract_price"]
[columns]
contract_no = "合同编号"
line_no = "明细行号"
provider_id = "服务机构代码"
signed_on = "签订日期"
service_item = "服务项目；没有写的为空"
device_model = "型号；不分型号的为空"
unit = "计价单位"
unit_price = "合同含税单价，元每计价单位，六位小数"
tariff_price = "签订日公示的含税单价，元每计价单位，六位小数；没有可比的公示价的为空；公示的计价单位不同的，为折算之后"
published_unit = "所据公示价的计价单位；没有可比的为空"
published_price = "所据公示价，元每公示的计价单位，六位小数"
applied_price = "核算采用的含税单价：两者取低，办法取合同价的为合同价；元每计价单位，六位小数"
*/
select
    p.contract_no,
    p.line_no,
    c.provider_id,
    c.signed_on,
    p.service_item,
    p.device_model,
    p.unit,
    p.unit_price_yuan as unit_price,
    p.tariff_yuan as tariff_price,
    p.published_unit,
    p.published_yuan as published_price,
    p.applied_price_yuan as applied_price,
from decided.line_price as p
join lake.contract as c using (contract_no)
order by p.contract_no, p.line_no
