/*
title_zh = "逐项核对"
grain_zh = "每笔申请、每条规则、每种结论一行；对象不是申请的规则，列其涉及该申请的对象"
no_rows_without = ["decided.verdict"]
[columns]
claim_id = "申请编号"
rule_id = "规则编号"
severity = "后果：block 建议不予，adjust 核减，hold 暂缓待核，note 提示"
verdict = "pass 未见此情形，flag 指出，unknown 资料不足，not_applicable 不适用"
subject_count = "对象数"
*/
select
    claim_id,
    rule_id,
    severity,
    verdict,
    count(*) as subject_count,
from decided.verdict
where claim_id is not null
group by claim_id, rule_id, severity, verdict
order by claim_id, rule_id, verdict
