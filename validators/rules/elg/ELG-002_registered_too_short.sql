/*
id = "ELG-002"
title_zh = "服务机构本市注册不满两年"
title_en = "Provider registered in the city for less than two years"
article = "第九条"
severity = "block"
status = "active"
subject = "claim"
because_zh = "服务机构 {provider_name}（{provider_id}）登记地区划代码为 {registered_region}，成立日期为 {registered_on}，至 {qualifies_on} 满 {required_years} 年；核对日（列入名单之日，解读 R23）为 {tested_on}。第九条要求服务机构在本市合法注册两年以上，本市区划代码以 {region_prefix} 开头。"
because_en = "Provider {provider_id} is registered in region {registered_region} since {registered_on} and completes {required_years} years on {qualifies_on}; the day tested, that of its listing, is {tested_on} (reading R23). Article 9 asks for at least two years of registration in the city, whose region codes begin with {region_prefix}."
innocent_zh = [
    "机构由外地迁入本市，或名单误填了分支机构的日期：以在本市登记的日期为准，请提供登记机关的变更登记证明。",
    "名单的登记地区划代码误填：请提供营业执照住所页。",
]
innocent_en = [
    "The provider moved to the city, or the list has a branch's date: the date of registration in the city counts; provide the registry's proof.",
    "The list has a wrong division code: provide the page of the licence with the address.",
]
policy = ["provider.min_registered_years", "provider.region_prefix", "provider.location_test", "provider.age_at"]

[evidence]
provider_id = "服务机构代码"
provider_name = "服务机构名称"
registered_on = "成立日期"
registered_region = "登记地区划代码"
required_years = "要求的注册年限，年"
qualifies_on = "满该年限之日：按公历，2 月 29 日成立的为 2 月 28 日"
tested_on = "核对年限的日期：列入名单之日，未列的取兑现申请提交日"
region_prefix = "本市行政区划代码前缀"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.provider"
using = ["provider_id"]
*/
-- The list that the claim stands under: a later one, of the next year say, makes up for nothing.
with placed as (
    select c.claim_id, p.*, p.listed_on <= least(c.submitted_on, make_date(c.policy_year, 12, 31)) as is_before,
    from reconciled.claim_paper as c
    join lake.provider as p using (provider_id)
),
registered as (
    select
        claim_id,
        coalesce(max(listed_on) filter (where is_before), min(listed_on)) as listed_on,
        coalesce(arg_max(registered_on, listed_on) filter (where is_before), arg_min(registered_on, listed_on)) as registered_on,
        coalesce(arg_max(registered_region, listed_on) filter (where is_before), arg_min(registered_region, listed_on))
            as registered_region,
    from placed
    group by claim_id
),
asked as (
    select
        *,
        cast(policy.number('provider.min_registered_years', submitted_on) as integer) as required_years,
        policy.word('provider.region_prefix', submitted_on) as region_prefix,
        policy.optional_word('provider.location_test', submitted_on) as location_test,
    from reconciled.claim_paper
),
dated as (
    select a.*, r.registered_on, r.registered_region,
        case policy.word('provider.age_at', a.submitted_on)
            when 'listing' then coalesce(r.listed_on, a.submitted_on)
            else a.submitted_on
        end as tested_on,
        cast(r.registered_on + to_years(a.required_years) as date) as qualifies_on,
    from asked as a
    left join registered as r using (claim_id)
)
select
    claim_id as subject_id,
    case
        when tested_on < qualifies_on then 'flag'
        -- Only a code can contradict; what is no code is asked for again.
        when location_test = 'any' and tested_on >= qualifies_on then 'pass'
        when regexp_full_match(registered_region, '\d{6,12}') and not starts_with(registered_region, region_prefix) then 'flag'
        when tested_on >= qualifies_on and starts_with(registered_region, region_prefix) then 'pass'
        else 'unknown'
    end as verdict,
    provider_id,
    provider_name,
    registered_on,
    registered_region,
    required_years,
    qualifies_on,
    tested_on,
    region_prefix,
    claimed_subsidy_yuan as amount_at_risk_yuan,
from dated
