/*
title_zh = "兑现申请核算结果"
grain_zh = "每笔兑现申请一行"
no_rows_without = ["decided.award", "decided.billed_and_metered", "decided.disposition", "decided.evidence_grade", "decided.queue", "decided.recognition", "published.run", "reconciled.claim_paper"]
[columns]
run_id = "运行编号"
claim_id = "申请编号"
voucher_id = "券号"
contract_no = "合同编号"
applicant_id = "申领单位统一社会信用代码"
applicant_name = "申领单位名称"
provider_id = "服务机构统一社会信用代码"
provider_name = "服务机构名称"
policy_year = "年度"
claimed_cost_yuan = "申报实际费用，元"
claimed_subsidy_yuan = "申报兑现金额，元"
contract_gpu_hours = "合同约定卡时，小时；未约定的、约定几类加速卡的为空"
billed_gpu_hours = "计费卡时，小时；无计费数量的、几类加速卡的为空"
metered_gpu_hours = "计入的计量卡时，小时；未知的、几类加速卡的为空"
active_gpu_hours = "活跃卡时，小时；无采样的、几类加速卡的为空"
invoiced_net_yuan = "计入的开票金额（不含税，冲减红字后），元"
invoiced_gross_yuan = "计入的价税合计（冲减红字后），元"
supported_yuan = "计量可支持的金额（含税），元；未知的为空"
contract_amount_yuan = "合同含税金额，元"
paid_yuan = "已付金额，元；未提供付款凭证的为空"
recognised_cost_yuan = "认定的实际发生费用，元"
subsidy_before_caps_yuan = "上限之前的补贴，元"
applicant_cap_cut_yuan = "因单位年度上限核减，元"
pool_cut_yuan = "因年度总额核减，元"
proposed_subsidy_yuan = "建议补贴，元；暂缓的为保留额，不予的为 0.00"
disposition = "处理建议：approve 建议兑现，hold 暂缓，reject 不予兑现"
reasons = "导致该建议的规则编号"
queue_position = "当年先后位次，自 1 起"
queue_at = "先到先得的时刻"
submitted_at = "兑现申请提交时间"
evidence_grade = "证据等级：E0 只有截图或材料，E1 只有结算账单，E2 有调度或平台记录，E3 另有设备采样，E4 且采样摘要链完整、逐日有签名有效的承诺；采样缺口或没有采样的占用过大的降一级"
grade_because_zh = "为何是这一证据等级"
weighted_gpu_hours = "加权卡时，小时：采样覆盖按利用率折算；没有利用率的、几类加速卡的为空"
verifiable_gpu_hours = "可核卡时，小时：可支持金额的用量；未知的、几类加速卡的为空"
allocated_unit_seconds = "占用卡秒，1 卡 = 21000 单位乘秒；没有用量记录、卡数全部未知的、几类加速卡的为空"
sampled_unit_seconds = "采样覆盖的卡秒，1 卡 = 21000 单位乘秒；没有采样的、几类加速卡的为空"
coverage_ratio = "采样覆盖率：采样覆盖除以占用，舍去不足万分之一；缺其一的为空"
classes_zh = "用到或计费几类加速卡的：各类的计费与计量卡时，各类不相加；只用一类的为空"
*/
with metered as (
    select
        claim_id,
        any_value(classes_zh) as classes_zh,
        case when count(*) = 1 then any_value(metered_units) end as metered_units,
    from decided.billed_and_metered
    group by claim_id
)
select
    run.run_id,
    c.claim_id,
    c.voucher_id,
    c.contract_no,
    c.applicant_id,
    c.applicant_name,
    c.provider_id,
    c.provider_name,
    a.policy_year,
    c.claimed_cost_yuan,
    c.claimed_subsidy_yuan,
    reconciled.card_hours(m.contract_card_seconds) as contract_gpu_hours,
    case when v.classes_zh is null then reconciled.card_hours(m.billed_card_seconds) end as billed_gpu_hours,
    case when v.classes_zh is null then reconciled.gpu_hours(m.metered_unit_seconds) end as metered_gpu_hours,
    case when v.classes_zh is null then reconciled.gpu_hours(m.active_unit_seconds) end as active_gpu_hours,
    r.invoiced_net_yuan,
    r.invoiced_gross_yuan,
    r.supported_yuan,
    c.contract_amount_yuan,
    r.paid_yuan,
    r.recognised_cost_yuan,
    a.subsidy_before_caps_yuan,
    a.applicant_cap_cut_yuan,
    a.pool_cut_yuan,
    a.proposed_subsidy_yuan,
    d.disposition,
    d.reasons,
    a.queue_position,
    q.queue_at,
    c.submitted_at,
    g.evidence_grade,
    g.grade_because_zh,
    case when v.classes_zh is null then reconciled.gpu_hours(m.weighted_unit_seconds) end as weighted_gpu_hours,
    reconciled.gpu_hours(v.metered_units) as verifiable_gpu_hours,
    case when v.classes_zh is null then g.allocated_unit_seconds end as allocated_unit_seconds,
    case when v.classes_zh is null then g.sampled_unit_seconds end as sampled_unit_seconds,
    reconciled.ratio_cut(g.sampled_unit_seconds, g.allocated_unit_seconds) as coverage_ratio,
    v.classes_zh,
from reconciled.claim_paper as c
cross join published.run as run
join decided.recognition as r using (claim_id)
join decided.disposition as d using (claim_id)
join decided.award as a using (claim_id)
join decided.queue as q using (claim_id)
join decided.evidence_grade as g using (claim_id)
join metered as v using (claim_id)
left join reconciled.contract_measure as m on m.contract_no = c.contract_no
order by a.policy_year, a.queue_position
