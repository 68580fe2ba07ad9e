/*
title_zh = "兑付清单"
grain_zh = "每笔可兑付的申请一行"
view = true
[columns]
"序号" = "序号"
"年度" = "年度"
"申请编号" = "申请编号"
"券号" = "券号"
"申领单位" = "申领单位名称"
"服务机构" = "服务机构名称"
"收款方" = "收款方名称"
"收款方代码" = "收款方统一社会信用代码"
"意见" = "专家意见"
"兑付金额" = "兑付金额，元"
"累计" = "累计兑付金额，元"
*/
select
    line_no as 序号,
    policy_year as 年度,
    claim_id as 申请编号,
    voucher_id as 券号,
    applicant_name as 申领单位,
    provider_name as 服务机构,
    payee_name as 收款方,
    payee_id as 收款方代码,
    case decision when 'approve' then '通过' when 'adjust' then '核减' end as 意见,
    payable_yuan as 兑付金额,
    running_total_yuan as 累计,
from published.payment_list
order by line_no
