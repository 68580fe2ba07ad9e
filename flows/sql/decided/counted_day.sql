/*
title_zh = "计入的逐日计量"
grain_zh = "计入的合同逐日用量每行；以采样为准的合同，计入的合同逐日采样每行"
view = true
[columns]
contract_no = "合同编号"
card = "设备编号（小写）；用量记录只写用到时不在设备清单上的卡，其余为空"
device_model = "型号"
usage_on = "日期（北京时间）"
off_card = "用到时不在设备清单上的卡（小写）；其余为空"
is_unchained = "当日有采样没有摘要链的支持"
has_card_time = "卡时由此行计；计量口径为活跃的合同，用量记录只计核时"
unit_seconds = "卡秒，单位为二万一千分之一卡秒；卡数全部未知的、全无利用率而计活跃的为空"
core_seconds = "CPU 核秒；采样不说，为空"
unknown_card_record_count = "卡数未知的记录数；计活跃的，为整日没有利用率的卡日数"
unknown_core_record_count = "CPU 核数未知的记录数；只有采样的，为卡日数"
*/
with metered as (
    select
        d.contract_no,
        d.off_card as card,
        d.device_model,
        d.usage_on,
        d.cause,
        d.off_card,
        false as is_unchained,
        t.basis = 'allocated' as has_card_time,
        case when t.basis = 'allocated' then d.unit_seconds end as unit_seconds,
        d.core_seconds,
        d.unknown_card_record_count,
        d.unknown_core_record_count,
    from reconciled.contract_day as d
    join reconciled.contract_term as t using (contract_no)
    union all
    select
        s.contract_no,
        reconciled.card_of(s.device_uuid),
        s.device_model,
        s.usage_on,
        s.cause,
        s.off_card,
        s.is_unchained,
        true,
        cast(case when c.basis = 'active' then s.active_seconds else s.metered_seconds end as hugeint) * 21000,
        null,
        case when c.basis = 'active' and s.active_seconds is null then 1 else 0 end,
        -- Samples do not say cores: beside records these do.
        case when c.has_record then 0 else 1 end,
    from reconciled.contract_sample_day as s
    join reconciled.sampled_contract as c using (contract_no)
)
select
    m.contract_no,
    m.card,
    m.device_model,
    m.usage_on,
    m.off_card,
    m.is_unchained,
    m.has_card_time,
    m.unit_seconds,
    m.core_seconds,
    m.unknown_card_record_count,
    m.unknown_core_record_count,
from metered as m
join decided.counted_cause as n using (contract_no, cause)
where n.counted_from is null or m.usage_on >= n.counted_from
