/*
title_zh = "异常的用量记录"
grain_zh = "每条记录每种异常一行"
no_rows_without = ["lake.input_file", "reconciled.holder", "reconciled.measured"]
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
record_id = "记录编号"
tenant = "租户"
contract_no = "归属合同"
anomaly = "elapsed_mismatch 自报时长与起止时间不一致，取小者；open 没有结束时刻，而没有写明导出时刻，或状态是已结束的，不计；zombie 超过时限仍在运行；reversed 终早于始；runaway 长过五年；cards_unknown 有运行而卡数未知；suspended_over 挂起长过开始至结束（运行中的至导出），计为零秒"
started_at = "开始时刻"
ended_at = "结束时刻"
span_seconds = "结束减开始，秒"
elapsed_seconds = "调度器自报时长，秒"
suspended_seconds = "挂起时长，秒"
counted_seconds = "计入的时长，秒"
file_name = "来源文件名（收件箱内）"
row_no = "来源行号，自 1 起"
*/
with named as (
    select *, 'elapsed_mismatch' as anomaly from reconciled.interval where is_elapsed_mismatch
    union all
    select *, fate as anomaly from reconciled.interval where fate in ('open', 'zombie', 'reversed', 'runaway')
    union all
    select *, 'cards_unknown' as anomaly
    from reconciled.interval
    where card_units is null and fate in ('counted', 'running', 'open', 'zombie')
    union all
    select *, 'suspended_over' as anomaly
    from reconciled.interval
    where fate in ('counted', 'running')
        and suspended_seconds > coalesce(span_seconds, epoch_us(exported_at) // 1000000 - epoch_us(started_at) // 1000000)
)
select
    n.provider_id,
    n.cluster_id,
    n.record_id,
    n.tenant,
    n.contract_no,
    n.anomaly,
    n.started_at,
    n.ended_at,
    n.span_seconds,
    n.elapsed_seconds,
    n.suspended_seconds,
    n.stop_s - n.begin_s as counted_seconds,
    f.file_name,
    n.row_no,
from named as n
join lake.input_file as f using (file_sha256)
order by n.provider_id, n.cluster_id, n.record_id, n.anomaly, f.file_name, n.row_no
