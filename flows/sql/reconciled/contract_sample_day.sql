/*
title_zh = "合同逐日采样"
grain_zh = "每合同、设备、租户、自然日一行"
[columns]
contract_no = "合同编号"
provider_id = "服务机构代码"
device_uuid = "设备编号"
device_model = "型号"
tenant = "租户"
usage_on = "日期（北京时间）"
cause = "与合同逐日用量的归因相同"
metered_seconds = "被采样覆盖的秒数"
active_seconds = "其中活跃的秒数"
weighted_millipercent_seconds = "覆盖秒数乘利用率，秒 × 千分之一个百分点；全无利用率的为空"
sample_count = "采样数"
*/
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
        when l.standing <> 'listed' then l.standing
        when s.usage_on < t.voucher_effective_on then 'before_voucher'
        else 'supported'
    end as cause,
    s.metered_seconds,
    s.active_seconds,
    s.weighted_millipercent_seconds,
    s.sample_count,
from reconciled.sample_day as s
join reconciled.contract_term as t using (contract_no)
left join reconciled.provider_standing as l
    on l.provider_id is not distinct from s.provider_id
    and l.usage_on = s.usage_on
