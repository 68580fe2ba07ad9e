/*
title_zh = "合同逐月用量"
grain_zh = "每合同、机构、型号、自然月一行；只列有分配或采样用量的月份"
no_rows_without = ["reconciled.usage_holder", "reconciled.usage_sum"]
[columns]
contract_no = "合同编号"
provider_id = "用量出自的服务机构"
device_model = "型号；空为未知"
month_on = "月份的第一天"
record_count = "用量记录条数（逐日计）"
*/
select
    contract_no,
    provider_id,
    device_model,
    cast(date_trunc('month', usage_on) as date) as month_on,
    cast(sum(record_count) as bigint) as record_count,
from reconciled.usage_day
where contract_no is not null
    and (allocated_card_unit_seconds > 0 or unknown_card_record_count > 0 or metered_card_seconds > 0)
group by contract_no, provider_id, device_model, month_on
