/*
title_zh = "日志与采样的时钟差"
grain_zh = "每份既有日志又有采样的合同、每种时差假设一行"
no_rows_without = ["reconciled.contract_term", "reconciled.holder", "reconciled.measured", "reconciled.sample_file_day"]
[columns]
contract_no = "合同编号"
shift_seconds = "假设的时差：采样时刻减日志时刻，秒"
edge_count = "可比的日志起止点数"
matched_count = "其中在容许秒数（另加一个采样周期）内有活跃采样段起止的点数"
*/
-- A zone lost is eight hours: Asia/Shanghai against UTC, in either direction.
with sampled as (
    select
        s.provider_id,
        -- However its letters are written, a device is one.
        lower(s.device_uuid) as card,
        s.contract_no,
        min(s.first_s) as from_s,
        max(s.last_s) as to_s,
        max(s.period_seconds) as period_seconds,
    from reconciled.sample_source as s
    where s.contract_no is not null
    group by s.provider_id, lower(s.device_uuid), s.contract_no
),
comparable as (
    select
        s.*,
        cast(policy.number('metering.clock_shift_tolerance_seconds', t.starts_on) as bigint) + s.period_seconds as slack_s,
    from sampled as s
    join reconciled.contract_term as t on t.contract_no = s.contract_no
),
logged as (
    select c.*, i.begin_s, i.stop_s
    from reconciled.interval as i
    join comparable as c
        on c.provider_id = i.provider_id and c.card = lower(i.device_uuid) and c.contract_no = i.contract_no
    where i.stop_s > i.begin_s
),
edges as (
    select 'begin' as kind, begin_s as at_s, * exclude (begin_s, stop_s) from logged
    union all
    select 'stop', stop_s, * exclude (begin_s, stop_s) from logged
),
active as (
    select kind, provider_id, lower(device_uuid) as card, contract_no, at_s from reconciled.active_edge
),
expected as (
    select
        e.*,
        h.shift_seconds,
        e.at_s + h.shift_seconds as expected_s,
        e.at_s + h.shift_seconds - e.slack_s as not_before_s,
    from edges as e
    cross join (select unnest([0, 28800, -28800]) as shift_seconds) as h
)
select
    e.contract_no,
    e.shift_seconds,
    count(*) as edge_count,
    count(*) filter (where s.at_s <= e.expected_s + e.slack_s) as matched_count,
from expected as e
asof left join active as s
    on s.kind = e.kind
    and s.provider_id = e.provider_id
    and s.card = e.card
    and s.contract_no = e.contract_no
    and e.not_before_s <= s.at_s
where e.expected_s between e.from_s and e.to_s
group by e.contract_no, e.shift_seconds
