/*
title_zh = "合同三方用量"
grain_zh = "每份合同一行"
no_rows_without = ["lake.contract"]
[columns]
contract_no = "合同编号"
contract_card_seconds = "合同约定卡秒，秒；未约定的、有明细不能折算的、约定几类加速卡的为空"
billed_card_seconds = "计费卡秒，秒；无计费数量的为空"
metered_unit_seconds = "计入的卡秒，单位为二万一千分之一卡秒；无计量的为空"
active_unit_seconds = "活跃卡秒，单位为二万一千分之一卡秒；无采样的为空"
weighted_unit_seconds = "采样覆盖按利用率加权的卡秒，单位为二万一千分之一卡秒，舍去零头；利用率全不知的为空"
sampled_unit_seconds = "采样覆盖的卡秒，单位为二万一千分之一卡秒；无采样的为空"
excluded_unit_seconds = "有计量但不计入的卡秒，单位为二万一千分之一卡秒"
record_count = "用量记录数"
unknown_card_record_count = "卡数未知的记录数"
billed_yuan = "计费含税金额，元；无计费明细的为空"
first_usage_on = "最早用量日"
last_usage_on = "最晚用量日"
*/
with agreed as (
    select
        contract_no,
        -- Hours of one class of cards are never added to those of another.
        case
            when not bool_or(is_unknown)
                and count(distinct device_class) filter (where card_seconds is not null and device_class <> 'unknown') <= 1
                then sum(card_seconds)
        end as contract_card_seconds,
    from reconciled.contract_quantity
    group by contract_no
),
billed as (
    select
        contract_no,
        sum(card_seconds) as billed_card_seconds,
        sum(amount_yuan) as billed_yuan,
    from reconciled.billed_line
    group by contract_no
),
metered as (
    select
        contract_no,
        sum(unit_seconds) filter (where cause in ('supported', 'before_voucher')) as supported_unit_seconds,
        sum(unit_seconds) filter (where cause not in ('supported', 'before_voucher')) as excluded_unit_seconds,
        sum(record_count) as record_count,
        sum(unknown_card_record_count) as unknown_card_record_count,
        min(usage_on) as first_usage_on,
        max(usage_on) as last_usage_on,
        bool_or(unit_seconds is not null) as is_known,
    from reconciled.contract_day
    group by contract_no
),
sampled as (
    select
        s.contract_no,
        sum(s.weighted_millipercent_seconds) * 21 // 100 as weighted_unit_seconds,
        sum(s.metered_seconds) * 21000 as sampled_unit_seconds,
        sum(s.active_seconds) * 21000 as active_unit_seconds,
        min(s.usage_on) as first_sample_on,
        max(s.usage_on) as last_sample_on,
    from reconciled.contract_sample_day as s
    where s.cause in ('supported', 'before_voucher')
    group by s.contract_no
)
select
    c.contract_no,
    cast(a.contract_card_seconds as decimal(38, 6)) as contract_card_seconds,
    cast(b.billed_card_seconds as decimal(38, 6)) as billed_card_seconds,
    cast(case
        when m.contract_no is null then s.sampled_unit_seconds
        when m.is_known then coalesce(m.supported_unit_seconds, 0)
    end as hugeint) as metered_unit_seconds,
    cast(s.active_unit_seconds as hugeint) as active_unit_seconds,
    cast(s.weighted_unit_seconds as hugeint) as weighted_unit_seconds,
    cast(s.sampled_unit_seconds as hugeint) as sampled_unit_seconds,
    cast(coalesce(m.excluded_unit_seconds, 0) as hugeint) as excluded_unit_seconds,
    cast(coalesce(m.record_count, 0) as bigint) as record_count,
    cast(coalesce(m.unknown_card_record_count, 0) as bigint) as unknown_card_record_count,
    cast(b.billed_yuan as decimal(18, 2)) as billed_yuan,
    least(m.first_usage_on, s.first_sample_on) as first_usage_on,
    greatest(m.last_usage_on, s.last_sample_on) as last_usage_on,
from lake.contract as c
left join agreed as a using (contract_no)
left join billed as b using (contract_no)
left join metered as m using (contract_no)
left join sampled as s using (contract_no)
