/*
id = "IDT-001"
title_zh = "登录标识多属另一单位"
title_en = "Sessions carry the marks of another party"
article = "第十五条"
severity = "note"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 的租户在 {from_on} 至 {to_on} 期间的登录汇总：{signals_zh}。占到 {other_ratio} 以上的另一单位：{other_ids}（同一单位 {other_count} 种标识）；申领单位 {applicant_id} 不足 {own_ratio}。须至少 {needed_count} 种、每种登录 {session_min} 次以上、申领单位每种都不足的才提示；只作提示，由专家组看是否自用。归属不明的标识：{missing_zh}。"
because_en = "Sessions of the tenants of contract {contract_no} from {from_on} to {to_on}: {signals}. Another party with at least {other_ratio} of the sessions: {other_ids} (one party by {other_count} kind(s) of mark); applicant {applicant_id} has less than {own_ratio}. At least {needed_count} kinds with {session_min} sessions each are needed, and the applicant in none of them. A note only: the panel judges whether it was the applicant's own use. Marks of nobody known: {missing}."
innocent_zh = [
    "开发、运维外包给承包方，由其人员以自己的邮箱与密钥登录，算力仍用于申领单位的项目：请提供委托合同与项目说明。",
    "由集成商或软件服务商代为部署、代管账户：请提供服务合同。",
    "分公司、子公司或集团统一账户登录：请在主体关联信息中登记其与申领单位的关联，或提供授权。",
    "申领单位用公共邮箱或未登记的域名：请在主体关联信息中登记其邮箱域名。",
]
innocent_en = [
    "Development or operation is contracted out and the contractor's staff log in with their own mail and keys: provide the contract and the project.",
    "An integrator or software firm deploys and keeps the account: provide the service contract.",
    "A branch, subsidiary or the group's common account: register the relation, or provide the authorisation.",
    "The applicant uses public mail or a domain that is not registered: register its mail domain.",
]
policy = [
    "access.session_count",
    "access.signal_count",
    "access.other_ratio",
    "access.own_ratio",
    "access.public_domains",
    "related_party.min_share_ratio",
    "related_party.state_words",
]

[evidence]
contract_no = "合同编号"
applicant_id = "申领单位代码"
provider_id = "服务机构代码"
from_on = "合同开始日期"
to_on = "合同结束日期"
signals_zh = "每种标识：登录次数，其中归申领单位、归占比最大的另一单位、归属不明的次数；服务机构自己的不计；— 为没有"
signals = "同上的英文"
other_ids = "占比最大的另一单位，各种标识中以顿号分隔；— 为没有"
other_count = "同一另一单位占到下限的标识种数"
other_ratio = "另一单位占登录次数的下限（含）"
own_ratio = "申领单位占登录次数的上限（不含）"
needed_count = "须有的标识种数"
session_min = "每种标识最少的登录次数（含）"
missing_zh = "归属不明而足以左右结论的标识种类；— 为没有"
missing = "同上的英文"

[[trace]]
relation = "reconciled.access_use"
using = ["provider_id", "applicant_id"]
where = "coalesce(r.contract_no = j.contract_no, true) and r.period_from <= j.to_on and r.period_to >= j.from_on"
*/
-- Work contracted out looks the same, and many small firms contract it out: more than a note would hold their money.
-- The provider's own sessions are nobody's use; a group's sessions are its member's.
with asked as (
    select
        *,
        policy.number('access.session_count', submitted_on) as session_min,
        policy.number('access.signal_count', submitted_on) as needed_count,
        policy.number('access.other_ratio', submitted_on) as other_ratio,
        policy.number('access.own_ratio', submitted_on) as own_ratio,
        reconciled.millionths(policy.number('access.other_ratio', submitted_on)) as other_parts,
        reconciled.millionths(policy.number('access.own_ratio', submitted_on)) as own_parts,
        string_split(policy.word('access.public_domains', submitted_on), ',') as public_domains,
        policy.number('related_party.min_share_ratio', submitted_on) as least_ratio,
        replace(policy.word('related_party.state_words', submitted_on), ',', '|') as state_words,
    from reconciled.claim_paper
),
used as (
    select
        a.claim_id,
        a.applicant_id,
        u.signal,
        u.session_count,
        case
            when len(list_filter(a.public_domains, lambda public: ends_with('.' || u.mail_domain, '.' || public))) > 0 then null
            when exists (
                from reconciled.access_kin as k
                where k.subject_id = a.applicant_id
                    and k.other_id = u.owner_id
                    and k.share_ratio >= a.least_ratio
                    and not regexp_matches(k.via, a.state_words)
                    and coalesce(k.valid_from <= u.period_to, true)
                    and coalesce(k.valid_to >= u.period_from, true)
            ) then a.applicant_id
            else u.owner_id
        end as owner_id,
    from asked as a
    join reconciled.access_use as u
        on u.provider_id = a.provider_id
        and u.applicant_id = a.applicant_id
        and coalesce(u.contract_no = a.contract_no, true)
        and u.period_from <= a.ends_on
        and u.period_to >= a.starts_on
    where u.owner_id is distinct from a.provider_id
),
by_owner as (
    select claim_id, signal, applicant_id, owner_id, cast(sum(session_count) as bigint) as session_count
    from used
    group by claim_id, signal, applicant_id, owner_id
),
by_signal as (
    select
        claim_id,
        signal,
        cast(sum(session_count) as bigint) as session_count,
        cast(coalesce(sum(session_count) filter (where owner_id = applicant_id), 0) as bigint) as own_count,
        cast(coalesce(sum(session_count) filter (where owner_id is null), 0) as bigint) as unknown_count,
        coalesce(max(session_count) filter (where owner_id <> applicant_id), 0) as most_count,
        arg_max(owner_id, (session_count, owner_id)) filter (where owner_id <> applicant_id) as most_id,
    from by_owner
    group by claim_id, signal
),
weighed as (
    select
        s.*,
        cast(s.own_count as hugeint) * 1000000 >= s.session_count * a.own_parts as is_own,
        s.most_count > 0 and cast(s.most_count as hugeint) * 1000000 >= s.session_count * a.other_parts as is_other,
        s.unknown_count > 0
            and cast(s.most_count + s.unknown_count as hugeint) * 1000000 >= s.session_count * a.other_parts as is_open,
        case s.signal
            when 'email_domain' then '邮箱域名'
            when 'organisation' then '所属单位'
            when 'key_fingerprint' then '密钥指纹'
            when 'ip_block' then 'IP网段'
        end as signal_zh,
    from by_signal as s
    join asked as a using (claim_id)
    where s.session_count >= a.session_min
),
agreed as (
    select claim_id, max(signal_count) as other_count
    from (
        select claim_id, most_id, count(*) as signal_count
        from weighed
        where is_other
        group by claim_id, most_id
    )
    group by claim_id
),
summed as (
    select
        claim_id,
        bool_or(is_own) as is_own,
        count(*) filter (where is_other or is_open) as open_count,
        count(*) filter (where is_open) as unsure_count,
        count(*) as signal_count,
        string_agg(distinct most_id, '、' order by most_id) filter (where is_other) as other_ids,
        string_agg(signal_zh, '、' order by signal) filter (where is_open and not is_other) as missing_zh,
        string_agg(signal, ', ' order by signal) filter (where is_open and not is_other) as missing,
        string_agg(concat(
            signal_zh, ' ', session_count, ' 次（申领单位 ', own_count, '，', coalesce(most_id, '另一单位'), ' ',
            most_count, '，归属不明 ', unknown_count, '）'
        ), '，' order by signal) as signals_zh,
        string_agg(concat(
            signal, ' ', session_count, ' (applicant ', own_count, ', ', coalesce(most_id, 'another party'), ' ',
            most_count, ', nobody known ', unknown_count, ')'
        ), ', ' order by signal) as signals,
    from weighed
    group by claim_id
)
select
    a.claim_id as subject_id,
    case
        when s.claim_id is null or s.signal_count < a.needed_count then 'not_applicable'
        when s.is_own then 'pass'
        when g.other_count >= a.needed_count then 'flag'
        when s.open_count < a.needed_count or s.unsure_count = 0 then 'pass'
        else 'unknown'
    end as verdict,
    a.contract_no,
    a.applicant_id,
    a.provider_id,
    a.starts_on as from_on,
    a.ends_on as to_on,
    coalesce(s.signals_zh, '—') as signals_zh,
    coalesce(s.signals, '—') as signals,
    coalesce(s.other_ids, '—') as other_ids,
    coalesce(g.other_count, 0) as other_count,
    cast(a.other_ratio as decimal(9, 6)) as other_ratio,
    cast(a.own_ratio as decimal(9, 6)) as own_ratio,
    cast(a.needed_count as integer) as needed_count,
    cast(a.session_min as integer) as session_min,
    coalesce(s.missing_zh, '—') as missing_zh,
    coalesce(s.missing, '—') as missing,
from asked as a
left join summed as s using (claim_id)
left join agreed as g using (claim_id)
