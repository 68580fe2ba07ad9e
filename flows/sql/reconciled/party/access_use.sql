/*
title_zh = "使用者登录汇总的归属"
grain_zh = "每条使用者登录汇总一行"
no_rows_without = ["lake.access"]
[columns]
provider_id = "服务机构代码"
tenant = "租户"
period_from = "统计期起"
period_to = "统计期止（含）"
signal = "标识类型"
value = "标识值"
session_count = "登录次数"
applicant_id = "该租户在统计期内唯一对应的申领单位；不唯一的、对应不上的为空"
contract_no = "该租户在统计期内唯一对应的合同；不唯一的、没有写明的为空"
owner_id = "标识唯一归属的单位：汇总自己写明的，其次邮箱域名在主体关联信息里的、所属单位按代码或名称认得的；对应不上的、几家共用的为空"
mail_domain = "小写的邮箱域名；不是邮箱域名的为空"
file_sha256 = "来源文件"
sheet = "来源工作表"
row_no = "来源行号"
*/
-- Tenants that the provider lists, and those that only their records tie to a contract.
with held as (
    select
        t.provider_id,
        t.tenant,
        coalesce(t.applicant_id, k.applicant_id) as applicant_id,
        t.contract_no,
        t.valid_from as from_on,
        t.valid_to as to_on,
    from lake.tenant as t
    left join lake.contract as k using (contract_no)
    union
    select h.provider_id, h.tenant, k.applicant_id, h.contract_no, k.starts_on, k.ends_on
    from reconciled.usage_holder as h
    join lake.contract as k using (contract_no)
    where (h.provider_id, h.tenant) not in (select (provider_id, tenant) from lake.tenant)
),
listed as (
    select
        *,
        case when signal = 'email_domain'
            then nullif(lower(regexp_extract(trim(value, ' .　'), '([^@]*)$', 1)), '')
        end as mail_domain,
        reconciled.plain_name(value) as plain_value,
    from lake.access
),
tenants as (
    select
        l.file_sha256,
        l.sheet,
        l.row_no,
        case when count(distinct h.applicant_id) = 1 then max(h.applicant_id) end as applicant_id,
        case when count(distinct h.contract_no) = 1 then max(h.contract_no) end as contract_no,
    from listed as l
    join held as h
        on h.provider_id = l.provider_id
        and h.tenant = l.tenant
        and h.from_on <= l.period_to
        and coalesce(h.to_on >= l.period_from, true)
    group by l.file_sha256, l.sheet, l.row_no
),
names as (
    select
        upper(plain_name) as plain_name,
        min(party_id) as party_id,
    from (
        select reconciled.plain_name(subject_name) as plain_name, subject_id as party_id from lake.party
        union
        select reconciled.plain_name(applicant_name), applicant_id from lake.applicant
        union
        select reconciled.plain_name(provider_name), provider_id from lake.provider
        union
        select subject_id, subject_id from lake.party
        union
        select applicant_id, applicant_id from lake.applicant
        union
        select provider_id, provider_id from lake.provider
    )
    group by upper(plain_name)
    having count(distinct party_id) = 1
),
-- mail.firm.cn is of firm.cn: every ending of the domain is asked for, and the longest that somebody has counts.
endings as (
    select distinct
        mail_domain,
        unnest(list_transform(
            range(1, len(string_split(mail_domain, '.')) + 1),
            lambda nth: array_to_string(string_split(mail_domain, '.')[nth:], '.')
        )) as ending,
    from listed
    where mail_domain is not null
),
domains as (
    select
        lower(regexp_extract(trim(value, ' .　'), '([^@]*)$', 1)) as mail_domain,
        subject_id,
        valid_from,
        valid_to,
    from lake.party
    where attribute = 'email_domain'
),
owned as (
    select
        l.file_sha256,
        l.sheet,
        l.row_no,
        e.ending,
        list(distinct d.subject_id order by d.subject_id) as owners,
    from listed as l
    join endings as e using (mail_domain)
    join domains as d
        on d.mail_domain = e.ending
        and coalesce(d.valid_from <= l.period_to, true)
        and coalesce(d.valid_to >= l.period_from, true)
    group by l.file_sha256, l.sheet, l.row_no, e.ending
    qualify row_number() over (
        partition by l.file_sha256, l.sheet, l.row_no order by length(e.ending) desc
    ) = 1
)
select
    l.provider_id,
    l.tenant,
    l.period_from,
    l.period_to,
    l.signal,
    l.value,
    l.session_count,
    t.applicant_id,
    t.contract_no,
    coalesce(
        l.owner_id,
        n.party_id,
        -- A domain of a whole group is the applicant's own where the applicant is one of the group.
        case
            when list_contains(o.owners, t.applicant_id) then t.applicant_id
            when len(o.owners) = 1 then o.owners[1]
        end
    ) as owner_id,
    l.mail_domain,
    l.file_sha256,
    l.sheet,
    l.row_no,
from listed as l
left join tenants as t
    on t.file_sha256 = l.file_sha256 and t.sheet is not distinct from l.sheet and t.row_no = l.row_no
left join owned as o
    on o.file_sha256 = l.file_sha256 and o.sheet is not distinct from l.sheet and o.row_no = l.row_no
left join names as n on l.signal = 'organisation' and n.plain_name = upper(l.plain_value)
