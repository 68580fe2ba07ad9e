/*
title_zh = "用量逐日的归属"
grain_zh = "每个归并键一行"
[columns]
usage_key = "归并键，只在本次构建内有效"
provider_id = "服务机构代码"
cluster_id = "集群"
tenant = "租户"
account = "账户"
user_hash = "用户散列"
device_model = "型号"
contract_no = "归属合同"
*/
with named as (
    select usage_key, provider_id, cluster_id, tenant, account, user_hash, device_model, contract_no
    from reconciled.holder
    union
    select usage_key, provider_id, cluster_id, tenant, account, user_hash, device_model, contract_no
    from reconciled.sampled_use
)
select
    -- Two holders under one key would mix up their hours: better no night at all.
    case when count(*) over (partition by usage_key) = 1 then usage_key else error('usage_key 冲突') end as usage_key,
    provider_id,
    cluster_id,
    tenant,
    account,
    user_hash,
    device_model,
    contract_no,
from named
