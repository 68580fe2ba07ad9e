/*
title_zh = "计费卡时与计量卡时"
grain_zh = "每笔申请一行"
[columns]
claim_id = "申请编号"
contract_no = "合同编号"
submitted_on = "提交日期"
billed_yuan = "计费含税金额，元"
billed_units = "计费，1 卡 = 21000 单位乘秒；未计费的为空"
supported_units = "计入的用量，同上；没有计入的为空"
metered_units = "计入的用量，同上；有计量而都未计入的为零，没有计量的为空"
unknown_card_count = "卡数未知的用量记录数"
odd_unit_count = "有数量而单位不能换算成卡时的计费行数；核时与项除外"
is_without_card_price = "合同有明细而无一按卡计价"
hours_parts = "容差：卡时，单位乘秒的百万分之一"
ratio_parts = "容差：比率，百万分之一"
*/
with billed as (
    select
        l.contract_no,
        count(*) filter (
            where l.card_seconds is null and l.quantity is not null and coalesce(w.kind, '') not in ('core', 'lump')
        ) as odd_unit_count,
    from reconciled.billed_line as l
    left join reconciled.unit_word as w on w.word = reconciled.plain_word(l.unit)
    group by l.contract_no
),
metered as (
    select
        contract_no,
        sum(unit_seconds) as unit_seconds,
        sum(unknown_card_record_count) as unknown_card_count,
    from decided.supported_month
    group by contract_no
),
priced as (
    select contract_no, count(*) as line_count, count(*) filter (where is_card_priced) as card_line_count
    from reconciled.contract_price
    group by contract_no
)
select
    c.claim_id,
    c.contract_no,
    c.submitted_on,
    m.billed_yuan,
    cast(m.billed_card_seconds * 21000 as hugeint) as billed_units,
    u.unit_seconds as supported_units,
    coalesce(u.unit_seconds, case when m.metered_unit_seconds = 0 then 0 end) as metered_units,
    coalesce(u.unknown_card_count, 0) as unknown_card_count,
    coalesce(b.odd_unit_count, 0) as odd_unit_count,
    p.line_count > 0 and p.card_line_count = 0 as is_without_card_price,
    reconciled.millionths(policy.number('metering.tolerance_hours', c.submitted_on)) * 3600 * 21000 as hours_parts,
    reconciled.millionths(policy.number('metering.tolerance_ratio', c.submitted_on)) as ratio_parts,
from reconciled.claim_paper as c
left join reconciled.contract_measure as m on m.contract_no = c.contract_no
left join metered as u on u.contract_no = c.contract_no
left join billed as b on b.contract_no = c.contract_no
left join priced as p on p.contract_no = c.contract_no
