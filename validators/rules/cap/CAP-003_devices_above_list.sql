/*
id = "CAP-003"
title_zh = "一个月里用到的设备多于清单上的卡"
title_en = "More devices seen in a month than cards on the list"
article = "第九条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "机构 {provider_id} 在 {month} 的日志与采样中出现 {seen_count} 个不同的设备编号（型号 {device_model}），当月在设备清单上的卡连同停用与接替的共 {listed_count} 张，容许多出 {spare_percent}%、不足一张按一张；合同 {contract_no} 在该月有用量。"
because_en = "In {month} the logs and samples of provider {provider_id} show {seen_count} different devices (model {device_model}); its list has {listed_count} cards in that month, cards taken out and put in both counted, and {spare_percent} % more, rounded up to a card, are allowed. Contract {contract_no} has usage in that month."
unknown_zh = [
    "机构 {provider_id} 没有设备清单，或清单查不到合同 {contract_no} 有用量的月份里某些型号的卡数，设备编号是否多于清单上的卡看不出。请补交设备清单。",
]
unknown_en = [
    "Provider {provider_id} has no inventory, or it does not say how many cards of some model there were in a month in which contract {contract_no} has usage, so whether more devices than cards were seen cannot be told. Please hand in the inventory.",
]
innocent_zh = [
    "返修更换的卡未在清单上停用、接替：请补停用与启用日期及返修单。",
    "新增的卡未登记，或整批搬迁时新旧卡同月在用：请补设备清单与上架凭证。",
    "驱动或主板更换后编号改变，或导出的是实例编号：请提供新旧编号对照。",
]
innocent_en = [
    "A replaced card was not ended and succeeded on the list: add the dates and the repair slip.",
    "New cards are not registered, or old and new were in use in the month of a move: add the list of devices and the proof of installation.",
    "Ids changed with a driver or board, or are those of instances: provide old and new ids.",
]
policy = ["capacity.device_tolerance_ratio"]

[evidence]
severity = "多出的为暂缓待核；资料不足的为提示：不因此暂缓"
contract_no = "合同编号"
provider_id = "服务机构代码"
month = "多出最多的月份"
month_on = "该月第一天"
device_model = "型号；全部型号 为该机构各型号合计"
seen_count = "该月不同的设备编号数"
listed_count = "该月任一日在清单上的卡数，停用与接替的都计；— 为没有"
spare_percent = "容许多出的百分数"
over_count = "本合同用量所落的多出的型号与月份数"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.device"
using = ["provider_id"]
where = "(r.device_model = j.device_model or j.device_model = '全部型号') and r.valid_from <= last_day(j.month_on) and coalesce(r.valid_to >= j.month_on, true)"
*/
-- Above by more than a whole card: n > ceil(x) where n - 1 >= x.
with months as (
    select
        *,
        policy.number('capacity.device_tolerance_ratio', month_on) as spare_ratio,
        case
            when seen_count > listed_count
                then (cast(seen_count as hugeint) - 1) * 1000000
                    >= listed_count * (1000000 + reconciled.millionths(policy.number('capacity.device_tolerance_ratio', month_on)))
            when seen_count <= listed_count then false
        end as is_over,
    from reconciled.listed_month
),
touched as (
    select distinct m.contract_no, d.*
    from reconciled.contract_month as m
    join months as d
        on d.provider_id = m.provider_id
        and d.month_on = m.month_on
        and (d.device_model = m.device_model or d.device_model is null)
),
weighed as (
    select
        contract_no,
        count(*) filter (where is_over) as over_count,
        bool_and(is_over is not null) as is_all_known,
        arg_max(
            {'provider_id': provider_id, 'month_on': month_on, 'device_model': coalesce(device_model, '全部型号'),
             'seen_count': seen_count, 'listed_count': listed_count, 'spare_ratio': spare_ratio},
            (coalesce(cast(is_over as integer), -1), seen_count - coalesce(listed_count, 0), device_model is not null, provider_id, month_on, coalesce(device_model, ''))
        ) as worst,
    from touched
    group by contract_no
)
select
    c.claim_id as subject_id,
    case
        when w.contract_no is null then 'not_applicable'
        when w.over_count > 0 then 'flag'
        when w.is_all_known then 'pass'
        else 'unknown'
    end as verdict,
    case when w.over_count > 0 then 'hold' else 'note' end as severity,
    c.contract_no,
    coalesce(w.worst.provider_id, c.provider_id) as provider_id,
    strftime(w.worst.month_on, '%Y-%m') as month,
    w.worst.month_on as month_on,
    w.worst.device_model as device_model,
    w.worst.seen_count as seen_count,
    w.worst.listed_count as listed_count,
    cast(w.worst.spare_ratio * 100 as decimal(9, 2)) as spare_percent,
    coalesce(w.over_count, 0) as over_count,
    c.claimed_subsidy_yuan as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join weighed as w on w.contract_no = c.contract_no
