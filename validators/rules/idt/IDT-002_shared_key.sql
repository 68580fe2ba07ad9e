/*
id = "IDT-002"
title_zh = "同一密钥用于几家申领单位"
title_en = "One key serves several applicants"
article = "第十五条"
severity = "note"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 的租户所用的 {key_count} 个密钥中，有 {shared_count} 个同期也用于另 {other_count} 家申领单位（{other_ids}）的租户，两边各登录 {session_min} 次以上：密钥 {key_value}，本单位 {applicant_id} 登录 {own_count} 次，{other_id} 登录 {their_count} 次。密钥登记在 {owner_id} 名下；只作提示，由专家组看是谁在使用。"
because_en = "Of {key_count} key(s) used by the tenants of contract {contract_no}, {shared_count} were used in the same period by the tenants of {other_count} other applicant(s) ({other_ids}) too, {session_min} sessions or more on each side: key {key_value}, {own_count} sessions by {applicant_id}, {their_count} by {other_id}. Registered owner of the key: {owner_id}. A note only: the panel judges who used it."
innocent_zh = [
    "服务机构或平台的运维密钥：请在登录汇总的归属单位代码中填服务机构代码。",
    "同一家集成商、承包方为几家单位部署或开发：请在归属单位代码中填其代码，并提供服务合同。",
    "两家属同一集团、共用运维人员：请在主体关联信息中登记其关联。",
    "平台镜像自带的默认密钥：请由服务机构说明并更换。",
]
innocent_en = [
    "A key of the provider's or the platform's operators: state the provider as its owner.",
    "One integrator or contractor works for several: state its code as the owner and provide the contracts.",
    "Both are of one group and share their operators: register the relation.",
    "A default key of the platform's image: the provider explains and changes it.",
]
policy = [
    "access.key_sessions",
    "access.key_parties_max",
    "related_party.min_share_ratio",
    "related_party.state_words",
]

[evidence]
contract_no = "合同编号"
applicant_id = "申领单位代码"
provider_id = "服务机构代码"
from_on = "合同开始日期"
to_on = "合同结束日期"
key_count = "本合同的租户用过的密钥数；写明属服务机构、承包方等不是申领单位一方的不计"
shared_count = "其中也用于别家的密钥数"
other_count = "别家申领单位数"
other_ids = "其代码，以顿号分隔；— 为没有"
session_min = "每边最少的登录次数（含）"
key_value = "登录最多的那个共用密钥；— 为没有"
own_count = "本单位以该密钥登录的次数"
other_id = "以该密钥登录最多的另一家；— 为没有"
their_count = "其登录次数"
owner_id = "密钥登记在其中哪家名下；— 为没有写明"

[[trace]]
relation = "reconciled.access_use"
using = []
where = "r.signal = 'key_fingerprint' and r.value = j.key_value and (r.applicant_id = j.applicant_id or list_contains(string_split(j.other_ids, '、'), r.applicant_id))"
*/
-- Contractors and integrators keep one key for all whom they serve: more than a note would hold honest money.
with asked as (
    select
        *,
        policy.number('access.key_sessions', submitted_on) as session_min,
        policy.number('access.key_parties_max', submitted_on) as most_parties,
        policy.number('related_party.min_share_ratio', submitted_on) as least_ratio,
        replace(policy.word('related_party.state_words', submitted_on), ',', '|') as state_words,
    from reconciled.claim_paper
),
-- A key that belongs to somebody who is none of those applicants is a provider's, a contractor's or an integrator's.
held as (
    select
        value,
        count(distinct coalesce(applicant_id, provider_id || ' ' || tenant)) as party_count,
        max(owner_id) as owner_id,
    from reconciled.access_use
    where signal = 'key_fingerprint'
    group by value
    having len(list_filter(
        list_distinct(list(owner_id)),
        lambda owner: owner is not null and not coalesce(list_contains(list(applicant_id), owner), false)
    )) = 0
),
keys as (
    select u.*
    from reconciled.access_use as u
    semi join held using (value)
    where u.signal = 'key_fingerprint'
),
own as (
    select
        a.claim_id,
        k.value,
        k.period_from,
        k.period_to,
        k.session_count,
    from asked as a
    join keys as k
        on k.provider_id = a.provider_id
        and k.applicant_id = a.applicant_id
        and coalesce(k.contract_no = a.contract_no, true)
        and k.period_from <= a.ends_on
        and k.period_to >= a.starts_on
),
own_keys as (
    select
        claim_id,
        value,
        cast(sum(session_count) as bigint) as own_count,
        min(period_from) as from_on,
        max(period_to) as to_on,
    from own
    group by claim_id, value
),
-- Whoever changes employer takes the key along: only what was used in the same days is shared.
others as (
    select
        o.claim_id,
        o.value,
        o.own_count,
        h.owner_id,
        k.applicant_id as other_id,
        cast(sum(k.session_count) as bigint) as their_count,
    from own_keys as o
    join asked as a using (claim_id)
    join held as h on h.value = o.value and h.party_count <= a.most_parties
    join keys as k
        on k.value = o.value
        and k.applicant_id <> a.applicant_id
        and exists (
            from own as w
            where w.claim_id = o.claim_id
                and w.value = o.value
                and w.period_from <= k.period_to
                and w.period_to >= k.period_from
        )
    where o.own_count >= a.session_min
        and not exists (
            from reconciled.access_kin as n
            where n.subject_id = a.applicant_id
                and n.other_id = k.applicant_id
                and n.share_ratio >= a.least_ratio
                and not regexp_matches(n.via, a.state_words)
                and coalesce(n.valid_from <= k.period_to, true)
                and coalesce(n.valid_to >= k.period_from, true)
        )
    group by o.claim_id, o.value, o.own_count, h.owner_id, k.applicant_id
    having sum(k.session_count) >= max(a.session_min)
),
summed as (
    select
        claim_id,
        count(distinct value) as shared_count,
        count(distinct other_id) as other_count,
        string_agg(distinct other_id, '、' order by other_id) as other_ids,
        arg_max(
            {'value': value, 'own_count': own_count, 'other_id': other_id, 'their_count': their_count, 'owner_id': owner_id},
            (own_count + their_count, value, other_id)
        ) as most,
    from others
    group by claim_id
),
counted as (
    select claim_id, count(*) as key_count from own_keys group by claim_id
)
select
    a.claim_id as subject_id,
    case
        when s.shared_count > 0 then 'flag'
        when k.key_count > 0 then 'pass'
        when k.claim_id is null then 'not_applicable'
    end as verdict,
    a.contract_no,
    a.applicant_id,
    a.provider_id,
    a.starts_on as from_on,
    a.ends_on as to_on,
    coalesce(k.key_count, 0) as key_count,
    coalesce(s.shared_count, 0) as shared_count,
    coalesce(s.other_count, 0) as other_count,
    coalesce(s.other_ids, '—') as other_ids,
    cast(a.session_min as integer) as session_min,
    coalesce(s.most.value, '—') as key_value,
    coalesce(s.most.own_count, 0) as own_count,
    coalesce(s.most.other_id, '—') as other_id,
    coalesce(s.most.their_count, 0) as their_count,
    coalesce(s.most.owner_id, '—') as owner_id,
from asked as a
left join counted as k using (claim_id)
left join summed as s using (claim_id)
