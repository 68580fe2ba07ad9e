/*
id = "ELG-004"
title_zh = "当事人在有效期内的信用名单上"
title_en = "A party is on a credit list that is in force"
article = "第四条、第九条"
severity = "block"
status = "active"
subject = "claim"
because_zh = "按{matched_zh}核对，名单条目：{entries}；本申请的申领日期为 {applied_on}，兑现提交日期为 {submitted_on}。第四条要求申领单位、第九条要求服务机构在此期间不在失信或科研失信名单的有效期内。"
because_en = "Compared by {matched_by}, the lists hold: {entries}; the voucher was applied for on {applied_on} and the claim filed on {submitted_on}. Articles 4 and 9 ask that neither party be on such a list at that time."
innocent_zh = [
    "同名的另一家单位：请提供名单原件所载统一社会信用代码。",
    "已修复信用而名单未更新：请提供信用修复决定书，以其日期为准。",
]
innocent_en = [
    "Another entity of the same name: provide the credit code in the original list.",
    "Credit was restored and the list not updated: provide the decision; its date counts.",
]
policy = ["credit.test_dates"]

[evidence]
applicant_id = "申领单位代码"
provider_id = "服务机构代码"
subject_name = "所符合条目的主体名称（多条时取排序在先者）"
entries = "所符合的条目：名称、名单、列入日至截止日；— 为没有"
entry_count = "所符合的条目数"
matched_by = "核对依据：code 代码，name 只有名称，no list 名单未提供"
matched_zh = "核对依据的中文"
applied_on = "券申领日期"
submitted_on = "兑现申请提交日期"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.blacklist"
using = ["subject_name"]
where = "r.listed_on <= j.submitted_on and (r.expires_on is null or r.expires_on >= coalesce(j.applied_on, j.submitted_on))"
*/
-- Recoveries and disqualifications of this programme are XYR-003's to tell.
with found as (
    select *
    from decided.blacklist_match
    where not is_recovery
        and (
            submitted_on between listed_on and coalesce(expires_on, submitted_on)
            or (policy.word('credit.test_dates', submitted_on) = 'every_step'
                and applied_on between listed_on and coalesce(expires_on, applied_on))
        )
),
summed as (
    select claim_id, count(distinct entry) as entry_count, bool_or(is_by_code) as is_by_code,
        min(subject_name) as subject_name, string_agg(distinct entry, '；' order by entry) as entries,
    from found
    group by claim_id
)
select
    c.claim_id as subject_id,
    case
        when s.is_by_code then 'flag'
        when s.entry_count > 0 then 'unknown'
        when (select count(*) from lake.blacklist) > 0 then 'pass'
        else 'unknown'
    end as verdict,
    c.applicant_id,
    c.provider_id,
    s.subject_name,
    coalesce(s.entries, '—') as entries,
    coalesce(s.entry_count, 0) as entry_count,
    case when s.is_by_code then 'code' when s.entry_count > 0 then 'name' else 'no list' end as matched_by,
    case matched_by when 'code' then '代码' when 'name' then '名称（条目未载可比的代码）' else '名单（未提供）' end as matched_zh,
    cast(c.applied_at as date) as applied_on,
    c.submitted_on,
    c.claimed_subsidy_yuan as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join summed as s using (claim_id)
