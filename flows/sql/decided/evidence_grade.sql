/*
title_zh = "证据等级"
grain_zh = "每笔申请一行"
no_rows_without = ["reconciled.claim_paper"]
[columns]
claim_id = "申请编号"
contract_no = "合同编号"
evidence_grade = "证据等级：E0 只有截图或材料，E1 只有结算账单或汇总，E2 有调度或平台记录，E3 另有设备采样，E4 且全部采样的摘要链完整、逐日有相符且签名有效的承诺"
allocated_unit_seconds = "占用，1 卡 = 21000 单位乘秒；没有用量记录、卡数全部未知的为空"
sampled_unit_seconds = "采样覆盖，同上；没有采样的为空"
longest_gap_seconds = "占用之中最长的一段采样缺口，秒；没有采样的为空"
gap_unit_seconds = "占用之中的采样缺口合计，1 卡 = 21000 单位乘秒；没有采样的为空"
is_chained = "全部采样的摘要链完整，且逐日的根摘要与承诺相符"
is_signed = "其逐日的承诺都有相符的签名"
is_lowered = "因采样缺口或没有采样的占用降了一级"
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
-- Every sample that counts lies in a chain that holds, and every day of it was committed to.
sampled as (
    select contract_no, sum(sample_count) as sample_count from reconciled.sample_day group by contract_no
),
unhashed as (
    select distinct contract_no from reconciled.unhashed_day
),
chained as (
    select
        contract_no,
        sum(chained_count) as chained_count,
        sum(broken_count) as broken_count,
        bool_and(coalesce(committed, false)) as is_committed,
        bool_and(coalesce(signature_state = 'valid', false)) as is_signed,
        coalesce(bool_or(signature_state = 'wrong'), false) as is_wrongly_signed,
        coalesce(bool_or(signature_state = 'key_unknown'), false) as is_by_unknown_key,
    from reconciled.chain_day
    group by contract_no
),
-- Devices of a plugin that counts cards on some nodes and dies on others.
unclear as (
    select contract_no, count(*) as record_count
    from reconciled.interval
    where is_die_unclear and stop_s > begin_s and contract_no is not null
    group by contract_no
),
held as (
    select
        c.claim_id,
        c.contract_no,
        m.billed_yuan,
        u.record_count as unclear_count,
        m.record_count,
        case when m.record_count > 0 then m.metered_unit_seconds end as allocated_unit_seconds,
        m.sampled_unit_seconds,
        case when m.sampled_unit_seconds is not null then coalesce(g.longest_gap_seconds, 0) end as longest_gap_seconds,
        case when m.sampled_unit_seconds is not null then coalesce(g.gap_unit_seconds, 0) end as gap_unit_seconds,
        coalesce(
            h.broken_count = 0 and h.chained_count >= s.sample_count and n.contract_no is null and h.is_committed, false
        ) as is_chained,
        coalesce(h.is_signed, false) as is_signed,
        h.is_wrongly_signed,
        h.is_by_unknown_key,
        policy.number('evidence.gap_seconds_max', c.submitted_on) as gap_seconds_max,
        policy.number('evidence.gap_ratio_max', c.submitted_on) as gap_ratio_max,
        reconciled.millionths(policy.number('evidence.gap_ratio_max', c.submitted_on)) as ratio_parts,
    from reconciled.claim_paper as c
    left join reconciled.contract_measure as m on m.contract_no = c.contract_no
    left join gaps as g on g.contract_no = c.contract_no
    left join sampled as s on s.contract_no = c.contract_no
    left join unhashed as n on n.contract_no = c.contract_no
    left join chained as h on h.contract_no = c.contract_no
    left join unclear as u on u.contract_no = c.contract_no
),
-- Each step asks for what lies below it.
stepped as (
    select
        *,
        case
            when record_count > 0 and sampled_unit_seconds is not null and is_chained and is_signed then 4
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
        -- Also before the first sample and after the last, where no gap lies.
        coalesce(
            (allocated_unit_seconds - sampled_unit_seconds) * 1000000 > ratio_parts * allocated_unit_seconds, false
        ) as is_thin,
    from stepped
)
select
    claim_id,
    contract_no,
    'E' || (step - cast(is_lowered as integer)) as evidence_grade,
    cast(allocated_unit_seconds as hugeint) as allocated_unit_seconds,
    cast(sampled_unit_seconds as hugeint) as sampled_unit_seconds,
    cast(longest_gap_seconds as bigint) as longest_gap_seconds,
    cast(gap_unit_seconds as hugeint) as gap_unit_seconds,
    is_chained,
    is_signed,
    is_lowered,
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
        case when unclear_count > 0 then concat(
            '；', unclear_count, ' 条记录申请的是 huawei.com/Ascend910，设备清单上看不出型号，一个按一张卡计（910C 上一个是半张卡）'
        ) end,
        case when is_chained then '；采样的摘要链完整，逐日有相符的承诺' end,
        case
            when is_chained and is_signed then '；承诺的签名逐日相符'
            when is_chained and is_wrongly_signed then '；承诺的签名有不符的，不到 E4'
            when is_chained and is_by_unknown_key then '；承诺的签名有查不到公钥的，不到 E4'
            when is_chained then '；承诺没有逐日签名，不到 E4'
        end,
        case when is_long then concat(
            '；最长一段采样缺口 ', reconciled.card_hours(longest_gap_seconds), ' 小时，超过 ', reconciled.card_hours(gap_seconds_max), ' 小时'
        ) end,
        case when is_large then concat(
            '；采样缺口合计 ', reconciled.gpu_hours(gap_unit_seconds), ' 卡时，超过占用的 ', cast(gap_ratio_max as decimal(9, 4))
        ) end,
        case when is_thin then concat(
            '；没有采样的占用 ', reconciled.gpu_hours(allocated_unit_seconds - sampled_unit_seconds), ' 卡时，超过占用的 ', cast(gap_ratio_max as decimal(9, 4))
        ) end,
        case when is_lowered then '，降一级' end
    ) as grade_because_zh,
from (select *, is_long or is_large or is_thin as is_lowered from bounded)
