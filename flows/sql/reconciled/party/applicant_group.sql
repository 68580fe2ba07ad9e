/*
title_zh = "申领单位所属集团"
grain_zh = "每个登记了实际控制人的申领单位一行"
no_rows_without = ["lake.party"]
[columns]
applicant_id = "申领单位代码"
group_id = "集团：同一实际控制人名下代码最小的单位"
*/
with controlled as (
    select distinct subject_id, value as controller from lake.party where attribute = 'controller'
),
-- One controller, however many are on record: the one that most units share, then the first by name.
shared as (
    select controller, count(*) as unit_count, min(subject_id) as group_id from controlled group by controller
)
select
    c.subject_id as applicant_id,
    arg_min(s.group_id, (-s.unit_count, s.controller)) as group_id,
from controlled as c
join shared as s using (controller)
group by c.subject_id
