/*
title_zh = "没有摘要的采样逐日"
grain_zh = "每份文件、机构、集群、设备、合同、自然日一行；只列写过摘要的卡，有没有摘要的采样的"
no_rows_without = ["lake.chain", "reconciled.sample_file_day"]
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
device_uuid = "设备编号"
contract_no = "归属合同；空为未匹配"
usage_on = "日期（北京时间）"
unhashed_count = "计入的采样中没有摘要的个数"
is_after_first = "同一张卡在更早的日子已有摘要"
file_sha256 = "来源文件"
row_no = "该日最先一行的行号"
*/
-- File by file: what another file holds of the same moments does not stand for rows that this one gives without a hash.
-- Copies that are set aside are among the hashed rows of their own file.
with begun as (
    select provider_id, cluster_id, lower(device_uuid) as card, min(usage_on) as begun_on
    from lake.chain
    group by provider_id, cluster_id, card
),
hashed as (
    select
        c.provider_id,
        c.cluster_id,
        lower(c.device_uuid) as card,
        coalesce(c.contract_no, t.contract_no) as owner_no,
        c.usage_on,
        c.file_sha256,
        sum(c.record_count) as record_count,
    from lake.chain as c
    left join reconciled.tenancy as t
        on t.provider_id is not distinct from c.provider_id
        and t.cluster_id is not distinct from c.cluster_id
        and t.tenant = c.tenant
        and t.started_on = c.usage_on
    group by c.provider_id, c.cluster_id, card, owner_no, c.usage_on, c.file_sha256
),
sampled as (
    select
        provider_id,
        cluster_id,
        device_uuid,
        contract_no,
        usage_on,
        file_sha256,
        sum(sample_count) as sample_count,
        min(row_no) as row_no,
    from reconciled.sample_file_day
    group by provider_id, cluster_id, device_uuid, contract_no, usage_on, file_sha256
)
select
    s.provider_id,
    s.cluster_id,
    s.device_uuid,
    s.contract_no,
    s.usage_on,
    cast(s.sample_count - coalesce(h.record_count, 0) as bigint) as unhashed_count,
    s.usage_on > b.begun_on as is_after_first,
    s.file_sha256,
    s.row_no,
from sampled as s
join begun as b
    on b.card = lower(s.device_uuid)
    and b.provider_id is not distinct from s.provider_id
    and b.cluster_id is not distinct from s.cluster_id
left join hashed as h
    on h.card = lower(s.device_uuid)
    and h.usage_on = s.usage_on
    and h.file_sha256 = s.file_sha256
    and h.provider_id is not distinct from s.provider_id
    and h.cluster_id is not distinct from s.cluster_id
    and h.owner_no is not distinct from s.contract_no
where s.sample_count > coalesce(h.record_count, 0)
