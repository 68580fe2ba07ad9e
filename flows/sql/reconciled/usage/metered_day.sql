/*
title_zh = "合同逐日计量"
grain_zh = "合同逐日用量的每行；没有用量记录的合同，合同逐日采样的每行"
view = true
[columns]
contract_no = "合同编号"
device_model = "型号"
usage_on = "日期（北京时间）"
cause = "归因，见 reconciled.contract_day"
unit_seconds = "卡秒（采样的为被覆盖的），单位为二万一千分之一卡秒；卡数全部未知的为空"
core_seconds = "CPU 核秒；采样不说，为空"
record_count = "记录数；采样的为采样数"
unknown_card_record_count = "卡数未知的记录数"
unknown_core_record_count = "CPU 核数未知的记录数；采样的为采样数"
*/
select
    contract_no,
    device_model,
    usage_on,
    cause,
    unit_seconds,
    core_seconds,
    record_count,
    unknown_card_record_count,
    unknown_core_record_count,
from reconciled.contract_day
union all
select
    contract_no,
    device_model,
    usage_on,
    cause,
    cast(metered_seconds as hugeint) * 21000 as unit_seconds,
    null as core_seconds,
    sample_count as record_count,
    0 as unknown_card_record_count,
    sample_count as unknown_core_record_count,
from reconciled.contract_sample_day
join reconciled.sampled_contract using (contract_no)
where not has_record
