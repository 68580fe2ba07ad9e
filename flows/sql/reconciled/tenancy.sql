/*
title_zh = "租户归属"
grain_zh = "每机构、集群、租户、开始日一行；归属不唯一的合同为空"
no_rows_without = ["lake.tenant"]
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
tenant = "租户"
started_on = "用量开始日（北京时间）"
contract_no = "唯一对应的合同编号"
applicant_id = "唯一对应的申领单位代码"
tenant_row_count = "符合的租户对照行数"
*/
with asked as (
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
        date '1970-01-01' + day_no as started_on,
    from lake.occupancy_day
    where tenant is not null
),
told as (
    select
        asked.*,
        t.contract_no,
        t.applicant_id,
    from asked
    join lake.tenant as t
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
    from told
    left join lake.contract as c
        on told.contract_no is null
        and c.provider_id = told.provider_id
        and c.applicant_id = told.applicant_id
        and told.started_on between c.starts_on and c.ends_on
    left join lake.contract as k on k.contract_no = told.contract_no
)
select
    provider_id,
    cluster_id,
    tenant,
    started_on,
    case when count(distinct contract_no) = 1 then max(contract_no) end as contract_no,
    case when count(distinct applicant_id) = 1 then max(applicant_id) end as applicant_id,
    count(*) as tenant_row_count,
from found
group by provider_id, cluster_id, tenant, started_on
