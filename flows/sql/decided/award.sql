/*
title_zh = "按先后次序的补贴"
grain_zh = "每笔申请一行"
[columns]
claim_id = "申请编号"
policy_year = "年度"
applicant_id = "申领单位代码"
disposition = "approve 建议通过，hold 暂缓待核，reject 建议不予"
queue_position = "当年的先后位次，自 1 起"
is_in_queue = "占用上限与总额：不予的不占"
subsidy_before_caps_yuan = "上限之前的补贴，元"
applicant_used_yuan = "同一单位当年在先已占用，元（含往期兑现）"
applicant_cap_cut_yuan = "因单位年度上限核减，元"
pool_used_yuan = "当年在先已占用，元（含往期兑现）"
pool_cut_yuan = "因年度总额核减，元"
proposed_subsidy_yuan = "建议补贴，元；暂缓的为其保留额，不予的为零"
*/
with opened as (
    select
        policy_year,
        applicant_id,
        sum(redeemed_yuan) as redeemed_yuan,
    from lake.grant_history
    group by all
),
pool_opened as (
    select policy_year, sum(redeemed_yuan) as redeemed_yuan from opened group by policy_year
),
queued as (
    select
        r.*,
        d.disposition,
        d.disposition <> 'reject' as is_in_queue,
        row_number() over (
            partition by r.policy_year
            order by r.queue_at, r.priority_class, r.submitted_at, r.claim_id
        ) as queue_position,
        case when d.disposition <> 'reject' then r.subsidy_before_caps_yuan else 0 end as asked_yuan,
        policy.number('cap.applicant_year_yuan', r.policy_on) as cap_yuan,
        policy.number('pool.amount_yuan', r.policy_on) as pool_yuan,
        coalesce(o.redeemed_yuan, 0) as applicant_opening_yuan,
        coalesce(p.redeemed_yuan, 0) as pool_opening_yuan,
    from decided.recognition as r
    join decided.disposition as d using (claim_id)
    left join opened as o on o.policy_year = r.policy_year and o.applicant_id = r.applicant_id
    left join pool_opened as p on p.policy_year = r.policy_year
),
-- Once the pool is empty it stays empty, so the applicant's cap and the pool can be taken one after the other.
applicant_summed as (
    select
        *,
        applicant_opening_yuan + coalesce(sum(asked_yuan) over (
            partition by policy_year, applicant_id
            order by queue_position
            rows between unbounded preceding and 1 preceding
        ), 0) as before_yuan,
    from queued
),
capped as (
    select
        *,
        greatest(0, least(asked_yuan, cap_yuan - least(cap_yuan, before_yuan))) as capped_yuan,
    from applicant_summed
),
pool_summed as (
    select
        *,
        pool_opening_yuan + coalesce(sum(capped_yuan) over (
            partition by policy_year
            order by queue_position
            rows between unbounded preceding and 1 preceding
        ), 0) as pool_before_yuan,
    from capped
),
awarded as (
    select
        *,
        greatest(0, least(capped_yuan, pool_yuan - least(pool_yuan, pool_before_yuan))) as awarded_yuan,
    from pool_summed
)
select
    claim_id,
    policy_year,
    applicant_id,
    disposition,
    queue_position,
    is_in_queue,
    subsidy_before_caps_yuan,
    cast(least(cap_yuan, before_yuan) as decimal(18, 2)) as applicant_used_yuan,
    cast(asked_yuan - capped_yuan as decimal(18, 2)) as applicant_cap_cut_yuan,
    cast(least(pool_yuan, pool_before_yuan) as decimal(18, 2)) as pool_used_yuan,
    cast(capped_yuan - awarded_yuan as decimal(18, 2)) as pool_cut_yuan,
    cast(awarded_yuan as decimal(18, 2)) as proposed_subsidy_yuan,
from awarded
