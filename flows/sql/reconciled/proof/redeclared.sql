/*
title_zh = "改了说明的用量"
grain_zh = "每合同、表、文件、从前的说明一行：文件未改，旁边的说明（source.toml）改后成了另一回事的各行"
no_rows_without = ["lake.redeclared"]
[columns]
contract_no = "归属合同；一行从前与现行归属不同的，两份合同各记其一"
table_name = "用量区间或用量采样"
file_sha256 = "文件"
row_no = "改动的第一行"
declared_on = "从前的说明收进之日"
changed_on = "换成另一说明之日"
row_count = "改动的行数"
before_unit_seconds = "按从前的说明归该合同的卡秒，单位为二万一千分之一卡秒；不知道的为空"
after_unit_seconds = "按现行的说明归该合同的卡秒，单位为二万一千分之一卡秒；不知道的为空"
*/
with held as (
    select r.*, coalesce(r.contract_no, t.contract_no) as held_by
    from lake.redeclared as r
    left join reconciled.tenancy as t
        on t.provider_id is not distinct from r.provider_id
        and t.cluster_id is not distinct from r.cluster_id
        and t.tenant = r.tenant
        and t.started_on = reconciled.local_date(r.usage_at)
),
summed as (
    select
        held_by as contract_no,
        table_name,
        file_sha256,
        from_on as declared_on,
        until_on as changed_on,
        min(row_no) as row_no,
        coalesce(sum(row_count) filter (where is_former), 0) as before_count,
        coalesce(sum(row_count) filter (where not is_former), 0) as after_count,
        bool_and(unit_seconds is not null) filter (where is_former) as is_before_known,
        bool_and(unit_seconds is not null) filter (where not is_former) as is_after_known,
        coalesce(sum(unit_seconds) filter (where is_former), 0) as before_unit_seconds,
        coalesce(sum(unit_seconds) filter (where not is_former), 0) as after_unit_seconds,
    from held
    where held_by is not null
    group by held_by, table_name, file_sha256, from_on, until_on
)
select
    contract_no,
    table_name,
    file_sha256,
    row_no,
    declared_on,
    changed_on,
    cast(greatest(before_count, after_count) as bigint) as row_count,
    cast(case when coalesce(is_before_known, true) then before_unit_seconds end as hugeint) as before_unit_seconds,
    cast(case when coalesce(is_after_known, true) then after_unit_seconds end as hugeint) as after_unit_seconds,
from summed
