"""One file's samples → its hours and days in the lake; and those of a day of which several files speak.

occupancy.parquet: one row per provider, cluster, card, tenant, contract, boot, file and hour. occupancy_day.parquet: the
same by day. gap.parquet: stretches without samples. span.parquet: one row per card and day. fate.parquet: samples that
are copies or older versions.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hesuan.flows.occupancy.clean import is_clean, refused_hour
from hesuan.flows.occupancy.day import count_by_day, find_even_days, find_exact_days
from hesuan.flows.occupancy.even import count_by_hour, make_even_hours
from hesuan.flows.occupancy.exact import count_exactly
from hesuan.flows.occupancy.gap import find_even_gaps, find_exact_gaps, name_users
from hesuan.flows.occupancy.holding import Told, make_holdings
from hesuan.flows.occupancy.sample import SampleSet, constants, open_samples
from hesuan.flows.occupancy.shape import MADE, cast_to
from hesuan.flows.warehouse import Connection, connect, quoted

# What does not fit is laid down beside the set while it is made.
MEMORY = "1700MB"
UNEVEN = """
    create temp table uneven as
    select *, min(device_uuid) over (partition by lower(device_uuid)) as named
    from (select ?::varchar as provider_id, unnest(?::varchar[]) as device_uuid)
"""
ASKED = "create temp table asked as select distinct provider_id, lower(named) as card from uneven"


def occupy(samples: SampleSet, folder: Path) -> bool:
    """Write what one file's samples come to into a folder.

    False where they are the provider's own file, and something in it must be refused or read otherwise.
    """
    said, lies = constants(samples), samples.as_it_lies
    with bounded(folder) as connection:
        open_samples(connection, [samples])
        if lies is None:
            count_by_hour(connection, said)
        else:
            count_by_hour(connection, said, absent=lies.absent, refused=refused_hour(lies, said))
            if not is_clean(connection, lies):
                return False
        count_by_day(connection, said)
        make_even_hours(connection, period_seconds=samples.period_seconds)
        find_even_days(connection)
        find_even_gaps(connection)
        count_exactly(connection)
        find_exact_days(connection)
        find_exact_gaps(connection)
        connection.execute("create temp view hour as from even_hour union all by name from exact_hour")
        connection.execute("create temp view day as from even_day union all by name from exact_day")
        connection.execute("create temp view span as from even_span union all from exact_span")
        connection.execute("create temp view gap_step as from even_gap union all from exact_gap")
        connection.execute("create temp view gap_user as from even_user union all from exact_user")
        _write(connection, folder)
    return True


def occupy_jointly(
    sets: list[SampleSet],
    folder: Path,
    *,
    provider_id: str | None,
    day_no: int,
    cards: list[str],
    told: Told | None = None,
) -> None:
    """The same for cards of a provider of which several files speak on one day of Asia/Shanghai.

    told: what tells who held the cards whose samples name nobody.
    """
    with bounded(folder) as connection:
        open_samples(connection, sets, day_no=day_no)
        connection.execute(UNEVEN, [provider_id, cards])
        if told is not None:
            connection.execute(ASKED)
            make_holdings(connection, told)
        count_exactly(connection, is_of_files=True, is_held=told is not None)
        find_exact_days(connection)
        find_exact_gaps(connection)
        connection.execute("create temp view hour as from exact_hour")
        connection.execute("create temp view day as from exact_day")
        connection.execute("create temp view span as from exact_span")
        connection.execute("create temp view gap_step as from exact_gap")
        connection.execute("create temp view gap_user as from exact_user")
        _write(connection, folder)


@contextmanager
def bounded(folder: Path) -> Iterator[Connection]:
    """A database in memory that spills into the folder."""
    spill = folder / "spill"
    with connect(keep_order=False, memory=MEMORY) as connection:
        connection.execute(f"set temp_directory = {quoted(str(spill))}")
        try:
            yield connection
        finally:
            shutil.rmtree(spill, ignore_errors=True)


def _write(connection: Connection, folder: Path) -> None:
    name_users(connection)
    for name, shape in MADE.items():
        relation = {"occupancy": "hour", "occupancy_day": "day"}.get(name, name)
        path = quoted(str(folder / f"{name}.parquet"))
        rows = f"select {cast_to(shape)} from {relation}"
        connection.execute(f"copy ({rows}) to {path} (format parquet, compression lz4)")
