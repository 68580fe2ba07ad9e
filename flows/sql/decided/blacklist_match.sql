/*
title_zh = "名单所载的当事人"
grain_zh = "每笔申请的一方与名单上的一条各一行，不论何日"
no_rows_without = ["lake.blacklist", "reconciled.claim_paper"]
[columns]
claim_id = "申请编号"
applied_on = "券申领日期"
submitted_on = "兑现申请提交日期"
subject_name = "条目的主体名称"
is_by_code = "按代码相符（统一社会信用代码、九位组织机构代码或十五位税号，比其中的组织机构代码）；否则条目未载可比的代码，只有名称相符"
is_recovery = "属追回、取消资格一类名单"
listed_on = "列入日期"
expires_on = "截止日期；未载的为空"
entry = "条目：名称、名单、列入日至截止日"
*/
-- Lists of before 2015 print the organisation code, the tax number that ends with it, or a register number of 12, 13 or
-- 15 digits, which says nothing of the credit code: then the name is all there is to compare.
with written as (
    select
        claim_id,
        unnest([applicant_id, provider_id]) as party_id,
        unnest([applicant_name, provider_name]) as party_name,
        cast(applied_at as date) as applied_on,
        submitted_on,
        replace(policy.word('recovery.list_words', submitted_on), ',', '|') as recovery_words,
    from reconciled.claim_paper
),
asked as (
    select *, case when length(party_id) = 18 then substr(party_id, 9, 9) end as organisation_code from written
),
listed as (
    select
        *,
        case length(subject_id)
            when 18 then substr(subject_id, 9, 9)
            when 15 then substr(subject_id, 7)
            when 9 then subject_id
        end as organisation_code,
    from lake.blacklist
)
select
    a.claim_id,
    a.applied_on,
    a.submitted_on,
    b.subject_name,
    coalesce(b.subject_id = a.party_id or b.organisation_code = a.organisation_code, false) as is_by_code,
    regexp_matches(b.list_name, a.recovery_words) as is_recovery,
    b.listed_on,
    b.expires_on,
    concat_ws(' ', b.subject_name, b.list_name, b.listed_on || '～' || coalesce(cast(b.expires_on as varchar), '')) as entry,
from asked as a
join listed as b
    on b.subject_id = a.party_id
    or b.organisation_code = a.organisation_code
    -- Names are compared without regard to the width of brackets and to spaces.
    or (coalesce(length(b.subject_id) in (12, 13, 15), true) and reconciled.plain_name(b.subject_name) = reconciled.plain_name(a.party_name))
