/*
title_zh = "核验发现"
grain_zh = "每条规则、每个未通过的对象一行"
view = true
[columns]
"发现编号" = "发现编号"
"规则" = "规则编号"
"处理" = "后果"
"结论" = "结论"
"申请编号" = "申请编号"
"合同编号" = "合同编号"
"涉及金额" = "涉及金额，元"
"事实" = "事实"
"条款" = "条款"
*/
select
    finding_id as 发现编号,
    rule_id as 规则,
    case severity when 'block' then '建议不予' when 'adjust' then '核减' when 'hold' then '暂缓待核' when 'note' then '提示' end as 处理,
    case verdict when 'flag' then '指出' when 'unknown' then '资料不足' end as 结论,
    claim_id as 申请编号,
    contract_no as 合同编号,
    amount_at_risk_yuan as 涉及金额,
    sentence_zh as 事实,
    article as 条款,
from published.finding
order by finding_id
