"""What reconciled.device_use and reconciled.device_elsewhere were before providers were compared drawer by drawer: plain SQL."""

DEVICE_USE = r"""
-- A part of a card has a name of its own: MIG-GPU-<card>/… names the card, MIG-<part> does not.
with used as (
    select provider_id, contract_no, device_uuid, begin_s, stop_s, stop_s - begin_s as seconds, true as is_record
    from reconciled.interval
    where device_uuid is not null and stop_s > begin_s and coalesce(card_units > 0, true)
    union all
    select
        provider_id,
        contract_no,
        device_uuid,
        cast(usage_on - date '1970-01-01' as bigint) * 86400 - 28800,
        cast(usage_on - date '1970-01-01' + 1 as bigint) * 86400 - 28800,
        metered_seconds,
        false,
    from reconciled.sample_day
    where metered_seconds > 0
),
spelled as (
    select distinct
        device_uuid,
        reconciled.card_of(device_uuid) as card,
    from used
),
named as (
    select
        device_uuid,
        case when card not like 'mig-%' then card end as card,
        replace(regexp_replace(card, '^[a-z]+-', ''), '-', '') as digits,
    from spelled
),
judged as (
    select
        *,
        regexp_matches(digits, '^[0-9a-f]{16,}$') and len(list_distinct(string_split(digits, ''))) > 4 as is_global,
    from named
)
select
    u.provider_id,
    u.contract_no,
    j.card,
    j.is_global,
    u.begin_s,
    u.stop_s,
    u.seconds,
    u.is_record,
from used as u
join judged as j using (device_uuid)
"""
# Of the cards in logs of two providers, all; there is no list of them beside it.
DEVICE_ELSEWHERE = """
with shared as (
    select card from device_use_before where is_global and card is not null group by card having count(distinct provider_id) > 1
),
listed as (
    select card from reconciled.device_spell group by card having count(distinct provider_id) > 1
),
used as (
    select distinct provider_id, contract_no, card, begin_s, stop_s, is_record
    from device_use_before
    where is_global and (card in (select card from shared) or card in (select card from listed))
),
others as (
    select distinct provider_id, card, begin_s, stop_s, is_record from used
),
in_logs as (
    select
        a.contract_no,
        a.provider_id,
        b.provider_id as other_provider_id,
        a.card,
        case when a.is_record and b.is_record then 'log' else 'sample' end as seen_in,
        least(a.stop_s, b.stop_s) - greatest(a.begin_s, b.begin_s) as overlap_seconds,
        greatest(a.begin_s, b.begin_s) as first_s,
    from used as a
    join others as b
        on b.card = a.card
        and b.provider_id <> a.provider_id
        and b.is_record = a.is_record
        and b.begin_s < a.stop_s
        and b.stop_s > a.begin_s
    where a.contract_no is not null
),
-- Handed over within a day, a card may stand on both lists that day.
on_lists as (
    select
        o.provider_id,
        t.provider_id as other_provider_id,
        o.card,
        greatest(o.begin_s, t.begin_s) as begin_s,
        least(o.stop_s, t.stop_s) as stop_s,
    from reconciled.device_spell as o
    join reconciled.device_spell as t on t.card = o.card and t.provider_id <> o.provider_id
    where least(o.to_on, t.to_on) > greatest(o.from_on, t.from_on)
),
in_lists as (
    select
        u.contract_no,
        u.provider_id,
        l.other_provider_id,
        u.card,
        'list' as seen_in,
        least(u.stop_s, l.stop_s) - greatest(u.begin_s, l.begin_s) as overlap_seconds,
        greatest(u.begin_s, l.begin_s) as first_s,
    from used as u
    join on_lists as l
        on l.provider_id = u.provider_id and l.card = u.card and l.begin_s < u.stop_s and l.stop_s > u.begin_s
    where u.contract_no is not null
)
select
    contract_no,
    provider_id,
    other_provider_id,
    card,
    seen_in,
    cast(sum(overlap_seconds) - case seen_in when 'sample' then 86400 else 0 end as bigint) as overlap_seconds,
    min(first_s) as first_s,
from (select * from in_logs union all select * from in_lists)
group by contract_no, provider_id, other_provider_id, card, seen_in
"""
