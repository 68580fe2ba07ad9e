/*
id = "XYR-003"
title_zh = "未了结的追回或取消资格"
title_en = "Open recovery or disqualification"
article = "第十七条"
severity = "block"
status = "active"
subject = "claim"
because_zh = "按{matched_zh}核对，第十七条的追回或取消资格名单条目：{entries}；本申请的申领日期为 {applied_on}，兑现提交日期为 {submitted_on}。未了结之前不予兑现。"
because_en = "Compared by {matched_by}, the lists of recoveries and disqualifications hold: {entries}; the voucher was applied for on {applied_on} and the claim filed on {submitted_on}. Article 17 withholds support until the matter is settled."
innocent_zh = [
    "款项已退回而名单未更新：请提供缴款凭证或了结通知，名单应补记截止日期。",
    "决定正在复议或诉讼并已停止执行：请提供停止执行的文书。",
    "同名的另一家单位：请提供决定书所载统一社会信用代码。",
]
innocent_en = [
    "The money was returned and the list not updated: provide the proof or the notice; the list needs its end date.",
    "The decision is under review or in court and suspended: provide the order of suspension.",
    "Another entity of the same name: provide the credit code in the decision.",
]
policy = []

[evidence]
applicant_id = "申领单位代码"
provider_id = "服务机构代码"
subject_name = "所符合条目的主体名称（多条时取排序在先者）"
entries = "所符合的条目：名称、名单、列入日至截止日；— 为没有"
entry_count = "所符合的条目数"
matched_by = "核对依据：code 代码，name 只有名称，later 提交之后列入而载明截止日，settled 申领时未了结、提交前已了结，none 没有"
matched_zh = "核对依据的中文"
applied_on = "券申领日期"
submitted_on = "兑现申请提交日期"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.blacklist"
using = ["subject_name"]
where = "r.expires_on is null or r.expires_on >= coalesce(j.applied_on, j.submitted_on)"
*/
-- What is decided after the filing and before the payment stands in its way all the same; where such an entry has an
-- end, the payment may come after it. What is decided after the payment bars only what comes later.
with found as (
    select
        m.*,
        m.expires_on is null or (m.expires_on >= m.submitted_on and m.listed_on <= m.submitted_on) as is_open,
        m.expires_on < m.submitted_on as is_settled,
    from decided.blacklist_match as m
    left join reconciled.claim_redeemed as r using (claim_id)
    where m.is_recovery
        and (m.expires_on is null or m.expires_on >= m.submitted_on or m.applied_on between m.listed_on and m.expires_on)
        and (r.claim_id is null or m.listed_on <= coalesce(r.redeemed_on, m.submitted_on))
),
summed as (
    select claim_id, count(distinct entry) as entry_count, bool_or(is_by_code and is_open) as is_certain,
        bool_or(not is_by_code) as is_by_name, bool_or(not is_settled) as is_later,
        min(subject_name) as subject_name, string_agg(distinct entry, '；' order by entry) as entries,
    from found
    group by claim_id
)
select
    c.claim_id as subject_id,
    case
        when s.is_certain then 'flag'
        when s.entry_count > 0 then 'unknown'
        -- That no list was handed in at all is ELG-004's to tell.
        when (select count(*) from lake.blacklist) = 0 then 'not_applicable'
        when s.entry_count is null then 'pass'
    end as verdict,
    c.applicant_id,
    c.provider_id,
    s.subject_name,
    coalesce(s.entries, '—') as entries,
    coalesce(s.entry_count, 0) as entry_count,
    case
        when s.is_certain then 'code'
        when s.is_by_name then 'name'
        when s.is_later then 'later'
        when s.entry_count > 0 then 'settled'
        else 'none'
    end as matched_by,
    case matched_by when 'code' then '代码' when 'name' then '名称（条目未载可比的代码）'
        when 'later' then '代码（提交之后列入，兑付在截止日之前与否未定）'
        when 'settled' then '代码（申领时未了结，提交前已了结）' else '代码和名称' end as matched_zh,
    cast(c.applied_at as date) as applied_on,
    c.submitted_on,
    c.claimed_subsidy_yuan as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join summed as s using (claim_id)
