/*
title_zh = "合同逐日卡时"
grain_zh = "每合同、自然日一行；当日没有用量记录的没有行"
no_rows_without = ["reconciled.contract_day"]
[columns]
contract_no = "合同编号"
usage_on = "日期（北京时间）"
counted_gpu_hours = "计入的卡时，小时，舍去不足万分之一；卡数全部未知的为空；同卡重叠按月剔除，不在此列"
uncounted_gpu_hours = "未计入的卡时（合同期外、年度外、名单外、机构原因失败、其他机构），小时，舍去不足万分之一；卡数全部未知的为空"
record_count = "用量记录数，条"
unknown_card_record_count = "卡数未知的记录数，条"
*/
with summed as (
    select
        contract_no,
        usage_on,
        sum(unit_seconds) filter (where cause in ('supported', 'before_voucher')) as counted_units,
        sum(unit_seconds) filter (where cause not in ('supported', 'before_voucher')) as uncounted_units,
        count(unit_seconds) as known_count,
        sum(record_count) as record_count,
        sum(unknown_card_record_count) as unknown_card_record_count,
    from reconciled.contract_day
    where contract_no is not null
    group by contract_no, usage_on
)
select
    contract_no,
    usage_on,
    reconciled.gpu_hours(case when known_count > 0 then coalesce(counted_units, 0) end) as counted_gpu_hours,
    reconciled.gpu_hours(case when known_count > 0 then coalesce(uncounted_units, 0) end) as uncounted_gpu_hours,
    cast(record_count as bigint) as record_count,
    cast(unknown_card_record_count as bigint) as unknown_card_record_count,
from summed
order by contract_no, usage_on
