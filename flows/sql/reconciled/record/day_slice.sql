/*
title_zh = "逐日切片"
grain_zh = "每条计入区间、每个北京时间自然日一行"
view = true
[columns]
interval_no = "用量记录序号"
provider_id = "服务机构代码"
cluster_id = "集群"
tenant = "租户"
account = "账户"
user_hash = "用户散列"
contract_no = "归属合同"
device_model = "型号"
device_uuid = "设备编号"
card_units = "卡数，1 卡 = 21000 单位；空为未知"
cpu_cores = "CPU 核数"
node_count = "节点数"
is_billable = "是否可计费"
usage_on = "日期（北京时间）"
begin_s = "当日起点，UTC 秒"
stop_s = "当日终点（不含），UTC 秒"
seconds = "当日秒数"
is_last = "是否该区间的最后一日"
ended_on = "记录结束日（北京时间）；未结束的为空"
usage_key = "用量逐日的归并键"
whole_seconds = "整个区间的秒数"
is_continued = "同一记录当日已有一段"
*/
-- Asia/Shanghai has been UTC+8 without summer time since 1992: local day = (s + 28800) // 86400.
with numbered as (
    select
        *,
        (begin_s + 28800) // 86400 as first_day,
        (stop_s - 1 + 28800) // 86400 as last_day,
    from reconciled.stretch
    where stop_s > begin_s
),
dayed as (
    select *, unnest(range(first_day, last_day + 1)) as day_no from numbered
)
select
    interval_no,
    provider_id,
    cluster_id,
    tenant,
    account,
    user_hash,
    contract_no,
    device_model,
    device_uuid,
    card_units,
    cpu_cores,
    node_count,
    is_billable,
    date '1970-01-01' + cast(day_no as integer) as usage_on,
    greatest(begin_s, day_no * 86400 - 28800) as begin_s,
    least(stop_s, (day_no + 1) * 86400 - 28800) as stop_s,
    least(stop_s, (day_no + 1) * 86400 - 28800) - greatest(begin_s, day_no * 86400 - 28800) as seconds,
    day_no = last_day as is_last,
    ended_on,
    usage_key,
    stop_s - begin_s as whole_seconds,
    is_continued and day_no = first_day as is_continued,
from dayed
