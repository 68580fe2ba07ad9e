/*
title_zh = "有计量但不应计入的用量"
grain_zh = "每合同、每种原因一行"
[columns]
contract_no = "合同编号"
cause = "outside_term 合同期外；outside_year 年度外；not_listed 未在名单；after_exit 退库之后；not_billable 机构原因失败的运行；other_provider 记录出自合同以外的机构；no_provider 记录没有写明机构"
day_count = "天数"
first_usage_on = "最早用量日"
last_usage_on = "最晚用量日"
gpu_hours = "卡时；卡数未知的不计"
value_yuan = "按核算单价折算的金额，元，含税，舍去不足一分；单价不唯一、单位不能折算或卡数未知的为空"
*/
with numbered as (
    select
        contract_no,
        device_model,
        usage_on,
        cause,
        unit_seconds,
        row_number() over (order by contract_no, cause, usage_on, device_model, unit_seconds) as day_no,
    from reconciled.metered_day
    where cause not in ('supported', 'before_voucher')
),
-- The price can be stated where one line alone fits the model.
priced as (
    select
        d.contract_no,
        d.cause,
        d.usage_on,
        d.unit_seconds,
        case when count(l.line_no) = 1 then any_value(l.applied_price_yuan) end as price_yuan,
        any_value(c.card_parts) as parts,
        coalesce(any_value(c.period_seconds), 86400 * day(last_day(d.usage_on))) as seconds,
    from numbered as d
    left join decided.line_price as l
        on l.contract_no = d.contract_no
        and l.is_card_priced
        and (l.device_model is null or d.device_model is null or l.device_model = d.device_model)
    left join reconciled.unit_conversion as c
        on c.contract_no = l.contract_no
        and c.unit = l.unit
        and c.device_model is not distinct from coalesce(l.device_model, d.device_model)
        and c.precision is not distinct from l.precision
        and c.sparsity is not distinct from l.sparsity
    group by d.day_no, d.contract_no, d.cause, d.usage_on, d.unit_seconds
)
select
    contract_no,
    cause,
    count(distinct usage_on) as day_count,
    min(usage_on) as first_usage_on,
    max(usage_on) as last_usage_on,
    reconciled.gpu_hours(coalesce(sum(unit_seconds), 0)) as gpu_hours,
    case when count(unit_seconds) = count(*) and count(price_yuan) = count(*) and count(parts) = count(*)
        then cast(least(1000000000000000, reconciled.summed_fen(
            sum(reconciled.whole_fen(unit_seconds, price_yuan, parts, seconds)),
            sum(reconciled.rest_of_fen(unit_seconds, price_yuan, parts, seconds))
        )) as decimal(16, 0)) * 0.01
    end as value_yuan,
from priced
group by contract_no, cause
