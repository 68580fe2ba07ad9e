/*
id = "REC-008"
title_zh = "作业记录有成段缺号"
title_en = "A run of job numbers is missing"
article = "第十条、第十二条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "机构 {provider_id} 的集群 {cluster_id} 交来 {job_count} 个作业号，基本连续，而作业 {before_no} 与 {after_no} 之间缺 {missing_count} 个号；前者提交于 {before_at}，后者提交于 {after_at}，按平常的提交间隔约应有 {usual_count} 个。合同 {contract_no} 的用量（{first_usage_on} 至 {last_usage_on}）覆盖该段时间。"
because_en = "Provider {provider_id} handed in {job_count} job numbers of cluster {cluster_id}, nearly without gaps, but between jobs {before_no} and {after_no} {missing_count} numbers are missing; they were submitted at {before_at} and {after_at}, and at the usual pace about {usual_count} jobs would lie between. Usage of contract {contract_no} ({first_usage_on} to {last_usage_on}) covers that time."
innocent_zh = [
    "有一个文件或一段时间漏交：请补交该段的全部作业记录（含取消、失败的作业）。",
    "调度器重装或换库，作业号跳号：请提供维护记录。",
    "该段是未列入导出范围的其他租户的作业：请以不含租户名的方式一并导出，只留作业号、起止时间和卡数。",
]
innocent_en = [
    "A file or a stretch of time was left out: hand in all its jobs (with those cancelled or failed).",
    "The scheduler was reinstalled or its database changed and job ids jump: provide the maintenance record.",
    "The stretch is of other tenants outside the export: export them without names, with job id, times and cards only.",
]
policy = ["metering.id_count", "metering.id_density", "metering.id_gap_count"]

[evidence]
contract_no = "合同编号"
provider_id = "服务机构代码"
cluster_id = "集群；— 为未分集群"
job_count = "该集群不同作业号的个数"
before_no = "缺段之前的作业号；— 为没有缺段"
after_no = "缺段之后的作业号；— 为没有"
missing_count = "缺号个数，取缺得最多的一段"
before_at = "缺段之前的作业的提交时间（没有的取开始时间）"
after_at = "缺段之后的作业的提交时间（没有的取开始时间）"
usual_count = "按该集群平常的提交间隔，这段时间约有的作业数"
before_record_id = "缺段之前的记录编号"
after_record_id = "缺段之后的记录编号"
first_usage_on = "本合同最早用量日"
last_usage_on = "本合同最晚用量日"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "reconciled.interval"
using = ["provider_id"]
where = "r.record_id in (j.before_record_id, j.after_record_id)"
*/
-- Only numbers that a scheduler gives: plain digits, or slurm:<job>[:<raw>]:<submitted>+<seconds to the start>.
-- Of clusters that no claimed contract has used, nothing is asked.
with asked as (
    select distinct provider_id, cluster_id
    from reconciled.interval
    where contract_no in (select contract_no from reconciled.claim_paper)
),
told as materialized (
    select
        i.provider_id,
        i.cluster_id,
        i.tenant,
        i.record_id,
        i.contract_no,
        i.started_at,
        regexp_extract(
            i.record_id, '^(slurm:(?:[^:]*:)?)?([0-9]+)(?::([0-9]+)[+]-?[0-9]*)?$', ['scheduler', 'job_no', 'submit_s']
        ) as number,
    from reconciled.interval as i
    join asked as a
        on a.provider_id is not distinct from i.provider_id and a.cluster_id is not distinct from i.cluster_id
),
jobs as (
    select
        * exclude (number),
        try_cast(number.job_no as bigint) as job_no,
        case when number.scheduler <> '' then try_cast(nullif(number.submit_s, '0') as bigint) end as submit_s,
    from told
),
numbered as (
    select
        provider_id,
        cluster_id,
        job_no,
        min(record_id) as record_id,
        min(coalesce(submit_s, epoch_us(started_at) // 1000000)) as at_s,
    from jobs
    where job_no is not null
    group by provider_id, cluster_id, job_no
),
followed as (
    select
        *,
        lead(job_no) over upward as next_no,
        lead(record_id) over upward as next_record_id,
        lead(at_s) over upward as next_s,
    from numbered
    window upward as (partition by provider_id, cluster_id order by job_no)
),
bounded as (
    select
        *,
        next_no - job_no - 1 as missing_count,
        next_s - at_s as pause_s,
        cast(policy.number('metering.id_gap_count', cast(to_timestamp(at_s) as date)) as bigint) as gap_count,
    from followed
),
-- An export of one tenant leaves out everybody else's numbers, and one of a few leaves many small gaps.
clusters as (
    select
        b.provider_id,
        b.cluster_id,
        count(*) as job_count,
        sum(missing_count) filter (where missing_count < gap_count) as scattered_count,
        sum(pause_s) filter (where missing_count < gap_count) as usual_s,
        count(*) filter (where missing_count < gap_count) as usual_steps,
        min(at_s) as first_s,
    from bounded as b
    group by b.provider_id, b.cluster_id
),
shared as (
    select provider_id, cluster_id, count(distinct tenant) as tenant_count, bool_and(job_no is not null) as is_all_numbered,
    from jobs
    group by provider_id, cluster_id
),
whole as (
    select c.*
    from clusters as c
    join shared as s
        on s.provider_id is not distinct from c.provider_id and s.cluster_id is not distinct from c.cluster_id
    where s.tenant_count > 1
        and s.is_all_numbered
        and c.job_count >= policy.number('metering.id_count', cast(to_timestamp(c.first_s) as date))
        and c.job_count >= policy.number('metering.id_density', cast(to_timestamp(c.first_s) as date))
            * (c.job_count + coalesce(c.scattered_count, 0))
        -- Facts after the run's day are set aside; their numbers are not missing.
        and not exists (select 1 from lake.later as l where l.table_name = 'usage_interval')
),
-- A burst of somebody's jobs or a jump of the counter takes numbers faster than this cluster ever gives them.
holes as (
    select
        b.*,
        w.job_count,
        b.pause_s * w.usual_steps // greatest(1, w.usual_s) as usual_count,
    from bounded as b
    join whole as w
        on w.provider_id is not distinct from b.provider_id and w.cluster_id is not distinct from b.cluster_id
    where b.missing_count >= b.gap_count and b.pause_s * w.usual_steps * 2 >= b.missing_count * w.usual_s
),
used as (
    select
        contract_no,
        provider_id,
        cluster_id,
        epoch_us(min(started_at)) // 1000000 as first_s,
        epoch_us(max(started_at)) // 1000000 as last_s,
        cast(min(started_at) as date) as first_usage_on,
        cast(max(started_at) as date) as last_usage_on,
    from jobs
    where contract_no is not null and started_at is not null
    group by contract_no, provider_id, cluster_id
),
touched as (
    select
        u.contract_no,
        max(w.job_count) as job_count,
        max(u.provider_id) as provider_id,
        max(coalesce(u.cluster_id, '—')) as cluster_id,
        min(u.first_usage_on) as first_usage_on,
        max(u.last_usage_on) as last_usage_on,
        arg_max(
            {'provider_id': h.provider_id, 'cluster_id': h.cluster_id, 'job_count': h.job_count, 'job_no': h.job_no,
             'next_no': h.next_no, 'missing_count': h.missing_count, 'at_s': h.at_s, 'next_s': h.next_s,
             'usual_count': h.usual_count, 'record_id': h.record_id, 'next_record_id': h.next_record_id},
            (h.missing_count, -h.job_no)
        ) filter (where h.job_no is not null) as hole,
    from used as u
    join whole as w
        on w.provider_id is not distinct from u.provider_id and w.cluster_id is not distinct from u.cluster_id
    left join holes as h
        on h.provider_id is not distinct from u.provider_id
        and h.cluster_id is not distinct from u.cluster_id
        and h.at_s <= u.last_s
        and h.next_s >= u.first_s
    group by u.contract_no
)
select
    c.claim_id as subject_id,
    case
        when t.hole is not null then 'flag'
        when t.contract_no is null then 'not_applicable'
        when t.hole is null then 'pass'
    end as verdict,
    c.contract_no,
    coalesce(t.hole.provider_id, t.provider_id, c.provider_id) as provider_id,
    coalesce(t.hole.cluster_id, t.cluster_id, '—') as cluster_id,
    coalesce(t.hole.job_count, t.job_count, 0) as job_count,
    coalesce(cast(t.hole.job_no as varchar), '—') as before_no,
    coalesce(cast(t.hole.next_no as varchar), '—') as after_no,
    coalesce(t.hole.missing_count, 0) as missing_count,
    strftime(to_timestamp(t.hole.at_s), '%Y-%m-%d %H:%M:%S') as before_at,
    strftime(to_timestamp(t.hole.next_s), '%Y-%m-%d %H:%M:%S') as after_at,
    cast(t.hole.usual_count as bigint) as usual_count,
    t.hole.record_id as before_record_id,
    t.hole.next_record_id as after_record_id,
    t.first_usage_on,
    t.last_usage_on,
    c.claimed_subsidy_yuan as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join touched as t on t.contract_no = c.contract_no
