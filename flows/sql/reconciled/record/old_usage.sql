/*
title_zh = "被取代的用量"
grain_zh = "每条被取代的用量记录的每一版一行：原来的数与紧接着取代它的那一版的数"
no_rows_without = ["lake.old_usage"]
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
file_sha256 = "来源文件"
sheet = "来源工作表"
row_no = "来源行号"
next_file_sha256 = "取代它的那一版的文件；同一内容交过几次的，取最后交来的"
is_restored = "取代它的内容比它更早交过，后来又交来"
last_s = "最后一个计入的秒，UTC；不计入的取其时刻；没有时刻的为空"
before_contract_no = "原来归属的合同；空为未匹配"
before_unit_seconds = "原来的分配卡秒，单位为二万一千分之一卡秒；空为未知"
after_contract_no = "取代之后归属的合同；空为未匹配"
after_unit_seconds = "取代之后的分配卡秒，单位为二万一千分之一卡秒；空为未知"
*/
with placed as (
    select
        u.*,
        epoch_us(u.started_at) // 1000000 as start_s,
        epoch_us(u.ended_at) // 1000000 as end_s,
        epoch_us(coalesce(u.exported_at, try_cast(f.exported_at as timestamptz))) // 1000000 as export_s,
        coalesce(u.suspended_seconds, 0) as idle_s,
        split_part(f.adapter, '_', 1) as scheduler,
    from lake.old_usage as u
    left join lake.input_file as f using (file_sha256)
),
fated as (
    select
        *,
        reconciled.fate_of(state, start_s, end_s, export_s, idle_s, time_limit_seconds) as fate,
    from placed
),
old as (
    select
        f.*,
        reconciled.counted_seconds(f.fate, f.start_s, f.end_s, f.export_s, f.idle_s, f.elapsed_seconds) as counted_s,
        reconciled.card_units(f.card_count, f.card_evidence, g.is_tracked, s.devices_per_card) as card_units,
        coalesce(f.contract_no, t.contract_no) as held_by,
    from fated as f
    left join reconciled.tenancy as t
        on t.provider_id is not distinct from f.provider_id
        and t.cluster_id is not distinct from f.cluster_id
        and t.tenant = f.tenant
        and t.started_on = reconciled.local_date(f.started_at)
    left join reconciled.cluster_tracking as g
        on g.provider_id is not distinct from f.provider_id
        and g.cluster_id is not distinct from f.cluster_id
        and g.scheduler is not distinct from f.scheduler
    left join reconciled.ascend_place as s
        on s.provider_id is not distinct from f.provider_id
        and s.cluster_id is not distinct from f.cluster_id
        and s.node_id is not distinct from f.node_id
        and f.card_evidence = 'ascend910'
),
version as (
    select
        provider_id,
        cluster_id,
        record_id,
        version_no,
        held_by,
        case when counted_s = 0 then 0 else card_units * cast(counted_s as hugeint) end as unit_seconds,
    from old
    union all
    select
        i.provider_id,
        i.cluster_id,
        i.record_id,
        1,
        i.contract_no,
        case when i.stop_s > i.begin_s then i.card_units * cast(i.stop_s - i.begin_s as hugeint) else 0 end,
    from reconciled.interval as i
    semi join old as o
        on o.provider_id is not distinct from i.provider_id
        and o.cluster_id is not distinct from i.cluster_id
        and o.record_id = i.record_id
)
select
    o.provider_id,
    o.cluster_id,
    o.file_sha256,
    o.sheet,
    o.row_no,
    o.next_file_sha256,
    o.is_restored,
    case when o.counted_s > 0 then o.start_s + o.counted_s - 1 else coalesce(o.end_s, o.start_s) end as last_s,
    o.held_by as before_contract_no,
    b.unit_seconds as before_unit_seconds,
    a.held_by as after_contract_no,
    a.unit_seconds as after_unit_seconds,
from old as o
join version as b
    on b.provider_id is not distinct from o.provider_id
    and b.cluster_id is not distinct from o.cluster_id
    and b.record_id = o.record_id
    and b.version_no = o.version_no
join version as a
    on a.provider_id is not distinct from o.provider_id
    and a.cluster_id is not distinct from o.cluster_id
    and a.record_id = o.record_id
    and a.version_no = o.version_no - 1
