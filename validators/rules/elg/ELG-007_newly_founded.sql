/*
id = "ELG-007"
title_zh = "新设单位申领较大金额"
title_en = "Newly founded applicant with a large claim"
article = "第四条"
severity = "note"
status = "active"
subject = "claim"
because_zh = "申领单位 {applicant_id} 成立于 {established_on}，申领于 {applied_on}，成立 {age_day_count} 天（不满 {required_day_count} 天的提示）；申报兑现 {amount_at_risk_yuan} 元（{large_yuan} 元以上（含）的提示）。请专家组留意其生产经营实况。"
because_en = "Applicant {applicant_id} was founded on {established_on} and applied on {applied_on}, {age_day_count} days later (noted below {required_day_count}); it claims {amount_at_risk_yuan} yuan (noted from {large_yuan} yuan). The panel may look at its actual operation."
innocent_zh = [
    "由已有企业分立、改制或新设项目公司：请提供分立、改制文件或母公司说明。",
    "科研项目新设的公司：请提供项目立项文件。",
]
innocent_en = [
    "Split or converted from an existing company, or a project company: provide the papers or the parent's statement.",
    "A company founded for a research project: provide the project's papers.",
]
policy = ["applicant.new_days", "applicant.new_subsidy_yuan"]

[evidence]
applicant_id = "申领单位代码"
established_on = "成立日期；未登记的为空"
applied_on = "券申领日期；没有券的取兑现申请提交日期"
age_day_count = "申领时成立的天数；成立晚于申领的为负"
required_day_count = "满多少天不提示"
large_yuan = "提示的金额，元（含）"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.applicant"
using = ["applicant_id"]
*/
with dated as (
    select
        c.*,
        a.applicant_type,
        a.established_on,
        coalesce(cast(c.applied_at as date), c.submitted_on) as applied_on,
        cast(policy.number('applicant.new_days', c.submitted_on) as integer) as required_day_count,
        cast(policy.number('applicant.new_subsidy_yuan', c.submitted_on) as decimal(18, 2)) as large_yuan,
    from reconciled.claim_paper as c
    left join lake.applicant as a using (applicant_id)
)
select
    claim_id as subject_id,
    case
        -- Institutes and universities are public foundations or answer to one: their age says nothing.
        when applicant_type in ('research', 'university') then 'not_applicable'
        when claimed_subsidy_yuan < large_yuan then 'pass'
        when applied_on - established_on >= required_day_count then 'pass'
        when applied_on - established_on < required_day_count then 'flag'
        else 'unknown'
    end as verdict,
    applicant_id,
    established_on,
    applied_on,
    applied_on - established_on as age_day_count,
    required_day_count,
    large_yuan,
    claimed_subsidy_yuan as amount_at_risk_yuan,
from dated
