/*
id = "PRC-004"
title_zh = "政策公布之后提价"
title_en = "Price raised after the programme's notice"
article = "第九条"
severity = "note"
status = "active"
subject = "claim"
because_zh = "机构 {provider_id} 的 {device_model} 合同（{service_item}，元/{unit}，{basis_zh}），{notice_zh}（{notice_on}）之前 {notice_days} 天签订的 {before_count} 份中位价 {before_median_yuan} 元，之后 {notice_days} 天的 {after_count} 份中位价 {after_median_yuan} 元；{peer_zh}；容许的涨幅为 {spare_percent}%。合同 {contract_no} 签于 {signed_on}，单价 {unit_price_yuan} 元。"
because_en = "Of the contracts for {device_model} at provider {provider_id} (per {unit}), the {before_count} signed in the {notice_days} days before {notice_en} ({notice_on}) have a median price of {before_median_yuan} yuan and the {after_count} of the {notice_days} days after it {after_median_yuan} yuan; {peer_en}; a rise of {spare_percent} % is allowed. Contract {contract_no} was signed on {signed_on} at {unit_price_yuan} yuan."
unknown_zh = [
    "合同 {contract_no} 的明细未收录，单价未知，无从看公布（{notice_on}）前后的变化。请补交合同明细。",
]
unknown_en = [
    "The lines of contract {contract_no} are not on file: its prices are unknown, and how they moved around {notice_on} cannot be seen. Please hand in the lines.",
]
innocent_zh = [
    "此前多为大客户、长期限的折让价，其后多为小客户的公示价：请提供各时点的公示收费标准与折让条款。",
    "电价、租金或卡价上涨，各家都在提价：请提供成本变动的凭证。",
    "其后的合同另含专属集群、技术支撑等未单列的服务：请将其单列为明细。",
]
innocent_en = [
    "Before it came large or long contracts at a discount, after it small ones at the tariff: provide the tariff of each time and the terms.",
    "Electricity, rent or cards became dearer for everybody: provide proof of the costs.",
    "The later contracts have services that are not listed apart, such as an own cluster or support: list them apart.",
]
policy = ["price.notice_count", "price.notice_days", "price.notice_rise_ratio", "programme.notice_on"]

[evidence]
contract_no = "合同编号"
provider_id = "服务机构代码"
device_model = "型号，取高出最多的一组；没有可比的为空"
service_item = "服务项目；— 为未写"
unit = "计价单位"
basis = "计量口径"
basis_zh = "同上，中文"
signed_on = "合同签订日期"
unit_price_yuan = "本合同该组的含税单价，元；有几行的取最低"
notice_on = "公布之日；没有登记的取办法施行日"
notice_zh = "前者是哪一日"
notice_en = "the same in English"
notice_days = "前后各看的天数"
before_count = "该组公布之前的合同份数"
before_median_yuan = "其含税单价的中位数，元"
after_count = "该组公布之后（含当日）的合同份数"
after_median_yuan = "其含税单价的中位数，元"
peer_zh = "其他机构同一组的中位价前后如何"
peer_en = "the same in English"
spare_percent = "容许高出的百分数；有其他机构可比的，在其涨幅之外"
from_on = "所看期间的第一天"
to_on = "所看期间的最后一天"

[[trace]]
relation = "lake.contract"
using = []
where = "r.signed_on between j.from_on and j.to_on and r.contract_no in (select contract_no from reconciled.contract_price where device_model = j.device_model and unit = j.unit)"

[[trace]]
relation = "reconciled.contract_price"
using = ["device_model", "unit"]
where = "r.contract_no in (select k.contract_no from lake.contract as k where k.signed_on between j.from_on and j.to_on)"
*/
with noticed as (
    select
        coalesce(cast(policy.optional_word('programme.notice_on', valid_from) as date), valid_from) as notice_on,
        policy.optional_word('programme.notice_on', valid_from) is not null as is_registered,
        cast(policy.number('price.notice_days', valid_from) as integer) as days,
        policy.number('price.notice_count', valid_from) as least_count,
        policy.number('price.notice_rise_ratio', valid_from) as spare_ratio,
    from policy.instrument
),
priced as (
    select
        k.contract_no,
        k.provider_id,
        k.signed_on >= n.notice_on as is_after,
        l.device_model,
        l.service_item,
        l.unit,
        k.basis,
        min(l.unit_price_yuan) as unit_price_yuan,
    from lake.contract as k
    cross join noticed as n
    join reconciled.contract_price as l on l.contract_no = k.contract_no
    where l.is_card_priced
        and l.device_model is not null
        and l.unit_price_yuan > 0
        and k.signed_on >= n.notice_on - n.days
        and k.signed_on < n.notice_on + n.days
    group by all
),
named as (
    select distinct provider_id, device_model, service_item, unit, basis from priced
),
-- A provider's own contracts, and those of all others for the same.
sided as (
    select
        g.provider_id,
        g.device_model,
        g.service_item,
        g.unit,
        g.basis,
        p.provider_id <> g.provider_id as is_peer,
        list(reconciled.millionths(p.unit_price_yuan) order by p.unit_price_yuan) filter (where not p.is_after) as before_prices,
        list(reconciled.millionths(p.unit_price_yuan) order by p.unit_price_yuan) filter (where p.is_after) as after_prices,
    from named as g
    join priced as p
        on p.device_model = g.device_model
        and p.service_item is not distinct from g.service_item
        and p.unit = g.unit
        and p.basis is not distinct from g.basis
    group by all
),
-- Twice the median is the sum of the two in the middle, which are one where the number is odd: exact in millionths.
doubled as (
    select
        s.* exclude (before_prices, after_prices),
        len(before_prices) as before_count,
        len(after_prices) as after_count,
        before_prices[(len(before_prices) + 1) // 2] + before_prices[len(before_prices) // 2 + 1] as before_twice,
        after_prices[(len(after_prices) + 1) // 2] + after_prices[len(after_prices) // 2 + 1] as after_twice,
        n.spare_ratio,
    from sided as s
    cross join noticed as n
    where len(before_prices) >= n.least_count and len(after_prices) >= n.least_count
),
-- What all raise is the market's: only what goes beyond the others is the provider's own. A rise in millionths; the
-- others' is rounded up; where they fell or are too few it is none, and a thousandfold is as far as it counts.
risen as (
    select
        o.*,
        p.before_twice as peer_before_twice,
        p.after_twice as peer_after_twice,
        o.after_twice * 1000000 // o.before_twice as rise,
        least(greatest((p.after_twice * 1000000 + p.before_twice - 1) // p.before_twice, 1000000), 1000000000) as peer_rise,
    from doubled as o
    left join doubled as p
        on p.is_peer
        and p.provider_id = o.provider_id
        and p.device_model = o.device_model
        and p.service_item is not distinct from o.service_item
        and p.unit = o.unit
        and p.basis is not distinct from o.basis
    where not o.is_peer
),
compared as (
    select
        p.contract_no,
        p.unit_price_yuan,
        r.*,
        r.after_twice * 1000000000000 > r.before_twice * r.peer_rise * (1000000 + reconciled.millionths(r.spare_ratio))
            and reconciled.millionths(p.unit_price_yuan) * 2 > r.before_twice as is_above,
    from priced as p
    join risen as r
        on r.provider_id = p.provider_id
        and r.device_model = p.device_model
        and r.service_item is not distinct from p.service_item
        and r.unit = p.unit
        and r.basis is not distinct from p.basis
    where p.is_after
),
weighed as (
    select
        contract_no,
        bool_or(is_above) as is_above,
        first(compared order by is_above desc, rise desc, device_model, service_item, unit) as worst,
    from compared
    group by contract_no
),
lined as (
    select distinct contract_no from reconciled.contract_price
)
select
    c.claim_id as subject_id,
    case
        when w.is_above then 'flag'
        when not w.is_above then 'pass'
        when l.contract_no is not null then 'not_applicable'
        else 'unknown'
    end as verdict,
    c.contract_no,
    coalesce(w.worst.provider_id, c.provider_id) as provider_id,
    w.worst.device_model as device_model,
    coalesce(w.worst.service_item, '—') as service_item,
    w.worst.unit as unit,
    w.worst.basis as basis,
    case w.worst.basis when 'allocated' then '按分配计' when 'active' then '按活跃计' end as basis_zh,
    c.signed_on,
    w.worst.unit_price_yuan as unit_price_yuan,
    n.notice_on,
    case when n.is_registered then '公布之日' when not n.is_registered then '公布日未登记，取施行日' end as notice_zh,
    case when n.is_registered then 'the notice' when not n.is_registered then 'the day of effect, for none of the notice is registered' end
        as notice_en,
    n.days as notice_days,
    w.worst.before_count as before_count,
    reconciled.half_yuan(w.worst.before_twice) as before_median_yuan,
    w.worst.after_count as after_count,
    reconciled.half_yuan(w.worst.after_twice) as after_median_yuan,
    case
        when w.worst.peer_after_twice is not null then '其他机构同一组的中位价由 '
            || reconciled.half_yuan(w.worst.peer_before_twice) || ' 元变为 '
            || reconciled.half_yuan(w.worst.peer_after_twice) || ' 元，已除去'
        when w.worst.peer_after_twice is null then '其他机构没有足够的合同可比'
    end as peer_zh,
    case
        when w.worst.peer_after_twice is not null then 'the median of the other providers went from '
            || reconciled.half_yuan(w.worst.peer_before_twice) || ' to '
            || reconciled.half_yuan(w.worst.peer_after_twice) || ', which is taken off'
        when w.worst.peer_after_twice is null then 'the other providers have too few contracts to compare with'
    end as peer_en,
    cast(n.spare_ratio * 100 as decimal(9, 2)) as spare_percent,
    n.notice_on - n.days as from_on,
    n.notice_on + n.days - 1 as to_on,
from reconciled.claim_paper as c
cross join noticed as n
left join weighed as w on w.contract_no = c.contract_no
left join lined as l on l.contract_no = c.contract_no
