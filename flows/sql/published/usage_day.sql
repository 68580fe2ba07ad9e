/*
title_zh = "用量逐日"
grain_zh = "每机构、集群、租户、账户、用户、型号、合同、自然日一行"
no_rows_without = ["reconciled.usage_holder", "reconciled.usage_sum"]
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
tenant = "租户"
account = "账户"
user_hash = "用户散列"
device_model = "型号"
contract_no = "归属合同"
usage_on = "日期（北京时间）"
allocated_card_seconds = "分配卡秒，秒；卡数全部未知的为空，部分未知的只含已知者"
metered_card_seconds = "被设备采样覆盖的卡秒，秒；无采样的为空"
active_card_seconds = "采样中活跃（利用率不低于 5%）的卡秒，秒；无采样的为空"
above_zero_card_seconds = "采样中利用率大于零的卡秒，秒；无采样的为空"
weighted_millipercent_seconds = "采样的卡秒按利用率加权，秒 × 千分之一个百分点（除以 100000 得卡秒）；无采样的为空"
cpu_core_seconds = "CPU 核秒，秒"
wall_seconds = "墙钟秒，秒"
node_seconds = "节点秒，秒"
record_count = "当日有用量的记录数（含当日零时长的运行），条"
ended_count = "当日结束的记录数，条"
unknown_card_record_count = "当日卡数未知的记录数，条"
*/
select
    provider_id,
    cluster_id,
    tenant,
    account,
    user_hash,
    device_model,
    contract_no,
    usage_on,
    allocated_card_seconds,
    metered_card_seconds,
    active_card_seconds,
    above_zero_card_seconds,
    weighted_millipercent_seconds,
    cpu_core_seconds,
    wall_seconds,
    node_seconds,
    record_count,
    ended_count,
    unknown_card_record_count,
from reconciled.usage_day
order by provider_id, cluster_id, tenant, account, user_hash, device_model, contract_no, usage_on
