/*
title_zh = "落在一个节点上的用量记录"
grain_zh = "每条卡数已知、只占一个节点、节点在清单上的用量记录一行；跨节点的作业不知每节点几张，不列"
no_rows_without = ["reconciled.holder", "reconciled.listed_node", "reconciled.measured"]
[columns]
interval_no = "用量记录序号"
node_no = "节点在本次构建内的序号，见 reconciled.listed_node"
contract_no = "归属合同"
device_uuid = "设备编号"
card_units = "卡数，1 卡 = 21000 单位"
begin_s = "起点，UTC 秒；与同一方在同一张卡上较早的记录重叠的已略去"
stop_s = "终点（不含），UTC 秒"
suspended_seconds = "挂起秒数"
*/
-- Without a cluster on the list, a name that the log knows from several clusters is no one node.
with named as (
    select provider_id, lower(node_id) as node_id, count(distinct cluster_id) as cluster_count
    from reconciled.holder
    where node_id is not null
    group by provider_id, lower(node_id)
),
nodes as (
    select distinct n.node_no, n.provider_id, n.cluster_id, n.node_id, n.is_sole_name
    from reconciled.listed_node as n
    join named as d using (provider_id, node_id)
    where n.cluster_id is not null or d.cluster_count <= 1
)
select
    i.interval_no,
    n.node_no,
    i.contract_no,
    lower(i.device_uuid) as device_uuid,
    i.card_units,
    s.begin_s,
    s.stop_s,
    coalesce(i.suspended_seconds, 0) as suspended_seconds,
from reconciled.interval as i
join nodes as n
    on n.provider_id = i.provider_id
    and n.node_id = lower(i.node_id)
    and (n.cluster_id is null or n.cluster_id = i.cluster_id or (i.cluster_id is null and n.is_sole_name))
join reconciled.stretch as s on s.interval_no = i.interval_no
where i.card_units > 0 and coalesce(i.node_count, 1) <= 1 and s.stop_s > s.begin_s
