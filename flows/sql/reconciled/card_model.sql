/*
title_zh = "有编号的卡的型号"
grain_zh = "每机构、设备一行"
no_rows_without = ["lake.device"]
[columns]
provider_id = "服务机构代码"
device_uuid = "设备编号"
device_model = "型号；清单中先后有几个的取字典序最前者"
*/
select provider_id, device_uuid, min(device_model) as device_model
from lake.device
where device_uuid is not null
group by provider_id, device_uuid
