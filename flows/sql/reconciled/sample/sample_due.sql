/*
title_zh = "应有采样的时间"
grain_zh = "每合同每设备一行"
no_rows_without = ["reconciled.contract_term"]
[columns]
contract_no = "合同编号"
provider_id = "服务机构代码"
device_uuid = "设备编号"
is_logged = "按用量记录：记录在该卡上、采样期内的时间；否则为采样覆盖的时间加前后属于同一合同的缺口"
due_seconds = "应有采样的秒数，合同计入期内"
missed_seconds = "其中没有采样的秒数"
shared_seconds = "没有采样的秒数中，同节点（或全集群）所有被采样的卡同时没有的"
worst_begin_s = "缺得最多的一段使用（按采样的为一段缺口）的起点，UTC 秒；没有缺口的为空"
worst_stop_s = "同上，终点（不含），UTC 秒"
worst_missed_seconds = "该段中没有采样的秒数"
*/
-- Gaps of one card never overlap: what is missed up to an instant is a running sum, looked up at both ends.
with gaps as (
    select
        provider_id,
        device_uuid,
        begin_s,
        stop_s,
        contract_no,
        next_contract_no,
        coalesce(
            sum(stop_s - begin_s) over (
                partition by provider_id, device_uuid order by begin_s rows between unbounded preceding and 1 preceding
            ),
            0
        ) as before_seconds,
    from reconciled.usage_gap
),
terms as (
    select
        contract_no,
        (starts_on - date '1970-01-01') * 86400 - 28800 as term_from_s,
        (counts_until - date '1970-01-01' + 1) * 86400 - 28800 as term_stop_s,
    from reconciled.contract_term
),
logged as (
    -- By the name that samples call the card: a log may write its letters otherwise.
    select s.contract_no, s.provider_id, k.device_uuid, s.begin_s, s.stop_s, true as is_logged
    from reconciled.stretch as s
    join reconciled.sampled_card as k on k.provider_id = s.provider_id and lower(k.device_uuid) = lower(s.device_uuid)
    where s.contract_no is not null and s.device_uuid is not null and s.is_billable and s.stop_s > s.begin_s
),
spoken as (
    select contract_no from logged group by contract_no
),
looked_at as (
    select * from logged
    union all
    select g.contract_no, g.provider_id, g.device_uuid, g.begin_s, g.stop_s, false
    from gaps as g
    where g.contract_no = g.next_contract_no and g.contract_no not in (select contract_no from spoken)
),
clipped as (
    select
        d.contract_no,
        d.provider_id,
        d.device_uuid,
        d.is_logged,
        k.pool_no,
        greatest(d.begin_s, k.from_s, t.term_from_s) as begin_s,
        least(d.stop_s, k.stop_s, t.term_stop_s) as stop_s,
    from looked_at as d
    join reconciled.sampled_card as k using (provider_id, device_uuid)
    join terms as t using (contract_no)
    where greatest(d.begin_s, k.from_s, t.term_from_s) < least(d.stop_s, k.stop_s, t.term_stop_s)
),
measured as (
    select
        c.*,
        coalesce(g.before_seconds + least(c.stop_s, g.stop_s) - g.begin_s, 0)
            - coalesce(f.before_seconds + least(c.begin_s, f.stop_s) - f.begin_s, 0) as missed_seconds,
        coalesce(h.before_seconds + least(c.stop_s, h.stop_s) - h.begin_s, 0)
            - coalesce(e.before_seconds + least(c.begin_s, e.stop_s) - e.begin_s, 0) as shared_seconds,
    from clipped as c
    asof left join gaps as f
        on f.provider_id = c.provider_id and f.device_uuid = c.device_uuid and c.begin_s >= f.begin_s
    asof left join gaps as g
        on g.provider_id = c.provider_id and g.device_uuid = c.device_uuid and c.stop_s >= g.begin_s
    asof left join reconciled.shared_gap as e on e.pool_no = c.pool_no and c.begin_s >= e.begin_s
    asof left join reconciled.shared_gap as h on h.pool_no = c.pool_no and c.stop_s >= h.begin_s
),
pieces as (
    select contract_no, provider_id, device_uuid, is_logged, begin_s, stop_s, stop_s - begin_s as due_seconds, missed_seconds, shared_seconds
    from measured
    union all
    select s.contract_no, s.provider_id, s.device_uuid, false, null, null, s.metered_seconds, 0, 0
    from reconciled.sample_day as s
    join reconciled.contract_term as t using (contract_no)
    where s.usage_on between t.starts_on and t.counts_until and s.contract_no not in (select contract_no from spoken)
)
select
    contract_no,
    provider_id,
    device_uuid,
    bool_and(is_logged) as is_logged,
    cast(sum(due_seconds) as bigint) as due_seconds,
    cast(sum(missed_seconds) as bigint) as missed_seconds,
    cast(sum(shared_seconds) as bigint) as shared_seconds,
    arg_max(begin_s, (missed_seconds, -begin_s)) filter (where missed_seconds > 0) as worst_begin_s,
    arg_max(stop_s, (missed_seconds, -begin_s)) filter (where missed_seconds > 0) as worst_stop_s,
    cast(coalesce(max(missed_seconds), 0) as bigint) as worst_missed_seconds,
from pieces
group by contract_no, provider_id, device_uuid
