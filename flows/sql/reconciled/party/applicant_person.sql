/*
title_zh = "总机构与分支机构"
grain_zh = "登记表载有总机构的申领单位与其总机构各一行"
no_rows_without = ["lake.applicant"]
[columns]
applicant_id = "申领单位代码"
person_id = "所属法人：总机构的代码"
kin_ids = "同一法人的其他代码：总机构与各分支机构"
*/
-- A branch is no legal person: what it applies for counts with its head office's (解读 R18).
with members as (
    select applicant_id, head_office_id as person_id
    from lake.applicant
    where head_office_id <> applicant_id
    union
    select head_office_id, head_office_id from lake.applicant where head_office_id <> applicant_id
),
-- A head office that is given a head of its own stays with its branches: one step, no more.
placed as (
    select applicant_id, arg_min(person_id, (person_id <> applicant_id, person_id)) as person_id
    from members
    group by applicant_id
)
select
    p.applicant_id,
    p.person_id,
    string_agg(k.applicant_id, '、' order by k.applicant_id) as kin_ids,
from placed as p
join placed as k on k.person_id = p.person_id and k.applicant_id <> p.applicant_id
group by p.applicant_id, p.person_id
