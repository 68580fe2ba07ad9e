/*
title_zh = "分档比率所问的事实"
grain_zh = "每笔申请每项事实一行"
no_rows_without = ["reconciled.claim_paper"]
[columns]
claim_id = "申请编号"
fact = "事实"
number = "数值；未知的和不是数值的为空"
word = "文字，真假写作 true、false；未知的和不是文字的为空"
*/
-- Each contract of a legal person's year once, with its supplements; a year with an amount unknown has no known sum.
with agreed as (
    select distinct
        coalesce(n.person_id, c.applicant_id) as person_id,
        c.policy_year,
        c.contract_no,
        cast(c.contract_amount_yuan + coalesce(u.supplement_yuan, 0) as decimal(30, 2)) as amount_yuan,
    from reconciled.claim_paper as c
    left join reconciled.contract_supplement as u using (contract_no)
    left join reconciled.applicant_person as n on n.applicant_id = c.applicant_id
),
person_year as (
    select
        person_id,
        policy_year,
        case when count(*) = count(amount_yuan) then sum(amount_yuan) end as year_contract_yuan,
    from agreed
    group by person_id, policy_year
),
-- What was used; where nothing was, what was agreed. A record without a model leaves the facility unknown.
used as (
    select distinct contract_no, device_model
    from decided.supported_month
    where contract_no is not null
    union
    select l.contract_no, l.device_model
    from lake.contract_line as l
    join reconciled.unit_word as w on w.unit = l.unit and w.is_name
    where w.kind in ('card', 'node', 'die', 'compute') and l.contract_no not in (select contract_no from decided.supported_month)
),
facility as (
    select
        u.contract_no,
        case
            when bool_or(not d.is_domestic) then false
            when count(*) = count(d.is_domestic) then true
        end as is_domestic,
    from used as u
    join lake.contract as k using (contract_no)
    left join lake.device as d on d.provider_id = k.provider_id and d.device_model = u.device_model
    group by u.contract_no
),
known as (
    select
        c.claim_id,
        -- Whole calendar months; a day that its month lacks falls on the month's last.
        case
            when a.established_on <= c.submitted_on then date_sub('month', a.established_on, c.submitted_on)
        end as age_months,
        a.applicant_type,
        a.size_class,
        a.industry,
        y.year_contract_yuan,
        (
            select arg_max_null(p.in_provincial_monitoring, p.listed_on)
            from lake.provider as p
            where p.provider_id = c.provider_id and p.listed_on <= c.submitted_on
        ) as in_provincial_monitoring,
        f.is_domestic,
        k.project_level,
        k.is_filed_model_service,
    from reconciled.claim_paper as c
    left join lake.applicant as a on a.applicant_id = c.applicant_id
    left join lake.contract as k on k.contract_no = c.contract_no
    left join reconciled.applicant_person as n on n.applicant_id = c.applicant_id
    left join person_year as y on y.person_id = coalesce(n.person_id, c.applicant_id) and y.policy_year = c.policy_year
    left join facility as f on f.contract_no = c.contract_no
),
listed as (
    select
        claim_id,
        unnest([
            {'fact': 'applicant.age_months', 'number': cast(age_months as decimal(38, 10)), 'word': null},
            {'fact': 'applicant.type', 'number': null, 'word': applicant_type},
            {'fact': 'applicant.size_class', 'number': null, 'word': size_class},
            {'fact': 'applicant.industry', 'number': null, 'word': industry},
            {'fact': 'applicant.year_contract_yuan', 'number': cast(year_contract_yuan as decimal(38, 10)), 'word': null},
            {'fact': 'provider.in_provincial_monitoring', 'number': null, 'word': cast(in_provincial_monitoring as varchar)},
            {'fact': 'facility.is_domestic', 'number': null, 'word': cast(is_domestic as varchar)},
            {'fact': 'project.level', 'number': null, 'word': project_level},
            {'fact': 'use.filed_model_service', 'number': null, 'word': cast(is_filed_model_service as varchar)},
        ]) as known_fact,
    from known
)
select
    claim_id,
    known_fact.fact as fact,
    known_fact.number as number,
    known_fact.word as word,
from listed
