/*
id = "PRG-001"
title_zh = "超过单位年度上限"
title_en = "Above the applicant's yearly cap"
article = "第七条"
severity = "adjust"
status = "active"
subject = "claim"
because_zh = "申领单位 {who_zh}在 {policy_year} 年度先于本申请已占用 {applicant_used_yuan} 元，本申请按比例应补 {subsidy_before_caps_yuan} 元，合计超过单位年度上限 {cap_yuan} 元，核减 {amount_at_risk_yuan} 元。"
because_en = "Ahead of this claim, applicant {who_en} has used {applicant_used_yuan} yuan in {policy_year}; this claim would add {subsidy_before_caps_yuan} yuan, more than the cap of {cap_yuan} yuan a year, so {amount_at_risk_yuan} yuan are cut."
innocent_zh = [
    "在先的申请因资料补正、券撤销而不予或减少的，在后的随下次核算恢复；先后只依资料，专家组不予在先的，须待其券登记为撤销。",
    "往期兑现误记在本单位名下：请提供往期拨付凭证。",
]
innocent_en = [
    "Where new papers or a revoked voucher refuse or reduce an earlier claim, those behind it recover on the next run; the order goes by papers alone, so a refusal by the panel frees nothing until that voucher is entered as revoked.",
    "The earlier redemption is booked on this applicant by mistake: provide its proof of payment.",
]
policy = ["cap.applicant_year_yuan"]

[evidence]
applicant_id = "申领单位代码"
kin_ids = "同一法人的其他代码；没有的为一横"
who_zh = "句中所称：代码；另有总机构、分支机构的，写明同一法人的各代码"
who_en = "句中所称，英文"
policy_year = "年度"
queue_position = "当年的先后位次"
subsidy_before_caps_yuan = "上限之前的补贴，元"
applicant_used_yuan = "同一单位当年在先已占用，元（含往期兑现）"
cap_yuan = "单位年度上限，元"
amount_at_risk_yuan = "因上限核减，元"

[[trace]]
relation = "lake.claim"
using = ["applicant_id"]

[[trace]]
relation = "lake.grant_history"
using = ["applicant_id", "policy_year"]
where = "r.funder is null"

[[trace]]
relation = "lake.claim"
using = []
where = "j.kin_ids <> '—' and list_contains(string_split(j.kin_ids, '、'), r.applicant_id)"

[[trace]]
relation = "lake.grant_history"
using = ["policy_year"]
where = "j.kin_ids <> '—' and list_contains(string_split(j.kin_ids, '、'), r.applicant_id) and r.funder is null"

[[trace]]
relation = "lake.applicant"
using = []
where = "r.head_office_id is not null and j.kin_ids <> '—' and (r.applicant_id = j.applicant_id or list_contains(string_split(j.kin_ids, '、'), r.applicant_id))"
*/
select
    a.claim_id as subject_id,
    case
        when not a.is_in_queue then 'not_applicable'
        when a.applicant_cap_cut_yuan > 0 then 'flag'
        when a.applicant_cap_cut_yuan = 0 then 'pass'
    end as verdict,
    a.applicant_id,
    coalesce(n.kin_ids, '—') as kin_ids,
    a.applicant_id || coalesce('（与 ' || n.kin_ids || ' 为同一法人，合计）', ' ') as who_zh,
    a.applicant_id || coalesce(' (one legal person with ' || replace(n.kin_ids, '、', ', ') || ', together)', '') as who_en,
    a.policy_year,
    a.queue_position,
    a.subsidy_before_caps_yuan,
    a.applicant_used_yuan,
    cast(policy.number('cap.applicant_year_yuan', c.submitted_on) as decimal(18, 2)) as cap_yuan,
    a.applicant_cap_cut_yuan as amount_at_risk_yuan,
from decided.award as a
join reconciled.claim_paper as c using (claim_id)
left join reconciled.applicant_person as n on n.applicant_id = a.applicant_id
