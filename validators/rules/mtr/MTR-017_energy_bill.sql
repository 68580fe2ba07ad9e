/*
id = "MTR-017"
title_zh = "用电量低于加速卡的计量能耗"
title_en = "Electricity billed below what the cards metered"
article = "第九条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "机构 {provider_id} 在 {month} 有能耗计量的 {device_count} 张卡共用电 {metered_kwh} kWh，而全站该月用电量为 {bill_kwh} kWh（按 PUE 不低于 {pue_min} 比较）；合同 {contract_no} 在该月有用量。有能耗计量而未交用电量的月份：{unbilled_months}。"
because_en = "In {month} the {device_count} cards of provider {provider_id} that meter energy took {metered_kwh} kWh, and the whole site's electricity was {bill_kwh} kWh (compared at a PUE of at least {pue_min}). Contract {contract_no} has usage in that month. Months with metered energy and no bill: {unbilled_months}."
innocent_zh = [
    "机房托管，电表与他人合用，或另有一处机房的电费未交：请提供托管合同与各表的用电量。",
    "部分用电来自自备光伏、余热等而不在电费单上：请提供自发电的计量。",
    "抄表日不在月末，账单的月份与自然月错开：请提供抄表起止日期。",
]
innocent_en = [
    "Hosted, a meter shared with others, or the bill of another site not handed in: provide the hosting contract and each meter's use.",
    "Some power comes from own solar or waste heat and is on no bill: provide its metering.",
    "Meters are not read at the month's end, so months are shifted: provide the dates of reading.",
]
policy = ["energy.pue_min"]

[evidence]
severity = "低于的为暂缓待核；未交用电量的为提示：不因此暂缓"
contract_no = "合同编号"
provider_id = "服务机构代码"
month = "相差最多的月份；没有可比月份的取第一个未交用电量的月份"
device_count = "该月有能耗计量的卡数"
metered_kwh = "该月全部用户的计量能耗，kWh，舍去不足千分之一：有累计读数的取读数之差，没有的取功率对时间的积分"
bill_kwh = "该机构该月的用电量，kWh"
pue_min = "电能利用效率的下限"
register_day_count = "其中取自累计读数的设备日数"
integral_day_count = "其中取自功率积分的设备日数"
over_count = "本合同有用量而用电量低于计量能耗的月份数"
unbilled_months = "本合同有用量、有能耗计量而未交用电量的月份；— 为没有"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.energy"
using = ["provider_id", "month"]
*/
-- 1 kWh is 3 600 000 J; both sides in millijoules and millionths.
with months as (
    select
        *,
        policy.number('energy.pue_min', month_on) as pue_min,
        metered_millijoules * reconciled.millionths(policy.number('energy.pue_min', month_on))
            - reconciled.millionths(bill_kwh) * 3600000000 as above,
    from reconciled.energy_month
    where metered_millijoules is not null
),
touched as (
    select m.contract_no, e.*
    from (select distinct contract_no, provider_id, month_on from reconciled.contract_month) as m
    join months as e on e.provider_id = m.provider_id and e.month_on = m.month_on
),
weighed as (
    select
        contract_no,
        count(*) filter (where above > 0) as over_count,
        count(*) filter (where bill_kwh is null) as unbilled_count,
        array_to_string(list(strftime(month_on, '%Y-%m') order by month_on) filter (where bill_kwh is null), '、') as unbilled_months,
        first(touched order by above desc nulls last, month_on, provider_id) as worst,
    from touched
    group by contract_no
)
select
    c.claim_id as subject_id,
    case
        when w.contract_no is null then 'not_applicable'
        when w.over_count > 0 then 'flag'
        when w.unbilled_count = 0 then 'pass'
        else 'unknown'
    end as verdict,
    case when w.over_count > 0 then 'hold' else 'note' end as severity,
    c.contract_no,
    coalesce(w.worst.provider_id, c.provider_id) as provider_id,
    strftime(w.worst.month_on, '%Y-%m') as month,
    w.worst.device_count as device_count,
    cast(cast(w.worst.metered_millijoules // 3600000 as decimal(17, 0)) * 0.001 as decimal(18, 3)) as metered_kwh,
    cast(w.worst.bill_kwh as decimal(18, 3)) as bill_kwh,
    cast(w.worst.pue_min as decimal(9, 3)) as pue_min,
    w.worst.register_day_count as register_day_count,
    w.worst.integral_day_count as integral_day_count,
    coalesce(w.over_count, 0) as over_count,
    coalesce(nullif(w.unbilled_months, ''), '—') as unbilled_months,
    c.claimed_subsidy_yuan as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join weighed as w on w.contract_no = c.contract_no
