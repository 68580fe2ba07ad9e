/*
id = "PRC-003"
title_zh = "用券合同的价高于同一机构的其他合同"
title_en = "Contracts with vouchers dearer than the provider's others"
article = "第九条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "机构 {provider_id} 在 {month} 签订的 {device_model} 合同（{service_item}，元/{unit}，{basis_zh}），用券的 {voucher_count} 份中位价 {voucher_median_yuan} 元，其他 {other_count} 份中位价 {other_median_yuan} 元（容许高出 {spare_percent}%）；合同 {contract_no} 在其中，单价 {unit_price_yuan} 元。"
because_en = "Of the contracts for {device_model} that provider {provider_id} signed in {month} (per {unit}), the {voucher_count} with vouchers have a median price of {voucher_median_yuan} yuan and the {other_count} others {other_median_yuan} yuan ({spare_percent} % above them is allowed). Contract {contract_no} is one of them, at {unit_price_yuan} yuan."
unknown_zh = [
    "合同 {contract_no} 的明细未收录，单价未知，无从与同一机构的其他合同相比。请补交合同明细。",
]
unknown_en = [
    "The lines of contract {contract_no} are not on file: its prices are unknown and cannot be compared with other contracts of the provider. Please hand in the lines.",
]
innocent_zh = [
    "其他合同期限长、数量大或预付全款而有折让：请提供其价格条款。",
    "用券合同另含专属集群、技术支撑等未单列的服务：请将其单列为明细。",
    "当月公示价调整，合同签于调整前后：请提供各时点的公示收费标准。",
]
innocent_en = [
    "The other contracts are cheaper for their length, size or prepayment: provide their price clauses.",
    "The contract with vouchers has services that are not listed apart, such as an own cluster or support: list them apart.",
    "The tariff changed in the month of signing: provide the tariff at each time.",
]
policy = ["price.voucher_excess_ratio", "price.voucher_peer_count"]

[evidence]
severity = "高出的为暂缓待核；合同明细未收录的为提示：不因此暂缓"
contract_no = "合同编号"
provider_id = "服务机构代码"
month = "签订月份，取高出最多的一组"
month_on = "该月第一天"
device_model = "型号"
service_item = "服务项目；— 为未写"
unit = "计价单位"
basis = "计量口径"
basis_zh = "同上，中文"
unit_price_yuan = "本合同该组的含税单价，元；有几行的取最低"
voucher_count = "该组用券合同的份数（已申领券或申请兑现）"
voucher_median_yuan = "其含税单价的中位数，元"
other_count = "该组其他合同的份数"
other_median_yuan = "其含税单价的中位数，元"
spare_percent = "容许高出的百分数"
compared_count = "本合同可比的组数"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.contract"
using = ["provider_id"]
where = "cast(date_trunc('month', r.signed_on) as date) = j.month_on and r.contract_no in (select contract_no from reconciled.contract_price where device_model = j.device_model and unit = j.unit)"

[[trace]]
relation = "reconciled.contract_price"
using = ["device_model", "unit"]
where = "r.contract_no in (select k.contract_no from lake.contract as k where k.provider_id = j.provider_id and cast(date_trunc('month', k.signed_on) as date) = j.month_on)"
*/
with priced as (
    select
        k.contract_no,
        k.provider_id,
        cast(date_trunc('month', k.signed_on) as date) as month_on,
        l.device_model,
        l.service_item,
        l.unit,
        k.basis,
        min(l.unit_price_yuan) as unit_price_yuan,
        k.contract_no in (
            select contract_no from reconciled.claim_paper where contract_no is not null
            union all
            select contract_no from lake.voucher where contract_no is not null
        ) as has_voucher,
    from lake.contract as k
    join reconciled.contract_price as l using (contract_no)
    where l.is_card_priced and l.device_model is not null and l.unit_price_yuan > 0
    group by all
),
sided as (
    select
        provider_id, month_on, device_model, service_item, unit, basis,
        list(reconciled.millionths(unit_price_yuan) order by unit_price_yuan) filter (where has_voucher) as voucher_prices,
        list(reconciled.millionths(unit_price_yuan) order by unit_price_yuan) filter (where not has_voucher) as other_prices,
    from priced
    group by provider_id, month_on, device_model, service_item, unit, basis
),
-- Twice the median is the sum of the two in the middle, which are one where the number is odd: exact in millionths.
doubled as (
    select
        *,
        len(voucher_prices) as voucher_count,
        len(other_prices) as other_count,
        voucher_prices[(len(voucher_prices) + 1) // 2] + voucher_prices[len(voucher_prices) // 2 + 1] as voucher_twice,
        other_prices[(len(other_prices) + 1) // 2] + other_prices[len(other_prices) // 2 + 1] as other_twice,
        policy.number('price.voucher_excess_ratio', month_on) as spare_ratio,
    from sided
    where len(voucher_prices) >= policy.number('price.voucher_peer_count', month_on)
        and len(other_prices) >= policy.number('price.voucher_peer_count', month_on)
),
compared as (
    select
        p.contract_no,
        p.unit_price_yuan,
        d.*,
        d.voucher_twice * 1000000 - d.other_twice * (1000000 + reconciled.millionths(d.spare_ratio)) as above,
    from priced as p
    join doubled as d
        on d.provider_id = p.provider_id
        and d.month_on = p.month_on
        and d.device_model = p.device_model
        and d.service_item is not distinct from p.service_item
        and d.unit = p.unit
        and d.basis is not distinct from p.basis
),
weighed as (
    select
        contract_no,
        count(*) as compared_count,
        bool_or(above > 0) as is_above,
        first(compared order by above desc, device_model, service_item, unit) as worst,
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
        when w.compared_count > 0 then 'pass'
        when l.contract_no is not null then 'not_applicable'
        else 'unknown'
    end as verdict,
    case when w.is_above then 'hold' else 'note' end as severity,
    c.contract_no,
    coalesce(w.worst.provider_id, c.provider_id) as provider_id,
    strftime(w.worst.month_on, '%Y-%m') as month,
    w.worst.month_on as month_on,
    w.worst.device_model as device_model,
    coalesce(w.worst.service_item, '—') as service_item,
    w.worst.unit as unit,
    w.worst.basis as basis,
    case w.worst.basis when 'allocated' then '按分配计' when 'active' then '按活跃计' end as basis_zh,
    w.worst.unit_price_yuan as unit_price_yuan,
    w.worst.voucher_count as voucher_count,
    reconciled.half_yuan(w.worst.voucher_twice) as voucher_median_yuan,
    w.worst.other_count as other_count,
    reconciled.half_yuan(w.worst.other_twice) as other_median_yuan,
    cast(w.worst.spare_ratio * 100 as decimal(9, 2)) as spare_percent,
    coalesce(w.compared_count, 0) as compared_count,
    c.claimed_subsidy_yuan as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join weighed as w on w.contract_no = c.contract_no
left join lined as l on l.contract_no = c.contract_no
