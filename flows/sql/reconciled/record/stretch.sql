/*
title_zh = "计入区间"
grain_zh = "每条计入的用量记录一行，被隔断的不可计费的运行各段一行；同一设备上同一方的、同一 Pod 的指标序列的重叠只计一次，可计费的在先"
view = true
[columns]
interval_no = "用量记录序号"
provider_id = "服务机构代码"
cluster_id = "集群"
tenant = "租户"
account = "账户"
user_hash = "用户散列"
contract_no = "归属合同"
device_model = "型号"
device_uuid = "设备编号"
card_units = "卡数，1 卡 = 21000 单位；空为未知"
cpu_cores = "CPU 核数"
node_count = "节点数"
is_billable = "是否可计费"
ended_on = "记录结束日（北京时间）；未结束的为空"
begin_s = "起点，UTC 秒"
stop_s = "终点（不含），UTC 秒；指标序列的窗口末尾仍在、下一窗口在一步半之内又见的，是那时"
usage_key = "用量逐日的归并键"
trimmed_seconds = "因与同一方在同一设备上、或同一 Pod 较早的记录重叠而不再计的秒数"
is_continued = "不可计费的运行被隔断的后一段，与前一段在同一日"
*/
-- Not kept between: of ten million records none may overlap, and none is then read for it.
with counted as not materialized (
    select
        *,
        coalesce(contract_no, tenant) as party,
        device_uuid is not null or coalesce(is_of_series, false) as may_overlap,
        reconciled.local_date(ended_at) as ended_on,
    from reconciled.interval
    where stop_s > begin_s
),
-- A record of a series is named after its pod and node, and last the second at which its window first shows it.
held as (
    select
        *,
        lower(device_uuid) as device_key,
        case when device_uuid is null then [lower(cluster_id), regexp_replace(record_id, ':\d+$', '')] end as pod_key,
        case when device_uuid is not null then party end as party_key,
        case when device_uuid is not null then card_units end as share_units,
    from counted
    where may_overlap and coalesce(is_billable, true)
),
-- Union per device, party and share of the card, or per pod: only what lies past the furthest end so far is new. What
-- failed has what these leave.
followed as (
    select
        *,
        greatest(
            begin_s,
            coalesce(
                max(stop_s) over (
                    partition by provider_id, device_key, pod_key, party_key, share_units
                    order by begin_s, stop_s, record_id
                    rows between unbounded preceding and 1 preceding
                ),
                begin_s
            )
        ) as new_from_s,
        lead(begin_s) over (
            partition by provider_id, device_key, pod_key, party_key, share_units order by begin_s, stop_s, record_id
        ) as next_s,
    from held
),
-- Between two windows as within one (`flows.pod.series`): what the last sample shows holds until the first of the next
-- window, if that comes within one and a half steps: as declared, else as in the window itself.
joined as (
    select
        f.* replace (
            case
                when f.fate = 'running' and 2 * (f.next_s - f.stop_s) <= 3 * coalesce(w.sample_period_seconds, w.step_seconds)
                    then greatest(f.stop_s, f.next_s)
                else f.stop_s
            end as stop_s
        ),
    from followed as f
    left join lake.input_file as w
        on w.file_sha256 = case when f.pod_key is not null then f.file_sha256 end
)
select
    interval_no,
    provider_id,
    cluster_id,
    tenant,
    account,
    user_hash,
    contract_no,
    device_model,
    device_uuid,
    card_units,
    cpu_cores,
    node_count,
    is_billable,
    ended_on,
    begin_s,
    stop_s,
    usage_key,
    0 as trimmed_seconds,
    false as is_continued,
from counted
where not may_overlap
union all
select
    interval_no,
    provider_id,
    cluster_id,
    tenant,
    account,
    user_hash,
    contract_no,
    device_model,
    device_uuid,
    card_units,
    cpu_cores,
    node_count,
    is_billable,
    ended_on,
    least(new_from_s, stop_s) as begin_s,
    stop_s,
    usage_key,
    least(new_from_s, stop_s) - begin_s as trimmed_seconds,
    false as is_continued,
from joined
union all
select
    c.interval_no,
    c.provider_id,
    c.cluster_id,
    c.tenant,
    c.account,
    c.user_hash,
    c.contract_no,
    c.device_model,
    c.device_uuid,
    c.card_units,
    c.cpu_cores,
    c.node_count,
    c.is_billable,
    c.ended_on,
    f.begin_s,
    f.stop_s,
    c.usage_key,
    f.trimmed_seconds,
    f.is_continued,
from reconciled.failed_stretch as f
join counted as c using (interval_no)
