/*
title_zh = "按先后次序的补贴"
grain_zh = "每笔申请一行"
no_rows_without = ["decided.cap_entity", "decided.disposition", "decided.queue", "decided.recognition"]
[columns]
claim_id = "申请编号"
policy_year = "年度"
applicant_id = "申领单位代码"
disposition = "approve 建议兑现，hold 暂缓，reject 不予兑现"
queue_position = "当年的先后位次，自 1 起"
is_in_queue = "占用上限与总额：不予的不占"
subsidy_before_caps_yuan = "上限之前的补贴，元"
applicant_used_yuan = "同一单位当年在先已占用，元（含往期兑现）"
applicant_cap_cut_yuan = "因单位年度上限核减，元"
pool_used_yuan = "当年在先已占用，元（含往期兑现）"
pool_cut_yuan = "因年度总额核减，元"
proposed_subsidy_yuan = "建议补贴，元；暂缓的为其保留额，不予的为零"
*/
-- What was paid is out: on a claim that came to be refused, and beyond what the claim still asks, before everybody; on
-- a claim in the queue, within what it asks, before all that is not paid yet.
with still_out as (
    select
        coalesce(r.policy_year, g.policy_year) as policy_year,
        g.applicant_id,
        g.redeemed_yuan,
        g.claimed_yuan,
    from reconciled.earlier_grant as g
    left join decided.disposition as d using (claim_id)
    left join decided.recognition as r using (claim_id)
    where coalesce(d.disposition, 'reject') = 'reject'
    union all
    select
        r.policy_year,
        r.applicant_id,
        p.redeemed_yuan - r.subsidy_before_caps_yuan as redeemed_yuan,
        p.redeemed_yuan - r.subsidy_before_caps_yuan as claimed_yuan,
    from reconciled.claim_redeemed as p
    join decided.disposition as d using (claim_id)
    join decided.recognition as r using (claim_id)
    where d.disposition <> 'reject' and p.redeemed_yuan > r.subsidy_before_caps_yuan
),
opened as (
    select
        policy_year,
        applicant_id,
        sum(redeemed_yuan) as redeemed_yuan,
        sum(claimed_yuan) as claimed_yuan,
    from still_out
    group by policy_year, applicant_id
),
-- 每年发放…总额: what was issued counts against the pool, or what was redeemed (R07).
pool_opened as (
    select
        policy_year,
        sum(case meter when 'redeemed' then redeemed_yuan else claimed_yuan end) as used_yuan,
    from (select *, policy.word('pool.meter', make_date(policy_year, 1, 1)) as meter from opened)
    group by policy_year
),
said as (
    select
        q.*,
        r.policy_year,
        r.policy_on,
        r.subsidy_before_caps_yuan,
        d.disposition,
        r.applicant_id,
        e.entity_id,
        policy.number('cap.applicant_year_yuan', r.policy_on) as cap_yuan,
        policy.optional_number('pool.amount_yuan', r.policy_on) as pool_yuan,
        policy.word('pool.exhaustion', r.policy_on) as exhaustion_reading,
        policy.word('cap.counts', r.policy_on) as counts_reading,
    from decided.queue as q
    join decided.recognition as r using (claim_id)
    join decided.disposition as d using (claim_id)
    join decided.cap_entity as e on e.policy_year = r.policy_year and e.applicant_id = r.applicant_id
),
-- 累计申领和兑现: two ledgers, each up to the cap; or one sum in which a voucher counts when issued and when redeemed (R16).
opened_entity as (
    select
        o.policy_year,
        e.entity_id,
        sum(o.redeemed_yuan) as redeemed_yuan,
        sum(o.claimed_yuan) as claimed_yuan,
    from opened as o
    join decided.cap_entity as e using (policy_year, applicant_id)
    group by o.policy_year, e.entity_id
),
queued as (
    select
        s.* exclude (cap_yuan),
        s.disposition <> 'reject' as is_in_queue,
        row_number() over (
            partition by s.policy_year
            order by s.first_class, s.queue_at, s.priority_class, s.monitoring_class, s.submitted_at, s.claim_id
        ) as queue_position,
        case when s.disposition <> 'reject' then s.subsidy_before_caps_yuan else 0 end as asked_yuan,
        least(coalesce(r.redeemed_yuan, 0), asked_yuan) as paid_yuan,
        case s.counts_reading when 'sum_of_both' then floor(s.cap_yuan * 50) * 0.01 else s.cap_yuan end as cap_yuan,
        case s.counts_reading
            when 'sum_of_both' then ceil((coalesce(o.redeemed_yuan, 0) + coalesce(o.claimed_yuan, 0)) * 50) * 0.01
            else coalesce(o.redeemed_yuan, 0)
        end as entity_opening_yuan,
        coalesce(p.used_yuan, 0) as pool_opening_yuan,
    from said as s
    left join reconciled.claim_redeemed as r using (claim_id)
    left join opened_entity as o on o.policy_year = s.policy_year and o.entity_id = s.entity_id
    left join pool_opened as p on p.policy_year = s.policy_year
),
-- One queue of two turns: what is paid, then what is not.
turns as (
    select
        *,
        case when is_unpaid then asked_yuan - paid_yuan else paid_yuan end as turn_yuan,
        row_number() over (partition by policy_year order by is_unpaid, queue_position) as turn_position,
    from (select *, unnest([false, true]) as is_unpaid from queued)
),
-- Once the pool is empty it stays empty, so the applicant's cap and the pool can be taken one after the other.
applicant_summed as (
    select
        *,
        entity_opening_yuan + coalesce(sum(turn_yuan) over (
            partition by policy_year, entity_id
            order by turn_position
            rows between unbounded preceding and 1 preceding
        ), 0) as before_yuan,
    from turns
),
capped as (
    select
        *,
        greatest(0, least(turn_yuan, cap_yuan - least(cap_yuan, before_yuan))) as capped_yuan,
    from applicant_summed
),
pool_summed as (
    select
        *,
        pool_opening_yuan + coalesce(sum(capped_yuan) over (
            partition by policy_year
            order by turn_position
            rows between unbounded preceding and 1 preceding
        ), 0) as pool_before_yuan,
    from capped
),
awarded as (
    select
        *,
        lag(turn_yuan, 1, 0) over own as own_yuan,
        lag(capped_yuan, 1, 0) over own as own_capped_yuan,
        case
            -- An instrument may name no pool.
            when pool_yuan is null then capped_yuan
            -- The first that does not fit in full closes the pool (R14).
            when exhaustion_reading = 'all_or_nothing' and pool_before_yuan + capped_yuan > pool_yuan then 0
            else greatest(0, least(capped_yuan, pool_yuan - least(pool_yuan, pool_before_yuan)))
        end as awarded_yuan,
    from pool_summed
    window own as (partition by claim_id order by is_unpaid)
),
-- Ahead of a claim is what others have before its last turn that asks for anything.
joined as (
    select
        claim_id,
        policy_year,
        applicant_id,
        disposition,
        queue_position,
        is_in_queue,
        subsidy_before_caps_yuan,
        asked_yuan,
        cap_yuan,
        pool_yuan,
        sum(capped_yuan) as capped_yuan,
        sum(awarded_yuan) as awarded_yuan,
        arg_max(before_yuan - own_yuan, (turn_yuan > 0, is_unpaid)) as before_yuan,
        arg_max(pool_before_yuan - own_capped_yuan, (capped_yuan > 0, is_unpaid)) as pool_before_yuan,
    from awarded
    group by all
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
from joined
