/*
title_zh = "框架合同"
grain_zh = "框架合同下的每份订单（主合同的每份补充合同）一行，双方须相同，总机构与其分支机构算相同"
view = true
[columns]
contract_no = "订单的编号"
ends_on = "订单的结束日期（含）"
framework_no = "框架合同的编号"
framework_signed_on = "框架合同的签订日期"
framework_starts_on = "框架合同的开始日期"
*/
select
    k.contract_no,
    k.ends_on,
    f.contract_no as framework_no,
    f.signed_on as framework_signed_on,
    f.starts_on as framework_starts_on,
from lake.contract as k
join lake.contract as f
    on f.contract_no = k.parent_contract_no
    and f.provider_id = k.provider_id
left join reconciled.applicant_person as n on n.applicant_id = k.applicant_id
left join reconciled.applicant_person as m on m.applicant_id = f.applicant_id
where coalesce(n.person_id, k.applicant_id) = coalesce(m.person_id, f.applicant_id)
