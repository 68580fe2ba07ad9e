/*
title_zh = "算力券服务项目兑现汇总表"
grain_zh = "每笔可兑付的申请一行，按服务机构、申领单位、合同排列"
no_rows_without = ["published.claim", "published.payment_list"]
[columns]
line_no = "序号，自 1 起"
policy_year = "年度"
provider_id = "服务机构代码"
provider_name = "服务机构名称"
applicant_id = "申领单位代码"
applicant_name = "申领单位名称"
contract_no = "合同编号"
starts_on = "合同开始日期"
ends_on = "合同结束日期（含）"
contract_gpu_hours = "合同约定卡时，小时；未约定的为空"
billed_gpu_hours = "计费卡时，小时；无计费数量的为空"
metered_gpu_hours = "计入的计量卡时，小时；未知的为空"
recognised_cost_yuan = "认定的实际发生费用，元"
voucher_id = "券号"
face_yuan = "券面金额，元"
claim_id = "申请编号"
subsidy_yuan = "兑付金额，元"
*/
select
    row_number() over (order by p.policy_year, p.provider_id, p.applicant_id, p.contract_no, p.claim_id) as line_no,
    p.policy_year,
    p.provider_id,
    p.provider_name,
    p.applicant_id,
    p.applicant_name,
    p.contract_no,
    k.starts_on,
    k.ends_on,
    c.contract_gpu_hours,
    c.billed_gpu_hours,
    c.metered_gpu_hours,
    c.recognised_cost_yuan,
    p.voucher_id,
    k.face_yuan,
    p.claim_id,
    p.payable_yuan as subsidy_yuan,
from published.payment_list as p
join published.claim as c using (claim_id)
left join reconciled.claim_paper as k using (claim_id)
order by line_no
