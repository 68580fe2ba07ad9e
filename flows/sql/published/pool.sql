/*
title_zh = "年度资金池"
grain_zh = "每年度一行"
[columns]
policy_year = "年度"
amount_yuan = "年度总额，元；办法未设总额的为空"
committed_yuan = "已生效或已兑现券面合计，元"
redeemed_yuan = "往期已兑现合计，元"
proposed_yuan = "本次建议（含暂缓保留）合计，元"
remaining_yuan = "总额减已兑现减建议，元；已兑现而仍在本次建议之内的只减一次；办法未设总额的为空"
*/
with years as (
    select policy_year from decided.award
    union
    select policy_year from reconciled.earlier_grant
),
face as (
    select
        cast(year(applied_at) as integer) as policy_year,
        sum(face_yuan) as face_yuan,
    from lake.voucher
    where state in ('effective', 'redeemed')
    group by all
),
redeemed as (
    select
        g.policy_year,
        sum(g.redeemed_yuan) as redeemed_yuan,
        sum(g.redeemed_yuan) filter (where d.claim_id is not null and d.disposition <> 'reject') as again_yuan,
    from reconciled.earlier_grant as g
    left join decided.disposition as d using (claim_id)
    group by g.policy_year
),
proposed as (
    select policy_year, sum(proposed_subsidy_yuan) as proposed_yuan from decided.award group by all
),
summed as (
    select
        y.policy_year,
        policy.optional_number('pool.amount_yuan', make_date(y.policy_year, 1, 1)) as amount_yuan,
        coalesce(f.face_yuan, 0) as committed_yuan,
        coalesce(r.redeemed_yuan, 0) as redeemed_yuan,
        coalesce(r.again_yuan, 0) as again_yuan,
        coalesce(p.proposed_yuan, 0) as proposed_yuan,
    from years as y
    left join face as f using (policy_year)
    left join redeemed as r using (policy_year)
    left join proposed as p using (policy_year)
)
select
    cast(policy_year as integer) as policy_year,
    cast(amount_yuan as decimal(18, 2)) as amount_yuan,
    cast(committed_yuan as decimal(18, 2)) as committed_yuan,
    cast(redeemed_yuan as decimal(18, 2)) as redeemed_yuan,
    cast(proposed_yuan as decimal(18, 2)) as proposed_yuan,
    cast(amount_yuan - redeemed_yuan + again_yuan - proposed_yuan as decimal(18, 2)) as remaining_yuan,
from summed
order by policy_year
