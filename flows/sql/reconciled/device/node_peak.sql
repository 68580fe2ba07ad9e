/*
title_zh = "节点上同时占用超过清单卡数的时段"
grain_zh = "每个清单上的节点的一段连续超出一行"
no_rows_without = ["reconciled.listed_node", "reconciled.node_record"]
[columns]
provider_id = "服务机构代码"
node_no = "节点在本次构建内的序号，见 reconciled.node_record"
node_id = "节点"
begin_s = "起点，UTC 秒"
stop_s = "终点（不含），UTC 秒"
peak_units = "该段内超出最多时的同时占用，1 卡 = 21000 单位；有编号的卡每张至多计一张"
listed_units = "当时清单上该节点的卡，1 卡 = 21000 单位，各型号合计"
suspended_seconds = "当时在用的记录合计挂起秒数：何时挂起未知，超出不长于此的可由挂起解释"
*/
-- The sweep of reconciled.capacity_peak, node by node; local midnight = day x 86400 - 28800 (Asia/Shanghai).
with spanned as (
    select
        node_no,
        min(begin_s) as first_s,
        max(stop_s) as last_s,
        count(distinct device_uuid) as card_count,
        bool_or(device_uuid is null) as has_unnamed,
    from reconciled.node_record
    group by node_no
),
listed as (
    select
        node_no,
        provider_id,
        node_id,
        card_count,
        (from_on - date '1970-01-01') * 86400 - 28800 as from_s,
        (to_on - date '1970-01-01' + 1) * 86400 - 28800 as to_s,
    from reconciled.listed_node
),
-- Where every card has a name, and no more names are in use than cards are listed all along, nothing can be above.
nodes as (
    select s.node_no
    from spanned as s
    left join listed as d on d.node_no = s.node_no and d.from_s <= s.first_s and coalesce(d.to_s >= s.last_s, true)
    group by s.node_no, s.card_count, s.has_unnamed
    having s.has_unnamed or s.card_count > coalesce(sum(d.card_count), 0)
),
cards as (
    select row_number() over (order by node_no, device_uuid) as card_no, node_no, device_uuid
    from (
        select distinct node_no, device_uuid
        from reconciled.node_record
        where device_uuid is not null and node_no in (select node_no from nodes)
    )
),
held as (
    select
        r.node_no,
        k.card_no,
        r.card_units,
        r.begin_s,
        r.stop_s,
        r.suspended_seconds as idle_s,
    from reconciled.node_record as r
    join nodes using (node_no)
    left join cards as k on k.node_no = r.node_no and k.device_uuid = r.device_uuid
),
held_edges as (
    select node_no, card_no, begin_s as at_s, card_units as units, idle_s from held
    union all
    select node_no, card_no, stop_s, -card_units, -idle_s from held
),
card_edges as (
    select node_no, card_no, at_s, cast(sum(units) as bigint) as units, cast(sum(idle_s) as bigint) as idle_s
    from held_edges
    where card_no is not null
    group by node_no, card_no, at_s
),
card_loads as (
    select *, sum(units) over (partition by card_no order by at_s) as load_units from card_edges
),
edges as (
    select node_no, at_s, units, idle_s, 0 as listed_units from held_edges where card_no is null
    union all
    select node_no, at_s, cast(least(21000, load_units) - least(21000, load_units - units) as bigint), idle_s, 0
    from card_loads
    union all
    select node_no, from_s, 0, 0, card_count * 21000 from listed semi join nodes using (node_no)
    union all
    select node_no, to_s, 0, 0, -card_count * 21000 from listed semi join nodes using (node_no) where to_s is not null
),
moments as (
    select
        node_no,
        at_s,
        cast(sum(units) as bigint) as units,
        cast(sum(idle_s) as bigint) as idle_s,
        cast(sum(listed_units) as bigint) as listed_units,
    from edges
    group by node_no, at_s
),
pieces as (
    select
        node_no,
        at_s as begin_s,
        lead(at_s) over upto as stop_s,
        sum(units) over upto as load_units,
        sum(idle_s) over upto as idle_s,
        sum(listed_units) over upto as listed_units,
    from moments
    window upto as (partition by node_no order by at_s)
),
crowded as (
    select *, begin_s is distinct from lag(stop_s) over (partition by node_no order by begin_s) as is_new
    from pieces
    where load_units > listed_units
),
numbered as (
    select *, count(*) filter (where is_new) over (partition by node_no order by begin_s) as peak_no
    from crowded
)
select
    n.provider_id,
    k.node_no,
    n.node_id,
    min(k.begin_s) as begin_s,
    max(k.stop_s) as stop_s,
    cast(arg_max(k.load_units, (k.load_units - k.listed_units, -k.begin_s)) as bigint) as peak_units,
    cast(arg_max(k.listed_units, (k.load_units - k.listed_units, -k.begin_s)) as bigint) as listed_units,
    cast(max(k.idle_s) as bigint) as suspended_seconds,
from numbered as k
join (select distinct node_no, provider_id, node_id from listed) as n using (node_no)
group by n.provider_id, k.node_no, n.node_id, k.peak_no
