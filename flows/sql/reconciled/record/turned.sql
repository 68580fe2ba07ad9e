/*
title_zh = "其间租户改归的用量记录"
grain_zh = "运行中租户改归另一份合同的每条用量记录，自改归之日零时分开，每段一行"
no_rows_without = ["lake.input_file", "lake.usage_interval", "reconciled.tenancy"]
[columns]
interval_no = "用量记录序号"
part_no = "第几段，自 0 起"
from_s = "该段起点，UTC 秒"
upto_s = "该段终点（不含），UTC 秒"
is_cut_off = "其后还有一段"
*/
-- Where time is missing from a record (suspended, or its own sum is less), nobody knows on which day: it stays whole, and
-- so does one that names its contract. Read only where a tenant turns at all.
with turn as (
    select * from reconciled.tenancy where is_turn
),
placed as (
    select
        f.file_rank * 4294967296 + i.file_row as interval_no,
        i.provider_id,
        i.cluster_id,
        i.tenant,
        i.elapsed_seconds,
        reconciled.local_date(i.started_at) as started_on,
        epoch_us(i.started_at) // 1000000 as start_s,
        epoch_us(i.ended_at) // 1000000 as end_s,
        epoch_us(coalesce(i.exported_at, f.exported_at)) // 1000000 as export_s,
        coalesce(i.suspended_seconds, 0) as idle_s,
        i.state,
        i.time_limit_seconds,
    from lake.usage_interval as i
    semi join turn as t
        on t.provider_id is not distinct from i.provider_id
        and t.cluster_id is not distinct from i.cluster_id
        and t.tenant = i.tenant
    join (
        select file_sha256, file_rank, try_cast(exported_at as timestamptz) as exported_at
        from lake.input_file
    ) as f using (file_sha256)
    where i.contract_no is null
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
        start_s + reconciled.counted_seconds(fate, start_s, end_s, export_s, idle_s, elapsed_seconds) as stop_s,
    from fated
),
-- Its beginning, and the days on which its tenant turns while it runs.
parted as (
    select
        i.interval_no,
        i.start_s as from_s,
        i.stop_s,
    from counted as i
    where i.stop_s = coalesce(i.end_s, i.export_s)
    union all
    select
        i.interval_no,
        reconciled.midnight_s(t.started_on),
        i.stop_s,
    from counted as i
    join turn as t
        on t.provider_id is not distinct from i.provider_id
        and t.cluster_id is not distinct from i.cluster_id
        and t.tenant = i.tenant
        and t.started_on > i.started_on
        and reconciled.midnight_s(t.started_on) < i.stop_s
    where i.stop_s = coalesce(i.end_s, i.export_s)
)
select
    interval_no,
    row_number() over parts - 1 as part_no,
    from_s,
    coalesce(lead(from_s) over parts, stop_s) as upto_s,
    lead(from_s) over parts is not null as is_cut_off,
from parted
window parts as (partition by interval_no order by from_s)
qualify count(*) over (partition by interval_no) > 1
