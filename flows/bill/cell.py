"""What single cells of bills mean: units, contracts named in tags, instants, lengths of time, months."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from hesuan.flows.source import Declaration
from hesuan.schemas.fault import InputFault
from hesuan.schemas.kind import AT, MONTH, ZONE
from hesuan.schemas.unit import plain, unit_book

# Only what names the card (or the core) itself: an hour of an instance, of a vCPU or of a vGPU is none of these.
UNITS = {
    plain(word): unit.name
    for unit in unit_book().units
    if unit.kind in ("card", "core", "lump")
    for word in (unit.name, *unit.aliases)
}

_KEY = r"(?i)(?:^|[\s;,，；{\"'])(?:key\s*:\s*)?(?:合同编号|合同号|contract[_\-]?no)[\"']?\s*"
_VALUE = r"(?:value\s*:|[:：=])\s*[\"']?([^\s;,，；\"'}]+)"
_OFFSET = r":[0-9.]+\s*(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)$"


def unit_of(cell: pl.Expr) -> pl.Expr:
    """卡时, 卡日, 卡月, 核时 or 项 where the text can mean nothing else; else null."""
    plain = cell.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"[\s/·・*×\-_]", "")
    return plain.replace_strict(UNITS, default=None, return_dtype=pl.String)


def price_unit_of(cell: pl.Expr) -> pl.Expr:
    """The unit behind the yuan: 元/卡/小时 → 卡时; null where it is another currency or an unknown unit."""
    return unit_of(cell.str.extract(r"(?i)^\s*(?:元|人民币|cny|rmb|¥)\s*/(.+)$"))


def contract_in(cells: list[str]) -> pl.Expr:
    """The one contract number that tags or names of these cells state in so many words; null for none or several.

    合同编号:HT-1, contract_no=HT-1, {"contract_no": "HT-1"}, and 阿里云's key:contract_no value:HT-1.
    """
    stated = [pl.col(cell).fill_null("").str.extract_all(_KEY + _VALUE) for cell in cells]
    numbers = pl.concat_list(stated).list.eval(pl.element().str.extract(_KEY + _VALUE)).list.unique()
    return pl.when(numbers.list.len() == 1).then(numbers.list.first())


def zone_of(declaration: Declaration, *, place: str) -> str:
    """The zone of times that state none. Raises InputFault where the declared one does not exist."""
    zone = declaration.time_zone or ZONE
    try:
        return ZoneInfo(zone).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputFault(f"{place}: source.toml 的 time_zone “{zone}”不是时区名，应如 {ZONE}") from error


def instant(cell: str, *, zone: str) -> pl.Expr:
    """UTC instant of a time with offset (GMT+08:00, Z), of a naive one in `zone`, of a day's first moment."""
    text = pl.col(cell).str.replace(r"\s*GMT\s*([+-])", "${1}")
    is_zoned = text.str.contains(_OFFSET)
    here = AT.cast(pl.when(~is_zoned).then(text))
    wall = here.dt.convert_time_zone(ZONE).dt.replace_time_zone(None)
    there = wall.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    naive = here if zone == ZONE else there.dt.convert_time_zone("UTC")
    return pl.coalesce(naive, AT.cast(pl.when(is_zoned).then(text)))


def day_of(moment: pl.Expr) -> pl.Expr:
    return moment.dt.convert_time_zone(ZONE).dt.date()


def last_day_of(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """The last day, included, of a stretch whose end is not: midnight ends the day before; null if it runs back."""
    before = pl.when(end > start).then(end - pl.duration(microseconds=1)).when(end == start).then(start)
    return day_of(before)


def month_of(cell: str) -> pl.Expr:
    """YYYY-MM of 2026-03, 202603 or 2026年3月; null where it cannot be read."""
    return MONTH.cast(pl.col(cell))


def first_day(month: pl.Expr) -> pl.Expr:
    return (month + "-01").str.to_date("%Y-%m-%d", strict=False)
