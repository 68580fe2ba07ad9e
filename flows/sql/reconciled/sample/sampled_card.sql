/*
title_zh = "被采样的卡"
grain_zh = "每机构每设备一行"
no_rows_without = ["reconciled.sample_file_day"]
[columns]
provider_id = "服务机构代码"
device_uuid = "设备编号"
cluster_id = "集群"
node_id = "节点；设备清单未写的为空"
device_model = "型号；设备清单未逐卡登记的取集群的唯一型号"
tdp_watts = "额定功率，W；清单未写该卡的取该机构同型号的最大值"
memory_gib = "标称显存，GiB；取法同上"
from_s = "首次采样，UTC 秒"
stop_s = "末次采样（不含），UTC 秒；自 from_s 至此，不是被采样覆盖就是缺口"
pool_no = "同停同起的一组卡：同节点被采样的卡，不足两张的为全集群；本次构建内的序号"
pool_node_id = "该组的节点；空为全集群"
*/
with seen as (
    select
        provider_id,
        device_uuid,
        min(cluster_id) as cluster_id,
        min(device_model) as device_model,
        min(first_s) as from_s,
        max(last_s) as stop_s,
    from reconciled.sample_file_day
    group by provider_id, device_uuid
),
listed as (
    select
        provider_id,
        lower(device_uuid) as card,
        min(node_id) as node_id,
        max(nullif(tdp_watts, 0)) as tdp_watts,
        max(nullif(memory_gib, 0)) as memory_gib,
    from lake.device
    where device_uuid is not null
    group by provider_id, card
),
modelled as (
    select
        provider_id,
        device_model,
        max(nullif(tdp_watts, 0)) as tdp_watts,
        max(nullif(memory_gib, 0)) as memory_gib,
    from lake.device
    group by provider_id, device_model
),
placed as (
    select
        s.* exclude (device_model),
        l.node_id,
        coalesce(s.device_model, m.device_model, p.device_model) as device_model,
        l.tdp_watts,
        l.memory_gib,
        count(*) over (partition by s.provider_id, s.cluster_id, l.node_id) as neighbour_count,
    from seen as s
    left join listed as l on l.provider_id = s.provider_id and l.card = lower(s.device_uuid)
    left join reconciled.cluster_model as m on m.provider_id = s.provider_id and m.cluster_id = s.cluster_id
    left join reconciled.cluster_model as p on p.provider_id = s.provider_id and p.cluster_id is null
),
pooled as (
    select *, case when neighbour_count > 1 then node_id end as pool_node_id from placed
)
select
    p.provider_id,
    p.device_uuid,
    p.cluster_id,
    p.node_id,
    p.device_model,
    coalesce(p.tdp_watts, m.tdp_watts) as tdp_watts,
    coalesce(p.memory_gib, m.memory_gib) as memory_gib,
    p.from_s,
    p.stop_s,
    dense_rank() over (order by p.provider_id, p.cluster_id, p.pool_node_id) as pool_no,
    p.pool_node_id,
from pooled as p
left join modelled as m on m.provider_id = p.provider_id and m.device_model = p.device_model
