/*
title_zh = "采样的来源"
grain_zh = "每份文件、集群、设备、租户、合同、自然日一行"
view = true
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
    sample_count,
    first_s,
    last_s,
    period_seconds,
    file_sha256,
    sheet,
    row_no,
from reconciled.sample_file_day
