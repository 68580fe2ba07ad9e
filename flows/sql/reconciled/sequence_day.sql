/*
title_zh = "采样序号逐日"
grain_zh = "每机构、集群、设备、启动、合同、自然日一行；只有带序号的采样"
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
device_uuid = "设备编号"
boot_id = "启动编号"
contract_no = "归属合同；空为未匹配"
usage_on = "日期（北京时间）"
seq_count = "带序号的采样行数"
missing_count = "缺的序号个数：小时之内的，加上与上一个同属本合同的小时之间的"
repeat_count = "重复的序号个数"
reset_count = "序号倒退的小时数；这些小时无从数缺号"
first_missing_s = "最早有缺号的小时，UTC 秒；没有的为空"
file_sha256 = "来源文件"
row_no = "最早有缺号的小时的第一行；没有的为当日第一行"
*/
with hours as (
    select
        provider_id,
        cluster_id,
        device_uuid,
        boot_id,
        hour_s,
        min(seq_first) as seq_first,
        max(seq_last) as seq_last,
        sum(cast(seq_count as hugeint)) as seq_count,
        sum(seq_sum) as seq_sum,
    from lake.occupancy
    where seq_count > 0
    group by provider_id, cluster_id, device_uuid, boot_id, hour_s
),
followed as (
    select
        *,
        cast(seq_last as hugeint) - seq_first + 1 as span_count,
        lag(hour_s) over along as before_hour_s,
        lag(seq_last) over along as before_last,
        max(seq_last) over (along rows between unbounded preceding and 1 preceding) >= seq_first as is_reset,
    from hours
    window along as (partition by provider_id, cluster_id, device_uuid, boot_id order by hour_s)
),
counted as (
    select
        *,
        -- As many rows as numbers, and another sum: some numbers are missing and as many come twice.
        case when seq_count = span_count and 2 * seq_sum <> (cast(seq_first as hugeint) + seq_last) * seq_count then 1 else 0 end
            as mixed_count,
        greatest(0, span_count - seq_count) as lacking_count,
        greatest(0, seq_count - span_count) as surplus_count,
        greatest(0, cast(seq_first as hugeint) - before_last - 1) as gap_count,
    from followed
),
owned as (
    select
        o.provider_id,
        o.cluster_id,
        o.device_uuid,
        o.boot_id,
        o.hour_s,
        cast(to_timestamp(o.hour_s) as date) as usage_on,
        coalesce(o.contract_no, t.contract_no) as contract_no,
        sum(o.seq_count) as seq_count,
        min(o.file_sha256) as file_sha256,
        arg_min(o.first_row_no, (o.file_sha256, o.first_row_no)) as row_no,
    from lake.occupancy as o
    left join reconciled.tenancy as t
        on t.provider_id is not distinct from o.provider_id
        and t.cluster_id is not distinct from o.cluster_id
        and t.tenant = o.tenant
        and t.started_on = cast(to_timestamp(o.hour_s) as date)
    where o.seq_count > 0
    group by o.provider_id, o.cluster_id, o.device_uuid, o.boot_id, o.hour_s, coalesce(o.contract_no, t.contract_no)
),
paired as (
    select
        *,
        lag(hour_s) over (
            partition by provider_id, cluster_id, device_uuid, boot_id, contract_no
            order by hour_s
        ) as own_before_s,
    from owned
),
-- Whose the numbers between two hours are is known only where both hours are of one contract.
told as (
    select
        p.*,
        coalesce(c.is_reset, false) as is_reset,
        case
            when c.is_reset then 0
            else c.lacking_count + c.mixed_count
                + case when p.own_before_s = c.before_hour_s then c.gap_count else 0 end
        end as missing_count,
        case when c.is_reset then 0 else c.surplus_count + c.mixed_count end as repeat_count,
    from paired as p
    join counted as c
        on c.device_uuid = p.device_uuid
        and c.hour_s = p.hour_s
        and c.provider_id is not distinct from p.provider_id
        and c.cluster_id is not distinct from p.cluster_id
        and c.boot_id is not distinct from p.boot_id
)
select
    provider_id,
    cluster_id,
    device_uuid,
    boot_id,
    contract_no,
    usage_on,
    cast(sum(seq_count) as hugeint) as seq_count,
    cast(sum(missing_count) as hugeint) as missing_count,
    cast(sum(repeat_count) as hugeint) as repeat_count,
    count(*) filter (where is_reset) as reset_count,
    min(hour_s) filter (where missing_count > 0) as first_missing_s,
    coalesce(arg_min(file_sha256, hour_s) filter (where missing_count > 0), arg_min(file_sha256, hour_s)) as file_sha256,
    coalesce(arg_min(row_no, hour_s) filter (where missing_count > 0), arg_min(row_no, hour_s)) as row_no,
from told
group by provider_id, cluster_id, device_uuid, boot_id, contract_no, usage_on
