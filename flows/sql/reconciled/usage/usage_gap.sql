/*
title_zh = "采样缺口"
grain_zh = "每段一行"
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
device_uuid = "设备编号"
device_model = "型号"
started_at = "缺口起"
ended_at = "缺口止（不含）"
begin_s = "起点，UTC 秒"
stop_s = "终点（不含），UTC 秒"
card_seconds = "缺口卡秒"
contract_no = "缺口前的归属合同"
next_contract_no = "缺口后的归属合同"
parties = "缺口属于谁（合同编号，未匹配的为租户）：前后是同一方的为该方；不是的，为用量记录在其间占用该卡的各方；看不出的没有"
*/
with joined as (
    select
        j.provider_id,
        j.device_uuid,
        j.last_s + j.period_seconds as begin_s,
        j.next_s as stop_s,
        arg_min(
            {'cluster_id': b.cluster_id, 'tenant': b.tenant, 'contract_no': b.contract_no},
            (b.contract_no is null, b.tenant is null, b.contract_no, b.tenant, b.cluster_id)
        ) as before,
        arg_min(
            {'tenant': a.tenant, 'contract_no': a.contract_no},
            (a.contract_no is null, a.tenant is null, a.contract_no, a.tenant)
        ) as after,
    from reconciled.sample_join as j
    join lake.occupancy_day as b
        on b.provider_id is not distinct from j.provider_id and b.device_uuid = j.device_uuid and b.last_s = j.last_s
    join lake.occupancy_day as a
        on a.provider_id is not distinct from j.provider_id and a.device_uuid = j.device_uuid and a.first_s = j.next_s
    where j.gap_seconds > 0
    group by j.provider_id, j.device_uuid, j.last_s, j.period_seconds, j.next_s
),
stretches as (
    select provider_id, cluster_id, device_uuid, tenant, contract_no, next_tenant, next_contract_no, begin_s, stop_s
    from lake.gap
    union all
    select
        provider_id,
        before.cluster_id,
        device_uuid,
        before.tenant,
        before.contract_no,
        after.tenant,
        after.contract_no,
        begin_s,
        stop_s,
    from joined
),
-- A tenant is told by the day on which the samples beside the stretch lie.
dated as (
    select
        *,
        reconciled.local_day(begin_s - 1) as before_on,
        reconciled.local_day(stop_s) as after_on,
    from stretches
),
matched as (
    select
        g.* replace (
            coalesce(g.contract_no, b.contract_no) as contract_no,
            coalesce(g.next_contract_no, a.contract_no) as next_contract_no
        ),
        coalesce(g.contract_no, b.contract_no, g.tenant) as party,
        coalesce(g.next_contract_no, a.contract_no, g.next_tenant) as next_party,
    from dated as g
    left join reconciled.tenancy as b
        on b.provider_id is not distinct from g.provider_id
        and b.cluster_id is not distinct from g.cluster_id
        and b.tenant = g.tenant
        and b.started_on = g.before_on
    left join reconciled.tenancy as a
        on a.provider_id is not distinct from g.provider_id
        and a.cluster_id is not distinct from g.cluster_id
        and a.tenant = g.next_tenant
        and a.started_on = g.after_on
),
-- Between two parties samples do not tell whose a gap is: a log may.
logged as (
    select
        g.provider_id,
        g.device_uuid,
        g.begin_s,
        list(distinct coalesce(s.contract_no, s.tenant) order by coalesce(s.contract_no, s.tenant)) as parties,
    from matched as g
    join reconciled.stretch as s
        on s.provider_id is not distinct from g.provider_id
        and lower(s.device_uuid) = lower(g.device_uuid)
        and s.begin_s < g.stop_s
        and s.stop_s > g.begin_s
    where g.party is distinct from g.next_party and s.stop_s > s.begin_s
    group by g.provider_id, g.device_uuid, g.begin_s
)
select
    g.provider_id,
    g.cluster_id,
    g.device_uuid,
    d.device_model,
    to_timestamp(g.begin_s) as started_at,
    to_timestamp(g.stop_s) as ended_at,
    g.begin_s,
    g.stop_s,
    g.stop_s - g.begin_s as card_seconds,
    g.contract_no,
    g.next_contract_no,
    case when g.party = g.next_party then [g.party] else coalesce(l.parties, []) end as parties,
from matched as g
left join logged as l
    on l.provider_id is not distinct from g.provider_id and l.device_uuid = g.device_uuid and l.begin_s = g.begin_s
left join reconciled.card_model as d on d.provider_id = g.provider_id and d.device_uuid = g.device_uuid
