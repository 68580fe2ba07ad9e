/*
title_zh = "分给几方、或只用其一部分的卡日"
grain_zh = "每机构、卡、合同、自然日一行：占用不足整卡的（切分、份额），及以切分实例的编号采样的"
no_rows_without = ["reconciled.sampled_card"]
[columns]
provider_id = "服务机构代码"
card = "所在的卡（小写）；看不出的为空，则该合同当日的卡都在其列"
contract_no = "归属合同"
usage_on = "日期（北京时间）；空为每一日"
*/
with sampled as (
    select distinct provider_id from reconciled.sampled_card
)
select distinct
    s.provider_id,
    case when not starts_with(reconciled.card_of(s.device_uuid), 'mig-') then reconciled.card_of(s.device_uuid) end as card,
    s.contract_no,
    s.usage_on,
from reconciled.day_slice as s
join sampled as p on p.provider_id is not distinct from s.provider_id
where s.card_units % 21000 <> 0
union all
select distinct
    provider_id,
    unnest([lower(device_uuid), reconciled.card_of(device_uuid)]),
    null::varchar,
    null::date,
from reconciled.sampled_card
where starts_with(lower(device_uuid), 'mig-')
