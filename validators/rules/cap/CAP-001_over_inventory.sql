/*
id = "CAP-001"
title_zh = "同时占用超过装机"
title_en = "More cards in use at once than installed"
article = "第九条、第十二条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "机构 {provider_id} 的 {device_model} 装机 {installed_cards} 卡，自 {peak_from} 起同时占用达 {peak_cards} 卡，超出持续 {peak_minutes} 分钟；合同 {contract_no} 的用量落在这样的时段内（至少 {peak_count} 段）。清单中没有而有用量的型号：{unlisted_models}。"
because_en = "Provider {provider_id} has {installed_cards} cards of {device_model}; from {peak_from} on {peak_cards} cards were in use at once, for {peak_minutes} minutes above the inventory; usage of contract {contract_no} lies in such a stretch (at least {peak_count}). Models in use but not on the inventory: {unlisted_models}."
unknown_zh = [
    "机构 {provider_id} 的设备清单中没有而有用量的型号：{unlisted_models}；其装机数未知，同时占用是否超过装机无从比较（合同 {contract_no}）。请补交这些型号的设备清单。",
]
unknown_en = [
    "Models in use at provider {provider_id} but not on its inventory: {unlisted_models}; how many cards of them there are is unknown, so cards in use cannot be compared with it (contract {contract_no}). Please hand in the inventory of these models.",
]
innocent_zh = [
    "设备清单更新不及时，新增的卡未登记：请补设备清单及启用日期、采购或上架凭证。",
    "多实例切分而日志只写整卡：请按实例填写卡数。",
    "型号写法与清单不一致：请统一型号写法。",
    "作业挂起期间卡被另行分配：挂起时长以内的超出已放过；请补挂起的起止时刻。",
]
innocent_en = [
    "The list of devices lags and new cards are not registered: add them with dates and proof of purchase or installation.",
    "The card is cut into instances while the log has whole cards: fill in cards by instance.",
    "The model is written otherwise than on the list: write it alike.",
    "The card was given to others while the job was suspended: excess within the suspended time is let pass; add when it was suspended.",
]
policy = ["metering.overlap_slack_seconds", "capacity.users"]
[evidence]
contract_no = "合同编号"
provider_id = "服务机构代码"
device_model = "型号"
installed_cards = "当时的装机，卡"
peak_cards = "同时占用，卡；有设备编号的每张至多计一张"
peak_from = "超出最长的一段的起点"
peak_begin_s = "同上，UTC 秒"
peak_stop_s = "该段终点（不含），UTC 秒"
peak_minutes = "该段长度，分钟，舍去零头"
peak_count = "本合同用量所落的超出时段数；同一条记录跨多段的只计最后一段"
unlisted_models = "有用量而不在该机构设备清单中的型号；— 为没有"
amount_at_risk_yuan = "申报兑现金额，元"
[[trace]]
relation = "reconciled.interval"
using = ["contract_no", "device_model"]
where = "r.begin_s < j.peak_stop_s and r.stop_s > j.peak_begin_s"
[[trace]]
relation = "lake.device"
using = ["provider_id", "device_model"]
*/
with peaks as (
    select *
    from reconciled.capacity_peak
    where stop_s - begin_s
        > policy.number('metering.overlap_slack_seconds', cast(to_timestamp(begin_s) as date)) + suspended_seconds
        and users = policy.word('capacity.users', cast(to_timestamp(begin_s) as date))
),
used as (
    select contract_no, provider_id, device_model, begin_s, stop_s
    from reconciled.interval
    where contract_no is not null and device_model is not null and card_units > 0 and stop_s > begin_s
),
-- Stretches above the inventory never overlap one another: the last to begin before a record's end is the one to look at.
touched as (
    select u.contract_no, p.*
    from used as u
    asof join peaks as p
        on p.provider_id = u.provider_id and p.device_model = u.device_model and u.stop_s > p.begin_s
    where p.stop_s > u.begin_s
),
crowded as (
    select
        contract_no,
        count(distinct (provider_id, device_model, begin_s)) as peak_count,
        arg_max(
            {'provider_id': provider_id, 'device_model': device_model, 'begin_s': begin_s, 'stop_s': stop_s,
             'peak_units': peak_units, 'installed_units': installed_units},
            (stop_s - begin_s, -begin_s, device_model)
        ) as longest,
    from touched
    group by contract_no
),
listed as (
    select distinct provider_id, device_model from lake.device
),
modelled as (
    select
        u.contract_no,
        bool_or(l.device_model is not null) as has_listed,
        array_to_string(list(distinct u.device_model order by u.device_model) filter (where l.device_model is null), '、')
            as unlisted_models,
    from (select distinct contract_no, provider_id, device_model from used) as u
    semi join listed as o on o.provider_id = u.provider_id
    left join listed as l on l.provider_id = u.provider_id and l.device_model = u.device_model
    group by u.contract_no
)
select
    c.claim_id as subject_id,
    case
        when k.longest is not null then 'flag'
        when m.contract_no is null then 'not_applicable'
        when m.has_listed and coalesce(m.unlisted_models, '') = '' then 'pass'
        else 'unknown'
    end as verdict,
    c.contract_no,
    coalesce(k.longest.provider_id, c.provider_id) as provider_id,
    k.longest.device_model as device_model,
    k.longest.installed_units // 21000 as installed_cards,
    cast(k.longest.peak_units * 1000 // 21000 as decimal(15, 0)) * 0.001 as peak_cards,
    strftime(to_timestamp(k.longest.begin_s), '%Y-%m-%d %H:%M:%S') as peak_from,
    k.longest.begin_s as peak_begin_s,
    k.longest.stop_s as peak_stop_s,
    (k.longest.stop_s - k.longest.begin_s) // 60 as peak_minutes,
    coalesce(k.peak_count, 0) as peak_count,
    coalesce(nullif(m.unlisted_models, ''), '—') as unlisted_models,
    c.claimed_subsidy_yuan as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join crowded as k on k.contract_no = c.contract_no
left join modelled as m on m.contract_no = c.contract_no
