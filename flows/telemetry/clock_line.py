"""Lines of a loop that say when its next turn was taken, as `date` and people's own formats print the time.

What stands below such a line is not looked at here.
"""

import polars as pl

from hesuan.flows.telemetry.cell import instants_of

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NO = {month: str(number) for number, month in enumerate(_MONTHS, 1)}
_DAY_NAME = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?"
_MONTH_NAME = rf"(?<month>{'|'.join(_MONTHS)})"
_TIME = r"(?<hour>[0-9]{1,2}):(?<minute>[0-9][0-9]):(?<second>[0-9][0-9])(?<fraction>\.[0-9]{1,9})?"
_HALF = r"(?:\s*(?<half>[AP]M))?"
_ZONE = r"(?:\s*(?<zone>Z|[A-Z]{3,5}|[+-][0-9][0-9](?::?[0-9][0-9])?))?"
# Before the time people write a word or a rule (“===== 2026-03-01 08:00:00 =====”), after it nothing but a rule.
_BEFORE, _AFTER = r"^[^0-9|]{0,40}", r"[\s\]）)=#*-]*$"
_FORMS = (
    # ISO 8601, `date '+%F %T'`, and with slashes.
    rf"{_BEFORE}(?<year>[0-9]{{4}})[-/](?<month>[0-9]{{1,2}})[-/](?<day>[0-9]{{1,2}})[T ]\s*{_TIME}{_HALF}{_ZONE}{_AFTER}",
    # `date` in the C locale and in en_US since glibc 2.31; ctime(3) leaves the zone out.
    rf"{_BEFORE}{_DAY_NAME}\s+{_MONTH_NAME}\s+(?<day>[0-9]{{1,2}})\s+{_TIME}{_HALF}{_ZONE}\s+(?<year>[0-9]{{4}}){_AFTER}",
    # `date` in en_US and en_GB of other glibc, `date -R`.
    rf"{_BEFORE}{_DAY_NAME}\s+(?<day>[0-9]{{1,2}})\s+{_MONTH_NAME}\s+(?<year>[0-9]{{4}})\s+{_TIME}{_HALF}{_ZONE}{_AFTER}",
    # `date` in zh_CN: 2026年 03月 01日 星期日 08:00:00 CST, and 08时00分00秒.
    r"^[^0-9|]{0,40}(?<year>[0-9]{4})年\s*(?<month>[0-9]{1,2})月\s*(?<day>[0-9]{1,2})日\s*(?:星期.|周.)?\s*(?<half>上午|下午)?\s*"
    rf"(?<hour>[0-9]{{1,2}})[:时](?<minute>[0-9][0-9])[:分](?<second>[0-9][0-9])秒?(?<fraction>\.[0-9]{{1,9}})?{_ZONE}{_AFTER}",
)
_FIELDS = ("year", "month", "day", "hour", "minute", "second", "fraction", "half", "zone")
# `date +%s`, and with fractions or in milliseconds.
_EPOCH = r"^\s*([0-9]{10}(?:\.[0-9]{1,9})?|[0-9]{13})\s*$"
_AS_UTC = ("Z", "UTC", "GMT")


def clock_lines(lines: pl.DataFrame, *, zone: str, place: str) -> pl.DataFrame:
    """The lines (row_no, raw) that are nothing but a time: row_no, sampled_at (UTC instant).

    Times without a zone are on the clock of `zone`. An abbreviation is taken for UTC, or for `zone` where that
    is what it is called at that time: CST is also the middle of America. Else, and where there is no such time,
    sampled_at is null. Of a fraction six digits are kept.
    """
    maybe = lines.filter(pl.col("raw").str.contains(r"[0-9][:时][0-9][0-9][:分][0-9][0-9]|^\s*[0-9]{10,13}"))
    found = maybe.select("row_no", epoch=pl.col("raw").str.extract(_EPOCH), **_fields()).filter(
        pl.col("epoch").is_not_null() | pl.col("year").is_not_null()
    )
    told = found.with_columns(text=pl.coalesce("epoch", _written()))
    read = told.with_columns(at=instants_of(told["text"], zone=zone, place=place))
    called = pl.col("at").dt.convert_time_zone(zone).dt.strftime("%Z")
    is_named = pl.col("zone").str.contains(r"^[A-Z]{2,5}$") & ~pl.col("zone").is_in(_AS_UTC)
    is_other = (is_named & (called != pl.col("zone"))).fill_null(False)
    return read.select("row_no", sampled_at=pl.when(~is_other).then("at"))


def _fields() -> dict[str, pl.Expr]:
    """Of the first form that fits; months by number."""
    forms = [pl.col("raw").str.extract_groups(form).struct for form in _FORMS]
    fields = {name: pl.coalesce(form.field(name) for form in forms) for name in _FIELDS}
    return fields | {"month": fields["month"].replace(_MONTH_NO)}


def _written() -> pl.Expr:
    """YYYY-MM-DD HH:MM:SS with the fraction and, where the line has one, the offset; null for an hour of no clock."""
    hour, half = pl.col("hour").cast(pl.Int64), pl.col("half")
    of_half = hour % 12 + pl.when(half.is_in(["PM", "下午"])).then(12).otherwise(0)
    full = pl.when(half.is_null()).then(hour).when(hour.is_between(1, 12)).then(of_half)
    two = [pl.col(name).str.zfill(2) for name in ("month", "day")]
    time = [full.cast(pl.String).str.zfill(2), pl.col("minute"), pl.col("second")]
    return pl.concat_str(
        pl.concat_str(pl.col("year"), *two, separator="-"),
        pl.lit(" "),
        pl.concat_str(*time, separator=":"),
        pl.col("fraction").str.slice(0, 7).fill_null(""),
        _offset(),
    )


def _offset() -> pl.Expr:
    zone = pl.col("zone")
    signed = zone.str.extract_groups(r"^([+-][0-9][0-9]):?([0-9][0-9])?$").struct
    offset = pl.concat_str(signed.field("1"), pl.lit(":"), signed.field("2").fill_null("00"))
    return pl.when(zone.is_in(_AS_UTC)).then(pl.lit("Z")).otherwise(offset).fill_null("")
