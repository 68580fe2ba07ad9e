/*
title_zh = "整组同时的采样缺口"
grain_zh = "每组每段一行：该组在采样期内的卡全部没有采样，且不止一张"
no_rows_without = ["reconciled.sampled_card"]
[columns]
pool_no = "一组卡，见 reconciled.sampled_card"
begin_s = "起点，UTC 秒"
stop_s = "终点（不含），UTC 秒"
card_count = "当时在采样期内的卡数"
before_seconds = "该组在此之前的各段合计，秒"
*/
-- A sweep over the edges of the cards' spans and of their gaps. A pool without a node is the whole cluster.
with members as (
    select pool_no, provider_id, device_uuid, from_s, stop_s
    from reconciled.sampled_card
    where pool_node_id is not null
    union all
    select w.pool_no, c.provider_id, c.device_uuid, c.from_s, c.stop_s
    from (
        select distinct pool_no, provider_id, cluster_id from reconciled.sampled_card where pool_node_id is null
    ) as w
    join reconciled.sampled_card as c
        on c.provider_id is not distinct from w.provider_id and c.cluster_id is not distinct from w.cluster_id
),
missed as (
    select m.pool_no, greatest(g.begin_s, m.from_s) as begin_s, least(g.stop_s, m.stop_s) as stop_s
    from reconciled.usage_gap as g
    join members as m on m.provider_id is not distinct from g.provider_id and m.device_uuid = g.device_uuid
    where g.begin_s < m.stop_s and g.stop_s > m.from_s
),
edges as (
    select pool_no, from_s as at_s, 1 as cards, 0 as gaps from members where stop_s > from_s
    union all
    select pool_no, stop_s, -1, 0 from members where stop_s > from_s
    union all
    select pool_no, begin_s, 0, 1 from missed
    union all
    select pool_no, stop_s, 0, -1 from missed
),
moments as (
    select pool_no, at_s, cast(sum(cards) as bigint) as cards, cast(sum(gaps) as bigint) as gaps
    from edges
    group by pool_no, at_s
),
pieces as (
    select
        pool_no,
        at_s as begin_s,
        lead(at_s) over upto as stop_s,
        cast(sum(cards) over upto as bigint) as card_count,
        cast(sum(gaps) over upto as bigint) as gap_count,
    from moments
    window upto as (partition by pool_no order by at_s)
)
select
    pool_no,
    begin_s,
    stop_s,
    card_count,
    cast(coalesce(sum(stop_s - begin_s) over earlier, 0) as bigint) as before_seconds,
from pieces
where gap_count = card_count and card_count > 1
window earlier as (partition by pool_no order by begin_s rows between unbounded preceding and 1 preceding)
