/*
title_zh = "租户归属"
grain_zh = "租户对照里有的每机构、集群、租户，每开始日、每个可能改归之日一行；归属不唯一的、没有的合同为空"
no_rows_without = ["lake.tenant"]
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
tenant = "租户"
started_on = "用量开始日（北京时间）"
contract_no = "唯一对应的合同编号"
applicant_id = "唯一对应的申领单位代码"
tenant_row_count = "符合的租户对照行数"
is_turn = "自该日起归属另一份合同：此前最近的合同与之不同，或此前没有合同；首行不是"
turns_on = "其后最先归属另一份合同的一日；没有的为空"
*/
-- A branch and its head office are one legal person, whichever the tenant is entered for.
with agreed as (
    select k.contract_no, k.provider_id, k.applicant_id, k.starts_on, k.ends_on, coalesce(n.person_id, k.applicant_id) as person_id,
    from lake.contract as k
    left join reconciled.applicant_person as n on n.applicant_id = k.applicant_id
),
entered as (
    select t.*, coalesce(n.person_id, t.applicant_id) as person_id,
    from lake.tenant as t
    left join reconciled.applicant_person as n on n.applicant_id = t.applicant_id
),
-- Days on which a tenant may come under another contract: where its rows or the contracts of its party begin and end.
bounds as (
    select
        t.provider_id,
        t.cluster_id,
        t.tenant,
        unnest([t.valid_from, t.valid_to + 1, c.starts_on, c.ends_on + 1]) as bound_on,
    from entered as t
    left join agreed as c
        on t.contract_no is null and c.provider_id = t.provider_id and c.person_id = t.person_id
),
handed as (
    select distinct
        provider_id,
        cluster_id,
        tenant,
        reconciled.local_date(started_at) as started_on,
    from lake.usage_interval
    where started_at is not null
    union
    select distinct
        provider_id,
        cluster_id,
        tenant,
        reconciled.local_date(started_at) as started_on,
    from lake.old_usage
    where started_at is not null
    union
    select distinct
        provider_id,
        cluster_id,
        tenant,
        reconciled.local_date(usage_at) as started_on,
    from lake.redeclared
    where usage_at is not null
    union
    select distinct
        provider_id,
        cluster_id,
        tenant,
        date '1970-01-01' + day_no as started_on,
    from lake.occupancy_day
    where tenant is not null
),
asked as (
    select h.provider_id, h.cluster_id, h.tenant, h.started_on
    from handed as h
    semi join lake.tenant as t on t.provider_id = h.provider_id and t.tenant = h.tenant
    union
    select h.provider_id, h.cluster_id, h.tenant, b.bound_on
    from (select distinct provider_id, cluster_id, tenant from handed) as h
    join bounds as b
        on b.provider_id = h.provider_id
        and (b.cluster_id is null or b.cluster_id = h.cluster_id)
        and b.tenant = h.tenant
    where b.bound_on is not null
),
told as (
    select
        asked.*,
        t.contract_no,
        t.applicant_id,
        t.person_id,
        t.tenant is not null as is_told,
    from asked
    left join entered as t
        on t.provider_id = asked.provider_id
        and (t.cluster_id is null or t.cluster_id = asked.cluster_id)
        and t.tenant = asked.tenant
        and asked.started_on >= t.valid_from
        and (t.valid_to is null or asked.started_on <= t.valid_to)
),
found as (
    select
        told.provider_id,
        told.cluster_id,
        told.tenant,
        told.started_on,
        coalesce(told.contract_no, c.contract_no) as contract_no,
        coalesce(told.applicant_id, c.applicant_id, k.applicant_id) as applicant_id,
        told.is_told,
    from told
    left join agreed as c
        on told.contract_no is null
        and c.provider_id = told.provider_id
        and c.person_id = told.person_id
        and told.started_on between c.starts_on and c.ends_on
    left join lake.contract as k on k.contract_no = told.contract_no
    -- Where its party has a contract of its own on that day, the others' of the legal person are none of it.
    qualify c.applicant_id is null
        or c.applicant_id = told.applicant_id
        or not bool_or(c.applicant_id = told.applicant_id) over (
            partition by told.provider_id, told.cluster_id, told.tenant, told.started_on, told.applicant_id
        )
),
settled as (
    select
        provider_id,
        cluster_id,
        tenant,
        started_on,
        case when count(distinct contract_no) = 1 then max(contract_no) end as contract_no,
        case when count(distinct applicant_id) = 1 then max(applicant_id) end as applicant_id,
        count(*) filter (where is_told) as tenant_row_count,
    from found
    group by provider_id, cluster_id, tenant, started_on
),
-- Days without a contract part nothing: what began under the last one stays with it.
turning as (
    select
        *,
        contract_no is not null
            and row_number() over of_tenant > 1
            and contract_no is distinct from lag(contract_no ignore nulls) over of_tenant as is_turn,
    from settled
    window of_tenant as (partition by provider_id, cluster_id, tenant order by started_on)
)
select
    provider_id,
    cluster_id,
    tenant,
    started_on,
    contract_no,
    applicant_id,
    tenant_row_count,
    is_turn,
    min(started_on) filter (where is_turn) over (
        partition by provider_id, cluster_id, tenant order by started_on rows between 1 following and unbounded following
    ) as turns_on,
from turning
