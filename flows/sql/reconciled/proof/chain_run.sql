/*
title_zh = "摘要链的各段及其接续"
grain_zh = "文件一块中，一张卡一次启动一天一行；另一份后交文件已覆盖的不在内"
no_rows_without = ["lake.chain_run", "lake.input_file"]
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
device_uuid = "设备编号"
boot_id = "启动编号"
usage_on = "日期（北京时间）"
file_sha256 = "来源文件"
run_row_no = "该段第一行的行号"
record_count = "采样行数"
broken_count = "段内不接的行数"
is_linked = "该段第一行接得上：是本次启动的第一条，或上条摘要是另一段的最后一条；之前的没有交来、无从判断的为空"
is_behind = "该段之前（含该段第一行）已有一处不接"
*/
with placed as (
    select
        r.*,
        -- However its letters are written, a device is one, and so is a cluster.
        lower(r.device_uuid) as card,
        lower(r.cluster_id) as place,
        f.newest_rank,
        nullif(r.first_prev_hash, repeat('0', 64)) as before_hash,
    from lake.chain_run as r
    join (select file_sha256, min(newest_rank) as newest_rank from lake.input_file group by all) as f using (file_sha256)
),
-- A file handed in again, or a later one that reaches further, takes the place of what it covers.
covered as (
    select distinct o.file_sha256, o.provider_id, o.cluster_id, o.device_uuid, o.boot_id, o.usage_on, o.run_row_no
    from placed as o
    join placed as n
        on n.card = o.card
        and n.usage_on = o.usage_on
        and n.provider_id is not distinct from o.provider_id
        and n.place is not distinct from o.place
        and n.boot_id is not distinct from o.boot_id
        and n.newest_rank > o.newest_rank
        and n.first_s <= o.first_s
        and n.last_s >= o.last_s
),
kept as (
    select p.*
    from placed as p
    left join covered as c
        on c.file_sha256 = p.file_sha256
        and c.device_uuid = p.device_uuid
        and c.usage_on = p.usage_on
        and c.run_row_no = p.run_row_no
        and c.provider_id is not distinct from p.provider_id
        and c.cluster_id is not distinct from p.cluster_id
        and c.boot_id is not distinct from p.boot_id
    where c.file_sha256 is null
),
ends as (
    select distinct provider_id, place, card, boot_id, last_record_hash
    from placed
    where last_record_hash is not null
),
-- Where deliveries overlap a run begins amid another: the record before it is no run's last.
followed as (
    select
        *,
        lag(last_s) over along as before_s,
        max(last_s) over (along rows between unbounded preceding and 1 preceding) >= first_s as is_amid,
    from kept
    window along as (
        partition by provider_id, place, card, boot_id
        order by first_s, newest_rank, run_row_no
    )
),
linked as (
    select
        f.*,
        case
            when f.before_hash is null and f.before_s is null then true
            when e.last_record_hash is not null then true
            when f.before_s is null or f.is_amid then null
            else false
        end as is_linked,
    from followed as f
    left join ends as e
        on e.last_record_hash = f.before_hash
        and e.card = f.card
        and e.provider_id is not distinct from f.provider_id
        and e.place is not distinct from f.place
        and e.boot_id is not distinct from f.boot_id
)
select
    provider_id,
    cluster_id,
    device_uuid,
    boot_id,
    usage_on,
    file_sha256,
    run_row_no,
    record_count,
    broken_count,
    is_linked,
    coalesce(not is_linked, false)
        or coalesce(bool_or(broken_count > 0 or coalesce(not is_linked, false)) over (
            partition by provider_id, place, card, boot_id
            order by first_s, newest_rank, run_row_no
            rows between unbounded preceding and 1 preceding
        ), false) as is_behind,
from linked
