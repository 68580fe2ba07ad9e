/*
title_zh = "用量的数"
grain_zh = "每条现行用量记录（或其一段，见 reconciled.attributed）一行：数与时刻；文字在 reconciled.holder"
no_rows_without = ["lake.usage_interval"]
[columns]
interval_no = "本次构建内的序号，不对外"
holder_key = "归属，见 reconciled.holder"
record_id = "记录编号"
card_units = "卡数，1 卡 = 21000 单位；空为未知"
is_die_unclear = "所数的是昇腾的卡还是芯粒，看不出：一个按一张卡计"
cpu_cores = "CPU 核数"
node_count = "节点数"
started_at = "开始时刻"
ended_at = "结束时刻"
counted_seconds = "计入的秒数；不计入的为零"
elapsed_seconds = "调度器自报时长，秒"
suspended_seconds = "挂起时长，秒"
reported_gpu_hours = "机构自报卡时"
export_s = "导出时刻，UTC 秒"
fate = "counted 计入，running 运行中计至导出时刻，zombie 超时仍在运行，open 未结束，never_started 未运行，reversed 终早于始，zero 零时长，runaway 长过五年"
row_no = "来源行号"
*/
select
    interval_no,
    holder_key,
    record_id,
    card_units,
    is_die_unclear,
    cpu_cores,
    node_count,
    started_at,
    ended_at,
    counted_seconds,
    elapsed_seconds,
    suspended_seconds,
    reported_gpu_hours,
    export_s,
    fate,
    row_no,
from reconciled.attributed
