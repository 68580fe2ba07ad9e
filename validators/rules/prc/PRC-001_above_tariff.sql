/*
id = "PRC-001"
title_zh = "合同价高于公示收费标准"
title_en = "Contract price above the published tariff"
article = "第九条、第十条"
severity = "adjust"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 有 {above_line_count} 行明细的单价高于签订日公示的收费标准，如第 {line_no} 行（{service_item} {device_model}）：合同 {unit_price_yuan} 元/{unit}，公示 {tariff_yuan} 元/{unit}；用量按公示价核算，少计 {amount_at_risk_yuan} 元。"
because_en = "Contract {contract_no} has {above_line_count} line(s) priced above the tariff published on the day of signature, such as line {line_no} ({device_model}): {unit_price_yuan} against {tariff_yuan} yuan per unit; usage is valued at the tariff, {amount_at_risk_yuan} yuan less."
innocent_zh = [
    "合同含公示之外的服务等级（如专属集群、SLA 保障）：请提供该项目的公示收费标准，或将其单列为明细。",
    "签订之后公示价下调，或签订之前的公示价未报送：请提供签订日有效的收费标准。",
]
innocent_en = [
    "The contract has a service level beyond the tariff (own cluster, SLA): provide its published tariff, or list it apart.",
    "The tariff fell after signing, or the one before was not handed in: provide the tariff in force on the day of signing.",
]
policy = ["price.tariff_tolerance_ratio"]

[evidence]
contract_no = "合同编号"
compared_line_count = "有公示价可比的明细行数"
above_line_count = "高于公示价的明细行数"
line_no = "高出最多的一行（同高取行号在先者）"
service_item = "该行服务项目"
device_model = "该行型号"
unit = "该行计价单位"
unit_price_yuan = "该行合同含税单价，元"
tariff_yuan = "该行公示含税单价，元"
amount_at_risk_yuan = "计量用量按合同价与按核算价之差，元，含税；无计量的为空"

[[trace]]
relation = "reconciled.contract_price"
using = ["contract_no"]
where = "r.unit_price_yuan > r.tariff_yuan"

[[trace]]
relation = "lake.contract"
using = ["contract_no"]
*/
with compared as (
    select
        c.claim_id,
        l.*,
        l.unit_price_yuan - l.tariff_yuan > l.tariff_yuan * policy.number('price.tariff_tolerance_ratio', c.submitted_on) as is_above,
    from reconciled.claim_paper as c
    join reconciled.contract_price as l on l.contract_no = c.contract_no
),
summed as (
    select
        claim_id,
        count(*) as line_count,
        count(is_above) as compared_line_count,
        count(*) filter (where is_above) as above_line_count,
        first(compared order by unit_price_yuan - tariff_yuan desc, line_no) filter (where is_above) as worst,
    from compared
    group by claim_id
)
select
    c.claim_id as subject_id,
    case
        when s.above_line_count > 0 then 'flag'
        when s.line_count is null then 'unknown'
        when s.compared_line_count = 0 then 'not_applicable'
        when s.compared_line_count > 0 then 'pass'
        else 'unknown'
    end as verdict,
    c.contract_no,
    coalesce(s.compared_line_count, 0) as compared_line_count,
    coalesce(s.above_line_count, 0) as above_line_count,
    s.worst.line_no as line_no,
    s.worst.service_item as service_item,
    s.worst.device_model as device_model,
    s.worst.unit as unit,
    s.worst.unit_price_yuan as unit_price_yuan,
    s.worst.tariff_yuan as tariff_yuan,
    cast(v.contract_priced_yuan - v.supported_yuan as decimal(18, 2)) as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join summed as s using (claim_id)
left join decided.support as v on v.contract_no = c.contract_no
