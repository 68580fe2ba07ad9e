/*
id = "MTR-009"
title_zh = "采样覆盖不足"
title_en = "Samples cover too little of the time"
article = "第十条、第十二条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 的 {card_count} 张卡在采样期内{basis_zh}应有采样 {due_gpu_hours} 卡时，其中 {missed_gpu_hours} 卡时没有采样（不补算），覆盖不足 {least_ratio}；其中 {shared_gpu_hours} 卡时是同一节点（或整个集群）被采样的卡同时没有。缺得最多的一段：设备 {device_uuid} 自 {worst_from} 至 {worst_until}，缺 {worst_gpu_hours} 卡时。"
because_en = "{due_gpu_hours} card-hours of contract {contract_no} on {card_count} card(s) should have been sampled ({basis_en}); {missed_gpu_hours} card-hours were not and are not made up, less than {least_ratio} is covered. {shared_gpu_hours} card-hours of them were missed by every sampled card of the node or cluster at once. Worst: device {device_uuid} from {worst_from} to {worst_until}, {worst_gpu_hours} card-hours missed."
unknown_zh = [
    "合同 {contract_no} 未收到，应有采样的期间未知，采样覆盖是否不低于 {least_ratio} 无从计算。请补交合同。",
]
unknown_en = [
    "Contract {contract_no} is not on file, so the time that should have been sampled is unknown and whether {least_ratio} of it is covered cannot be worked out. Please hand in the contract.",
]
innocent_zh = [
    "采样程序或节点整体停过：同时缺的时间已列明，只提示；请提供停机或维护记录。",
    "采样只在作业运行时进行，停歇时本无采样：请提供作业起止记录。",
    "采样周期填小了，正常间隔被看作缺口：请更正 source.toml 的 sample_period_seconds。",
    "采样文件漏交一段：请补交。",
]
innocent_en = [
    "The collector or node was down as a whole: time that all lack is listed and only noted; provide the record of downtime.",
    "Samples are taken only while jobs run: provide the jobs' start and end records.",
    "The sampling period is too small, so normal distances look like gaps: correct sample_period_seconds in source.toml.",
    "A stretch of samples was left out: hand it in.",
]
policy = ["metering.sample_coverage_min"]
[evidence]
severity = "后果：单张卡自己缺的时间也使覆盖不足、且缺的时间在计费之内的为暂缓待核，其余为提示"
contract_no = "合同编号"
provider_id = "服务机构代码"
card_count = "应有采样的卡数"
basis_zh = "应有采样的时间从何而来"
basis_en = "the same in English"
due_gpu_hours = "应有采样的卡时，小时"
missed_gpu_hours = "其中没有采样的，小时"
shared_gpu_hours = "其中同节点（或全集群）被采样的卡同时没有的，小时"
least_ratio = "覆盖的最低比率"
device_uuid = "缺得最多的一段所在的设备"
worst_from = "该段的起点"
worst_until = "该段的终点（不含）"
worst_begin_s = "该段起点，UTC 秒"
worst_stop_s = "该段终点（不含），UTC 秒"
worst_gpu_hours = "该段中没有采样的，小时"
amount_at_risk_yuan = "没有采样的时间按整卡、合同的唯一卡时价折算，元；没有唯一卡时价的为空"
[[trace]]
relation = "reconciled.sample_day"
using = ["contract_no", "provider_id", "device_uuid"]
where = "r.usage_on between cast(to_timestamp(j.worst_begin_s) as date) and cast(to_timestamp(j.worst_stop_s) as date)"
[[trace]]
relation = "reconciled.interval"
using = ["contract_no", "provider_id", "device_uuid"]
where = "r.begin_s < j.worst_stop_s and r.stop_s > j.worst_begin_s"
*/
with summed as (
    select
        contract_no,
        bool_or(is_logged) as is_logged,
        count(*) as card_count,
        sum(due_seconds) as due_seconds,
        sum(missed_seconds) as missed_seconds,
        sum(shared_seconds) as shared_seconds,
        arg_max(
            {'provider_id': provider_id, 'device_uuid': device_uuid, 'begin_s': worst_begin_s, 'stop_s': worst_stop_s,
             'missed_seconds': worst_missed_seconds},
            (worst_missed_seconds, -worst_begin_s, device_uuid)
        ) filter (where worst_begin_s is not null) as worst,
    from reconciled.sample_due
    group by contract_no
),
named as (
    select contract_no from reconciled.sample_day where contract_no is not null group by contract_no
),
weighed as (
    select
        c.claim_id,
        c.contract_no,
        c.provider_id,
        c.has_contract,
        s.* exclude (contract_no),
        n.contract_no is not null as has_samples,
        cast(policy.number('metering.sample_coverage_min', c.submitted_on) as decimal(9, 6)) as least_ratio,
        -- Without a log nothing but what was sampled is counted: a gap matters where more was billed.
        s.is_logged or (m.record_count = 0 and coalesce(m.billed_card_seconds * 21000 > m.sampled_unit_seconds, true)) as is_billed,
    from reconciled.claim_paper as c
    left join summed as s on s.contract_no = c.contract_no
    left join named as n on n.contract_no = c.contract_no
    left join reconciled.contract_measure as m on m.contract_no = c.contract_no
)
select
    w.claim_id as subject_id,
    case
        when w.due_seconds - w.missed_seconds < w.least_ratio * w.due_seconds then 'flag'
        when w.due_seconds - w.missed_seconds >= w.least_ratio * w.due_seconds then 'pass'
        when w.has_contract or not w.has_samples then 'not_applicable'
        else 'unknown'
    end as verdict,
    case
        when w.is_billed and w.due_seconds - (w.missed_seconds - w.shared_seconds) < w.least_ratio * w.due_seconds then 'hold'
        else 'note'
    end as severity,
    w.contract_no,
    coalesce(w.worst.provider_id, w.provider_id) as provider_id,
    coalesce(w.card_count, 0) as card_count,
    case when w.is_logged then '按用量记录' when not w.is_logged then '按采样与其间的缺口' end as basis_zh,
    case when w.is_logged then 'by the log' when not w.is_logged then 'by the samples and the gaps between' end as basis_en,
    reconciled.card_hours(coalesce(w.due_seconds, 0)) as due_gpu_hours,
    reconciled.card_hours(coalesce(w.missed_seconds, 0)) as missed_gpu_hours,
    reconciled.card_hours(coalesce(w.shared_seconds, 0)) as shared_gpu_hours,
    cast(w.least_ratio as decimal(9, 2)) as least_ratio,
    w.worst.device_uuid as device_uuid,
    strftime(to_timestamp(w.worst.begin_s), '%Y-%m-%d %H:%M:%S') as worst_from,
    strftime(to_timestamp(w.worst.stop_s), '%Y-%m-%d %H:%M:%S') as worst_until,
    w.worst.begin_s as worst_begin_s,
    w.worst.stop_s as worst_stop_s,
    reconciled.card_hours(w.worst.missed_seconds) as worst_gpu_hours,
    reconciled.worth(w.missed_seconds * 21000, p.price_parts, p.parts_per_fen) as amount_at_risk_yuan,
from weighed as w
left join decided.sole_price as p on p.contract_no = w.contract_no
