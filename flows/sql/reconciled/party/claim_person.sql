/*
title_zh = "申请当事人的相关人员"
grain_zh = "每笔申请、每一方、每种关联、每人一行"
no_rows_without = ["lake.claim", "lake.party"]
[columns]
claim_id = "申请编号"
side = "当事方：applicant 申领单位，provider 服务机构"
subject_id = "主体代码"
subject_name = "主体名称"
relation_zh = "关联：法定代表人、实际控制人、股东、董事"
person = "姓名或名称，不含空格"
*/
-- Former relations count too: whoever left a board last year does not judge its claim this year.
with sides as (
    select claim_id, 'applicant' as side, applicant_id as subject_id from lake.claim
    union all
    select claim_id, 'provider' as side, provider_id as subject_id from lake.claim
),
people as (
    select
        subject_id,
        subject_name,
        case attribute
            when 'legal_rep' then '法定代表人'
            when 'controller' then '实际控制人'
            when 'shareholder' then '股东'
            when 'director' then '董事'
        end as relation_zh,
        replace(replace(value, ' ', ''), '　', '') as person,
    from lake.party
)
select
    s.claim_id,
    s.side,
    s.subject_id,
    min(p.subject_name) as subject_name,
    p.relation_zh,
    p.person,
from sides as s
join people as p using (subject_id)
where p.relation_zh is not null
group by s.claim_id, s.side, s.subject_id, p.relation_zh, p.person
order by s.claim_id, s.side, p.relation_zh, p.person
