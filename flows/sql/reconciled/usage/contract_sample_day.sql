/*
title_zh = "合同逐日采样"
grain_zh = "每合同、设备、租户、自然日一行"
no_rows_without = ["reconciled.contract_term", "reconciled.sample_day"]
[columns]
contract_no = "合同编号"
provider_id = "服务机构代码"
device_uuid = "设备编号"
device_model = "型号"
tenant = "租户"
usage_on = "日期（北京时间）"
cause = "与合同逐日用量的归因相同"
off_card = "用到时不在设备清单上的卡（小写）；其余为空"
is_unchained = "当日有采样没有摘要链的支持：摘要不接，或在不接之处以后"
metered_seconds = "被采样覆盖的秒数"
active_seconds = "其中活跃的秒数"
weighted_millipercent_seconds = "覆盖秒数乘利用率，秒 × 千分之一个百分点；全无利用率的为空"
sample_count = "采样数"
*/
with unchained as (
    select contract_no, provider_id, lower(device_uuid) as card, usage_on
    from reconciled.chain_day
    where contract_no is not null
    group by contract_no, provider_id, card, usage_on
    having sum(record_count) > sum(chained_count)
)
select
    s.contract_no,
    s.provider_id,
    s.device_uuid,
    s.device_model,
    s.tenant,
    s.usage_on,
    case
        when s.provider_id <> t.provider_id then 'other_provider'
        when s.usage_on < t.starts_on or s.usage_on > t.ends_on then 'outside_term'
        when s.usage_on > t.counts_until then 'outside_year'
        when s.provider_id is null and l.standing <> 'listed' then 'no_provider'
        when l.standing <> 'listed' then l.standing
        when s.usage_on < t.voucher_effective_on then 'before_voucher'
        else 'supported'
    end as cause,
    o.card as off_card,
    h.card is not null as is_unchained,
    s.metered_seconds,
    s.active_seconds,
    s.weighted_millipercent_seconds,
    s.sample_count,
from reconciled.sample_day as s
join reconciled.contract_term as t using (contract_no)
left join reconciled.provider_standing as l
    on l.provider_id is not distinct from s.provider_id
    and l.usage_on = s.usage_on
left join reconciled.device_off_day as o
    on o.contract_no = s.contract_no
    and o.provider_id = s.provider_id
    and o.device_uuid = s.device_uuid
    and o.usage_on = s.usage_on
left join unchained as h
    on h.contract_no = s.contract_no
    and h.card = lower(s.device_uuid)
    and h.usage_on = s.usage_on
    and h.provider_id is not distinct from s.provider_id
