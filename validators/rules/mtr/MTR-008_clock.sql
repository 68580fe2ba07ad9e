/*
id = "MTR-008"
title_zh = "用量记录的时钟异常"
title_en = "Clock of the usage records out of order"
article = "第十条、第十二条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 的用量记录 {record_count} 条、采样 {sample_count} 个：{fault_zh}。自报时长与起止时间不一致的记录 {mismatch_count} 条，相差 {mismatch_gpu_hours} 卡时（容许 {allowed_gpu_hours} 卡时）。"
because_en = "Contract {contract_no}, {record_count} records and {sample_count} samples: {fault_en}. {mismatch_count} records whose stated duration differs from their times, by {mismatch_gpu_hours} card-hours ({allowed_gpu_hours} card-hours allowed)."
innocent_zh = [
    "日志写的是世界时而未注明：请在 source.toml 写明 time_zone，用量随之归到正确的日期。",
    "导出时间填早了：请更正 source.toml 的 exported_at。",
    "采样主机与调度主机时钟不同步：请提交校时记录；不足容许秒数的已放过。",
    "作业曾被挂起而导出时未带挂起时长：请补挂起秒数。",
]
innocent_en = [
    "The log is in UTC without saying so: state time_zone in source.toml, and usage falls on the right day.",
    "The export time is too early: correct exported_at in source.toml.",
    "The clocks of sampling and scheduling hosts differ: hand in the time-sync record; less than the allowed seconds is let pass.",
    "The job was suspended and the export left that out: add the suspended seconds.",
]
policy = [
    "metering.clock_shift_tolerance_seconds",
    "metering.tolerance_hours",
    "metering.tolerance_ratio",
]
[evidence]
contract_no = "合同编号"
record_count = "用量记录条数"
sample_count = "采样个数"
future_count = "晚于导出时间的用量记录条数"
latest_at = "晚于导出时间的最晚时刻"
exported_at = "该文件的导出时间"
shift_hours = "采样时刻减日志时刻，小时；没有整时区偏差的为空"
shift_matched_count = "按该时差与采样相符的起止点数"
shift_edge_count = "按该时差可比的起止点数"
unshifted_matched_count = "不加时差与采样相符的起止点数"
mismatch_count = "自报时长与起止时间不一致的记录条数"
mismatch_gpu_hours = "其相差的卡时，小时"
allowed_gpu_hours = "容许的相差，小时"
fault_zh = "不合之处"
fault_en = "the same in English"
amount_at_risk_yuan = "计量可支持的金额，元；未知的为空"
[[trace]]
relation = "reconciled.interval"
using = ["contract_no"]
where = "greatest(r.started_at, r.ended_at) > j.exported_at or r.is_elapsed_mismatch or (j.shift_hours is not null and r.interval_no in (select arg_min(interval_no, begin_s) from reconciled.interval where device_uuid is not null group by contract_no, device_uuid))"
*/
with declared as (
    select file_sha256, max(try_cast(nullif(exported_at, '') as timestamptz)) as exported_at
    from lake.input_file
    group by file_sha256
),
recorded as (
    select
        i.contract_no,
        greatest(i.begin_s, i.begin_s + i.span_seconds) as latest_s,
        coalesce(i.exported_at, d.exported_at) as exported_at,
        case when i.is_elapsed_mismatch and i.is_billable
            then abs(
                coalesce(i.span_seconds, epoch_us(i.exported_at) // 1000000 - i.begin_s)
                    - coalesce(i.suspended_seconds, 0) - i.elapsed_seconds
            ) * cast(i.card_units as hugeint)
        end as off_units,
        i.is_elapsed_mismatch,
        i.elapsed_seconds is not null as states_elapsed,
        true as is_record,
        1 as row_count,
    from reconciled.interval as i
    left join declared as d using (file_sha256)
    -- A waiting job may show a planned start.
    where i.contract_no is not null and i.fate <> 'never_started'
    union all
    select s.contract_no, s.latest_s, d.exported_at, null, false, false, false, s.row_count
    from (
        select contract_no, file_sha256, max(last_s) as latest_s, sum(sample_count) as row_count
        from reconciled.sample_source
        where contract_no is not null
        group by contract_no, file_sha256
    ) as s
    left join declared as d using (file_sha256)
),
dated as (
    select
        r.*,
        coalesce(r.latest_s > epoch_us(r.exported_at) // 1000000 + t.slack_s, false) as is_future,
    from recorded as r
    join (
        select
            contract_no,
            cast(policy.number('metering.clock_shift_tolerance_seconds', starts_on) as bigint) as slack_s,
        from reconciled.contract_term
    ) as t using (contract_no)
),
stamped as (
    select
        contract_no,
        sum(row_count) filter (where is_record) as record_count,
        sum(row_count) filter (where not is_record) as sample_count,
        count(*) filter (where is_future and is_record) as future_count,
        bool_or(is_future) as has_future,
        max(latest_s) filter (where is_future) as latest_s,
        arg_max(exported_at, latest_s) filter (where is_future) as exported_at,
        count(*) filter (where is_elapsed_mismatch) as mismatch_count,
        coalesce(sum(off_units), 0) as off_units,
        bool_or(exported_at is not null or states_elapsed) as is_testable,
    from dated
    group by contract_no
),
-- The whole log is shifted where most edges agree with the samples after eight hours, and not half as many without.
shifted as (
    select
        s.contract_no,
        s.shift_seconds,
        s.matched_count,
        s.edge_count,
        coalesce(p.matched_count, 0) as unshifted_count,
    from decided.clock_shift as s
    left join decided.clock_shift as p on p.contract_no = s.contract_no and p.shift_seconds = 0
    where s.shift_seconds <> 0
        and s.edge_count > 1
        and s.matched_count * 2 > s.edge_count
        and coalesce(p.matched_count, 0) * 2 < s.matched_count
    qualify row_number() over (partition by s.contract_no order by s.matched_count desc, s.shift_seconds) = 1
),
weighed as (
    select
        c.claim_id,
        c.contract_no,
        s.* exclude (contract_no),
        f.* exclude (contract_no),
        k.contract_no is not null as is_compared,
        u.supported_yuan,
        cast(greatest(
            cast(policy.number('metering.tolerance_hours', c.submitted_on) * 3600 * 21000 as hugeint),
            reconciled.millionths(policy.number('metering.tolerance_ratio', c.submitted_on))
                * coalesce(m.metered_unit_seconds, 0) // 1000000
        ) as hugeint) as allowed_units,
    from reconciled.claim_paper as c
    left join stamped as s on s.contract_no = c.contract_no
    left join shifted as f on f.contract_no = c.contract_no
    left join (select distinct contract_no from decided.clock_shift) as k on k.contract_no = c.contract_no
    left join reconciled.contract_measure as m on m.contract_no = c.contract_no
    left join decided.support as u on u.contract_no = c.contract_no
)
select
    claim_id as subject_id,
    case
        when has_future or shift_seconds is not null or off_units > allowed_units then 'flag'
        when is_testable or is_compared then 'pass'
        when not coalesce(is_testable, false) then 'not_applicable'
    end as verdict,
    contract_no,
    coalesce(record_count, 0) as record_count,
    coalesce(sample_count, 0) as sample_count,
    coalesce(future_count, 0) as future_count,
    strftime(to_timestamp(latest_s), '%Y-%m-%d %H:%M:%S') as latest_at,
    exported_at,
    shift_seconds // 3600 as shift_hours,
    matched_count as shift_matched_count,
    edge_count as shift_edge_count,
    unshifted_count as unshifted_matched_count,
    coalesce(mismatch_count, 0) as mismatch_count,
    reconciled.gpu_hours(coalesce(off_units, 0)) as mismatch_gpu_hours,
    reconciled.gpu_hours(allowed_units) as allowed_gpu_hours,
    coalesce(nullif(concat_ws('；',
        case when has_future then '最晚的时刻 ' || strftime(to_timestamp(latest_s), '%Y-%m-%d %H:%M:%S') || ' 晚于导出时间 '
            || strftime(exported_at, '%Y-%m-%d %H:%M:%S') || '（用量记录 ' || future_count || ' 条）' end,
        case when shift_seconds is not null then '采样与日志相差 ' || shift_seconds // 3600 || ' 小时：' || edge_count || ' 个起止点中 '
            || matched_count || ' 个加此时差后与采样相符，不加的 ' || unshifted_count || ' 个' end,
        case when off_units > allowed_units then '自报时长与起止时间的相差超过容许' end
    ), ''), '未见时刻异常') as fault_zh,
    coalesce(nullif(concat_ws('; ',
        case when has_future then 'the latest stamp ' || strftime(to_timestamp(latest_s), '%Y-%m-%d %H:%M:%S')
            || ' lies after the export at ' || strftime(exported_at, '%Y-%m-%d %H:%M:%S') || ' (' || future_count || ' records)' end,
        case when shift_seconds is not null then 'samples and log differ by ' || shift_seconds // 3600 || ' hours: '
            || matched_count || ' of ' || edge_count || ' edges agree with it, ' || unshifted_count || ' without' end,
        case when off_units > allowed_units then 'stated durations differ from the times by more than is allowed' end
    ), ''), 'no stamp out of order') as fault_en,
    cast(supported_yuan as decimal(18, 2)) as amount_at_risk_yuan,
from weighed
