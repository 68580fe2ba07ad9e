/*
title_zh = "各项解读下的结果"
grain_zh = "每笔申请、每项解读的每种读法一行；不改变任何结果和先后的其他读法不列"
no_rows_without = ["decided.award"]
[columns]
claim_id = "申请编号"
reading = "解读编号"
reading_key = "解读的参数键"
reading_value = "所取的读法"
is_default = "是否默认读法"
disposition = "该读法下的处理建议"
proposed_subsidy_yuan = "该读法下的建议补贴，元；暂缓的为其保留额"
difference_yuan = "与默认读法之差，元"
queue_position = "该读法下当年的先后位次"
*/
with defaults as (
    select
        a.claim_id,
        p.reading,
        p.key as reading_key,
        p.value as reading_value,
        a.disposition,
        a.proposed_subsidy_yuan,
        a.queue_position,
    from decided.award as a
    join decided.recognition as r using (claim_id)
    join policy.parameter as p
        on p.reading is not null
        and p.valid_from <= greatest(r.policy_on, (select valid_from from policy.instrument))
        and (p.valid_to is null or greatest(r.policy_on, (select valid_from from policy.instrument)) < p.valid_to)
),
moving as (
    select reading_key, reading_value
    from published.reading_total
    where not is_default and changed_claim_count + moved_place_count > 0
)
select
    claim_id,
    reading,
    reading_key,
    reading_value,
    true as is_default,
    disposition,
    proposed_subsidy_yuan,
    cast(0 as decimal(18, 2)) as difference_yuan,
    queue_position,
from defaults
union all
select
    w.claim_id,
    w.reading,
    w.reading_key,
    w.reading_value,
    false as is_default,
    w.disposition,
    w.proposed_subsidy_yuan,
    cast(w.proposed_subsidy_yuan - a.proposed_subsidy_yuan as decimal(18, 2)) as difference_yuan,
    w.queue_position,
from decided.world_claim as w
join decided.award as a using (claim_id)
semi join moving as m on m.reading_key = w.reading_key and m.reading_value = w.reading_value
order by claim_id, reading_key, is_default desc, reading_value
