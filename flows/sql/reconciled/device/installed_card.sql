/*
title_zh = "清单上的卡"
grain_zh = "每机构、型号、有编号的卡一行；没有编号的，清单一行一行"
view = true
[columns]
provider_id = "服务机构代码"
device_model = "型号"
from_on = "启用日期；列了几次的取最早"
to_on = "停用日期（含当日）；有一次未写的为空"
cards = "卡数"
*/
-- A card that is listed twice, however its letters are written, is one card; its last day counts as a day in use.
select
    provider_id,
    device_model,
    min(valid_from) as from_on,
    case when count(*) = count(valid_to) then max(valid_to) end as to_on,
    1 as cards,
from lake.device
where device_uuid is not null
group by provider_id, device_model, lower(device_uuid)
union all
select provider_id, device_model, valid_from, valid_to, card_count
from lake.device
where device_uuid is null
