/*
title_zh = "应追回的资金"
grain_zh = "每笔已兑现而现算金额或专家组最近的意见低于已兑现的申请一行"
view = true
[columns]
"年度" = "年度"
"申请编号" = "申请编号"
"合同编号" = "合同编号"
"申领单位代码" = "申领单位统一社会信用代码"
"已兑现" = "已兑现金额，元"
"现算" = "按现有事实应兑现的金额，元，不超过专家组最近的意见"
"应追回" = "尚应追回的金额，元；由主管部门决定"
"已追回" = "已追回到账的金额，元"
"程度" = "基本条件不成立，或金额核减"
"条款" = "条款"
"原因" = "原因"
*/
select
    policy_year as 年度,
    claim_id as 申请编号,
    contract_no as 合同编号,
    applicant_id as 申领单位代码,
    redeemed_yuan as 已兑现,
    due_yuan as 现算,
    recover_yuan as 应追回,
    recovered_yuan as 已追回,
    case grade when 'core' then '基本条件不成立' when 'formal' then '金额核减' end as 程度,
    article as 条款,
    cause_zh as 原因,
from published.recovery
order by claim_id
