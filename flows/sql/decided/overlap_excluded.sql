/*
title_zh = "因同卡重叠不计的用量"
grain_zh = "每合同、型号、月一行"
no_rows_without = ["reconciled.contract_overlap"]
[columns]
contract_no = "合同编号"
device_model = "型号"
month = "月份 YYYY-MM"
unit_seconds = "不计的卡秒，单位为二万一千分之一卡秒"
*/
select
    contract_no,
    device_model,
    strftime(usage_on, '%Y-%m') as month,
    cast(sum(unit_seconds) as hugeint) as unit_seconds,
from reconciled.contract_overlap as o
where overlap_seconds > policy.number('metering.overlap_slack_seconds', usage_on)
    -- What is left out for another reason is not left out twice.
    and not exists (
        select 1
        from decided.excluded_day as e
        where e.contract_no = o.contract_no
            and e.usage_on = o.usage_on
            and e.card = reconciled.card_of(o.device_uuid)
    )
group by all
