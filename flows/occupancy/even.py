"""Hours of cards sampled once a minute, always at the same second: one pass, and everything follows from bits.

Which cards are sampled otherwise is told here too; their hours are worked out in `flows.occupancy.exact`.
"""

from hesuan.flows.occupancy.sample import KEYS, extremes
from hesuan.flows.warehouse import Connection

# 5 % is the line between idle and active of metering.md 3.2 (U_τ, default τ). last_util: the last known utilisation,
# thousandths of a percent in the low twenty bits, and its minute above them: greatest is asked faster than last.
HOURS = """
    create temp table counted_hour as
    with stamped as (select *, epoch_us(sampled_at) as at_us from sample),
    minuted as (select *, cast(at_us // 60000000 as integer) as minute_no from stamped),
    placed as (select *, minute_no // 60 as hour_no, minute_no - minute_no // 60 * 60 as minute from minuted)
    select
        {grouped}
        hour_no,
        count(*) as sample_count,
        bit_or(1::bigint << minute) as minutes,
        coalesce(bit_or((util_percent >= 5)::bigint << minute), 0) as active_minutes,
        min(at_us - minute_no::bigint * 60000000) as low_us,
        max(at_us - minute_no::bigint * 60000000) as high_us,
        max(minute::bigint * 1048576 + cast(util_percent * 1000 as bigint)) as last_util,
        count(util_percent) as util_count,
        -- A filter on one of many aggregates costs as much as three of them.
        count(case when util_percent > 0 then 1 end) as above_zero_count,
        sum(util_percent) as util_sum,
        count(power_watts) as power_count,
        sum(power_watts) as power_sum,
        {extremes}
        {refused} as is_refused,
    from placed
    group by {grouped} hour_no
"""
# What is the same in every row is not written a million times.
COUNTED = "create temp view counted as select {said} * from counted_hour"
# The first and the last minute of a bitmap: of at most thirty bits a logarithm is exact.
MINUTES = """
    create temp macro first_minute(minutes) as bit_count((minutes & -minutes) - 1);
    create temp macro last_minute(minutes) as
        cast(floor(case when minutes >= 1 << 30 then 30 + log2(minutes >> 30) else log2(minutes) end) as integer)
"""
# Of a card's day that is one party's alone, its own count tells all; of others minutes are put together hour by hour.
CARD_DAY = """
    create temp table card_day as
    with alone as (
        select provider_id, device_uuid, day_no from said_day group by all having count(*) = 1
    ),
    joint_hour as (
        select
            c.provider_id,
            c.device_uuid,
            c.hour_no,
            bit_or(c.minutes) as minutes,
            sum(c.sample_count) as sample_count,
            min(c.low_us) as low_us,
            max(c.high_us) as high_us,
        from counted as c
        anti join alone as a
            on a.device_uuid = c.device_uuid and a.day_no = (c.hour_no + 8) // 24
            and a.provider_id is not distinct from c.provider_id
        group by c.provider_id, c.device_uuid, c.hour_no
    )
    select
        provider_id,
        device_uuid,
        (hour_no + 8) // 24 as day_no,
        sum(sample_count) as sample_count,
        sum(bit_count(minutes)) as minute_count,
        sum(bit_count(minutes & (minutes >> 1))) as neighbour_count,
        min(hour_no * 60::bigint + first_minute(minutes)) as first_minute_no,
        max(hour_no * 60::bigint + last_minute(minutes)) as last_minute_no,
        min(low_us) // 1000000 as low_second,
        max(high_us) // 1000000 as high_second,
    from joint_hour
    group by provider_id, device_uuid, day_no
    union all
    select
        d.provider_id,
        d.device_uuid,
        d.day_no,
        d.sample_count,
        d.minute_count,
        d.neighbour_count,
        d.first_minute_no,
        d.last_minute_no,
        d.low_us // 1000000,
        d.high_us // 1000000,
    from said_day as d
    join alone as a
        on a.device_uuid = d.device_uuid and a.day_no = d.day_no and a.provider_id is not distinct from d.provider_id
"""
# No two samples of a card in one minute, all at one second of the minute, and a period of 60 s: declared, or the
# median of the steps of each day (at least half of them lead from one minute to the next). A card written in capitals
# and in small letters is one card: its samples are put together under one of its names.
UNEVEN = """
    create temp table uneven as
    with spelt as (
        select *, min(device_uuid) over card as named, min(device_uuid) over card <> max(device_uuid) over card as is_spelt_twice,
        from (select distinct provider_id, device_uuid from card_day)
        window card as (partition by provider_id, lower(device_uuid))
    )
    select c.provider_id, c.device_uuid, s.named
    from card_day as c
    join spelt as s on s.device_uuid = c.device_uuid and s.provider_id is not distinct from c.provider_id
    group by c.provider_id, c.device_uuid, s.named
    having bool_or(s.is_spelt_twice) or not coalesce(
        min(low_second) = max(high_second)
            and sum(sample_count) = sum(minute_count)
            and case
                when {period} is null then bool_and(2 * neighbour_count >= sample_count - 1)
                else {period} = 60
            end,
        false
    )
"""
HOUR = """
    create temp view even_hour as
    select
        {keys},
        file_sha256,
        hour_no * 3600::bigint as hour_s,
        sample_count,
        minutes,
        active_minutes,
        hour_no * 3600::bigint + 60::bigint * first_minute(minutes) + low_us // 1000000 as first_s,
        hour_no * 3600::bigint + 60::bigint * (last_minute(minutes)) + low_us // 1000000 as last_s,
        case
            when last_util >> 20 = last_minute(minutes)
                then cast(cast(last_util & 1048575 as decimal(9, 0)) * 0.001::decimal(4, 3) as decimal(18, 3))
        end as last_util_percent,
        60::bigint as period_seconds,
        60 * sample_count as covered_seconds,
        case when util_count > 0 then 60::bigint * bit_count(active_minutes) end as active_seconds,
        case when util_count > 0 then 60 * above_zero_count end as above_zero_seconds,
        60 * util_count as util_known_seconds,
        60 * cast(try_cast(util_sum as decimal(18, 3)) * 1000 as bigint) as weighted_millipercent_seconds,
        60 * power_count as power_known_seconds,
        60 * cast(try_cast(power_sum as decimal(18, 3)) * 1000 as bigint) as power_millijoules,
        power_peak_watts,
        memory_peak_mib,
        temperature_low_c,
        temperature_high_c,
        energy_low_joules,
        energy_high_joules,
        seq_first,
        seq_last,
        seq_count,
        seq_sum,
        first_row_no,
    from counted as c
    anti join uneven as u on u.device_uuid = c.device_uuid and u.provider_id is not distinct from c.provider_id
"""
SPAN = """
    create temp view even_span as
    select
        provider_id,
        device_uuid,
        day_no,
        first_minute_no * 60 + low_second as first_s,
        last_minute_no * 60 + low_second as last_s,
    from card_day as c
    anti join uneven as u on u.device_uuid = c.device_uuid and u.provider_id is not distinct from c.provider_id
"""


def count_by_hour(
    connection: Connection,
    constants: dict[str, str],
    *,
    absent: frozenset[str] = frozenset(),
    refused: str = "false",
) -> None:
    """View `counted` from `sample`, in one pass: one row per KEYS, file and hour. absent: columns that say nothing.

    refused: SQL over the rows of an hour, whether the gate would refuse one of them.
    """
    varying = [name for name in (*KEYS, "file_sha256") if name not in constants]
    grouped = "".join(f"{name}, " for name in varying)
    said = "".join(f"{value} as {name}, " for name, value in constants.items())
    connection.execute(HOURS.format(grouped=grouped, extremes=extremes(absent), refused=refused))
    connection.execute(COUNTED.format(said=said))
    connection.execute(MINUTES)


def make_even_hours(connection: Connection, *, period_seconds: int | None) -> None:
    """From `counted` and `said_day`: `even_hour`, `even_span`, and `uneven` (cards for the other way).

    period_seconds: as declared for all of it.
    """
    connection.execute(CARD_DAY)
    connection.execute(UNEVEN.format(period="null" if period_seconds is None else period_seconds))
    connection.execute(HOUR.format(keys=", ".join(KEYS)))
    connection.execute(SPAN)
