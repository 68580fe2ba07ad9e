"""Hours of cards sampled at any pace, second by second: every sample covers the time up to the card's next one.

A step of more than one and a half periods covers one period, and the rest of it is a gap. The period is declared, else
the median of the card's steps on that day where the day keeps to it (of two steps together, where short and long ones
take turns), else of all its steps, up to an hour; where that says nothing, a minute. The last sample of a day covers one
period here; the step to the next day's first is taken up in `reconciled.sample_join`.
"""

from hesuan.flows.occupancy.holding import name_holders
from hesuan.flows.occupancy.repeat import set_repeats_aside
from hesuan.flows.occupancy.sample import KEYS, extremes
from hesuan.flows.occupancy.turn import gather_turns
from hesuan.flows.warehouse import Connection

# Two samples half a day apart are no pace: beyond an hour a period is believed only where it is declared.
MOST_PACE_S, UNKNOWN_PACE_S = 3600, 60
# A collector may be set to another pace. A day tells its own by a dozen steps, half of them within a tenth of their median:
# a few samples left of a day that was lost do not. Two collectors of a card keep a pace each, and steps are short and long
# by turns: where fewer than nine in ten are like their median, and of two steps together as many are, those are the pace.
LEAST_STEPS = 12
ODD = """
    create temp table odd as
    select
        s.* replace (u.named as device_uuid),
        epoch_us(s.sampled_at) // 1000000 as at_s,
        cast((epoch_us(s.sampled_at) // 1000000 + 28800) // 86400 as integer) as day_no,
    from sample as s
    join uneven as u on u.device_uuid = s.device_uuid and u.provider_id is not distinct from s.provider_id
"""
# At one instant a card's readings are one reading, from several files or in several versions of which one says more of
# its holder; who is named there uses it, and a reading that names nobody covers nothing beside him.
LED = f"""
    create temp table led as
    with held as (
        select
            *,
            coalesce(
                contract_no,
                case when tenant is not null
                    then max(contract_no) over (partition by provider_id, device_uuid, at_s, tenant)
                end,
                tenant
            ) as holder,
        from odd
    ),
    beside as (
        select
            *,
            coalesce(contract_no, tenant) as party,
            bool_or(coalesce(contract_no, tenant) is not null) over (partition by provider_id, device_uuid, at_s) as is_named,
            max(power_watts) over reading as instant_power_watts,
            row_number() over (
                partition by provider_id, device_uuid, at_s, holder
                order by
                    util_percent is null, contract_no is null, tenant is null, cluster_id is null,
                    sampled_at, file_rank, sheet, row_no, boot_id
            ) as nth,
        from held
        window reading as (partition by provider_id, device_uuid, at_s, holder)
    ),
    instants as (
        select
            provider_id,
            device_uuid,
            day_no,
            at_s,
            lead(at_s) over day - at_s as step_s,
            lead(at_s, 2) over day - at_s as pair_s,
        from (select distinct provider_id, device_uuid, day_no, at_s from odd)
        window day as (partition by provider_id, device_uuid, day_no order by at_s)
    ),
    paced as (
        select provider_id, device_uuid, cast(quantile_disc(step_s, 0.5) as bigint) as median_s
        from instants
        group by provider_id, device_uuid
        having median_s <= {MOST_PACE_S}
    ),
    day_steps as (
        select
            *,
            cast(quantile_disc(step_s, 0.5) over day as bigint) as median_s,
            cast(quantile_disc(pair_s, 0.5) over day as bigint) as median_pair_s,
        from instants
        where step_s is not null
        window day as (partition by provider_id, device_uuid, day_no)
    ),
    day_counted as (
        select
            provider_id,
            device_uuid,
            day_no,
            any_value(median_s) as median_s,
            any_value(median_pair_s) as median_pair_s,
            count(*) as step_count,
            count(*) filter (10 * abs(step_s - median_s) <= median_s) as near_count,
            count(pair_s) as pair_count,
            count(*) filter (10 * abs(pair_s - median_pair_s) <= median_pair_s) as near_pair_count,
        from day_steps
        group by provider_id, device_uuid, day_no
        having count(*) >= {LEAST_STEPS}
    ),
    day_paced as (
        select
            provider_id,
            device_uuid,
            day_no,
            case
                when 10 * near_count < 9 * step_count and 10 * near_pair_count >= 9 * pair_count then median_pair_s
                when 2 * near_count >= step_count then median_s
            end as pace_s,
        from day_counted
        where pace_s <= {MOST_PACE_S}
    )
    select
        b.* exclude (period_seconds),
        b.nth = 1 and (b.party is not null or not b.is_named) as is_covering,
        i.step_s,
        coalesce(b.period_seconds, d.pace_s, p.median_s, {UNKNOWN_PACE_S}) as period_seconds,
    from beside as b
    join instants as i
        on i.device_uuid = b.device_uuid and i.at_s = b.at_s and i.provider_id is not distinct from b.provider_id
    left join day_paced as d
        on d.device_uuid = b.device_uuid and d.day_no = b.day_no and d.provider_id is not distinct from b.provider_id
    left join paced as p on p.device_uuid = b.device_uuid and p.provider_id is not distinct from b.provider_id
"""
COVERED = """
    create temp table covered as
    select
        *,
        1::bigint << cast(at_s // 60 % 60 as integer) as minute_bit,
        case
            when not is_covering then 0
            when 2 * step_s <= 3 * period_seconds then step_s
            else period_seconds
        end as cover_s,
    from led
"""
HOUR = """
    create temp table exact_hour as
    select
        {keys},
        file_sha256,
        at_s // 3600 * 3600 as hour_s,
        count(*) as sample_count,
        coalesce(bit_or(minute_bit) filter (is_covering), 0) as minutes,
        coalesce(bit_or(minute_bit) filter (is_covering and util_percent >= 5), 0) as active_minutes,
        min(at_s) as first_s,
        max(at_s) filter (is_covering) as last_s,
        arg_max_null(util_percent, at_s) filter (is_covering) as last_util_percent,
        max(period_seconds) as period_seconds,
        sum(cover_s) as covered_seconds,
        sum(case when util_percent >= 5 then cover_s when util_percent < 5 then 0 end) as active_seconds,
        sum(case when util_percent > 0 then cover_s when util_percent <= 0 then 0 end) as above_zero_seconds,
        coalesce(sum(cover_s) filter (util_percent is not null), 0) as util_known_seconds,
        sum(cover_s * cast(util_percent * 1000 as bigint)) as weighted_millipercent_seconds,
        coalesce(sum(cover_s) filter (instant_power_watts is not null), 0) as power_known_seconds,
        sum(cover_s * cast(instant_power_watts * 1000 as bigint)) filter (cover_s > 0) as power_millijoules,
        {extremes}
    from covered
    group by {keys}, file_sha256, at_s // 3600
"""
SPAN = """
    create temp view exact_span as
    select provider_id, device_uuid, day_no, min(at_s) as first_s, max(at_s) as last_s
    from covered
    group by provider_id, device_uuid, day_no
"""


def count_exactly(connection: Connection, *, is_of_files: bool = False, is_held: bool = False) -> None:
    """`exact_hour`, `exact_span` and `covered` of the cards in `uneven`, and `fate` of the samples that are not counted.

    is_of_files: they are of one day, and come from several files. is_held: `holding` tells whose those are that name nobody.
    """
    connection.execute(ODD)
    set_repeats_aside(connection)
    if is_of_files:
        gather_turns(connection)
    if is_held:
        name_holders(connection)
    connection.execute(LED)
    connection.execute(COVERED)
    connection.execute(HOUR.format(keys=", ".join(KEYS), extremes=extremes()))
    connection.execute(SPAN)
