"""Hours → days of Asia/Shanghai, once a file: what is asked of days need not look through all hours night after night.

A day is one of the same provider, cluster, card, tenant, contract, boot and file as its hours.
"""

from hesuan.flows.occupancy.sample import KEYS
from hesuan.flows.warehouse import Connection

# What a day keeps of its hours alike, however they were counted. is_seq_whole: each number of every hour comes once, as far
# as count and sum can tell, and their stretches fill the day's. seq_offset: by how much numbers run ahead of the periods
# counted since 1970, where that is one and the same: then they follow as time does.
_KEPT = """
        max(power_peak_watts) as power_peak_watts,
        max(memory_peak_mib) as memory_peak_mib,
        min(temperature_low_c) as temperature_low_c,
        max(temperature_high_c) as temperature_high_c,
        min(seq_first) as seq_first,
        max(seq_last) as seq_last,
        sum(seq_count) as seq_count,
        bool_and(
            seq_count = cast(seq_last as hugeint) - seq_first + 1
                and 2 * seq_sum = (cast(seq_first as hugeint) + seq_last) * seq_count
        ) and sum(seq_count) = cast(max(seq_last) as hugeint) - min(seq_first) + 1 as is_seq_whole,
        case when min(least({first}, {last})) = max(greatest({first}, {last})) then min({first}) end as seq_offset,
        min(case when seq_count > 0 then first_row_no end) as seq_row_no,
        min(first_row_no) as first_row_no,
"""
# Periods are counted from whole hours: none reaches from one hour into the next.
_PERIOD = "case when 3600 % period_seconds = 0 then period_seconds end"
# Minutes are counted since 1970.
COUNTED = """
    create temp table counted_day as
    with hours as (
        select
            *,
            (hour_no + 8) // 24 as day_no,
            hour_no * 60::bigint + first_minute(minutes) as first_minute_no,
            hour_no * 60::bigint + last_minute(minutes) as last_minute_no,
            cast(try_cast(power_sum as decimal(18, 3)) * 1000 as bigint) as milliwatts,
        from counted_hour
    )
    select
        {grouped}
        day_no,
        sum(sample_count) as sample_count,
        sum(bit_count(minutes)) as minute_count,
        sum(bit_count(minutes & (minutes >> 1))) as neighbour_count,
        sum(bit_count(active_minutes)) as active_count,
        min(first_minute_no) as first_minute_no,
        max(last_minute_no) as last_minute_no,
        min(low_us) as low_us,
        max(high_us) as high_us,
        -- As an hour has it, with the minute counted since 1970 instead of since the hour began.
        max(hour_no * 60 * 1048576::bigint + last_util) as last_util,
        sum(util_count) as util_count,
        sum(above_zero_count) as above_zero_count,
        sum(cast(try_cast(util_sum as decimal(18, 3)) * 1000 as bigint)) as util_thousandths,
        sum(power_count) as power_count,
        sum(milliwatts) as milliwatts,
        max(milliwatts // nullif(power_count, 0)) as power_peak_hour_milliwatts,
        min(case when seq_count > 0 then hour_no end) as seq_hour_no,
        {kept}
    from hours
    group by {grouped} day_no
"""
SAID = "create temp view said_day as select {said} * from counted_day"
EVEN = """
    create temp view even_day as
    select
        {keys},
        file_sha256,
        day_no,
        sample_count,
        first_minute_no * 60 + low_us // 1000000 as first_s,
        last_minute_no * 60 + low_us // 1000000 as last_s,
        case
            when last_util >> 20 = last_minute_no
                then cast(cast(last_util & 1048575 as decimal(9, 0)) * 0.001::decimal(4, 3) as decimal(18, 3))
        end as last_util_percent,
        60::bigint as period_seconds,
        60 * sample_count as covered_seconds,
        case when util_count > 0 then 60 * active_count end as active_seconds,
        case when util_count > 0 then 60 * above_zero_count end as above_zero_seconds,
        60 * util_count as util_known_seconds,
        60 * util_thousandths as weighted_millipercent_seconds,
        60 * power_count as power_known_seconds,
        60 * milliwatts as power_millijoules,
        power_peak_hour_milliwatts,
        power_peak_watts,
        memory_peak_mib,
        temperature_low_c,
        temperature_high_c,
        seq_first,
        seq_last,
        seq_count,
        is_seq_whole,
        seq_offset,
        seq_hour_no * 3600::bigint as seq_hour_s,
        seq_row_no,
        first_row_no,
    from said_day as c
    anti join uneven as u on u.device_uuid = c.device_uuid and u.provider_id is not distinct from c.provider_id
"""
EXACT = """
    create temp view exact_day as
    select
        {keys},
        file_sha256,
        (hour_s + 28800) // 86400 as day_no,
        sum(sample_count) as sample_count,
        min(first_s) as first_s,
        max(last_s) as last_s,
        arg_max_null(last_util_percent, hour_s) filter (last_s is not null) as last_util_percent,
        max(period_seconds) as period_seconds,
        sum(covered_seconds) as covered_seconds,
        sum(active_seconds) as active_seconds,
        sum(above_zero_seconds) as above_zero_seconds,
        sum(util_known_seconds) as util_known_seconds,
        sum(weighted_millipercent_seconds) as weighted_millipercent_seconds,
        sum(power_known_seconds) as power_known_seconds,
        sum(power_millijoules) as power_millijoules,
        max(cast(power_millijoules as bigint) // nullif(cast(power_known_seconds as bigint), 0)) as power_peak_hour_milliwatts,
        min(case when seq_count > 0 then hour_s end) as seq_hour_s,
        {kept}
    from exact_hour
    group by {keys}, file_sha256, (hour_s + 28800) // 86400
"""


def count_by_day(connection: Connection, constants: dict[str, str]) -> None:
    """View `said_day` from `counted_hour`, in which every card's hours are counted as if sampled once a minute."""
    grouped = "".join(f"{name}, " for name in (*KEYS, "file_sha256") if name not in constants)
    kept = _KEPT.format(first="seq_first - first_minute_no", last="seq_last - last_minute_no")
    connection.execute(COUNTED.format(grouped=grouped, kept=kept))
    said = "".join(f"{value} as {name}, " for name, value in constants.items())
    connection.execute(SAID.format(said=said))


def find_even_days(connection: Connection) -> None:
    """View `even_day` of the cards that are not in `uneven`."""
    connection.execute(EVEN.format(keys=", ".join(KEYS)))


def find_exact_days(connection: Connection) -> None:
    """View `exact_day` from `exact_hour`."""
    kept = _KEPT.format(first=f"seq_first - first_s // ({_PERIOD})", last=f"seq_last - last_s // ({_PERIOD})")
    connection.execute(EXACT.format(keys=", ".join(KEYS), kept=kept))
