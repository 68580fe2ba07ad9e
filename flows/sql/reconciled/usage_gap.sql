/*
title_zh = "采样缺口"
grain_zh = "每段一行"
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
device_uuid = "设备编号"
device_model = "型号"
started_at = "缺口起"
ended_at = "缺口止（不含）"
begin_s = "起点，UTC 秒"
stop_s = "终点（不含），UTC 秒"
card_seconds = "缺口卡秒"
contract_no = "缺口前的归属合同"
next_contract_no = "缺口后的归属合同"
parties = "缺口前的使用方"
*/
with followed as (
    select
        *,
        lead(contract_no) over (
            partition by provider_id, device_uuid
            order by begin_s, util_percent is not null, file_sha256, row_no
        ) as next_contract_no,
    from reconciled.sample_cover
)
select
    provider_id,
    cluster_id,
    device_uuid,
    device_model,
    to_timestamp(begin_s + covered_seconds) as started_at,
    to_timestamp(begin_s + covered_seconds + gap_seconds) as ended_at,
    begin_s + covered_seconds as begin_s,
    begin_s + covered_seconds + gap_seconds as stop_s,
    cast(gap_seconds as bigint) as card_seconds,
    contract_no,
    next_contract_no,
    [coalesce(contract_no, tenant, '')] as parties,
from followed
where gap_seconds > 0
