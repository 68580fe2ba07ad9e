/*
id = "REL-002"
title_zh = "关联单位合计超过单位年度上限"
title_en = "Related applicants together above one applicant's cap"
article = "第七条"
severity = "note"
status = "active"
subject = "claim"
because_zh = "申领单位 {applicant_id} 与另外 {other_count} 家申领单位（{other_ids}）以法定代表人、实际控制人、董事、账号、电话、百分之二十五以上持股、总机构或分支机构的名称相连（{path_zh}）；{policy_year} 年度建议与往期兑现合计 {together_yuan} 元，超过一家的上限 {cap_yuan} 元。条文按申领单位计，关联单位是否合并由专家组判断（解读 R18）。"
because_en = "Applicant {applicant_id} is linked to {other_count} other applicant(s) ({other_ids}) by legal representative, controller, director, account, telephone, a holding, a head office or the name of a branch ({path_zh}); proposed and earlier redeemed sums of {policy_year} come to {together_yuan} yuan together, above one applicant's cap of {cap_yuan} yuan. The text counts by applicant; whether linked ones count together is for the panel."
innocent_zh = [
    "集团内各自独立经营、各有用途的单位：条文按申领单位计，各自不超过上限即可；请提供各自的用量和项目说明。",
    "名称相近而并非其分支机构：请提供营业执照上隶属的总机构。",
    "只因人名相同而相连：请在关联信息表中以证件号码的散列代替姓名。",
]
innocent_en = [
    "Entities of one group, each with its own business and use: the text counts by applicant, each within its cap; provide usage and project of each.",
    "The name is alike and it is no branch of that firm: provide the licence that names the head office.",
    "Linked only by a name that two people share: put a hash of the id number in place of the name.",
]
policy = [
    "cap.applicant_year_yuan",
    "related_party.min_share_ratio",
    "related_party.address_firms_max",
    "related_party.state_words",
]

[evidence]
applicant_id = "申领单位代码"
policy_year = "年度"
other_count = "相连的其他申领单位家数"
other_ids = "其代码；— 为没有"
path_zh = "本单位与其中一家相连的依据；— 为没有"
other_id = "该家的代码；间接相连的为空"
together_yuan = "本单位与其合计：建议补贴与当年往期兑现，元"
cap_yuan = "单位年度上限，元"
amount_at_risk_yuan = "合计超过上限的部分，元；未超过的为零"

[[trace]]
relation = "lake.claim"
using = ["applicant_id"]

[[trace]]
relation = "reconciled.related_row"
using = ["applicant_id", "path_zh"]
where = "r.provider_id = j.other_id"
*/
with recursive sums as (
    select
        policy_year,
        applicant_id,
        sum(yuan) as yuan,
        sum(sum(yuan)) over (partition by policy_year, coalesce(any_value(entity_id), applicant_id)) as entity_yuan,
    from (
        select policy_year, applicant_id, proposed_subsidy_yuan as yuan from decided.award where is_in_queue
        union all
        select g.policy_year, g.applicant_id, g.redeemed_yuan
        from reconciled.earlier_grant as g
        left join decided.award as a using (claim_id)
        where not coalesce(a.is_in_queue, false)
    )
    left join decided.cap_entity using (policy_year, applicant_id)
    group by policy_year, applicant_id
    having sum(yuan) > 0
),
-- “某某有限公司某地分公司” says whose branch it is: by R18 it has no cap of its own.
branches as (
    select applicant_id, applicant_name, regexp_extract(plain_name, '^(.+?公司).*(?:分公司|分厂|分院|分所)$', 1) as head_name
    from (select *, reconciled.plain_name(applicant_name) as plain_name from lake.applicant)
),
branched as (
    select
        b.applicant_id,
        h.applicant_id as head_id,
        b.applicant_name || ' 从名称看是 ' || h.applicant_name || ' 的分支机构' as path_zh,
    from branches as b
    join lake.applicant as h on reconciled.plain_name(h.applicant_name) = b.head_name
    where b.head_name <> '' and h.applicant_id <> b.applicant_id
),
-- Those who share a cap already, a branch and its head office, are one here: the sum of theirs is for PRG-001 to cut.
-- Strong links only: an address says who lives where. The day is the year's first.
linked as (
    select distinct a.policy_year, a.applicant_id, b.applicant_id as other_id, r.path_zh, r.is_by_name, r.steps,
    from sums as a
    join reconciled.related as r on r.subject_id = a.applicant_id
    join sums as b on b.applicant_id = r.other_id and b.policy_year = a.policy_year
    where not r.is_address
        and r.share_ratio >= policy.number('related_party.min_share_ratio', make_date(a.policy_year, 1, 1))
        and r.firm_count <= policy.number('related_party.address_firms_max', make_date(a.policy_year, 1, 1))
        and not regexp_matches(
            r.via, replace(policy.word('related_party.state_words', make_date(a.policy_year, 1, 1)), ',', '|'))
        and coalesce(r.valid_from <= make_date(a.policy_year, 12, 31), true)
        and coalesce(r.valid_to >= make_date(a.policy_year, 1, 1), true)
    union
    select a.policy_year, a.applicant_id, b.applicant_id, n.path_zh, true, 1
    from (
        select applicant_id, head_id, path_zh from branched
        union all
        select head_id, applicant_id, path_zh from branched
    ) as n(subject_id, other_id, path_zh)
    join sums as a on a.applicant_id = n.subject_id
    join sums as b on b.applicant_id = n.other_id and b.policy_year = a.policy_year
),
reached(policy_year, applicant_id, member_id) as (
    select policy_year, applicant_id, applicant_id from sums
    union
    select r.policy_year, r.applicant_id, l.other_id
    from reached as r
    join linked as l on l.policy_year = r.policy_year and l.applicant_id = r.member_id
),
grouped as (
    select
        r.policy_year,
        r.applicant_id,
        count(*) - 1 as other_count,
        string_agg(r.member_id, '、' order by r.member_id) filter (where r.member_id <> r.applicant_id) as other_ids,
        sum(s.yuan) as together_yuan,
        max(s.entity_yuan) as most_yuan,
    from reached as r
    join sums as s on s.policy_year = r.policy_year and s.applicant_id = r.member_id
    group by r.policy_year, r.applicant_id
),
shown as (
    select policy_year, applicant_id, arg_min({'path_zh': path_zh, 'other_id': other_id}, (is_by_name, steps, path_zh, other_id)) as best
    from linked
    group by policy_year, applicant_id
),
known as (
    select subject_id from lake.party
    union
    select applicant_id from reconciled.applicant_person
    union
    select applicant_id from branched
    union
    select head_id from branched
),
looked_at as (
    select
        c.claim_id,
        c.applicant_id,
        c.policy_year,
        a.is_in_queue,
        k.subject_id is not null as is_known,
        g.other_count,
        g.other_ids,
        g.together_yuan,
        g.most_yuan,
        s.best,
        policy.number('cap.applicant_year_yuan', c.submitted_on) as cap_yuan,
    from reconciled.claim_paper as c
    join decided.award as a using (claim_id)
    left join known as k on k.subject_id = c.applicant_id
    left join grouped as g on g.policy_year = c.policy_year and g.applicant_id = c.applicant_id
    left join shown as s on s.policy_year = c.policy_year and s.applicant_id = c.applicant_id
)
select
    claim_id as subject_id,
    case
        when not is_in_queue or not is_known then 'not_applicable'
        when other_count > 0 and together_yuan > cap_yuan and most_yuan <= cap_yuan then 'flag'
        when coalesce(other_count, 0) = 0 or together_yuan <= cap_yuan or most_yuan > cap_yuan then 'pass'
    end as verdict,
    applicant_id,
    policy_year,
    coalesce(other_count, 0) as other_count,
    coalesce(other_ids, '—') as other_ids,
    coalesce(best.path_zh, '—') as path_zh,
    best.other_id as other_id,
    cast(coalesce(together_yuan, 0) as decimal(18, 2)) as together_yuan,
    cast(cap_yuan as decimal(18, 2)) as cap_yuan,
    cast(greatest(0, coalesce(together_yuan, 0) - cap_yuan) as decimal(18, 2)) as amount_at_risk_yuan,
from looked_at
