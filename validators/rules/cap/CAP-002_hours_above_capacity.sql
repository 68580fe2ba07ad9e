/*
id = "CAP-002"
title_zh = "用量合计超过装机可供的卡时"
title_en = "More card-hours used than the installed cards can give"
article = "第九条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "机构 {provider_id} 的 {device_model} 自 {from_on} 至 {to_on} 全部用户合计用了 {used_gpu_hours} 卡时，装机的卡全天在用也只有 {capacity_gpu_hours} 卡时（容许 {allowed_gpu_hours} 卡时）；合同 {contract_no} 的用量落在这样的期间内（{over_count} 个）。清单中没有而有用量的型号：{unlisted_models}。"
because_en = "From {from_on} to {to_on} all users together used {used_gpu_hours} card-hours of {device_model} at provider {provider_id}; the installed cards give {capacity_gpu_hours} card-hours around the clock ({allowed_gpu_hours} card-hours allowed). Usage of contract {contract_no} lies in such a period ({over_count}). Models in use but not on the inventory: {unlisted_models}."
unknown_zh = [
    "机构 {provider_id} 的设备清单中没有而有用量的型号：{unlisted_models}；其装机数未知，用量合计是否超过装机可供的卡时无从比较（合同 {contract_no}）。请补交这些型号的设备清单。",
    "机构 {provider_id} 的 {device_model} 自 {from_on} 至 {to_on} 卡数已知的用量合计 {used_gpu_hours} 卡时，装机的卡全天在用可供 {capacity_gpu_hours} 卡时；另有卡数未知的记录 {unknown_card_record_count} 条，合计是否超过看不出（合同 {contract_no}）。请补写这些记录的卡数。",
]
unknown_en = [
    "Models in use at provider {provider_id} but not on its inventory: {unlisted_models}; how many cards of them there are is unknown, so usage cannot be compared with what they can give (contract {contract_no}). Please hand in the inventory of these models.",
    "From {from_on} to {to_on} the records of known size come to {used_gpu_hours} card-hours of {device_model} at provider {provider_id}, and the installed cards give {capacity_gpu_hours} card-hours around the clock; {unknown_card_record_count} record(s) are of unknown size, so whether the sum is above cannot be seen (contract {contract_no}). Please add their card count.",
]
innocent_zh = [
    "设备清单漏列或晚列了新增的卡：请先补设备清单及启用日期、采购或上架凭证。",
    "多实例切分而日志只写整卡：请按实例填写卡数。",
    "日志的卡数写成了节点数或核数：请更正单位后重新导出。",
]
innocent_en = [
    "The list of devices lacks new cards or has them late: add them with dates and proof of purchase or installation.",
    "The card is cut into instances while the log has whole cards: fill in cards by instance.",
    "The log has nodes or cores for cards: correct the unit and export again.",
]
policy = ["capacity.users", "metering.tolerance_hours", "metering.tolerance_ratio"]

[evidence]
severity = "超出的为暂缓待核；资料不足的为提示：不因此暂缓，型号不在清单的由 CAP-001 暂缓"
contract_no = "合同编号"
provider_id = "服务机构代码"
device_model = "型号"
from_on = "期间的第一天，取超出最多的期间：自然月，或最早至最晚用量日的全期"
to_on = "期间的最后一天（含）"
used_gpu_hours = "期间内全部用户的用量，卡时"
capacity_gpu_hours = "期间内装机的卡全天在用的卡时"
allowed_gpu_hours = "容许的超出，卡时"
over_count = "本合同用量所落的超出的期间数"
unknown_card_record_count = "期间内卡数未知的记录数（逐日计）"
unlisted_models = "有用量而不在该机构设备清单中的型号；— 为没有"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.device"
using = ["provider_id", "device_model"]
*/
with periods as (
    select
        *,
        used_unit_seconds - cast(card_days as hugeint) * 86400 * 21000 as above_unit_seconds,
        cast(greatest(
            cast(policy.number('metering.tolerance_hours', from_on) * 3600 * 21000 as hugeint),
            reconciled.millionths(policy.number('metering.tolerance_ratio', from_on)) * card_days * 86400 * 21000 // 1000000
        ) as hugeint) as allowed_unit_seconds,
    from reconciled.capacity_use
    where users = policy.word('capacity.users', from_on)
),
touched as (
    select m.contract_no, p.*
    from reconciled.contract_month as m
    join periods as p
        on p.provider_id = m.provider_id
        and p.device_model = m.device_model
        and (p.month_on = m.month_on or p.month_on is null)
),
weighed as (
    select
        contract_no,
        count(distinct (provider_id, device_model, from_on, to_on)) filter (where above_unit_seconds > allowed_unit_seconds) as over_count,
        cast(max(unknown_card_record_count) as bigint) as unknown_card_record_count,
        -- The period with most above; where none is, the one that comes nearest to it.
        arg_max(
            {'provider_id': provider_id, 'device_model': device_model, 'from_on': from_on, 'to_on': to_on,
             'used': used_unit_seconds, 'card_days': card_days, 'allowed': allowed_unit_seconds},
            (above_unit_seconds - allowed_unit_seconds, to_on - from_on, provider_id, device_model, from_on)
        ) as worst,
    from touched
    group by contract_no
),
listed as (
    select distinct provider_id, device_model from lake.device
),
modelled as (
    select
        m.contract_no,
        bool_and(l.device_model is not null) as is_all_listed,
        array_to_string(list(distinct m.device_model order by m.device_model) filter (where l.device_model is null), '、')
            as unlisted_models,
    from reconciled.contract_month as m
    left join listed as l on l.provider_id = m.provider_id and l.device_model = m.device_model
    group by m.contract_no
)
select
    c.claim_id as subject_id,
    case
        when m.contract_no is null then 'not_applicable'
        when w.over_count > 0 then 'flag'
        when m.is_all_listed and w.over_count = 0 and w.unknown_card_record_count = 0 then 'pass'
        -- Only samples, and no record that says how long a card was given to whom.
        when m.is_all_listed and w.contract_no is null then 'not_applicable'
        else 'unknown'
    end as verdict,
    case when w.over_count > 0 then 'hold' else 'note' end as severity,
    c.contract_no,
    coalesce(w.worst.provider_id, c.provider_id) as provider_id,
    w.worst.device_model as device_model,
    w.worst.from_on as from_on,
    w.worst.to_on as to_on,
    reconciled.gpu_hours(w.worst.used) as used_gpu_hours,
    reconciled.gpu_hours(cast(w.worst.card_days as hugeint) * 86400 * 21000) as capacity_gpu_hours,
    reconciled.gpu_hours(w.worst.allowed) as allowed_gpu_hours,
    coalesce(w.over_count, 0) as over_count,
    coalesce(w.unknown_card_record_count, 0) as unknown_card_record_count,
    coalesce(nullif(m.unlisted_models, ''), '—') as unlisted_models,
    c.claimed_subsidy_yuan as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join weighed as w on w.contract_no = c.contract_no
left join modelled as m on m.contract_no = c.contract_no
