/*
title_zh = "核验发现"
grain_zh = "每条规则、每个未通过的对象一行"
no_rows_without = ["decided.finding", "published.run"]
[columns]
finding_id = "发现编号：规则编号:对象"
run_id = "运行编号"
rule_id = "规则编号"
severity = "后果：block 建议不予，adjust 核减，hold 暂缓待核，note 提示"
verdict = "flag 指出，unknown 资料不足"
subject_kind = "对象种类"
subject_id = "对象编号"
claim_id = "申请编号"
contract_no = "合同编号"
provider_id = "服务机构代码"
applicant_id = "申领单位代码"
amount_at_risk_yuan = "涉及金额，元；未计算的为空"
sentence_zh = "事实（中文）"
sentence_en = "事实（英文）"
evidence = "证据数值"
article = "条款"
*/
select
    f.finding_id,
    run.run_id,
    f.rule_id,
    f.severity,
    f.verdict,
    f.subject_kind,
    f.subject_id,
    f.claim_id,
    f.contract_no,
    f.provider_id,
    f.applicant_id,
    f.amount_at_risk_yuan,
    f.sentence_zh,
    f.sentence_en,
    f.evidence,
    f.article,
from decided.finding as f
cross join published.run as run
order by f.finding_id
