/*
id = "ELG-004"
title_zh = "当事人在有效期内的信用名单上"
title_en = "A party is on a credit list that is in force"
article = "第四条、第九条"
severity = "block"
status = "active"
subject = "claim"
because_zh = "按{matched_zh}核对，名单条目：{entries}；本申请的申领日期为 {applied_on}，兑现提交日期为 {told_zh}。第四条要求申领单位、第九条要求服务机构在此期间不在失信或科研失信名单的有效期内。"
because_en = "Compared by {matched_by}, the lists hold: {entries}; the voucher was applied for on {applied_on} and the claim filed on {told_en}. Articles 4 and 9 ask that neither party be on such a list at that time."
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
matched_by = "核对依据：code 代码，later 代码（提交之后列入而载明截止日），name 只有名称，no list 名单未提供"
matched_zh = "核对依据的中文"
applied_on = "券申领日期"
submitted_on = "兑现申请提交日期"
paid_on = "最近一条通过或核减的专家意见之日，兑付以此日核对；没有的为空"
tested_to = "名单核对至何日：审查之日；已兑现而审查之日未知的、只在兑现时核对的，至提交之日；尚无意见的为空"
told_zh = "句中所列：提交之日；有提交之后列入的，另写专家组通过之日"
told_en = "句中所列，英文"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.blacklist"
using = ["subject_name"]
where = "r.listed_on <= coalesce(j.tested_to, r.listed_on) and (r.expires_on is null or r.expires_on >= coalesce(j.applied_on, j.submitted_on))"
*/
-- Recoveries and disqualifications of this programme are XYR-003's to tell.
-- The day of payment is that of the panel's approval. What came onto a list between the filing and that day, or came onto
-- one while there is no approval yet, bars the payment; where the entry has an end the payment may come after it.
with approved as (
    select claim_id, cast(max(decided_at) as date) as paid_on
    from lake.decision
    where decision in ('approve', 'adjust')
    group by claim_id
),
asked as (
    select *, policy.word('credit.test_dates', submitted_on) = 'every_step' as is_every_step from reconciled.claim_paper
),
dated as (
    select
        c.*,
        a.paid_on,
        case
            when not c.is_every_step then c.submitted_on
            when a.paid_on is not null then greatest(a.paid_on, c.submitted_on)
            when r.claim_id is not null then c.submitted_on
        end as tested_to,
    from asked as c
    left join approved as a using (claim_id)
    left join reconciled.claim_redeemed as r using (claim_id)
),
found as (
    select
        m.*,
        m.submitted_on between m.listed_on and coalesce(m.expires_on, m.submitted_on)
            or (d.is_every_step and m.applied_on between m.listed_on and coalesce(m.expires_on, m.applied_on)) as is_in_time,
        m.listed_on > m.submitted_on and m.listed_on <= coalesce(d.tested_to, m.listed_on) as is_later,
    from decided.blacklist_match as m
    join dated as d using (claim_id)
    where not m.is_recovery
),
summed as (
    select
        claim_id,
        count(distinct entry) as entry_count,
        bool_or(is_by_code and (coalesce(is_in_time, false) or expires_on is null)) as is_certain,
        bool_or(is_by_code) as is_by_code,
        bool_or(is_later) as is_later,
        min(subject_name) as subject_name,
        string_agg(distinct entry, '；' order by entry) as entries,
    from found
    where is_in_time or is_later
    group by claim_id
)
select
    c.claim_id as subject_id,
    case
        when s.is_certain then 'flag'
        when s.entry_count > 0 then 'unknown'
        when (select count(*) from lake.blacklist) > 0 then 'pass'
        else 'unknown'
    end as verdict,
    c.applicant_id,
    c.provider_id,
    s.subject_name,
    coalesce(s.entries, '—') as entries,
    coalesce(s.entry_count, 0) as entry_count,
    case
        when s.is_certain then 'code'
        when s.is_by_code then 'later'
        when s.entry_count > 0 then 'name'
        else 'no list'
    end as matched_by,
    case matched_by
        when 'code' then '代码'
        when 'later' then '代码（提交之后列入，兑付在截止日之前与否未定）'
        when 'name' then '名称（条目未载可比的代码）'
        else '名单（未提供）'
    end as matched_zh,
    cast(c.applied_at as date) as applied_on,
    c.submitted_on,
    c.paid_on,
    c.tested_to,
    concat(c.submitted_on, case
        when s.is_later and c.paid_on is not null then concat('，专家组通过的日期为 ', c.paid_on)
        when s.is_later then '，专家组尚无通过的意见'
    end) as told_zh,
    concat(c.submitted_on, case
        when s.is_later and c.paid_on is not null then concat(', the panel approved on ', c.paid_on)
        when s.is_later then ', the panel has not approved it yet'
    end) as told_en,
    c.claimed_subsidy_yuan as amount_at_risk_yuan,
from dated as c
left join summed as s using (claim_id)
