/*
title_zh = "归属后的用量记录"
grain_zh = "每条现行用量记录一行；其间租户改归另一份合同的，自改归之日零时分开，各段一行；只在对账时算，不留存"
view = true
[columns]
interval_no = "本次构建内的序号，不对外"
provider_id = "服务机构代码"
cluster_id = "集群"
record_id = "记录编号"
tenant = "租户"
account = "账户"
user_hash = "用户散列"
contract_no = "归属合同；空为未匹配"
applicant_id = "归属申领单位"
matched_by = "归属依据：row 记录自带，tenant 租户对照，none 未匹配"
node_id = "节点"
device_uuid = "设备编号"
device_model = "型号；记录未写时取设备清单"
card_units = "卡数，1 卡 = 21000 单位；空为未知"
is_die_unclear = "所数的是昇腾的卡还是芯粒，看不出：一个按一张卡计"
cpu_cores = "CPU 核数"
node_count = "节点数"
started_at = "开始时刻"
ended_at = "结束时刻"
counted_seconds = "计入的秒数；不计入的为零"
elapsed_seconds = "调度器自报时长，秒"
suspended_seconds = "挂起时长，秒"
reported_gpu_hours = "机构自报卡时"
export_s = "导出时刻，UTC 秒"
state = "状态"
fate = "counted 计入，running 运行中计至导出时刻，zombie 超时仍在运行，open 未结束，never_started 未运行，reversed 终早于始，zero 零时长，runaway 长过五年"
file_sha256 = "来源文件"
sheet = "来源工作表"
row_no = "来源行号"
holder_key = "归属：以上文字各列的散列，只在本次构建内有效"
*/
with placed as (
    select
        -- One number per row, the same on every machine: the file's place, then the row's place in the file.
        f.file_rank * 4294967296 + i.file_row as interval_no,
        i.*,
        epoch_us(i.started_at) // 1000000 as start_s,
        epoch_us(i.ended_at) // 1000000 as end_s,
        epoch_us(coalesce(i.exported_at, f.exported_at)) // 1000000 as export_s,
        f.scheduler,
        coalesce(i.suspended_seconds, 0) as idle_s,
    from lake.usage_interval as i
    left join (
        -- Read as an instant once per file, not once per row.
        select file_sha256, file_rank, try_cast(exported_at as timestamptz) as exported_at, split_part(adapter, '_', 1) as scheduler
        from lake.input_file
    ) as f using (file_sha256)
),
fated as (
    select
        *,
        reconciled.fate_of(state, start_s, end_s, export_s, idle_s, time_limit_seconds) as fate,
    from placed
),
counted as (
    select
        *,
        reconciled.counted_seconds(fate, start_s, end_s, export_s, idle_s, elapsed_seconds) as counted_s,
    from fated
),
-- A job that runs on while its tenant comes under another contract is of both, each for its own days.
parted as (
    select
        i.* replace (
            -- Parts of one record are far from the next record's number.
            i.interval_no + coalesce(p.part_no, 0) * 134217728 as interval_no,
            case when p.part_no > 0 then to_timestamp(p.from_s) else i.started_at end as started_at,
            case when p.is_cut_off then to_timestamp(p.upto_s) else i.ended_at end as ended_at,
            coalesce(p.upto_s - p.from_s, i.counted_s) as counted_s,
            case when p.interval_no is null then i.elapsed_seconds end as elapsed_seconds,
            case when p.interval_no is null then i.reported_gpu_hours end as reported_gpu_hours,
            case when p.is_cut_off then 'counted' else i.fate end as fate
        ),
    from counted as i
    left join reconciled.turned as p on p.interval_no = i.interval_no
),
attributed as (
    select
        i.interval_no,
        i.provider_id,
        i.cluster_id,
        i.record_id,
        i.tenant,
        i.account,
        i.user_hash,
        coalesce(i.contract_no, t.contract_no) as contract_no,
        coalesce(k.applicant_id, t.applicant_id) as applicant_id,
        cast(
            case when i.contract_no is not null then 'row' when t.contract_no is not null then 'tenant' else 'none' end
            as reconciled.matched_by
        ) as matched_by,
        i.node_id,
        i.device_uuid,
        coalesce(i.device_model, d.device_model, m.device_model, p.device_model) as device_model,
        reconciled.card_units(i.card_count, i.card_evidence, g.is_tracked, s.devices_per_card) as card_units,
        coalesce(i.card_evidence = 'ascend910' and i.card_count > 0 and s.devices_per_card is null, false) as is_die_unclear,
        i.cpu_cores,
        i.node_count,
        i.started_at,
        i.ended_at,
        i.counted_s as counted_seconds,
        i.elapsed_seconds,
        i.suspended_seconds,
        i.reported_gpu_hours,
        i.export_s,
        i.state,
        cast(i.fate as reconciled.fate) as fate,
        i.file_sha256,
        i.sheet,
        i.row_no,
    from parted as i
    left join reconciled.tenancy as t
        on t.provider_id is not distinct from i.provider_id
        and t.cluster_id is not distinct from i.cluster_id
        and t.tenant = i.tenant
        and t.started_on = reconciled.local_date(i.started_at)
    left join lake.contract as k on k.contract_no = coalesce(i.contract_no, t.contract_no)
    left join reconciled.cluster_tracking as g
        on g.provider_id is not distinct from i.provider_id
        and g.cluster_id is not distinct from i.cluster_id
        and g.scheduler is not distinct from i.scheduler
    left join reconciled.ascend_place as s
        on s.provider_id is not distinct from i.provider_id
        and s.cluster_id is not distinct from i.cluster_id
        and s.node_id is not distinct from i.node_id
        and i.card_evidence = 'ascend910'
    left join (
        select provider_id, lower(device_uuid) as card, min(device_model) as device_model
        from lake.device
        where device_uuid is not null
        group by all
    ) as d on d.provider_id = i.provider_id and d.card = lower(i.device_uuid)
    left join reconciled.cluster_model as m on m.provider_id = i.provider_id and m.cluster_id = i.cluster_id
    left join reconciled.cluster_model as p on p.provider_id = i.provider_id and p.cluster_id is null
)
select
    interval_no,
    provider_id,
    cluster_id,
    record_id,
    tenant,
    account,
    user_hash,
    contract_no,
    applicant_id,
    matched_by,
    node_id,
    device_uuid,
    device_model,
    card_units,
    is_die_unclear,
    cpu_cores,
    node_count,
    started_at,
    ended_at,
    counted_seconds,
    elapsed_seconds,
    suspended_seconds,
    reported_gpu_hours,
    export_s,
    state,
    fate,
    file_sha256,
    sheet,
    row_no,
    hash(
        provider_id, cluster_id, tenant, account, user_hash, contract_no, applicant_id, matched_by,
        node_id, device_uuid, device_model, state, file_sha256, sheet
    ) as holder_key,
from attributed
