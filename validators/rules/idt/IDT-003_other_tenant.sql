/*
id = "IDT-003"
title_zh = "用量的租户登记在另一单位名下"
title_en = "The tenant of the usage is listed under another party"
article = "第十五条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "申领单位 {applicant_id} 凭合同 {contract_no} 申请，其用量记在 {tenant_count} 个列有归属的租户名下；其中 {other_tenant_count} 个（{other_tenants}）在租户对照里登记为 {other_ids}，合同期内没有一行登记为申领单位；没有写明归属的 {open_count} 个（{open_tenants}）。"
because_en = "Applicant {applicant_id} claims for contract {contract_no}, whose usage is recorded under {tenant_count} tenant(s) of the tenant list; {other_tenant_count} of them ({other_tenants}) are listed under {other_ids} and in the contract's term nowhere under the applicant; {open_count} ({open_tenants}) are listed without a party."
innocent_zh = [
    "租户以分支机构的代码登记：请在申领单位表填该分支机构的总机构代码。",
    "租户以下属单位或课题组的代码登记：请提供隶属证明和授权，或更正租户对照的申领单位代码。",
    "租户改归另一单位而对照没有更新：请补交各段有效期的租户对照。",
    "用量记录的合同编号填错：请更正记录，重新提交。",
]
innocent_en = [
    "The tenant is listed under a branch: enter its head office in the list of applicants.",
    "The tenant is listed under a subordinate or a research group: provide proof of the relation and the authorisation, or correct the code in the list.",
    "The tenant changed hands and the list was not brought up to date: hand in the list with the days of each.",
    "The records name the wrong contract: correct them and hand them in again.",
]
policy = ["use.by_affiliate"]

[evidence]
severity = "后果：登记为另一单位的为暂缓待核；只是没有写明归属的为提示：不因此暂缓"
contract_no = "合同编号"
applicant_id = "申领单位代码"
provider_id = "服务机构代码"
tenant_count = "合同的用量所在、租户对照里有的租户数"
other_tenant_count = "其中只登记为另一单位的租户数"
other_tenants = "其名称，以顿号分隔；— 为没有"
other_ids = "登记的单位代码，以顿号分隔；— 为没有"
open_count = "没有写明单位与合同的租户数"
open_tenants = "其名称，以顿号分隔；— 为没有"
from_on = "合同开始日期"
to_on = "合同结束日期（含）"
amount_at_risk_yuan = "申报兑现金额，元；没有登记为另一单位的为零"

[[trace]]
relation = "lake.tenant"
using = ["provider_id"]
where = "r.valid_from <= j.to_on and coalesce(r.valid_to >= j.from_on, true) and (list_contains(string_split(j.other_tenants, '、'), r.tenant) or list_contains(string_split(j.open_tenants, '、'), r.tenant))"

[[trace]]
relation = "lake.contract"
using = ["contract_no"]
*/
-- Who a tenant belongs to may change within the term: one row that names the applicant is enough. A branch and its head
-- office are one legal person: the use of either is own use. It may be read as the use of the whole group too (R36).
with used as (
    select distinct provider_id, cluster_id, tenant, contract_no
    from reconciled.usage_holder
    where contract_no is not null and tenant is not null
),
listed as (
    select
        c.claim_id,
        u.tenant,
        coalesce(bool_or(
            coalesce(t.applicant_id, k.applicant_id) = c.applicant_id
            or p.person_id = o.person_id
            or (b.group_id = a.group_id and policy.word('use.by_affiliate', c.submitted_on) = 'counted')
        ), false) as is_own,
        string_agg(distinct coalesce(t.applicant_id, k.applicant_id), '、' order by coalesce(t.applicant_id, k.applicant_id)) as party_ids,
    from reconciled.claim_paper as c
    join used as u on u.contract_no = c.contract_no
    join lake.tenant as t
        on t.provider_id = u.provider_id
        and t.tenant = u.tenant
        and coalesce(t.cluster_id = u.cluster_id, t.cluster_id is null)
        and t.valid_from <= c.ends_on
        and coalesce(t.valid_to >= c.starts_on, true)
    left join lake.contract as k on k.contract_no = t.contract_no
    left join reconciled.applicant_person as o on o.applicant_id = c.applicant_id
    left join reconciled.applicant_person as p on p.applicant_id = coalesce(t.applicant_id, k.applicant_id)
    left join reconciled.applicant_group as a on a.applicant_id = c.applicant_id
    left join reconciled.applicant_group as b on b.applicant_id = coalesce(t.applicant_id, k.applicant_id)
    group by c.claim_id, u.tenant
),
summed as (
    select
        claim_id,
        count(*) as tenant_count,
        count(*) filter (where not is_own and party_ids is not null) as other_tenant_count,
        string_agg(tenant, '、' order by tenant) filter (where not is_own and party_ids is not null) as other_tenants,
        string_agg(distinct party_ids, '、' order by party_ids) filter (where not is_own) as other_ids,
        count(*) filter (where party_ids is null) as open_count,
        string_agg(tenant, '、' order by tenant) filter (where party_ids is null) as open_tenants,
    from listed
    group by claim_id
)
select
    c.claim_id as subject_id,
    case
        when s.other_tenant_count > 0 then 'flag'
        when s.open_count > 0 then 'unknown'
        when s.tenant_count > 0 then 'pass'
        when s.claim_id is null then 'not_applicable'
    end as verdict,
    case when s.other_tenant_count > 0 then 'hold' else 'note' end as severity,
    c.contract_no,
    c.applicant_id,
    c.provider_id,
    coalesce(s.tenant_count, 0) as tenant_count,
    coalesce(s.other_tenant_count, 0) as other_tenant_count,
    coalesce(s.other_tenants, '—') as other_tenants,
    coalesce(s.other_ids, '—') as other_ids,
    coalesce(s.open_count, 0) as open_count,
    coalesce(s.open_tenants, '—') as open_tenants,
    c.starts_on as from_on,
    c.ends_on as to_on,
    case when s.other_tenant_count > 0 then c.claimed_subsidy_yuan else 0.00 end as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join summed as s using (claim_id)
