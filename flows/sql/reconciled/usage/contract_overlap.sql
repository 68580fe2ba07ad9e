/*
title_zh = "合同涉及的同卡重叠"
grain_zh = "每合同、重叠段、计入的自然日一行"
no_rows_without = ["reconciled.contract_term"]
[columns]
contract_no = "合同编号"
provider_id = "服务机构代码"
device_uuid = "设备编号"
device_model = "型号"
begin_s = "重叠段起点，UTC 秒"
stop_s = "重叠段终点（不含），UTC 秒"
overlap_seconds = "该段连同与之相接的本合同各段一共的秒数：他方进出而分成的几段，首尾相接的是一次重叠"
usage_on = "日期（北京时间）"
unit_seconds = "本合同在该段内计入的卡秒（以采样为准的合同取其采样），单位为二万一千分之一卡秒；只有一方的，为超出一张卡的部分"
parties = "涉及各方"
*/
with held as (
    select
        s.contract_no,
        s.provider_id,
        s.device_uuid,
        s.device_model,
        o.begin_s,
        o.stop_s,
        s.usage_on,
        sum((least(s.stop_s, o.stop_s) - greatest(s.begin_s, o.begin_s)) * s.card_units) as unit_seconds,
        any_value(o.parties) as parties,
    from reconciled.day_slice as s
    join reconciled.contract_term as t on t.contract_no = s.contract_no
    join reconciled.usage_overlap as o
        on o.provider_id is not distinct from s.provider_id
        and lower(o.device_uuid) = lower(s.device_uuid)
        and o.begin_s < s.stop_s
        and o.stop_s > s.begin_s
    where s.usage_on between t.starts_on and t.counts_until and s.is_billable
    group by s.contract_no, s.provider_id, s.device_uuid, s.device_model, o.begin_s, o.stop_s, s.usage_on
),
-- A party that holds more than a card alone keeps the card: of its names and models in turn what lies past it is beyond.
laid_out as (
    select
        *,
        sum(unit_seconds) over (
            partition by contract_no, provider_id, lower(device_uuid), begin_s, stop_s, usage_on
            order by device_model, device_uuid
        ) - 21000 * (
            least(stop_s, (usage_on - date '1970-01-01' + 1) * 86400 - 28800)
            - greatest(begin_s, (usage_on - date '1970-01-01') * 86400 - 28800)
        ) as beyond_unit_seconds,
    from held
),
-- Others come and go and part a stretch in pieces: what meets end to end is one overlap of the contract.
pieces as (
    select
        *,
        coalesce(begin_s > max(stop_s) over (
            partition by contract_no, provider_id, lower(device_uuid)
            order by begin_s
            rows between unbounded preceding and 1 preceding
        ), true) as is_new,
    from laid_out
    where len(parties) > 1 or beyond_unit_seconds > 0
),
joined as (
    select
        *,
        count(*) filter (where is_new) over (
            partition by contract_no, provider_id, lower(device_uuid)
            order by begin_s
            rows unbounded preceding
        ) as overlap_no,
    from pieces
)
select
    contract_no,
    provider_id,
    device_uuid,
    device_model,
    begin_s,
    stop_s,
    max(stop_s) over whole - min(begin_s) over whole as overlap_seconds,
    usage_on,
    cast(
        case when len(parties) > 1 then unit_seconds else least(unit_seconds, greatest(0, beyond_unit_seconds)) end as hugeint
    ) as unit_seconds,
    parties,
from joined
window whole as (partition by contract_no, provider_id, lower(device_uuid), overlap_no)
union all
-- Where samples stand for the usage: those of the contract that lie in minutes which others have too.
select
    s.contract_no,
    s.provider_id,
    s.device_uuid,
    s.device_model,
    c.begin_s,
    c.stop_s,
    c.stop_s - c.begin_s,
    s.usage_on,
    cast(sum(
        -- A minute may be one party's in part: never more than was metered in the hour.
        least(
            bit_count((case when t.basis = 'active' then s.active_minutes else s.minutes end) & c.minutes)
                * c.step_seconds,
            case when t.basis = 'active' then s.active_seconds else s.metered_seconds end
        ) * 21000
    ) as hugeint),
    any_value(c.parties),
from reconciled.sample_hour as s
join reconciled.contract_term as t on t.contract_no = s.contract_no
join reconciled.sample_crowd as c
    on c.device_uuid = s.device_uuid
    and c.hour_s = s.hour_s
    and c.provider_id is not distinct from s.provider_id
    and list_contains(c.parties, s.contract_no)
semi join reconciled.sampled_contract as n on n.contract_no = s.contract_no
where s.usage_on between t.starts_on and t.counts_until
group by s.contract_no, s.provider_id, s.device_uuid, s.device_model, c.begin_s, c.stop_s, s.usage_on
