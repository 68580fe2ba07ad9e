"""Local time of the demo city: whole seconds since 2026-01-01 00:00 in Asia/Shanghai, and their print."""

from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))
NEW_YEAR = datetime(2026, 1, 1, tzinfo=SHANGHAI)
HOUR = 3600
DAY = 24 * HOUR


def second_of(day: date, *, hour: int = 0, minute: int = 0) -> int:
    return (day - NEW_YEAR.date()).days * DAY + hour * HOUR + minute * 60


def moment(second: int) -> datetime:
    return NEW_YEAR + timedelta(seconds=second)


def day_of(second: int) -> date:
    return moment(second).date()


def printed(second: int) -> str:
    return moment(second).strftime("%Y-%m-%d %H:%M:%S")


def epoch(second: int) -> int:
    """Seconds since 1970-01-01 UTC."""
    return int(moment(second).timestamp())
