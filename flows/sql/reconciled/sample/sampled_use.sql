/*
title_zh = "采样的用量"
grain_zh = "每设备、租户、合同、自然日一行"
view = true
[columns]
usage_key = "用量逐日的归并键，见 reconciled.holder"
provider_id = "服务机构代码"
cluster_id = "集群"
tenant = "租户"
account = "账户"
user_hash = "用户散列"
device_model = "型号"
contract_no = "归属合同"
usage_on = "日期（北京时间）"
metered_seconds = "被采样覆盖的卡秒"
active_seconds = "其中活跃的卡秒；利用率未知的为空"
above_zero_seconds = "其中利用率大于零的卡秒；利用率未知的为空"
weighted_millipercent_seconds = "卡秒乘利用率，秒 × 千分之一个百分点；利用率未知的为空"
*/
-- Samples name neither account nor user.
select
    hash(provider_id, cluster_id, tenant, null::varchar, null::varchar, device_model, contract_no) as usage_key,
    provider_id,
    cluster_id,
    tenant,
    null::varchar as account,
    null::varchar as user_hash,
    device_model,
    contract_no,
    usage_on,
    metered_seconds,
    active_seconds,
    above_zero_seconds,
    weighted_millipercent_seconds,
from reconciled.sample_day
