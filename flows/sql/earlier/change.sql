/*
title_zh = "与上次运行不同的数字"
grain_zh = "每笔申请、每个变动的数字一行"
[columns]
claim_id = "申请编号"
figure = "数字；claim 表示这笔申请是新出现或不再出现的"
before = "上次的值"
after = "这次的值"
place = "查找原因的方式：appears 申请本身，own 自身事实，queue 只因先后次序，payable 可兑付金额，decision 专家意见"
*/
with worded as (
    select
        claim_id,
        disposition,
        array_to_string(reasons, '、') as reasons,
        evidence_grade,
        cast(queue_position as varchar) as queue_position,
        cast(columns('_(yuan|gpu_hours)$') as varchar),
    from published.claim
),
figures as (
    select claim_id, figure, value
    from worded unpivot include nulls (value for figure in (* exclude (claim_id)))
    union all
    select claim_id, 'decision', decision from published.decision
    union all
    select claim_id, 'payable_yuan', cast(payable_yuan as varchar) from published.decision
),
compared as (
    select
        coalesce(n.claim_id, e.claim_id) as claim_id,
        coalesce(n.figure, e.figure) as figure,
        e.value as before,
        n.value as after,
    from figures as n
    full join earlier.figure as e on e.claim_id = n.claim_id and e.figure = n.figure
),
appearing as (
    select
        coalesce(n.claim_id, e.claim_id) as claim_id,
        cast(e.proposed_subsidy_yuan as varchar) as before,
        cast(n.proposed_subsidy_yuan as varchar) as after,
    from published.claim as n
    full join earlier.claim as e on e.claim_id = n.claim_id
    where (n.claim_id is null or e.claim_id is null)
        and 'proposed_subsidy_yuan' in (select figure from earlier.figure_name)
),
moved as (
    select
        n.claim_id,
        n.subsidy_before_caps_yuan is distinct from e.subsidy_before_caps_yuan
            or (n.disposition = 'reject') is distinct from (e.disposition = 'reject')
            or n.policy_year is distinct from e.policy_year as is_sum_moved,
        n.queue_at is distinct from e.queue_at or n.policy_year is distinct from e.policy_year as is_turn_moved,
    from published.claim as n
    join earlier.claim as e using (claim_id)
)
select
    claim_id,
    'claim' as figure,
    before,
    after,
    'appears' as place,
from appearing
union all
select
    c.claim_id,
    c.figure,
    c.before,
    c.after,
    case
        when c.figure = 'decision' then 'decision'
        when c.figure = 'payable_yuan' then 'payable'
        when c.figure = 'queue_position' and not m.is_turn_moved then 'queue'
        when c.figure in ('applicant_cap_cut_yuan', 'pool_cut_yuan', 'proposed_subsidy_yuan') and not m.is_sum_moved then 'queue'
        else 'own'
    end as place,
from compared as c
join moved as m using (claim_id)
where c.before is distinct from c.after
    and c.figure in (select figure from earlier.figure_name)
order by claim_id, figure
