/*
title_zh = "采样逐日"
grain_zh = "每机构、集群、设备、租户、合同、自然日一行"
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
device_uuid = "设备编号"
device_model = "型号"
tenant = "租户"
contract_no = "归属合同"
usage_on = "日期（北京时间），按采样起点归日"
metered_seconds = "被采样覆盖的秒数"
active_seconds = "其中利用率不低于 5% 的秒数；全无利用率的为空"
sample_count = "采样数"
*/
-- 5 % is the line between idle and active of metering.md 3.2 (U_τ, default τ).
select
    provider_id,
    cluster_id,
    device_uuid,
    device_model,
    tenant,
    contract_no,
    cast(sampled_at as date) as usage_on,
    sum(covered_seconds) as metered_seconds,
    sum(case when util_percent >= 5 then covered_seconds when util_percent < 5 then 0 end) as active_seconds,
    count(*) as sample_count,
from reconciled.sample_cover
group by all
