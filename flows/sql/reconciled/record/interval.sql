/*
title_zh = "用量记录"
grain_zh = "每条现行用量记录一行；其间租户改归另一份合同的，自改归之日零时分开，各段一行"
view = true
[columns]
interval_no = "本次构建内的序号，不对外"
provider_id = "服务机构代码"
cluster_id = "集群"
record_id = "记录编号"
tenant = "租户"
account = "账户"
user_hash = "用户散列"
contract_no = "归属合同；空为未匹配"
applicant_id = "归属申领单位"
matched_by = "归属依据：row 记录自带，tenant 租户对照，none 未匹配"
node_id = "节点"
device_uuid = "设备编号"
device_model = "型号；记录未写时取设备清单"
card_units = "卡数，1 卡 = 21000 单位；空为未知"
is_die_unclear = "所数的是昇腾的卡还是芯粒，看不出：一个按一张卡计"
cpu_cores = "CPU 核数"
node_count = "节点数"
started_at = "开始时刻"
ended_at = "结束时刻"
begin_s = "计入区间的起点，UTC 秒"
stop_s = "计入区间的终点（不含），UTC 秒；不计入时等于起点"
span_seconds = "结束减开始，秒"
elapsed_seconds = "调度器自报时长，秒"
suspended_seconds = "挂起时长，秒"
is_elapsed_mismatch = "自报时长与起止时间扣除挂起不一致；运行中的，比至导出时刻的少五分钟以上"
reported_gpu_hours = "机构自报卡时"
exported_at = "导出时刻"
state = "状态"
fate = "counted 计入，running 运行中计至导出时刻，zombie 超时仍在运行，open 未结束，never_started 未运行，reversed 终早于始，zero 零时长，runaway 长过五年"
is_billable = "是否可计费：因机构原因失败或重排的运行不可计费"
file_sha256 = "来源文件"
sheet = "来源工作表"
row_no = "来源行号"
is_of_series = "由指标序列拼成的记录，见 reconciled.holder"
usage_key = "用量逐日的归并键，见 reconciled.holder"
*/
-- Words that repeat a million times lie in the file once: a table this long is as fast as it is narrow.
select
    m.interval_no,
    h.provider_id,
    h.cluster_id,
    m.record_id,
    h.tenant,
    h.account,
    h.user_hash,
    h.contract_no,
    h.applicant_id,
    h.matched_by,
    h.node_id,
    h.device_uuid,
    h.device_model,
    m.card_units,
    m.is_die_unclear,
    m.cpu_cores,
    m.node_count,
    m.started_at,
    m.ended_at,
    epoch_us(m.started_at) // 1000000 as begin_s,
    epoch_us(m.started_at) // 1000000 + m.counted_seconds as stop_s,
    epoch_us(m.ended_at) // 1000000 - epoch_us(m.started_at) // 1000000 as span_seconds,
    m.elapsed_seconds,
    m.suspended_seconds,
    coalesce(
        case m.fate
            when 'counted' then m.elapsed_seconds
                <> epoch_us(m.ended_at) // 1000000 - epoch_us(m.started_at) // 1000000 - coalesce(m.suspended_seconds, 0)
            -- An export takes a while: 300 s are granted.
            when 'running' then m.elapsed_seconds
                < m.export_s - epoch_us(m.started_at) // 1000000 - coalesce(m.suspended_seconds, 0) - 300
        end,
        false
    ) as is_elapsed_mismatch,
    m.reported_gpu_hours,
    to_timestamp(m.export_s) as exported_at,
    h.state,
    m.fate,
    reconciled.is_billable(h.state) as is_billable,
    h.file_sha256,
    h.sheet,
    m.row_no,
    h.is_of_series,
    h.usage_key,
from reconciled.measured as m
join reconciled.holder as h using (holder_key)
