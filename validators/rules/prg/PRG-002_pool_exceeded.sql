/*
id = "PRG-002"
title_zh = "超过年度总额"
title_en = "Above the yearly pool"
article = "第七条"
severity = "adjust"
status = "active"
subject = "claim"
because_zh = "本申请在 {policy_year} 年度排第 {queue_position} 位，在先已占用 {pool_used_yuan} 元，年度总额为 {pool_yuan} 元；扣除单位上限后应补 {capped_yuan} 元，余额只够 {proposed_subsidy_yuan} 元，核减 {amount_at_risk_yuan} 元。"
because_en = "This claim is number {queue_position} in the queue of {policy_year}; {pool_used_yuan} yuan of the pool of {pool_yuan} yuan are taken before it. After the applicant's cap it would receive {capped_yuan} yuan, but only {proposed_subsidy_yuan} yuan are left, so {amount_at_risk_yuan} yuan are cut."
innocent_zh = [
    "与申领单位无关：先到先得，总额用尽。在先的申请因资料补正、券撤销而不予或减少的，余额随下次核算恢复；先后只依资料，专家组不予在先的，须待其券登记为撤销。",
    "材料齐全的时刻记录有误而影响先后：请提供服务平台的受理记录。",
]
innocent_en = [
    "Nothing to do with the applicant: first come, first served, and the pool is used up. It comes back on the next run where new papers or a revoked voucher refuse or reduce an earlier claim; a refusal by the panel frees nothing until that voucher is entered as revoked.",
    "The moment of complete papers is wrong and shifts the order: provide the platform's record of receipt.",
]
policy = ["pool.amount_yuan"]

[evidence]
policy_year = "年度"
queue_position = "当年的先后位次"
pool_used_yuan = "当年在先已占用，元（含往期兑现）"
pool_yuan = "年度总额，元"
capped_yuan = "单位年度上限之后的补贴，元"
proposed_subsidy_yuan = "建议补贴，元"
amount_at_risk_yuan = "因总额核减，元"
*/
select
    a.claim_id as subject_id,
    case
        when not a.is_in_queue then 'not_applicable'
        when a.pool_cut_yuan > 0 then 'flag'
        when a.pool_cut_yuan = 0 then 'pass'
    end as verdict,
    a.policy_year,
    a.queue_position,
    a.pool_used_yuan,
    cast(policy.optional_number('pool.amount_yuan', c.submitted_on) as decimal(18, 2)) as pool_yuan,
    cast(a.subsidy_before_caps_yuan - a.applicant_cap_cut_yuan as decimal(18, 2)) as capped_yuan,
    a.proposed_subsidy_yuan,
    a.pool_cut_yuan as amount_at_risk_yuan,
from decided.award as a
join reconciled.claim_paper as c using (claim_id)
