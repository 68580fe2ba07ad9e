/*
title_zh = "采样缺口"
grain_zh = "每段一行"
[columns]
provider_id = "服务机构代码"
device_uuid = "设备编号"
started_at = "缺口起"
ended_at = "缺口止（不含）"
card_seconds = "缺口卡秒"
parties = "缺口前的使用方"
*/
select
    provider_id,
    device_uuid,
    to_timestamp(begin_s + covered_seconds) as started_at,
    to_timestamp(begin_s + covered_seconds + gap_seconds) as ended_at,
    cast(gap_seconds as bigint) as card_seconds,
    [coalesce(contract_no, tenant, '')] as parties,
from reconciled.sample_cover
where gap_seconds > 0
