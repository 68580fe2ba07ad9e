/*
title_zh = "算力券服务项目兑现汇总表"
grain_zh = "每笔可兑付的申请一行"
view = true
[columns]
"序号" = "序号"
"年度" = "年度"
"服务机构" = "服务机构名称"
"申领单位" = "申领单位名称"
"合同编号" = "合同编号"
"开始日期" = "合同开始日期"
"结束日期" = "合同结束日期（含）"
"计费卡时" = "计费卡时，小时"
"计量卡时" = "计入的计量卡时，小时"
"认定费用" = "认定的实际发生费用，元"
"券号" = "券号"
"券面金额" = "券面金额，元"
"申请编号" = "申请编号"
"兑付金额" = "兑付金额，元"
*/
select
    line_no as 序号,
    policy_year as 年度,
    provider_name as 服务机构,
    applicant_name as 申领单位,
    contract_no as 合同编号,
    starts_on as 开始日期,
    ends_on as 结束日期,
    billed_gpu_hours as 计费卡时,
    metered_gpu_hours as 计量卡时,
    recognised_cost_yuan as 认定费用,
    voucher_id as 券号,
    face_yuan as 券面金额,
    claim_id as 申请编号,
    subsidy_yuan as 兑付金额,
from published.redemption_summary
order by line_no
