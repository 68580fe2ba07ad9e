/*
title_zh = "合同逐日用量"
grain_zh = "每合同、型号、自然日、归因一行；用到时不在清单上的卡各自一行"
no_rows_without = ["reconciled.contract_term", "reconciled.holder", "reconciled.measured"]
[columns]
contract_no = "合同编号"
provider_id = "服务机构代码"
device_model = "型号"
usage_on = "日期（北京时间）"
cause = "supported 计入；before_voucher 券生效之前，是否计入由解读定；outside_term 合同期外；outside_year 年度外；not_listed 未在名单；after_exit 退库之后；not_billable 机构原因失败的运行；other_provider 记录出自合同以外的机构；no_provider 记录没有写明机构，无从核对名单"
off_card = "用到时不在设备清单上的卡（小写）；其余为空"
unit_seconds = "卡秒，单位为二万一千分之一卡秒；含按合同进位补足的秒数；卡数全部未知的为空"
core_seconds = "CPU 核秒"
record_count = "记录数"
unknown_card_record_count = "卡数未知的记录数"
unknown_core_record_count = "CPU 核数未知的记录数"
*/
with judged as (
    select
        s.contract_no,
        t.provider_id,
        s.device_model,
        s.usage_on,
        case
            when s.provider_id <> t.provider_id then 'other_provider'
            when s.usage_on < t.starts_on or s.usage_on > t.ends_on then 'outside_term'
            when s.usage_on > t.counts_until then 'outside_year'
            when s.provider_id is null and l.standing <> 'listed' then 'no_provider'
            when l.standing <> 'listed' then l.standing
            when not s.is_billable then 'not_billable'
            when s.usage_on < t.voucher_effective_on then 'before_voucher'
            else 'supported'
        end as cause,
        o.card as off_card,
        s.card_units,
        s.cpu_cores,
        s.seconds + case
            when s.is_last then (t.round_to_seconds - s.whole_seconds % t.round_to_seconds) % t.round_to_seconds
            else 0
        end as seconds,
        s.interval_no,
        s.is_continued,
    from reconciled.day_slice as s
    join reconciled.contract_term as t on t.contract_no = s.contract_no
    left join reconciled.provider_standing as l
        on l.provider_id is not distinct from s.provider_id
        and l.usage_on = s.usage_on
    left join reconciled.device_off_day as o
        on o.contract_no = s.contract_no
        and o.provider_id = s.provider_id
        and o.device_uuid = s.device_uuid
        and o.usage_on = s.usage_on
)
select
    contract_no,
    provider_id,
    device_model,
    usage_on,
    cause,
    off_card,
    cast(sum(card_units * seconds) as hugeint) as unit_seconds,
    cast(sum(cpu_cores * seconds) as hugeint) as core_seconds,
    count(distinct interval_no) as record_count,
    count(distinct interval_no) filter (where card_units is null) as unknown_card_record_count,
    count_if(cpu_cores is null and not is_continued) as unknown_core_record_count,
from judged
group by contract_no, provider_id, device_model, usage_on, cause, off_card
