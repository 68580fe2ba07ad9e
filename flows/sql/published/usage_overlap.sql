/*
title_zh = "同卡重叠"
grain_zh = "每段一行"
no_rows_without = ["reconciled.usage_overlap"]
[columns]
provider_id = "服务机构代码"
device_uuid = "设备编号"
started_at = "重叠起"
ended_at = "重叠止（不含）"
card_seconds = "超出一张卡的卡秒，秒"
parties = "涉及各方（合同编号；未匹配合同的为租户）"
*/
select
    provider_id,
    device_uuid,
    started_at,
    ended_at,
    card_seconds,
    parties,
from reconciled.usage_overlap
order by provider_id, device_uuid, started_at
