"""Stretches within a day in which a card was not sampled, and who used it before and after."""

from hesuan.flows.warehouse import Connection

# Only days with fewer minutes than lie between the first and the last are looked into, and of their hours those with a hole.
EVEN = """
    create temp table even_gap as
    with patchy as (
        select provider_id, device_uuid, day_no
        from card_day as c
        anti join uneven as u on u.device_uuid = c.device_uuid and u.provider_id is not distinct from c.provider_id
        where minute_count < last_minute_no - first_minute_no + 1
    ),
    card_hour as (
        select c.provider_id, c.device_uuid, c.hour_no, bit_or(c.minutes) as minutes, min(c.low_us) as low_us
        from counted as c
        semi join patchy as p
            on p.device_uuid = c.device_uuid and p.provider_id is not distinct from c.provider_id
            and p.day_no = (c.hour_no + 8) // 24
        group by c.provider_id, c.device_uuid, c.hour_no
    ),
    followed as (
        select
            *,
            lead(hour_no * 60::bigint + first_minute(minutes)) over (
                partition by provider_id, device_uuid, (hour_no + 8) // 24 order by hour_no
            ) as next_minute_no,
        from card_hour
    ),
    holed as (
        select *
        from followed
        where bit_count(minutes) < last_minute(minutes) + 1 - first_minute(minutes)
            or next_minute_no > hour_no * 60 + last_minute(minutes) + 1
    ),
    seen as (
        select *, cast(unnest(range(60)) as integer) as minute from holed
    ),
    ends as (
        select *, minutes >> (minute + 1) as later from seen
    ),
    edges as (
        select
            provider_id,
            device_uuid,
            low_us // 1000000 as second,
            hour_no * 60::bigint + minute as minute_no,
            case
                when later > 0
                    then hour_no * 60::bigint + minute + 1 + first_minute(later)
                else next_minute_no
            end as next_minute_no,
        from ends
        where (minutes >> minute) & 1 = 1
    )
    select
        provider_id,
        device_uuid,
        minute_no * 60 + second as at_s,
        next_minute_no * 60 + second as next_s,
        60::bigint as period_seconds,
    from edges
    where next_minute_no > minute_no + 1
"""
EXACT = """
    create temp table exact_gap as
    select distinct provider_id, device_uuid, at_s, at_s + step_s as next_s, period_seconds
    from covered
    where is_covering and 2 * step_s > 3 * period_seconds
"""
# Sampled always at one second, a card's minute is one sample.
EVEN_USER = """
    create temp view even_user as
    select s.provider_id, s.device_uuid, s.side_s, h.cluster_id, h.tenant, h.contract_no
    from (select provider_id, device_uuid, unnest([at_s, next_s]) as side_s from even_gap) as s
    join even_hour as h
        on h.device_uuid = s.device_uuid
        and h.provider_id is not distinct from s.provider_id
        and h.hour_s = s.side_s // 3600 * 3600
        and (h.minutes >> cast(s.side_s // 60 % 60 as integer)) & 1 = 1
"""
EXACT_USER = """
    create temp view exact_user as
    select provider_id, device_uuid, at_s as side_s, cluster_id, tenant, contract_no from covered where is_covering
"""
# Who is named there: of several the first by name; the overlap of them is told elsewhere.
GAP = """
    create temp table gap as
    with sides as (
        select *, unnest([at_s, next_s]) as side_s from gap_step
    ),
    users as (
        select
            s.provider_id,
            s.device_uuid,
            s.at_s,
            s.side_s,
            arg_min(
                {'cluster_id': h.cluster_id, 'tenant': h.tenant, 'contract_no': h.contract_no},
                (h.contract_no is null, h.tenant is null, h.contract_no, h.tenant, h.cluster_id)
            ) as party,
        from sides as s
        join gap_user as h
            on h.device_uuid = s.device_uuid
            and h.provider_id is not distinct from s.provider_id
            and h.side_s = s.side_s
        group by s.provider_id, s.device_uuid, s.at_s, s.side_s
    )
    select
        g.provider_id,
        b.party.cluster_id as cluster_id,
        g.device_uuid,
        b.party.tenant as tenant,
        b.party.contract_no as contract_no,
        a.party.tenant as next_tenant,
        a.party.contract_no as next_contract_no,
        g.at_s + g.period_seconds as begin_s,
        g.next_s as stop_s,
    from gap_step as g
    join users as b
        on b.device_uuid = g.device_uuid and b.at_s = g.at_s and b.side_s = g.at_s
        and b.provider_id is not distinct from g.provider_id
    join users as a
        on a.device_uuid = g.device_uuid and a.at_s = g.at_s and a.side_s = g.next_s
        and a.provider_id is not distinct from g.provider_id
"""


def find_even_gaps(connection: Connection) -> None:
    """Table `even_gap` from `counted`, `card_day` and `uneven`: the samples before and after each stretch, in UTC seconds.

    And view `even_user`, whose they are.
    """
    connection.execute(EVEN)
    connection.execute(EVEN_USER)


def find_exact_gaps(connection: Connection) -> None:
    """Table `exact_gap` and view `exact_user`, the same from `covered`."""
    connection.execute(EXACT)
    connection.execute(EXACT_USER)


def name_users(connection: Connection) -> None:
    """Table `gap` from `gap_step` and `gap_user`: one row per stretch, half-open, in UTC seconds."""
    connection.execute(GAP)
