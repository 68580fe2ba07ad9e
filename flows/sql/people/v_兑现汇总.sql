/*
title_zh = "兑现汇总"
grain_zh = "每笔申请一行"
view = true
[columns]
"年度" = "年度"
"位次" = "当年先后位次"
"申请编号" = "申请编号"
"申领单位" = "申领单位名称"
"服务机构" = "服务机构名称"
"合同编号" = "合同编号"
"申报费用" = "申报实际费用，元"
"认定费用" = "认定的实际发生费用，元"
"上限前补贴" = "上限之前的补贴，元"
"单位上限核减" = "因单位年度上限核减，元"
"总额核减" = "因年度总额核减，元"
"建议补贴" = "建议补贴，元"
"处理建议" = "处理建议"
"依据规则" = "导致该建议的规则编号"
"说明" = "建议补贴一步的说明；为零而有余额不足的，写明"
*/
select
    policy_year as 年度,
    queue_position as 位次,
    claim_id as 申请编号,
    applicant_name as 申领单位,
    provider_name as 服务机构,
    contract_no as 合同编号,
    claimed_cost_yuan as 申报费用,
    recognised_cost_yuan as 认定费用,
    subsidy_before_caps_yuan as 上限前补贴,
    applicant_cap_cut_yuan as 单位上限核减,
    pool_cut_yuan as 总额核减,
    proposed_subsidy_yuan as 建议补贴,
    case disposition when 'approve' then '建议兑现' when 'hold' then '暂缓' when 'reject' then '不予兑现' end as 处理建议,
    reasons as 依据规则,
    note_zh as 说明,
from published.claim
join published.waterfall using (claim_id)
where step = 'proposed'
order by policy_year, queue_position
