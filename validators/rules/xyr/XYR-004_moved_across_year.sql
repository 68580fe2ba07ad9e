/*
id = "XYR-004"
title_zh = "费用跨年调节"
title_en = "Cost moved across 31 December"
article = "第七条、第十一条、第十四条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "本申请属 {policy_year} 年度，其中计费期在 {service_year} 年的有 {moved_line_count} 行、含税 {moved_yuan} 元，按比例 {moved_subsidy_yuan} 元；申领单位在服务当年的上限余额为 {left_yuan} 元，计入 {policy_year} 年使补贴增加 {amount_at_risk_yuan} 元，提示额为 {limit_yuan} 元（含）。"
because_en = "This claim belongs to {policy_year}; {moved_line_count} billed line(s), {moved_yuan} yuan with tax or {moved_subsidy_yuan} yuan of subsidy, are for service in {service_year}. The applicant had {left_yuan} yuan of its cap left in that year, so counting them in {policy_year} adds {amount_at_risk_yuan} yuan; the line is drawn at {limit_yuan} yuan."
innocent_zh = [
    "年末的服务次年一月才结算开票，且服务当年的上限尚有余额：这种情形已放过。",
    "计费期误填：请提供该期的用量日志，更正账单或发票明细的服务期。",
    "服务当年的往期兑现表未报送：请补报，以便核对当年上限的使用。",
]
innocent_en = [
    "Service at the year's end is invoiced in January and the cap of its year is not used up: this is let pass.",
    "The billing period is filled in wrongly: provide its usage log and correct the period in bill or invoice.",
    "The redemptions of the year of service were not handed in: add them, to check the use of its cap.",
]
policy = ["base.tax", "rate.subsidy_ratio", "cap.applicant_year_yuan", "cross_year.award_change_yuan"]

[evidence]
contract_no = "合同编号"
applicant_id = "申领单位代码"
policy_year = "本申请所属年度"
service_year = "计费期所在的另一年度；— 为没有"
moved_line_count = "计费期全在该年度的计费行数"
moved_yuan = "其含税金额，元"
moved_subsidy_yuan = "其按认定口径和比例计算的补贴，元"
left_yuan = "申领单位（总机构与其分支机构合计）在服务当年的上限余额，元；当年没有往期兑现表也没有申请的为空"
limit_yuan = "提示额，元（含）"
amount_at_risk_yuan = "补贴因此增加的金额，元；服务当年的余额未知的为空"

[[trace]]
relation = "reconciled.billed_line"
using = ["contract_no"]
where = "year(r.period_from) <> j.policy_year and year(r.period_to) <> j.policy_year"

[[trace]]
relation = "lake.grant_history"
using = []
where = "r.funder is null and cast(r.policy_year as varchar) = j.service_year and (r.applicant_id = j.applicant_id or r.applicant_id in (select n.applicant_id from reconciled.applicant_person as n join reconciled.applicant_person as m using (person_id) where m.applicant_id = j.applicant_id))"
*/
-- A line whose invoice states no period says nothing of when the service was given.
with stated as (
    select b.*
    from reconciled.billed_line as b
    where b.source = 'statement'
        or exists (
            select 1
            from lake.invoice_line as l
            where l.invoice_number = b.invoice_number
                and cast(l.line_no as varchar) = b.line_no
                and l.period_from is not null
                and l.period_to is not null
        )
),
dated as (
    select
        c.claim_id,
        case
            when year(b.period_to) < c.policy_year then year(b.period_to)
            when year(b.period_from) > c.policy_year then year(b.period_from)
        end as service_year,
        b.amount_yuan,
    from reconciled.claim_paper as c
    join stated as b on b.contract_no = c.contract_no
    where b.invoice_number is null
        or exists (
            select 1
            from reconciled.claim_invoice_use as u
            where u.claim_id = c.claim_id and u.invoice_number = b.invoice_number
        )
),
moved as (
    select
        claim_id,
        service_year,
        count(*) as moved_line_count,
        sum(amount_yuan) as moved_yuan,
    from dated
    where service_year is not null
    group by claim_id, service_year
),
counted as (
    select claim_id, count(*) as line_count from dated group by claim_id
),
-- Both ways the cap of a legal person's year is used: what was redeemed, and what is claimed.
told as (
    select policy_year, applicant_id, cast(null as varchar) as claim_id, redeemed_yuan as yuan,
    from reconciled.earlier_grant
    where claim_id is null
    union all
    select policy_year, applicant_id, claim_id, subsidy_before_caps_yuan from decided.recognition
),
used as (
    select t.*, coalesce(n.person_id, t.applicant_id) as person_id,
    from told as t
    left join reconciled.applicant_person as n using (applicant_id)
),
valued as (
    select
        m.*,
        c.policy_year,
        c.applicant_id,
        policy.number('cap.applicant_year_yuan', c.submitted_on) as cap_yuan,
        r.subsidy_before_caps_yuan,
        least(r.subsidy_before_caps_yuan, cast(
            case policy.word('base.tax', c.submitted_on)
                when 'inclusive' then cast(m.moved_yuan * 100 as hugeint)
                else cast(m.moved_yuan * 100 as hugeint) * cast(r.invoiced_net_yuan * 100 as hugeint)
                    // nullif(cast(r.invoiced_gross_yuan * 100 as hugeint), 0)
            end
            * reconciled.millionths(policy.number('rate.subsidy_ratio', c.submitted_on))
            // 1000000 as decimal(16, 0)
        ) * 0.01) as moved_subsidy_yuan,
        (select count(*) > 0 from used as u where u.policy_year = m.service_year) as is_year_known,
        (
            select coalesce(sum(u.yuan), 0)
            from used as u
            where u.policy_year = m.service_year and u.person_id = coalesce(n.person_id, c.applicant_id)
        ) as used_then_yuan,
        (
            select coalesce(sum(u.yuan), 0)
            from used as u
            where u.policy_year = c.policy_year
                and u.person_id = coalesce(n.person_id, c.applicant_id)
                and u.claim_id is distinct from m.claim_id
        ) as used_now_yuan,
    from moved as m
    join reconciled.claim_paper as c using (claim_id)
    join decided.recognition as r using (claim_id)
    left join reconciled.applicant_person as n on n.applicant_id = c.applicant_id
),
bounded as (
    select
        *,
        greatest(0, cap_yuan - used_then_yuan) as left_yuan,
        least(moved_subsidy_yuan, greatest(0, cap_yuan - used_now_yuan - (subsidy_before_caps_yuan - moved_subsidy_yuan)))
            as now_yuan,
    from valued
),
gained as (
    select
        *,
        greatest(0, now_yuan - case when is_year_known then least(moved_subsidy_yuan, left_yuan) else 0 end) as gain_yuan,
    from bounded
),
ranked as (
    select *, row_number() over (partition by claim_id order by gain_yuan desc nulls last, service_year) as nth
    from gained
),
looked_at as (
    select
        c.*,
        g.* exclude (claim_id, policy_year, applicant_id),
        n.line_count,
        policy.number('cross_year.award_change_yuan', c.submitted_on) as limit_yuan,
    from reconciled.claim_paper as c
    left join ranked as g on g.claim_id = c.claim_id and g.nth = 1
    left join counted as n on n.claim_id = c.claim_id
)
select
    claim_id as subject_id,
    case
        when line_count is null then 'not_applicable'
        when moved_line_count is null then 'pass'
        when gain_yuan < limit_yuan then 'pass'
        when is_year_known and gain_yuan >= limit_yuan then 'flag'
        else 'unknown'
    end as verdict,
    contract_no,
    applicant_id,
    policy_year,
    coalesce(cast(service_year as varchar), '—') as service_year,
    coalesce(moved_line_count, 0) as moved_line_count,
    cast(coalesce(moved_yuan, 0) as decimal(18, 2)) as moved_yuan,
    cast(moved_subsidy_yuan as decimal(18, 2)) as moved_subsidy_yuan,
    cast(case when is_year_known then left_yuan end as decimal(18, 2)) as left_yuan,
    cast(limit_yuan as decimal(18, 2)) as limit_yuan,
    cast(case when is_year_known then gain_yuan end as decimal(18, 2)) as amount_at_risk_yuan,
from looked_at
