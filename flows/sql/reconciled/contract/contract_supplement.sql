/*
title_zh = "补充合同"
grain_zh = "每份有补充合同的合同一行"
no_rows_without = ["lake.contract"]
[columns]
contract_no = "合同编号"
supplement_yuan = "补充合同金额合计，元：双方相同（总机构与其分支机构算相同）、以本合同为框架合同编号、自身未被申领的"
supplement_nos = "其合同编号"
*/
select
    f.framework_no as contract_no,
    cast(sum(s.amount_yuan) as decimal(18, 2)) as supplement_yuan,
    list(s.contract_no order by s.contract_no) as supplement_nos,
from reconciled.framework as f
join lake.contract as s using (contract_no)
where s.contract_no not in (select contract_no from lake.claim where contract_no is not null)
group by f.framework_no
