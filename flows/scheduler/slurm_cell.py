"""How sacct prints states, numbers, instants and durations, and how they are read; their meaning for a job is not here.

A reading takes a column of cells, most of them once only, and gives `<name>_…` columns. `<name>_odd`: the cell says
something that cannot be read.
"""

from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import polars as pl

from hesuan.schemas.cast import LAST_INSTANT
from hesuan.schemas.kind import EARLIEST, INSTANT_TYPE
from hesuan.validators.words import plain

NO_NODE = "None assigned"
# slurm.schedmd.com/job_state_codes.html, both tables. A flag is printed instead of the state, the first in this order
# (slurm_protocol_defs.c, job_state_string); UPDATE_DB alone is never printed.
FLAGS = (
    *("COMPLETING", "STAGE_OUT", "CONFIGURING", "RESIZING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD"),
    *("SPECIAL_EXIT", "STOPPED", "REVOKED", "RESV_DEL_HOLD", "SIGNALING", "LAUNCH_FAILED", "RECONFIG_FAIL"),
    *("POWER_UP_NODE", "EXPEDITING"),
)
STATES = (
    *("PENDING", "RUNNING", "SUSPENDED", "COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL"),
    *("PREEMPTED", "BOOT_FAIL", "DEADLINE", "OUT_OF_MEMORY", *FLAGS),
)
# A job printed so waits, unless resources are allocated to it: the flag may be that of a run that ended.
PENDING = (
    *("PENDING", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD", "EXPEDITING"),
    *("LAUNCH_FAILED", "RECONFIG_FAIL"),
)
# A time that has not come yet.
NOT_YET = ["Unknown", "None"]
UNLIMITED = ["UNLIMITED", "Partition_Limit", "4294967295", "4294967294", "0", "00:00:00", ""]
# [D-]HH:MM:SS with D unbounded; under an hour some fields print MM:SS.mmm (slurm print.c).
DURATION = r"^(?:(\d{1,6})-)?(?:(\d{1,4}):)?(\d{1,2}):(\d{2})(?:\.\d+)?$"
PRINTED = "%Y-%m-%dT%H:%M:%S"
# A span longer than this is no log's: a clock was never set in it.
MOST_YEARS = 40


def is_said(name: str) -> pl.Expr:
    """There is anything in the cell."""
    return plain(name).fill_null("") != ""


def said_of(printed: pl.Series) -> pl.DataFrame:
    """`<name>_said`: there is anything in the cell."""
    return printed.to_frame().select(is_said(printed.name).alias(f"{printed.name}_said"))


def seconds_of(printed: pl.Series) -> pl.DataFrame:
    """`<name>_s`: whole seconds of a duration or of a plain number. `<name>_odd`."""
    cell = pl.col(printed.name)
    parts = cell.str.extract_groups(DURATION).struct
    day, hour, minute, second = (parts.field(str(n)).cast(pl.Int64) for n in (1, 2, 3, 4))
    split = (day.fill_null(0) * 24 + hour.fill_null(0)) * 3600 + minute * 60 + second
    alone = pl.when(cell.str.contains(r"^\d{1,12}$")).then(cell).cast(pl.Int64)
    return _or_odd(printed.to_frame(), "s", pl.coalesce(split, alone))


def number_of(printed: pl.Series) -> pl.DataFrame:
    """`<name>_n`: a whole number. `<name>_odd`."""
    return _or_odd(printed.to_frame(), "n", pl.col(printed.name).cast(pl.Int64, strict=False))


def limit_of(printed: pl.Series) -> pl.DataFrame:
    """`<name>_s`: seconds of a limit, null where there is none. `<name>_odd`."""
    return seconds_of(_limited(printed))


def minutes_of(printed: pl.Series) -> pl.DataFrame:
    """`<name>_n`: a limit in minutes, null where there is none. `<name>_odd`."""
    return number_of(_limited(printed))


def _or_odd(cells: pl.DataFrame, unit: str, value: pl.Expr) -> pl.DataFrame:
    name = cells.columns[0]
    read = cells.with_columns(value.alias("value"))
    is_odd = pl.col("value").is_null() & is_said(name)
    return read.select(pl.col("value").alias(f"{name}_{unit}"), is_odd.alias(f"{name}_odd"))


def _limited(printed: pl.Series) -> pl.Series:
    """Null where no limit is stated; a limit of zero means none, too (`man sbatch`, --time)."""
    return printed.set(printed.is_in(UNLIMITED), None)


def state_of(printed: pl.Series) -> pl.DataFrame:
    """word: what a state begins with; “CANCELLED by 1001” is CANCELLED. is_state: a known one. is_pending: in PENDING."""
    words = printed.to_frame("word").select(pl.col("word").str.split(" ").list.first().str.to_uppercase())
    word = pl.col("word")
    return words.with_columns(
        is_state=word.is_in(STATES).fill_null(False), is_pending=word.is_in(PENDING).fill_null(False)
    )


def node_of(printed: pl.Series) -> pl.DataFrame:
    """node_id, null where none was assigned, and then is_unplaced."""
    is_unplaced = pl.col("cell").eq_missing(NO_NODE)
    return printed.to_frame("cell").select(
        node_id=pl.when(~is_unplaced).then("cell"), is_unplaced=is_unplaced
    )


def instant_of(printed: pl.Series, *, zone: str) -> pl.DataFrame:
    """`<name>_at`: UTC instant of a printed time in `zone`, of one with offset, or of epoch seconds.

    `<name>_odd`: it is neither an instant nor one that has not come yet.
    """
    name = printed.name
    # Texts that repeat are read once already: a cache of them only costs.
    read = printed.str.to_datetime(PRINTED, time_unit="us", strict=False, cache=False)
    local = _to_utc(_of_our_time(read), zone)
    at = local.to_frame(f"{name}_at")
    earliest = local.min()
    if not local.null_count() and isinstance(earliest, datetime) and earliest >= EARLIEST:
        return at.with_columns(pl.lit(False).alias(f"{name}_odd"))
    at = at.with_columns(plausible(pl.col(f"{name}_at")))
    written = plausible(pl.coalesce(_with_offset(name), _epoch(name)))
    found = at.with_columns(printed).with_columns(pl.coalesce(f"{name}_at", written).alias(f"{name}_at"))
    is_odd = pl.col(f"{name}_at").is_null() & ~pl.col(name).fill_null("").is_in(NOT_YET)
    return found.select(f"{name}_at", is_odd.alias(f"{name}_odd"))


def _of_our_time(local: pl.Series) -> pl.Series:
    """Null outside the years in which an instant is plausible, in any zone: Python has no year 0 and no year 10000."""
    cell, day = pl.col(local.name), timedelta(days=1)
    first, last = (bound.replace(tzinfo=None) for bound in (EARLIEST - day, LAST_INSTANT - day))
    return local.to_frame().select(pl.when(cell.is_between(first, last)).then(cell)).to_series()


def _to_utc(local: pl.Series, zone: str) -> pl.Series:
    """Null in an hour that clocks ran through twice, and in one they left out: which is meant is not guessed."""
    first, last = local.min(), local.max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return local.dt.replace_time_zone("UTC")
    offset = _one_offset(zone, first, last)
    if offset is not None:
        return (local - offset).dt.replace_time_zone("UTC")
    zoned = local.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
    return zoned.dt.convert_time_zone("UTC")


def _one_offset(zone: str, first: datetime, last: datetime) -> timedelta | None:
    """The offset from UTC that held on every day of a span; None where clocks were changed in it, or near it.

    A zone's rules cost a look-up per value; most logs lie between two changes, or in a zone that has none.
    """
    if not MINYEAR < first.year <= last.year < MAXYEAR or last.year - first.year > MOST_YEARS:
        return None
    margin = timedelta(days=2)
    begin, end = first - margin, last + margin
    months = range(begin.year * 12 + begin.month - 1, end.year * 12 + end.month)
    offsets = {_offset_of_month(zone, *divmod(month, 12)) for month in months}
    return offsets.pop() if len(offsets) == 1 else None


@cache
def _offset_of_month(zone: str, year: int, month: int) -> timedelta | None:
    """The offset that held on every day of a month, 0 being January; None where clocks were changed in it."""
    start = datetime(year, month + 1, 1, tzinfo=UTC)
    there = [(start + timedelta(days=day)).astimezone(ZoneInfo(zone)) for day in range(32)]
    offsets = {at.utcoffset() for at in there}
    return offsets.pop() if len(offsets) == 1 else None


def _with_offset(name: str) -> pl.Expr:
    """SLURM_TIME_FORMAT="%FT%T%z", as `man sacct` proposes."""
    text = pl.col(name).str.replace("Z$", "+00:00")
    return text.str.to_datetime(f"{PRINTED}%z", time_unit="us", strict=False).dt.convert_time_zone("UTC")


def _epoch(name: str) -> pl.Expr:
    digits = pl.when(pl.col(name).str.contains(r"^\d{9,10}$")).then(pl.col(name)).cast(pl.Int64)
    return pl.from_epoch(digits, time_unit="s").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def plausible(instant: pl.Expr) -> pl.Expr:
    """A clock that was never set prints 1970: no job of ours ran before 2000, and none will when no column holds it."""
    first, last = (pl.lit(bound, dtype=INSTANT_TYPE) for bound in (EARLIEST, LAST_INSTANT))
    return pl.when(instant.is_between(first, last)).then(instant)
