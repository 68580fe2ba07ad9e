/*
id = "MTR-015"
title_zh = "用量区间异常"
title_en = "Usage intervals that cannot be as they stand"
article = "第十二条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 的 {record_count} 条用量记录中：终早于始 {reversed_count} 条，超过时限仍未结束 {zombie_count} 条，没有结束时间 {open_count} 条，与同一方在同一张卡上较早的记录重叠 {overlapping_count} 条（{overlap_gpu_hours} 卡时，只计一次），恰止于导出时刻 {export_end_count} 条；未写集群而与写明集群的一条编号、租户、开始时刻相同，结束、卡数或合同不同的 {unclear_cluster_count} 条（{unclear_gpu_hours} 卡时，不知是否同一次运行）。前三种不计入。"
because_en = "Of {record_count} usage records of contract {contract_no}: {reversed_count} end before they start, {zombie_count} run on past their limit, {open_count} have no end, {overlapping_count} overlap an earlier record of the same party on the same card ({overlap_gpu_hours} card-hours, counted once), {export_end_count} end exactly at the export; {unclear_cluster_count} name no cluster and agree with one that does in number, tenant and start but not in end, cards or contract ({unclear_gpu_hours} card-hours, perhaps the same run). The first three kinds are not counted."
innocent_zh = [
    "导出时仍在运行的作业没有结束时间：请在 source.toml 写明导出时间，即计至导出时刻。",
    "作业已结束而日志漏了结束时间：请补上结束时间。",
    "人工更正时把起止填反：请提交更正后的记录。",
    "迁移或重新排队前后两条记录首尾相叠：重叠部分只计一次，不影响其余用量。",
    "两个集群的记录各自编号，恰好同号：请写明每份文件的集群（cluster_id），即各计各的。",
]
innocent_en = [
    "A job still running at export has no end: state exported_at in source.toml, and it counts up to then.",
    "A job was over and the log lost its end: hand in when it ended.",
    "Start and end were swapped in a manual correction: hand in the corrected record.",
    "Two records of a move or requeue overlap at the ends: the overlap counts once, the rest is unaffected.",
    "Two clusters number their records alike: name the cluster of each file (cluster_id), and each counts for itself.",
]
policy = ["metering.export_end_count", "metering.overlap_slack_seconds"]
[evidence]
severity = "后果：有不知是否同一次运行的为暂缓待核，其余为核减"
contract_no = "合同编号"
record_count = "用量记录条数"
reversed_count = "终早于始的条数"
zombie_count = "超过时限三百秒以上仍未结束的条数"
open_count = "没有结束时间，也不知导出时间或状态是已结束的条数"
overlapping_count = "与同一方在同一设备上较早的记录重叠超过容许秒数的条数"
overlap_gpu_hours = "其重叠的卡时，小时"
export_end_count = "恰止于导出时刻的条数"
unclear_cluster_count = "未写集群，而同一机构写明集群的一条编号、租户、开始时刻相同，结束时刻、卡数或合同不同的条数"
unclear_gpu_hours = "其卡时，小时"
amount_at_risk_yuan = "重叠卡时按合同的唯一卡时价折算，元；没有唯一卡时价的为空"
[[trace]]
relation = "reconciled.interval"
using = ["contract_no"]
where = "r.fate in ('reversed', 'zombie', 'open') or (r.fate = 'counted' and r.ended_at = r.exported_at) or r.interval_no in (select interval_no from reconciled.stretch where trimmed_seconds > 0 and device_uuid is not null) or (r.file_sha256, r.row_no, coalesce(r.sheet, '')) in (select (file_sha256, row_no, coalesce(sheet, '')) from lake.unclear_cluster)"
*/
with fated as (
    select
        contract_no,
        count(*) as record_count,
        count(*) filter (where fate = 'reversed') as reversed_count,
        count(*) filter (where fate = 'zombie') as zombie_count,
        count(*) filter (where fate = 'open') as open_count,
        count(*) filter (where fate = 'counted' and ended_at = exported_at) as export_end_count,
    from reconciled.interval
    where contract_no is not null
    group by contract_no
),
trimmed as (
    select
        s.contract_no,
        count(*) as overlapping_count,
        sum(s.trimmed_seconds * s.card_units) as unit_seconds,
    from reconciled.stretch as s
    join reconciled.contract_term as t on t.contract_no = s.contract_no
    -- Windows of one series that overlap are no fault of the log's.
    where s.device_uuid is not null
        and s.trimmed_seconds > 0
        and s.trimmed_seconds > policy.number('metering.overlap_slack_seconds', t.starts_on)
    group by s.contract_no
),
unclear as (
    select
        i.contract_no,
        count(*) as record_count,
        sum((i.stop_s - i.begin_s) * i.card_units) as unit_seconds,
    from reconciled.interval as i
    semi join lake.unclear_cluster as u
        on u.file_sha256 = i.file_sha256 and u.row_no = i.row_no and u.sheet is not distinct from i.sheet
    where i.contract_no is not null
    group by i.contract_no
)
select
    c.claim_id as subject_id,
    case
        when f.contract_no is null then 'not_applicable'
        when f.reversed_count + f.zombie_count + f.open_count > 0
            or t.overlapping_count > 0
            or f.export_end_count > policy.number('metering.export_end_count', c.submitted_on) then 'flag'
        when u.record_count > 0 then 'unknown'
        when f.export_end_count <= policy.number('metering.export_end_count', c.submitted_on) then 'pass'
    end as verdict,
    case when u.record_count > 0 then 'hold' else 'adjust' end as severity,
    c.contract_no,
    coalesce(f.record_count, 0) as record_count,
    coalesce(f.reversed_count, 0) as reversed_count,
    coalesce(f.zombie_count, 0) as zombie_count,
    coalesce(f.open_count, 0) as open_count,
    coalesce(t.overlapping_count, 0) as overlapping_count,
    reconciled.gpu_hours(coalesce(t.unit_seconds, 0)) as overlap_gpu_hours,
    coalesce(f.export_end_count, 0) as export_end_count,
    coalesce(u.record_count, 0) as unclear_cluster_count,
    reconciled.gpu_hours(coalesce(u.unit_seconds, 0)) as unclear_gpu_hours,
    reconciled.worth(t.unit_seconds, p.price_parts, p.parts_per_fen) as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join fated as f on f.contract_no = c.contract_no
left join trimmed as t on t.contract_no = c.contract_no
left join unclear as u on u.contract_no = c.contract_no
left join decided.sole_price as p on p.contract_no = c.contract_no
