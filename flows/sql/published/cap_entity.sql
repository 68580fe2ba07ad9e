/*
title_zh = "单位年度上限按何主体"
grain_zh = "每个有申请、往期兑现或算力券的年度、每个申领单位一行"
no_rows_without = ["decided.cap_entity"]
[columns]
policy_year = "年度"
applicant_id = "申领单位代码"
entity_id = "上限的主体：代码相同的合计一个上限。按法人计的，分支机构为其总机构的代码，其他为自己的代码；按关联单位合计的，为总机构所属集团的代码"
*/
select
    policy_year,
    applicant_id,
    entity_id,
from decided.cap_entity
order by policy_year, applicant_id
