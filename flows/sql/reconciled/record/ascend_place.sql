/*
title_zh = "昇腾设备插件所数的是卡还是芯粒"
grain_zh = "每个有记录申请 huawei.com/Ascend910 的机构、集群、节点一行"
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
node_id = "节点"
devices_per_card = "几个设备是一张卡：910C 为二（两个芯粒），其余写明的 910 型号为一；清单上看不出、不止一种的为空"
*/
-- The plugin offers chips, and an A3 node has two of them on a board (MindCluster, ascend910a3: DieNPUNumber = 2);
-- 93xx is the name that the driver gives to the chip of a 910C. Plain “910” names them all.
with asked as (
    select provider_id, cluster_id, node_id from lake.usage_interval where card_evidence = 'ascend910'
    union
    select provider_id, cluster_id, node_id from lake.old_usage where card_evidence = 'ascend910'
),
listed as (
    select distinct
        provider_id,
        cluster_id,
        node_id,
        case
            when regexp_matches(reconciled.plain_word(device_model), '910c|91093[0-9][0-9]') then 2
            when regexp_matches(reconciled.plain_word(device_model), '910[0-9a-z]') then 1
        end as devices_per_card,
    from lake.device
    where regexp_matches(reconciled.plain_word(device_model), '910')
),
-- The node's own entries, where it has any; else all of the cluster.
met as (
    select
        a.provider_id,
        a.cluster_id,
        a.node_id,
        l.devices_per_card,
        coalesce(l.node_id = a.node_id, false) as is_node,
    from asked as a
    join listed as l on l.provider_id = a.provider_id and coalesce(l.cluster_id = a.cluster_id, true)
),
nearest as (
    select * from met qualify is_node = bool_or(is_node) over (partition by provider_id, cluster_id, node_id)
)
select
    a.provider_id,
    a.cluster_id,
    a.node_id,
    cast(case
        when count(*) = count(n.devices_per_card) and min(n.devices_per_card) = max(n.devices_per_card)
            then min(n.devices_per_card)
    end as bigint) as devices_per_card,
from asked as a
left join nearest as n
    on n.provider_id is not distinct from a.provider_id
    and n.cluster_id is not distinct from a.cluster_id
    and n.node_id is not distinct from a.node_id
group by a.provider_id, a.cluster_id, a.node_id
