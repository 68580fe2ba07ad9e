"""Rows as the modules here hand them on: what `source.toml` declares filled in, refused rows in one shape."""

from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from hesuan.flows.source import Declaration, Source
from hesuan.flows.text.encoding import undecodable_line
from hesuan.schemas.cast import PLAIN_INSTANT
from hesuan.schemas.fault import InputFault
from hesuan.schemas.kind import AT, INSTANT_TYPE, INVOICE_NUMBER, MONTH, ZONE
from hesuan.schemas.table import Column, Table
from hesuan.validators.gate import EMPTY_WORDS, REJECT_SCHEMA
from hesuan.validators.words import read_once

DECLARED_TABLES = ("usage_interval", "usage_sample")
MOST_FIELD_BYTES = 5_000_000
_USUAL = "%Y-%m-%d %H:%M:%S"


def rejects(rows: pl.DataFrame, table: Table | None) -> pl.DataFrame:
    """`rows` (sheet, row_no, raw, reason_code, reason_zh) in the shape of gate.REJECT_SCHEMA."""
    named = rows.with_columns(table_name=pl.lit(table.name if table else None, dtype=pl.String))
    return named.select(pl.col(name).cast(dtype) for name, dtype in REJECT_SCHEMA.items())


def no_rejects() -> pl.DataFrame:
    return pl.DataFrame(schema=REJECT_SCHEMA)


def undecodable(source: Source) -> InputFault:
    """A claimed text that is none: the line of the first broken byte, where there is one."""
    line = undecodable_line(source.content)
    where = f" 第 {line} 行" if line else ""
    return InputFault(
        f"{source.name}{where}：文字编码有误（须为完整的 UTF-8、GB18030 或 UTF-16），请重新导出"
    )


def is_free_text(column: Column) -> bool:
    """Takes any text: a number that was rounded, or a date made of an id, would pass the gate unseen."""
    return column.kind.dtype == pl.String and column.kind not in (INVOICE_NUMBER, MONTH)


def as_excel_shows(digits: str) -> str:
    """26512000000000000001 → 2.6512E+19: fifteen significant digits, in a form that no kind of number has."""
    return f"{float(digits):.15g}".upper()


def check_field_size(longest: int | None, *, place: str) -> None:
    if longest is not None and longest > MOST_FIELD_BYTES:
        raise InputFault(
            f"{place}: 有一格长 {longest} 字节，超过上限 {MOST_FIELD_BYTES}，疑为引号未闭合或文件损坏"
        )


def declared(frame: pl.DataFrame, table: Table, source: Source) -> pl.DataFrame:
    """Fill provider_id and cluster_id where absent or empty, and read naive instants in the declared zone.

    Only for usage_interval and usage_sample: every other table says for itself whose it is, in Asia/Shanghai.
    """
    if table.name not in DECLARED_TABLES:
        return frame
    says = source.declaration
    filled = _filled(_filled(frame, "provider_id", says.provider_id), "cluster_id", says.cluster_id)
    zone = _zone(says, place=source.name)
    return filled if zone in (None, ZONE) else _zoned(filled, table, zone=str(zone))


def _filled(frame: pl.DataFrame, name: str, value: str | None) -> pl.DataFrame:
    if value is None:
        return frame
    if name not in frame.columns:
        return frame.with_columns(pl.lit(value).alias(name))
    filled = partial(_or_else, value=value)
    return frame.with_columns(read_once(frame.get_column(name), filled))


def _or_else(texts: pl.Series, *, value: str) -> pl.Series:
    """The texts; where one says nothing, the value."""
    said = texts.cast(pl.String)
    return said.set(said.is_null() | said.str.strip_chars().is_in(EMPTY_WORDS), value)


def _zone(says: Declaration, *, place: str) -> str | None:
    try:
        return ZoneInfo(says.time_zone).key if says.time_zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputFault(
            f"{place}: source.toml 的 time_zone “{says.time_zone}” 不是时区名，应如 Asia/Shanghai"
        ) from error


def _zoned(frame: pl.DataFrame, table: Table, *, zone: str) -> pl.DataFrame:
    told = [frame.get_column(c.name) for c in table.columns if c.kind is AT and c.name in frame.columns]
    texts = [column for column in told if column.dtype in (pl.String, pl.Enum)]
    return frame.with_columns(read_once(column, partial(_instants, zone=zone)) for column in texts)


def _instants(text: pl.Series, *, zone: str) -> pl.Series:
    """Instants as UTC where every cell can be read; else text, with the cells that cannot be read marked so.

    A local time that a clock change skips or repeats is no instant: it is not guessed.
    """
    cell = pl.col("cell").str.strip_chars()
    plain = pl.when(cell.str.contains(PLAIN_INSTANT)).then(cell)
    usual = plain.str.replace("T", " ", literal=True).str.to_datetime(_USUAL, time_unit="us", strict=False)
    # The usual form is read at once; what it leaves over costs next to nothing where there is none.
    frame = pl.select(cell=text).with_columns(usual=usual)
    rest = pl.when(pl.col("usual").is_null()).then(cell)
    # Only what carries no zone of its own becomes an instant when a Z is put behind it.
    other = pl.coalesce(AT.cast(rest + "Z"), AT.cast(rest + " 00:00:00Z")).dt.replace_time_zone(None)
    wall = pl.coalesce("usual", other)
    local = wall.dt.replace_time_zone(zone, ambiguous="null", non_existent="null").dt.convert_time_zone("UTC")
    instant = pl.when(wall.is_null()).then(AT.cast(rest)).otherwise(local).cast(INSTANT_TYPE)
    read = frame.select("cell", empty=cell.is_null() | cell.is_in(EMPTY_WORDS), instant=instant)
    if read.select((pl.col("instant").is_not_null() | pl.col("empty")).all()).item():
        return read.get_column("instant").alias(text.name)
    return _readable(read, zone=zone).alias(text.name)


def _readable(read: pl.DataFrame, *, zone: str) -> pl.Series:
    shown = pl.col("instant").dt.strftime("%Y-%m-%d %H:%M:%S%.6fZ")
    unread = pl.when("empty").then("cell").otherwise(pl.format("{}（{}）", "cell", pl.lit(zone)))
    return read.select(pl.coalesce(shown, unread)).to_series()
