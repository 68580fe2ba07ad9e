/*
title_zh = "年度资金池"
grain_zh = "每年度一行"
[columns]
policy_year = "年度"
amount_yuan = "年度总额，元；办法未设总额的为空"
committed_yuan = "已生效或已兑现券面合计，元"
redeemed_yuan = "往期已兑现合计，元"
proposed_yuan = "本次建议（含暂缓保留）合计，元"
remaining_yuan = "总额减已兑现减建议，元；同一申请已兑现又在本次建议之内的，取两者之高减一次；办法未设总额的为空"
*/
with years as (
    select policy_year from decided.award
    union
    select policy_year from reconciled.earlier_grant
),
face as (
    select
        reconciled.issue_year(effective_at, applied_at) as policy_year,
        sum(face_yuan) as face_yuan,
    from lake.voucher
    where state in ('effective', 'redeemed')
    group by all
),
redeemed as (
    select
        g.policy_year,
        sum(g.redeemed_yuan) as redeemed_yuan,
        sum(g.redeemed_yuan) filter (where coalesce(d.disposition, 'reject') = 'reject') as elsewhere_yuan,
    from reconciled.earlier_grant as g
    left join decided.disposition as d using (claim_id)
    group by g.policy_year
),
-- A claim takes up what was paid on it or what is proposed, whichever is more: what was paid is out until it is back.
taken as (
    select
        a.policy_year,
        sum(a.proposed_subsidy_yuan) as proposed_yuan,
        sum(greatest(a.proposed_subsidy_yuan, coalesce(p.redeemed_yuan, 0))) filter (where a.is_in_queue) as taken_yuan,
    from decided.award as a
    left join reconciled.claim_redeemed as p using (claim_id)
    group by a.policy_year
)
select
    cast(y.policy_year as integer) as policy_year,
    cast(policy.optional_number('pool.amount_yuan', make_date(y.policy_year, 1, 1)) as decimal(18, 2)) as amount_yuan,
    cast(coalesce(f.face_yuan, 0) as decimal(18, 2)) as committed_yuan,
    cast(coalesce(r.redeemed_yuan, 0) as decimal(18, 2)) as redeemed_yuan,
    cast(coalesce(t.proposed_yuan, 0) as decimal(18, 2)) as proposed_yuan,
    cast(
        policy.optional_number('pool.amount_yuan', make_date(y.policy_year, 1, 1))
            - coalesce(r.elsewhere_yuan, 0) - coalesce(t.taken_yuan, 0)
        as decimal(18, 2)
    ) as remaining_yuan,
from years as y
left join face as f using (policy_year)
left join redeemed as r using (policy_year)
left join taken as t using (policy_year)
order by y.policy_year
