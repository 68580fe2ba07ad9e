/*
title_zh = "各项解读的总效果"
grain_zh = "每项解读的每种读法一行：请主管部门明确的问题，按所动金额排列"
no_rows_without = ["policy.parameter"]
[columns]
reading = "解读编号"
reading_key = "解读的参数键"
title_zh = "名称"
reading_value = "读法"
is_default = "是否默认读法"
approve_count = "建议兑现的申请数，笔"
hold_count = "暂缓的申请数，笔"
reject_count = "不予兑现的申请数，笔"
changed_claim_count = "处理建议或金额与默认不同的申请数，笔"
moved_place_count = "先后位次与默认不同的申请数，笔"
proposed_yuan = "建议（含暂缓保留）合计，元"
difference_yuan = "与默认读法合计之差，元"
moved_yuan = "各笔之差的绝对值合计，元"
house_reason_zh = "取默认读法的理由"
*/
with compared as (
    select
        w.reading_key,
        w.reading_value,
        w.disposition,
        w.proposed_subsidy_yuan,
        w.proposed_subsidy_yuan - a.proposed_subsidy_yuan as difference_yuan,
        w.disposition <> a.disposition or w.proposed_subsidy_yuan <> a.proposed_subsidy_yuan as is_changed,
        w.queue_position <> a.queue_position as is_moved,
    from decided.world_claim as w
    join decided.award as a using (claim_id)
),
summed as (
    select
        reading_key,
        reading_value,
        count(*) filter (where disposition = 'approve') as approve_count,
        count(*) filter (where disposition = 'hold') as hold_count,
        count(*) filter (where disposition = 'reject') as reject_count,
        count(*) filter (where is_changed) as changed_claim_count,
        count(*) filter (where is_moved) as moved_place_count,
        sum(proposed_subsidy_yuan) as proposed_yuan,
        sum(difference_yuan) as difference_yuan,
        sum(abs(difference_yuan)) as moved_yuan,
    from compared
    group by reading_key, reading_value
),
by_default as (
    select
        count(*) filter (where disposition = 'approve') as approve_count,
        count(*) filter (where disposition = 'hold') as hold_count,
        count(*) filter (where disposition = 'reject') as reject_count,
        coalesce(sum(proposed_subsidy_yuan), 0) as proposed_yuan,
    from decided.award
),
-- The reading of the newest claim's day: what begins later decided nothing.
dated as (
    select
        *,
        greatest(
            (select max(submitted_on) from reconciled.claim_paper),
            min(valid_from) over (partition by key)
        ) as asked_on,
    from policy.parameter
    where reading is not null
),
latest as (
    select
        key,
        arg_max(reading, valid_from) as reading,
        arg_max(title_zh, valid_from) as title_zh,
        arg_max(value, valid_from) as value,
        arg_max(alternatives, valid_from) as alternatives,
        arg_max(coalesce(house_reason_zh, ''), valid_from) as house_reason_zh,
    from dated
    where valid_from <= asked_on
    group by key
),
read as (
    select reading, key, title_zh, value as reading_value, true as is_default, house_reason_zh from latest
    union all
    select reading, key, title_zh, unnest(alternatives), false, house_reason_zh from latest
)
select
    r.reading,
    r.key as reading_key,
    r.title_zh,
    r.reading_value,
    r.is_default,
    case when r.is_default then n.approve_count else coalesce(s.approve_count, 0) end as approve_count,
    case when r.is_default then n.hold_count else coalesce(s.hold_count, 0) end as hold_count,
    case when r.is_default then n.reject_count else coalesce(s.reject_count, 0) end as reject_count,
    coalesce(s.changed_claim_count, 0) as changed_claim_count,
    coalesce(s.moved_place_count, 0) as moved_place_count,
    cast(case when r.is_default then n.proposed_yuan else coalesce(s.proposed_yuan, 0) end as decimal(18, 2)) as proposed_yuan,
    cast(coalesce(s.difference_yuan, 0) as decimal(18, 2)) as difference_yuan,
    cast(coalesce(s.moved_yuan, 0) as decimal(18, 2)) as moved_yuan,
    r.house_reason_zh,
from read as r
cross join by_default as n
left join summed as s on not r.is_default and s.reading_key = r.key and s.reading_value = r.reading_value
order by
    max(coalesce(s.moved_yuan, 0)) over (partition by r.key) desc,
    max(coalesce(s.changed_claim_count, 0)) over (partition by r.key) desc,
    r.key,
    r.is_default desc,
    r.reading_value
