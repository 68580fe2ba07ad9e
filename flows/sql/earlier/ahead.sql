/*
title_zh = "在先的申请使之变动"
grain_zh = "每笔只因先后次序而变的申请、每个数字一行"
no_rows_without = ["decided.cap_entity", "earlier.change", "earlier.claim", "earlier.mover", "published.claim"]
[columns]
claim_id = "申请编号"
figure = "数字"
is_root = "在先的申请因自身而变动"
said_zh = "在先变动的申请中最前的一笔，及共有几笔"
*/
-- For a place in the queue it matters who came between; for a sum, what those ahead take up: of the cap only those who
-- share it, of the pool everybody.
with cut as (
    select
        claim_id,
        bool_or(figure = 'applicant_cap_cut_yuan') as is_cap_moved,
        bool_or(figure = 'pool_cut_yuan') as is_pool_moved,
    from earlier.change
    group by claim_id
),
ahead as (
    select
        c.claim_id,
        c.figure,
        m.is_root,
        m.said_zh,
        m.claim_id as mover_id,
        coalesce(o.entity_id, m.applicant_id) = w.entity_id as is_same_entity,
        x.is_cap_moved and c.figure <> 'pool_cut_yuan' as is_by_cap,
        x.is_pool_moved and c.figure <> 'applicant_cap_cut_yuan' as is_by_pool,
        least(m.before_position, m.after_position) as mover_position,
        coalesce(m.before_position < e.queue_position, false) as was_ahead,
        coalesce(m.after_position < n.queue_position, false) as is_ahead,
        m.before_yuan,
        m.after_yuan,
    from earlier.change as c
    join published.claim as n using (claim_id)
    join earlier.claim as e using (claim_id)
    join cut as x using (claim_id)
    join earlier.mover as m on m.policy_year = n.policy_year and m.claim_id <> c.claim_id
    join decided.cap_entity as w on w.policy_year = n.policy_year and w.applicant_id = n.applicant_id
    left join decided.cap_entity as o on o.policy_year = m.policy_year and o.applicant_id = m.applicant_id
    where c.place in ('queue', 'payable')
),
moving as (
    select *
    from ahead
    where (is_ahead or was_ahead)
        and case
            when figure = 'queue_position' then is_ahead <> was_ahead
            when not (is_by_pool or (is_by_cap and is_same_entity)) then false
            when is_root then case when is_ahead then after_yuan else 0 end <> case when was_ahead then before_yuan else 0 end
            else is_ahead and was_ahead
        end
)
select
    claim_id,
    figure,
    bool_or(is_root) as is_root,
    '在先的申请 ' || first(said_zh order by is_root desc, is_by_cap and is_same_entity desc, mover_position, mover_id)
        || case when count(*) > 1 then ' 等 ' || count(*) || ' 笔' else '' end || '变动' as said_zh,
from moving
group by claim_id, figure
order by claim_id, figure
