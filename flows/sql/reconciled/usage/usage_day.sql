/*
title_zh = "用量逐日"
grain_zh = "每机构、集群、租户、账户、用户、型号、合同、自然日一行"
view = true
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
active_card_seconds = "采样中活跃的卡秒，秒；无采样的为空"
above_zero_card_seconds = "采样中利用率大于零的卡秒，秒；无采样的为空"
weighted_millipercent_seconds = "采样的卡秒乘利用率，秒 × 千分之一个百分点；无采样的为空"
cpu_core_seconds = "CPU 核秒，秒"
wall_seconds = "墙钟秒，秒"
node_seconds = "节点秒，秒"
record_count = "当日有用量的记录数（含当日零时长的运行）"
ended_count = "当日结束的记录数"
unknown_card_record_count = "当日卡数未知的记录数"
allocated_card_unit_seconds = "分配卡秒的精确值，单位为二万一千分之一卡秒"
*/
select
    h.provider_id,
    h.cluster_id,
    h.tenant,
    h.account,
    h.user_hash,
    h.device_model,
    h.contract_no,
    s.usage_on,
    s.allocated_card_seconds,
    s.metered_card_seconds,
    s.active_card_seconds,
    s.above_zero_card_seconds,
    s.weighted_millipercent_seconds,
    s.cpu_core_seconds,
    s.wall_seconds,
    s.node_seconds,
    s.record_count,
    s.ended_count,
    s.unknown_card_record_count,
    s.allocated_card_unit_seconds,
from reconciled.usage_sum as s
join reconciled.usage_holder as h using (usage_key)
