/*
title_zh = "摘要链逐日"
grain_zh = "每机构、集群、设备、合同、自然日、文件一行；只有带摘要的采样"
no_rows_without = ["lake.chain", "reconciled.chain_run"]
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
device_uuid = "设备编号"
contract_no = "归属合同；空为未匹配"
usage_on = "日期（北京时间）"
record_count = "采样行数"
chained_count = "自链首（交来的第一条）起接续完好的行数"
broken_count = "不接的行数：摘要与本行不符，或上条摘要不是上一行的摘要"
committed = "当日的根摘要与承诺相同；没有承诺或无从比对的为空"
signature_state = "当日承诺的验签：valid、wrong、key_unknown；没有签名或没有承诺的为空"
file_sha256 = "来源文件"
row_no = "第一处不接的行号；没有的为第一行"
*/
with placed as (
    select
        c.*,
        r.is_behind,
        -- The first row of a run that does not follow the run before it.
        coalesce(not r.is_linked, false) and c.first_row_no = r.run_row_no as is_cut_off,
    from lake.chain as c
    join reconciled.chain_run as r
        on r.file_sha256 = c.file_sha256
        and r.device_uuid = c.device_uuid
        and r.usage_on = c.usage_on
        and r.run_row_no = c.run_row_no
        and r.provider_id is not distinct from c.provider_id
        and r.cluster_id is not distinct from c.cluster_id
        and r.boot_id is not distinct from c.boot_id
),
-- Rows that name nobody are of everybody who held the card on that day.
held as (
    select provider_id, device_uuid, usage_on, contract_no
    from reconciled.sample_day
    where contract_no is not null
    group by all
),
attributed as (
    select
        p.*,
        coalesce(p.contract_no, t.contract_no, h.contract_no) as owner_no,
        case when p.is_behind then 0 else p.chained_count end as tied_count,
        p.broken_count
            + case when p.is_cut_off and p.first_row_no is distinct from p.first_broken_row_no then 1 else 0 end
            as untied_count,
        case when p.is_cut_off then p.first_row_no else p.first_broken_row_no end as untied_row_no,
    from placed as p
    left join reconciled.tenancy as t
        on t.provider_id is not distinct from p.provider_id
        and t.cluster_id is not distinct from p.cluster_id
        and t.tenant = p.tenant
        and t.started_on = p.usage_on
    left join held as h
        on coalesce(p.contract_no, p.tenant) is null
        and h.provider_id is not distinct from p.provider_id
        and lower(h.device_uuid) = lower(p.device_uuid)
        and h.usage_on = p.usage_on
)
select
    a.provider_id,
    a.cluster_id,
    a.device_uuid,
    a.owner_no as contract_no,
    a.usage_on,
    cast(sum(a.record_count) as bigint) as record_count,
    cast(sum(a.tied_count) as bigint) as chained_count,
    cast(sum(a.untied_count) as bigint) as broken_count,
    any_value(k.is_kept) as committed,
    any_value(k.signature_state) as signature_state,
    a.file_sha256,
    coalesce(min(a.untied_row_no), min(a.first_row_no)) as row_no,
from attributed as a
left join reconciled.commitment_day as k
    on k.provider_id = a.provider_id
    and lower(k.cluster_id) is not distinct from lower(a.cluster_id)
    and k.usage_on = a.usage_on
group by a.provider_id, a.cluster_id, a.device_uuid, a.owner_no, a.usage_on, a.file_sha256
