/*
title_zh = "证据等级"
grain_zh = "每笔申请一行"
[columns]
claim_id = "申请编号"
contract_no = "合同编号"
evidence_grade = "证据等级：E0 只有截图或材料，E1 只有结算账单或汇总，E2 有调度或平台记录，E3 另有设备采样"
allocated_unit_seconds = "占用，1 卡 = 21000 单位乘秒；没有用量记录、卡数全部未知的为空"
sampled_unit_seconds = "采样覆盖，同上；没有采样的为空"
longest_gap_seconds = "占用之中最长的一段采样缺口，秒；没有采样的为空"
gap_unit_seconds = "占用之中的采样缺口合计，1 卡 = 21000 单位乘秒；没有采样的为空"
is_lowered = "因采样缺口降了一级"
grade_because_zh = "为何是这一级"
*/
with gaps as (
    select
        contract_no,
        max(gap_seconds) as longest_gap_seconds,
        sum(gap_unit_seconds) as gap_unit_seconds,
    from reconciled.contract_gap
    group by contract_no
),
held as (
    select
        c.claim_id,
        c.contract_no,
        m.billed_yuan,
        m.record_count,
        case when m.record_count > 0 then m.metered_unit_seconds end as allocated_unit_seconds,
        m.sampled_unit_seconds,
        case when m.sampled_unit_seconds is not null then coalesce(g.longest_gap_seconds, 0) end as longest_gap_seconds,
        case when m.sampled_unit_seconds is not null then coalesce(g.gap_unit_seconds, 0) end as gap_unit_seconds,
        policy.number('evidence.gap_seconds_max', c.submitted_on) as gap_seconds_max,
        policy.number('evidence.gap_ratio_max', c.submitted_on) as gap_ratio_max,
        reconciled.millionths(policy.number('evidence.gap_ratio_max', c.submitted_on)) as ratio_parts,
    from reconciled.claim_paper as c
    left join reconciled.contract_measure as m on m.contract_no = c.contract_no
    left join gaps as g on g.contract_no = c.contract_no
),
-- Each step asks for what lies below it. Unbroken chains with daily commitments are a step above E3 (E4) and will be a
-- CTE of their own beside this one; nothing here speaks of chains, so no claim is E4.
stepped as (
    select
        *,
        case
            when record_count > 0 and sampled_unit_seconds is not null then 3
            when record_count > 0 or sampled_unit_seconds is not null then 2
            when billed_yuan is not null then 1
            else 0
        end as step,
        -- Samples alone: what they cover and what they leave out is all that is known to have been held.
        coalesce(allocated_unit_seconds, sampled_unit_seconds + gap_unit_seconds) as held_units,
    from held
),
bounded as (
    select
        *,
        coalesce(longest_gap_seconds > gap_seconds_max, false) as is_long,
        coalesce(gap_unit_seconds * 1000000 > ratio_parts * held_units, false) as is_large,
    from stepped
)
select
    claim_id,
    contract_no,
    'E' || (step - cast(is_long or is_large as integer)) as evidence_grade,
    cast(allocated_unit_seconds as hugeint) as allocated_unit_seconds,
    cast(sampled_unit_seconds as hugeint) as sampled_unit_seconds,
    cast(longest_gap_seconds as bigint) as longest_gap_seconds,
    cast(gap_unit_seconds as hugeint) as gap_unit_seconds,
    is_long or is_large as is_lowered,
    concat(
        case
            when record_count > 0 and sampled_unit_seconds is not null then '有调度或平台记录，另有设备采样'
            when record_count > 0 then '有调度或平台记录，没有设备采样'
            when sampled_unit_seconds is not null then '只有设备采样，没有调度或平台记录'
            when billed_yuan is not null then '只有结算账单，没有用量记录'
            else '没有机器可读的用量记录和账单'
        end,
        case when sampled_unit_seconds is not null then concat(
            '；采样覆盖 ', reconciled.gpu_hours(sampled_unit_seconds), ' 卡时',
            case when allocated_unit_seconds is not null then concat('，占用 ', reconciled.gpu_hours(allocated_unit_seconds), ' 卡时') end
        ) end,
        case when is_long then concat(
            '；最长一段采样缺口 ', reconciled.card_hours(longest_gap_seconds), ' 小时，超过 ', reconciled.card_hours(gap_seconds_max), ' 小时'
        ) end,
        case when is_large then concat(
            '；采样缺口合计 ', reconciled.gpu_hours(gap_unit_seconds), ' 卡时，超过占用的 ', cast(gap_ratio_max as decimal(9, 4))
        ) end,
        case when is_long or is_large then '，降一级' end
    ) as grade_because_zh,
from bounded
