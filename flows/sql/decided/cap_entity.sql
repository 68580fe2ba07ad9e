/*
title_zh = "单位年度上限按何主体"
grain_zh = "每个有申请、往期兑现或算力券的年度、每个申领单位一行"
[columns]
policy_year = "年度"
applicant_id = "申领单位代码"
entity_id = "上限的主体：代码相同的合计一个上限。按法人计的，分支机构为其总机构的代码，其他为自己的代码；按关联单位合计的，为总机构所属集团的代码"
*/
-- The cap is the year's: whom it is for is read on the year's first day (R18).
with years as (
    select unnest([policy_year, applied_year, cast(year(submitted_on) as integer)]) as policy_year from reconciled.claim_paper
    union
    select policy_year from reconciled.earlier_grant
    union
    select reconciled.issue_year(effective_at, applied_at) from lake.voucher
),
applicants as (
    select applicant_id from lake.applicant
    union
    select applicant_id from lake.claim
    union
    select applicant_id from reconciled.earlier_grant
    union
    select applicant_id from lake.voucher
),
-- A legal person is in its head office's group; its branches' is asked where the head office has none.
groups as (
    select
        coalesce(n.person_id, g.applicant_id) as person_id,
        arg_min(g.group_id, (g.applicant_id <> coalesce(n.person_id, g.applicant_id), g.group_id)) as group_id,
    from reconciled.applicant_group as g
    left join reconciled.applicant_person as n using (applicant_id)
    group by coalesce(n.person_id, g.applicant_id)
)
select
    y.policy_year,
    a.applicant_id,
    case policy.word('cap.entity', make_date(y.policy_year, 1, 1))
        when 'group' then coalesce(g.group_id, n.person_id, a.applicant_id)
        when 'legal_person' then coalesce(n.person_id, a.applicant_id)
    end as entity_id,
from years as y
cross join applicants as a
left join reconciled.applicant_person as n using (applicant_id)
left join groups as g on g.person_id = coalesce(n.person_id, a.applicant_id)
