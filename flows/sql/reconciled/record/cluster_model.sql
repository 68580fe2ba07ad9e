/*
title_zh = "集群的唯一型号"
grain_zh = "每机构每集群一行；设备清单中不止一种型号的不列"
no_rows_without = ["lake.device"]
[columns]
provider_id = "服务机构代码"
cluster_id = "集群；空表示清单未分集群"
device_model = "型号"
*/
select
    provider_id,
    cluster_id,
    any_value(device_model) as device_model,
from lake.device
group by provider_id, cluster_id
having count(distinct device_model) = 1
