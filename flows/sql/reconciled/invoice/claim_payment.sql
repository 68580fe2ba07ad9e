/*
title_zh = "申请所涉付款"
grain_zh = "每笔申请、归到其合同的每笔付款一行：付的是申请所用发票的，或写明合同的"
no_rows_without = ["lake.claim", "lake.payment", "reconciled.payment_part"]
[columns]
claim_id = "申请编号"
contract_no = "申请的合同编号"
payment_id = "凭证号"
paid_on = "付款日期"
payer_id = "付款方代码"
payee_id = "收款方代码"
amount_yuan = "付款金额中归本合同的，元"
is_between_parties = "由申领单位付给服务机构；没有合同的为空"
is_returned = "由服务机构退回申领单位；没有合同的为空"
file_sha256 = "来源文件"
sheet = "来源工作表"
row_no = "来源行号"
*/
select
    c.claim_id,
    c.contract_no,
    p.payment_id,
    p.paid_on,
    p.payer_id,
    p.payee_id,
    t.part_yuan as amount_yuan,
    p.payer_person_id = coalesce(n.person_id, k.applicant_id) and p.payee_id = k.provider_id as is_between_parties,
    p.payer_id = k.provider_id and p.payee_person_id = coalesce(n.person_id, k.applicant_id) as is_returned,
    p.file_sha256,
    p.sheet,
    p.row_no,
from reconciled.payment_part as t
join lake.claim as c using (contract_no)
join reconciled.payment as p using (payment_id)
left join lake.contract as k on k.contract_no = c.contract_no
left join reconciled.applicant_person as n on n.applicant_id = k.applicant_id
