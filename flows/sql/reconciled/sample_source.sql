/*
title_zh = "采样的来源"
grain_zh = "每份文件、集群、设备、租户、合同、自然日一行"
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
device_uuid = "设备编号"
tenant = "租户"
contract_no = "归属合同"
usage_on = "日期（北京时间）"
sample_count = "采样数"
first_s = "首次采样，UTC 秒"
last_s = "末次采样，UTC 秒"
period_seconds = "采样周期，秒"
file_sha256 = "来源文件"
sheet = "来源工作表"
row_no = "该日最先一行的行号"
*/
select
    provider_id,
    cluster_id,
    device_uuid,
    tenant,
    contract_no,
    usage_on,
    cast(sum(sample_count) as bigint) as sample_count,
    min(first_s) as first_s,
    max(last_s) as last_s,
    max(period_seconds) as period_seconds,
    file_sha256,
    null::varchar as sheet,
    min(row_no) as row_no,
from reconciled.sample_hour
group by provider_id, cluster_id, device_uuid, tenant, contract_no, usage_on, file_sha256
