/*
title_zh = "利用率与功率可比的用量"
grain_zh = "每份有采样的合同一行，合同计入期内"
no_rows_without = ["reconciled.contract_term", "reconciled.sample_day"]
[columns]
contract_no = "合同编号"
whole_seconds = "整小时有采样、利用率与功率都已知的卡秒；切分的卡不计"
unrated_seconds = "其中额定功率未知的卡的卡秒"
part_seconds = "切分的卡的采样覆盖卡秒"
is_told = "采样有利用率，也有功率"
*/
with days as (
    select
        s.*,
        k.tdp_watts is not null as is_rated,
        p.card is not null or q.contract_no is not null as is_part,
        least(s.power_known_seconds, s.util_known_seconds) >= 86340 as is_whole,
    from reconciled.sample_day as s
    join reconciled.contract_term as t on t.contract_no = s.contract_no
    left join reconciled.sampled_card as k
        on k.device_uuid = s.device_uuid and k.provider_id is not distinct from s.provider_id
    left join (select distinct provider_id, card, usage_on from reconciled.parted_day where card is not null) as p
        on p.card = lower(s.device_uuid)
        and p.provider_id is not distinct from s.provider_id
        and coalesce(p.usage_on = s.usage_on, true)
    left join (select distinct provider_id, contract_no, usage_on from reconciled.parted_day where card is null) as q
        on q.contract_no = s.contract_no
        and q.usage_on = s.usage_on
        and q.provider_id is not distinct from s.provider_id
    where s.usage_on between t.starts_on and t.counts_until
),
-- Of a day told from end to end every hour is whole; of others each is looked at.
cut as (
    select d.contract_no, d.provider_id, d.device_uuid, d.usage_on, d.tenant, any_value(d.is_rated) as is_rated
    from days as d
    where not d.is_whole and not d.is_part and d.power_known_seconds > 0 and d.util_known_seconds > 0
    group by d.contract_no, d.provider_id, d.device_uuid, d.usage_on, d.tenant
),
hours as (
    select
        c.contract_no,
        sum(w.known_seconds) as whole_seconds,
        sum(w.known_seconds) filter (where not c.is_rated) as unrated_seconds,
    from reconciled.whole_hour as w
    join cut as c
        on c.device_uuid = w.device_uuid
        and c.usage_on = reconciled.local_day(w.hour_s)
        and c.provider_id is not distinct from w.provider_id
        and c.tenant is not distinct from w.tenant
        and coalesce(w.contract_no = c.contract_no, true)
    group by c.contract_no
),
summed as (
    select
        contract_no,
        sum(least(power_known_seconds, util_known_seconds)) filter (where is_whole and not is_part) as whole_seconds,
        sum(least(power_known_seconds, util_known_seconds)) filter (where is_whole and not is_part and not is_rated)
            as unrated_seconds,
        sum(metered_seconds) filter (where is_part) as part_seconds,
        sum(power_known_seconds) > 0 and sum(util_known_seconds) > 0 as is_told,
    from days
    group by contract_no
)
select
    s.contract_no,
    cast(coalesce(s.whole_seconds, 0) + coalesce(h.whole_seconds, 0) as bigint) as whole_seconds,
    cast(coalesce(s.unrated_seconds, 0) + coalesce(h.unrated_seconds, 0) as bigint) as unrated_seconds,
    cast(coalesce(s.part_seconds, 0) as bigint) as part_seconds,
    s.is_told,
from summed as s
left join hours as h on h.contract_no = s.contract_no
