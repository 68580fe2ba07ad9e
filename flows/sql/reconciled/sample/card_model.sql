/*
title_zh = "被采样的卡在清单上的型号"
grain_zh = "每机构、设备一行"
no_rows_without = ["lake.device", "lake.span"]
[columns]
provider_id = "服务机构代码"
device_uuid = "设备编号"
device_model = "型号；清单中先后有几个的取字典序最前者"
*/
-- However the list writes its letters, a card is one.
select s.provider_id, s.device_uuid, min(d.device_model) as device_model
from (select distinct provider_id, device_uuid from lake.span) as s
join lake.device as d on d.provider_id = s.provider_id and lower(d.device_uuid) = lower(s.device_uuid)
group by s.provider_id, s.device_uuid
