/*
title_zh = "采样缺口"
grain_zh = "每段一行"
no_rows_without = ["reconciled.usage_gap"]
[columns]
provider_id = "服务机构代码"
device_uuid = "设备编号"
started_at = "缺口起"
ended_at = "缺口止（不含）"
card_seconds = "缺口卡秒，秒"
parties = "缺口属于谁（合同编号，未匹配的为租户）：前后是同一方的为该方；不是的，为用量记录在其间占用该卡的各方；看不出的没有"
*/
select
    provider_id,
    device_uuid,
    started_at,
    ended_at,
    card_seconds,
    parties,
from reconciled.usage_gap
order by provider_id, device_uuid, started_at
