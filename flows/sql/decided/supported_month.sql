/*
title_zh = "有计量支持的用量"
grain_zh = "每合同、型号、月一行"
no_rows_without = ["decided.counted_cause", "reconciled.contract_term"]
[columns]
contract_no = "合同编号"
device_model = "型号"
device_class = "加速卡的类别；没有型号的，取机构设备清单上唯一的一类；认不出的为 unknown"
month = "月份 YYYY-MM"
month_seconds = "当月秒数"
unit_seconds = "可支持金额的卡秒，已扣除同卡重叠、不在清单上的卡和摘要链不接的采样，单位为二万一千分之一卡秒；未知的为空"
core_seconds = "可支持金额的 CPU 核秒"
unknown_card_record_count = "卡数未知的记录数；计活跃的，为整日没有利用率的卡日数"
unknown_core_record_count = "CPU 核数未知的记录数；只有采样的，为卡日数"
*/
with summed as (
    select
        contract_no,
        device_model,
        strftime(usage_on, '%Y-%m') as month,
        sum(unit_seconds) as unit_seconds,
        sum(core_seconds) as core_seconds,
        sum(unknown_card_record_count) as unknown_card_record_count,
        sum(unknown_core_record_count) as unknown_core_record_count,
    from decided.counted_day
    group by all
),
left_out as (
    select contract_no, device_model, strftime(usage_on, '%Y-%m') as month, sum(unit_seconds) as unit_seconds
    from decided.excluded_day
    group by all
),
models as (
    select distinct provider_id, device_model from lake.device
),
listed as (
    select provider_id, any_value(reconciled.device_class(device_model)) as device_class
    from models
    group by provider_id
    having count(distinct reconciled.device_class(device_model)) = 1
)
select
    s.contract_no,
    s.device_model,
    coalesce(reconciled.device_class(s.device_model), p.device_class, 'unknown') as device_class,
    s.month,
    86400 * day(last_day(cast(s.month || '-01' as date))) as month_seconds,
    -- Of an unknown sum the greatest would be zero.
    case
        when s.unit_seconds is not null
            then cast(greatest(0, s.unit_seconds - coalesce(o.unit_seconds, 0) - coalesce(e.unit_seconds, 0)) as hugeint)
    end as unit_seconds,
    cast(s.core_seconds as hugeint) as core_seconds,
    cast(s.unknown_card_record_count as bigint) as unknown_card_record_count,
    cast(s.unknown_core_record_count as bigint) as unknown_core_record_count,
from summed as s
left join decided.overlap_excluded as o
    on o.contract_no = s.contract_no
    and o.device_model is not distinct from s.device_model
    and o.month = s.month
left join left_out as e
    on e.contract_no = s.contract_no
    and e.device_model is not distinct from s.device_model
    and e.month = s.month
left join reconciled.contract_term as t on t.contract_no = s.contract_no
left join listed as p on p.provider_id = t.provider_id
