/*
title_zh = "用量的归属"
grain_zh = "谁在何处占用：每个不同的机构、租户、合同、节点、设备、状态、文件一行"
no_rows_without = ["lake.usage_interval"]
[columns]
holder_key = "以下各列的散列，只在本次构建内有效"
provider_id = "服务机构代码"
cluster_id = "集群"
tenant = "租户"
account = "账户"
user_hash = "用户散列"
contract_no = "归属合同；空为未匹配"
applicant_id = "归属申领单位"
matched_by = "归属依据：row 记录自带，tenant 租户对照，none 未匹配"
node_id = "节点"
device_uuid = "设备编号"
device_model = "型号；记录未写时取设备清单"
state = "状态"
file_sha256 = "来源文件"
sheet = "来源工作表"
is_of_series = "由指标序列拼成的记录：同一 Pod 相叠的窗口只计一次"
usage_key = "机构、集群、租户、账户、用户、型号、合同的散列：用量逐日按它归并"
*/
with named as (
    select distinct
        holder_key,
        provider_id,
        cluster_id,
        tenant,
        account,
        user_hash,
        contract_no,
        applicant_id,
        matched_by,
        node_id,
        device_uuid,
        device_model,
        state,
        file_sha256,
        sheet,
    from reconciled.attributed
)
select
    -- Two holders under one key would mix up their hours: better no night at all.
    case when count(*) over (partition by holder_key) = 1 then holder_key else error('holder_key 冲突') end as holder_key,
    provider_id,
    cluster_id,
    tenant,
    account,
    user_hash,
    contract_no,
    applicant_id,
    matched_by,
    node_id,
    device_uuid,
    device_model,
    state,
    file_sha256,
    sheet,
    file_sha256 in (select file_sha256 from lake.input_file where adapter = 'k8s_request_series') as is_of_series,
    hash(provider_id, cluster_id, tenant, account, user_hash, device_model, contract_no) as usage_key,
from named
