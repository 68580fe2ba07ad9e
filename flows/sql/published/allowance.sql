/*
title_zh = "推翻否决之后可兑付的金额"
grain_zh = "专家组以书面理由推翻否决项的每笔申请一行"
no_rows_without = ["decided.award", "decided.cap_entity", "decided.recognition", "published.decision_history"]
[columns]
claim_id = "申请编号"
policy_year = "年度"
subsidy_before_caps_yuan = "上限与总额之前的补贴，元；同一合同已有可兑付申请的为 0.00"
applicant_left_yuan = "在先各笔占用之后，单位年度上限的余额，元；本笔已兑现的、专家组不予而未兑现的不算占用"
pool_left_yuan = "在先各笔占用之后，年度总额的余额，元；专家组不予而未兑现的不算占用；不设总额的为空"
twin_claims = "同一合同另有的可兑付申请，已达每合同次数；没有的为空"
allowed_yuan = "可兑付的金额，元；同一合同已有可兑付申请的为 0.00"
*/
-- A claim that was refused stands in no queue: it gets what the queue leaves, so that no other award moves. What the panel
-- refused, such as a claim withdrawn for the one filed anew, is left too.
with dropped as (
    select claim_id from published.decision_history where is_latest and decision = 'reject'
),
entities as (
    select
        a.claim_id,
        a.policy_year,
        r.policy_on,
        r.subsidy_before_caps_yuan,
        a.queue_position,
        e.entity_id,
        a.applicant_used_yuan + case when a.is_in_queue then a.subsidy_before_caps_yuan - a.applicant_cap_cut_yuan else 0 end
            as entity_used_yuan,
        a.pool_used_yuan + a.proposed_subsidy_yuan as pool_used_yuan,
        case policy.word('cap.counts', r.policy_on) when 'sum_of_both' then 50 else 100 end as cap_percent,
        policy.number('cap.applicant_year_yuan', r.policy_on) as cap_yuan,
        policy.optional_number('pool.amount_yuan', r.policy_on) as pool_yuan,
        coalesce(p.redeemed_yuan, 0) as redeemed_yuan,
        case when a.is_in_queue and f.claim_id is not null
            then greatest(0, a.subsidy_before_caps_yuan - a.applicant_cap_cut_yuan - coalesce(p.redeemed_yuan, 0))
            else 0 end as entity_freed_yuan,
        case when a.is_in_queue and f.claim_id is not null
            then greatest(0, a.proposed_subsidy_yuan - coalesce(p.redeemed_yuan, 0)) else 0 end as pool_freed_yuan,
    from decided.award as a
    join decided.recognition as r using (claim_id)
    join decided.cap_entity as e on e.policy_year = a.policy_year and e.applicant_id = a.applicant_id
    left join reconciled.claim_redeemed as p on p.claim_id = a.claim_id
    left join dropped as f on f.claim_id = a.claim_id
),
-- One claim for one contract: an override chooses between two only where the other is not to be paid.
willing as (
    select h.claim_id, a.queue_position, r.contract_no, h.disposition = 'reject' as is_refused,
    from published.decision_history as h
    join decided.award as a using (claim_id)
    join decided.recognition as r using (claim_id)
    where h.is_latest and h.decision in ('approve', 'adjust')
),
twins as (
    select
        w.claim_id,
        array_to_string(list(o.claim_id order by o.claim_id), '、') as twin_claims,
        count(*) as twin_count,
    from willing as w
    join willing as o
        on o.contract_no = w.contract_no
        and o.claim_id <> w.claim_id
        and (not o.is_refused or o.queue_position < w.queue_position)
    where w.is_refused
    group by w.claim_id
),
-- What is paid on a refused claim is out already and counts as used: it is its own, not another's.
roomed as (
    select
        *,
        floor(cap_yuan * cap_percent) * 0.01
            - max(entity_used_yuan) over (partition by policy_year, entity_id)
            + sum(entity_freed_yuan) over (partition by policy_year, entity_id) as cap_room_yuan,
        pool_yuan
            - max(pool_used_yuan) over (partition by policy_year)
            + sum(pool_freed_yuan) over (partition by policy_year) as pool_room_yuan,
    from entities
),
overruled as (
    select
        r.* replace (case when t.claim_id is null then r.subsidy_before_caps_yuan else 0 end as subsidy_before_caps_yuan),
        t.twin_claims,
    from roomed as r
    join published.decision_history as h using (claim_id)
    left join twins as t
        on t.claim_id = r.claim_id
        and t.twin_count >= policy.number('repeat.claims_per_contract', r.policy_on)
    where h.is_latest
        and h.disposition = 'reject'
        and h.decision in ('approve', 'adjust')
        and length(trim(h.override_reason)) >= policy.number('panel.reason_min_chars', cast(h.decided_at as date))
),
applicant_summed as (
    select
        *,
        greatest(0, redeemed_yuan + cap_room_yuan - coalesce(sum(greatest(0, subsidy_before_caps_yuan - redeemed_yuan)) over (
            partition by policy_year, entity_id
            order by queue_position
            rows between unbounded preceding and 1 preceding
        ), 0)) as applicant_left_yuan,
    from overruled
),
capped as (
    select *, least(subsidy_before_caps_yuan, applicant_left_yuan) as capped_yuan from applicant_summed
),
pool_summed as (
    select
        *,
        greatest(0, redeemed_yuan + pool_room_yuan - coalesce(sum(greatest(0, capped_yuan - redeemed_yuan)) over (
            partition by policy_year
            order by queue_position
            rows between unbounded preceding and 1 preceding
        ), 0)) as pool_left_yuan,
    from capped
)
select
    claim_id,
    policy_year,
    cast(subsidy_before_caps_yuan as decimal(18, 2)) as subsidy_before_caps_yuan,
    cast(applicant_left_yuan as decimal(18, 2)) as applicant_left_yuan,
    cast(pool_left_yuan as decimal(18, 2)) as pool_left_yuan,
    twin_claims,
    cast(case when pool_yuan is null then capped_yuan else least(capped_yuan, pool_left_yuan) end as decimal(18, 2)) as allowed_yuan,
from pool_summed
order by claim_id
