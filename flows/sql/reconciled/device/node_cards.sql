/*
title_zh = "每台服务器的卡数"
grain_zh = "每份合同、型号一行，另有不分型号的一行；设备清单未写节点的不列"
no_rows_without = ["lake.contract", "lake.device"]
[columns]
contract_no = "合同编号"
device_model = "型号；空为机构在合同期内的全部节点"
card_count = "合同期内每个节点的卡数；各节点不同的为空"
sizes_zh = "见到的卡数"
*/
with listed as (
    select
        k.contract_no,
        coalesce(d.cluster_id, '') as cluster_id,
        lower(d.node_id) as node_id,
        d.device_model,
        lower(d.device_uuid) as device_uuid,
        d.card_count,
        greatest(d.valid_from, k.starts_on) as begins_on,
        d.valid_to,
    from lake.contract as k
    join lake.device as d using (provider_id)
    where d.node_id is not null
        and d.valid_from <= k.ends_on
        and (d.valid_to is null or d.valid_to >= k.starts_on)
),
moments as (
    select contract_no, cluster_id, node_id, begins_on
    from listed
    group by all
),
-- A node as it stood on each day on which something was put into it; a node of two models is none of either.
sized as (
    select
        m.contract_no,
        case when count(distinct l.device_model) = 1 then any_value(l.device_model) end as device_model,
        coalesce(sum(l.card_count) filter (where l.device_uuid is null), 0) + count(distinct l.device_uuid) as card_count,
    from moments as m
    join listed as l using (contract_no, cluster_id, node_id)
    where l.begins_on <= m.begins_on and (l.valid_to is null or l.valid_to >= m.begins_on)
    group by m.contract_no, m.cluster_id, m.node_id, m.begins_on
),
asked as (
    select contract_no, device_model, card_count from sized where device_model is not null
    union all
    select contract_no, null, card_count from sized
)
select
    contract_no,
    device_model,
    cast(case when min(card_count) = max(card_count) then min(card_count) end as bigint) as card_count,
    array_to_string(list(distinct card_count order by card_count)[1:5], '、') as sizes_zh,
from asked
group by contract_no, device_model
