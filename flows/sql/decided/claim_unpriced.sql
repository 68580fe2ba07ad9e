/*
title_zh = "没有单价的用量"
grain_zh = "每笔申请一行"
view = true
[columns]
claim_id = "申请编号"
metered_units = "可计入的计量，单位为二万一千分之一卡秒；没有的为空"
unpriced_units = "其中型号在合同明细中没有单价的，同上"
unpriced_models = "其型号；没有的为空"
is_beyond = "没有单价的超出容许的差；没有合同、没有计量的为空"
*/
with used as (
    select contract_no, sum(unit_seconds) as metered_units from decided.supported_month group by contract_no
)
select
    c.claim_id,
    s.metered_units,
    u.unpriced_units,
    u.unpriced_models,
    -- In millionths, so that the bound is exact.
    u.unpriced_units * 1000000 > greatest(
        reconciled.millionths(policy.number('metering.tolerance_hours', c.submitted_on)) * 3600 * 21000,
        reconciled.millionths(policy.number('metering.tolerance_ratio', c.submitted_on)) * s.metered_units
    ) as is_beyond,
from reconciled.claim_paper as c
left join decided.support as u on u.contract_no = c.contract_no
left join used as s on s.contract_no = c.contract_no
