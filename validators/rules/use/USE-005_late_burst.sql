/*
id = "USE-005"
title_zh = "期末突击用量"
title_en = "Nearly all usage in the last days"
article = "第十一条、第十四条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 自 {window_from}（合同开始、签订、券生效、所用型号启用中最晚者）至 {counts_until} 可用 {window_days} 天；计入的用量中，最后 {late_days} 天（自 {late_from} 起）有 {late_gpu_hours} 卡时，此前只有 {early_gpu_hours} 卡时、{early_day_count} 天有用量，末段比率 {late_ratio}，达到 {share_min} 即提示；{known_zh}。服务是否在合同期内如约提供，请核实。"
because_en = "Contract {contract_no} could be used for {window_days} days, from {window_from} (the latest of start, signing, the voucher's effect and the first card of the model used) to {counts_until}; of the usage that counts, {late_gpu_hours} card-hours are of the last {late_days} days (from {late_from}) and only {early_gpu_hours} card-hours, on {early_day_count} day(s), are from before: a share of {late_ratio}, asked about from {share_min}; {known_en}. Please check that the service was given over the term as agreed."
innocent_zh = [
    "约定在期末集中训练或测试：请提供训练计划、任务单或约定时段的往来函件。",
    "数据、部署或经费到期末才就绪：请提供就绪与验收的记录。",
    "此前的用量记在别的租户、集群或机构名下，或日志尚未交齐：请补交日志与租户对照。",
    "合同期限误填，实际服务期只在期末：请提供合同原件期限页。",
]
innocent_en = [
    "A training run or test was agreed for the end of the term: provide its plan, the order or the letters.",
    "Data, deployment or funds were ready only then: provide the record of it.",
    "Earlier usage stands under another tenant, cluster or provider, or its log is not in yet: hand in log and tenant table.",
    "The term is filled in wrongly and service was at its end only: provide the page with the term.",
]
policy = ["usage.late_days", "usage.late_share_min", "usage.late_window_days"]

[evidence]
severity = "后果：指出的为暂缓待核；看不出的为提示，缺用量由他条暂缓"
contract_no = "合同编号"
window_from = "可用之日：合同开始日、签订日、券生效日与所用型号在设备清单上最早的启用日中最晚者"
counts_until = "计入截止日（含）：合同结束日与当年12月31日取早者"
window_days = "可用的天数"
late_days = "末段的天数"
late_from = "末段的第一天"
late_gpu_hours = "末段计入的卡时，小时"
early_gpu_hours = "合同期内、末段之前的卡时，不论计入与否，小时"
early_day_count = "末段之前有用量的天数"
late_ratio = "末段占二者之和的比率，舍去不足万分之一；— 为没有用量"
share_min = "末段比率的提示线"
known_zh = "日志与卡数是否够判断"
known_en = "the same in English"
amount_at_risk_yuan = "末段卡时按合同的唯一卡时价折算，元；没有唯一卡时价的为空"

[[trace]]
relation = "reconciled.interval"
using = ["contract_no"]
where = "cast(to_timestamp(r.stop_s - 1) as date) >= j.late_from and cast(r.started_at as date) <= j.counts_until"

[[trace]]
relation = "reconciled.sample_day"
using = ["contract_no"]
where = "r.contract_no in (select contract_no from reconciled.sampled_contract where not has_record) and r.usage_on between j.late_from and j.counts_until"

[[trace]]
relation = "lake.contract"
using = ["contract_no"]
*/
-- Cards that were not installed could not be used.
with ready as (
    select u.contract_no, min(d.valid_from) as ready_on
    from (select distinct contract_no, device_model from reconciled.metered_day) as u
    join reconciled.contract_term as t on t.contract_no = u.contract_no
    join lake.device as d on d.provider_id = t.provider_id and d.device_model = u.device_model
    group by u.contract_no
),
bounded as (
    select
        c.*,
        t.starts_on as term_from,
        t.counts_until,
        -- Who signed late, or waits for the review, cannot have used it before.
        greatest(t.starts_on, c.signed_on, t.voucher_effective_on, r.ready_on) as window_from,
        cast(policy.number('usage.late_days', c.submitted_on) as integer) as late_days,
        cast(policy.number('usage.late_window_days', c.submitted_on) as integer) as least_days,
        policy.number('usage.late_share_min', c.submitted_on) as share_min,
    from reconciled.claim_paper as c
    left join reconciled.contract_term as t on t.contract_no = c.contract_no
    left join ready as r on r.contract_no = c.contract_no
),
looked_at as (
    select
        *,
        counts_until - window_from + 1 as window_days,
        counts_until - late_days + 1 as late_from,
        coalesce(counts_until - window_from + 1 >= least_days, true) as is_long,
    from bounded
),
-- What does not count for reasons of the register shows use of the time before all the same.
used as (
    select
        b.claim_id,
        d.usage_on,
        d.unit_seconds,
        d.unknown_card_record_count,
        d.usage_on >= b.late_from as is_late,
        n.cause is not null and coalesce(d.usage_on >= n.counted_from, true) as is_counted,
    from looked_at as b
    join reconciled.metered_day as d on d.contract_no = b.contract_no and d.usage_on between b.term_from and b.counts_until
    left join decided.counted_cause as n on n.contract_no = d.contract_no and n.cause = d.cause
    where b.is_long
),
summed as (
    select
        claim_id,
        coalesce(sum(unit_seconds) filter (where is_late and is_counted), 0) as late_units,
        coalesce(sum(unit_seconds) filter (where not is_late), 0) as early_units,
        count(distinct usage_on) filter (where not is_late) as early_day_count,
        coalesce(sum(unknown_card_record_count) filter (where is_late and is_counted), 0) as late_unknown_count,
        coalesce(sum(unknown_card_record_count) filter (where not is_late), 0) as early_unknown_count,
    from used
    group by claim_id
),
weighed as (
    select
        b.*,
        s.* exclude (claim_id),
        s.late_units > 0
            and s.late_units * 1000000 >= reconciled.millionths(b.share_min) * (s.late_units + s.early_units) as is_burst,
    from looked_at as b
    left join summed as s on s.claim_id = b.claim_id
),
-- A month in which the cluster logged nothing at all may have gone unlogged: of idle months the cluster's others tell.
clustered as (
    select distinct w.claim_id, w.window_from, w.late_from, u.provider_id, u.cluster_id
    from weighed as w
    join reconciled.usage_day as u on u.contract_no = w.contract_no and u.usage_on between w.late_from and w.counts_until
    where w.is_burst
),
logged as (
    select c.claim_id, c.provider_id, c.cluster_id, count(distinct date_trunc('month', u.usage_on)) as month_count
    from clustered as c
    join reconciled.usage_day as u
        on u.provider_id is not distinct from c.provider_id
        and u.cluster_id is not distinct from c.cluster_id
        and u.usage_on between date_trunc('month', c.window_from) and c.late_from - 1
    group by c.claim_id, c.provider_id, c.cluster_id
),
covered as (
    select
        c.claim_id,
        bool_and(coalesce(l.month_count, 0) > date_diff('month', c.window_from, c.late_from - 1)) as is_logged,
    from clustered as c
    left join logged as l
        on l.claim_id = c.claim_id
        and l.provider_id is not distinct from c.provider_id
        and l.cluster_id is not distinct from c.cluster_id
    group by c.claim_id
),
judged as (
    select
        w.*,
        case
            when w.submitted_on is null or not w.has_contract then 'unknown'
            when w.window_days < w.least_days then 'not_applicable'
            when w.late_units is null then 'unknown'
            when w.is_burst and (w.early_unknown_count > 0 or w.submitted_on <= w.counts_until) then 'unknown'
            when w.is_burst and l.is_logged then 'flag'
            when w.is_burst then 'unknown'
            when w.late_unknown_count > 0 then 'unknown'
            when not w.is_burst then 'pass'
            else 'unknown'
        end as verdict,
        case
            when w.submitted_on is null then ('没有提交日期', 'there is no day of filing')
            when not w.has_contract then ('合同未收到', 'the contract was not handed in')
            when w.late_units is null then ('没有用量记录', 'there are no records of usage')
            when w.early_unknown_count + w.late_unknown_count > 0
                then ((w.early_unknown_count + w.late_unknown_count) || ' 条记录的卡数未知',
                    (w.early_unknown_count + w.late_unknown_count) || ' record(s) are of an unknown number of cards')
            when w.submitted_on <= w.counts_until
                then ('提交于 ' || w.submitted_on || '，其时期间未满，日志或未交齐',
                    'filed on ' || w.submitted_on || ', before the end of that time, the log may not be complete')
            when w.is_burst and not coalesce(l.is_logged, false)
                then ('此前有的月份该集群没有任何用量记录，是没有人用还是日志未交看不出',
                    'of some month before, the cluster has no record at all: idle or not handed in cannot be told')
            else ('此前各月该集群都有用量记录', 'the cluster has records of every month before')
        end as known,
    from weighed as w
    left join covered as l on l.claim_id = w.claim_id
)
select
    j.claim_id as subject_id,
    j.verdict,
    case j.verdict when 'flag' then 'hold' else 'note' end as severity,
    j.contract_no,
    j.window_from,
    j.counts_until,
    j.window_days,
    j.late_days,
    j.late_from,
    reconciled.gpu_hours(coalesce(j.late_units, 0)) as late_gpu_hours,
    reconciled.gpu_hours(coalesce(j.early_units, 0)) as early_gpu_hours,
    coalesce(j.early_day_count, 0) as early_day_count,
    reconciled.ratio_cut(j.late_units, j.late_units + j.early_units) as late_ratio,
    cast(j.share_min as decimal(9, 2)) as share_min,
    j.known[1] as known_zh,
    j.known[2] as known_en,
    reconciled.worth(j.late_units, p.price_parts, p.parts_per_fen) as amount_at_risk_yuan,
from judged as j
left join decided.sole_price as p on p.contract_no = j.contract_no
