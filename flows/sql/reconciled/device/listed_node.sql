/*
title_zh = "清单上的节点与卡"
grain_zh = "每个节点的一张有编号的卡、一批未编号的卡一行"
no_rows_without = ["lake.device"]
[columns]
node_no = "节点在本次构建内的序号"
provider_id = "服务机构代码"
cluster_id = "集群；清单未写的为空，即只按节点名认"
is_sole_name = "该机构的清单上只有一个集群有这个节点名"
node_id = "节点"
card_count = "卡数"
from_on = "启用日期"
to_on = "停用日期（含）；在用的为空"
*/
-- Rows that leave the cluster out beside rows that name it may mean the same node: then its name alone tells.
with placed as (
    select
        *,
        lower(node_id) as node,
        case when count(*) over named = count(cluster_id) over named then cluster_id end as place,
        coalesce(min(cluster_id) over named = max(cluster_id) over named, true) as is_sole_name,
    from lake.device
    where node_id is not null
    window named as (partition by provider_id, lower(node_id))
),
numbered as (
    select *, dense_rank() over (order by provider_id, node, place nulls first) as node_no from placed
)
select
    node_no,
    provider_id,
    place as cluster_id,
    is_sole_name,
    node as node_id,
    1 as card_count,
    min(valid_from) as from_on,
    case when count(*) = count(valid_to) then max(valid_to) end as to_on,
from numbered
where device_uuid is not null
group by node_no, provider_id, place, is_sole_name, node, lower(device_uuid)
union all
select node_no, provider_id, place, is_sole_name, node, card_count, valid_from, valid_to
from numbered
where device_uuid is null
