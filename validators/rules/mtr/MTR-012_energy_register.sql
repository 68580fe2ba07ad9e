/*
id = "MTR-012"
title_zh = "能耗读数与功率积分不符"
title_en = "Energy register and power do not agree"
article = "第十二条、第十七条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 有 {whole_count} 个卡日的能耗读数与功率可比，其中 {off_count} 个（{off_day_count} 天）相差超过能耗增量的 {tolerance_ratio}；相差最大的：设备 {device_uuid} 在 {usage_on}，能耗读数增 {gain_kwh} 千瓦时，功率积分 {power_kwh} 千瓦时。读数回落 {fell_count} 次，其中 {odd_fall_count} 个卡日的回落不像重新计数（启动编号未变，或回落后的读数高于重新计数所能及）。"
because_en = "On {whole_count} card-days of contract {contract_no} register and power can be compared; on {off_count} of them ({off_day_count} days) they differ by more than {tolerance_ratio} of the energy; most on device {device_uuid}, {usage_on}: the register gained {gain_kwh} kWh, power adds up to {power_kwh} kWh. The register fell {fell_count} time(s); on {odd_fall_count} card-day(s) not as a new count would: the boot had not changed, or it reads more than a new count could have reached."
unknown_zh = [
    "合同 {contract_no} 没有一个卡日整日都有采样、功率与能耗读数，能耗读数与功率无从比较（读数回落 {fell_count} 次）。请补交整日的采样。",
]
unknown_en = [
    "Contract {contract_no} has no card-day with samples, power and register all day long, so register and power cannot be compared (the register fell {fell_count} time(s)). Please hand in samples of whole days.",
]
innocent_zh = [
    "功率是瞬时读数，负荷随采样周期起伏时会偏：请提供采样程序的功率口径（瞬时或平均）与采样周期。",
    "能耗读数的单位填错（毫焦、焦、瓦时）：请更正导出设置后重交。",
    "驱动重装或换卡使读数重新计起：请提供维护记录。",
    "读数由另一路采样补入，两路的起点不同：请注明各路来源。",
]
innocent_en = [
    "Power is read at an instant and is off when the load swings with the sampling: state whether it is instant or mean, and the period.",
    "The unit of energy is wrong (mJ, J, Wh): correct the export and hand it in again.",
    "A new driver or card restarted the counter: provide the maintenance record.",
    "Readings were filled in from another source with another origin: state the source of each.",
]
policy = [
    "metering.energy_day_share_min",
    "metering.energy_tolerance_ratio",
    "metering.energy_off_days",
    "metering.energy_off_share_max",
    "metering.power_over_tdp_ratio",
]
[evidence]
severity = "后果：不符的天数与卡日比率都超过容许的为暂缓待核，其余为提示"
contract_no = "合同编号"
provider_id = "服务机构代码"
whole_count = "整日都有采样、功率与能耗读数的卡日数"
off_count = "其中不符的卡日数"
off_day_count = "其不同的天数"
tolerance_ratio = "容许差占能耗增量的比率"
device_uuid = "相差最大（没有的取异常回落）的卡日的设备；— 为没有"
usage_on = "该日；— 为没有"
gain_kwh = "该日能耗读数的增量，千瓦时，舍去不足千分之一；读数回落过的为空"
power_kwh = "该日功率对时间的积分，千瓦时，舍去不足千分之一"
fell_count = "能耗读数回落的次数"
odd_fall_count = "回落不像重新计数的卡日数：前后启动编号已知而相同，或回落后的读数高于自零起以额定功率（加容许比率）所能及"
amount_at_risk_yuan = "申报兑现金额，元"
[[trace]]
relation = "reconciled.sample_day"
using = ["contract_no", "provider_id", "device_uuid", "usage_on"]
*/
with asked as (
    select
        e.*,
        cast(cast(e.gain_joules as decimal(30, 3)) * 1000 as hugeint) as gain_mj,
        cast(e.power_millijoules as hugeint) as power_mj,
        reconciled.millionths(policy.number('metering.energy_day_share_min', e.usage_on)) as share_parts,
        reconciled.millionths(policy.number('metering.energy_tolerance_ratio', e.usage_on)) as tolerance_parts,
        reconciled.millionths(policy.number('metering.power_over_tdp_ratio', e.usage_on)) as over_parts,
        cast(cast(k.tdp_watts as decimal(30, 3)) * 1000 as hugeint) as tdp_mw,
    from reconciled.energy_day as e
    join reconciled.contract_term as t on t.contract_no = e.contract_no
    left join reconciled.sampled_card as k
        on k.provider_id is not distinct from e.provider_id and k.device_uuid = e.device_uuid
    where e.usage_on between t.starts_on and t.counts_until
),
whole as (
    select
        *,
        least(metered_seconds, power_known_seconds) * 1000000 >= share_parts * 86400 and gain_mj is not null as is_whole,
        abs(gain_mj - power_mj) * 1000000 > tolerance_parts * gain_mj as is_far,
        -- Within one boot a count does not start anew; one that does can reach no more than the rated power gives in the two hours.
        fell_in_boot_count > 0 or coalesce(
            cast(cast(fell_to_joules as decimal(30, 3)) * 1000 as hugeint) * 1000000
                > (1000000 + over_parts) * tdp_mw * fell_within_seconds,
            false
        ) as is_odd_fall,
    from asked
),
summed as (
    select
        contract_no,
        count(*) filter (where is_whole) as whole_count,
        count(*) filter (where is_whole and is_far) as off_count,
        count(distinct usage_on) filter (where is_whole and is_far) as off_day_count,
        sum(fell_count) as fell_count,
        count(*) filter (where is_odd_fall) as odd_fall_count,
        arg_max(
            {'provider_id': provider_id, 'device_uuid': device_uuid, 'usage_on': usage_on, 'gain_mj': gain_mj,
             'power_mj': power_mj},
            (is_whole and is_far, coalesce(abs(gain_mj - power_mj), 0), device_uuid, usage_on)
        ) filter (where (is_whole and is_far) or is_odd_fall) as worst,
    from whole
    group by contract_no
)
select
    c.claim_id as subject_id,
    case
        when s.contract_no is null then 'not_applicable'
        when s.off_count + s.odd_fall_count > 0 then 'flag'
        when s.whole_count > 0 then 'pass'
        else 'unknown'
    end as verdict,
    case
        when s.off_day_count >= policy.number('metering.energy_off_days', c.submitted_on)
            and s.off_count > policy.number('metering.energy_off_share_max', c.submitted_on) * s.whole_count then 'hold'
        else 'note'
    end as severity,
    c.contract_no,
    coalesce(s.worst.provider_id, c.provider_id) as provider_id,
    coalesce(s.whole_count, 0) as whole_count,
    coalesce(s.off_count, 0) as off_count,
    coalesce(s.off_day_count, 0) as off_day_count,
    cast(policy.number('metering.energy_tolerance_ratio', c.submitted_on) as decimal(9, 2)) as tolerance_ratio,
    s.worst.device_uuid as device_uuid,
    s.worst.usage_on as usage_on,
    cast(s.worst.gain_mj // 3600000 as decimal(15, 0)) * 0.001 as gain_kwh,
    cast(s.worst.power_mj // 3600000 as decimal(15, 0)) * 0.001 as power_kwh,
    cast(coalesce(s.fell_count, 0) as bigint) as fell_count,
    coalesce(s.odd_fall_count, 0) as odd_fall_count,
    c.claimed_subsidy_yuan as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join summed as s on s.contract_no = c.contract_no
