"""What a table is: its columns, Chinese headers, key and meaning. One table, one file in `tables/`."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING

import polars as pl

from hesuan.schemas import header
from hesuan.schemas.fault import InputFault
from hesuan.schemas.kind import Kind

if TYPE_CHECKING:
    import pandera.polars as pa


@dataclass(frozen=True)
class Column:
    """One column. `choices` maps each legal value to its Chinese word; both are accepted on the way in.

    `units` may stand in brackets after the header, beside those of the kind: they name the unit that is read.
    `example` stands in the templates; None takes the kind's own (or the first choice), '' leaves it empty.
    """

    name: str
    zh: str
    kind: Kind
    meaning_zh: str = ""
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    spellings: tuple[tuple[str, str], ...] = ()
    """(choice, another way to write it): accepted on the way in, not printed."""
    aliases: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    at_least: int | datetime | None = None
    at_most: int | datetime | None = None
    default: str | None = None
    example: str | None = None
    lacking_zh: str = ""
    """What to do with a file that has no such column, beside adding it."""

    @property
    def is_bounded(self) -> bool:
        """Whether some values of its kind are refused."""
        return bool(self.choices) or self.at_least is not None or self.at_most is not None


@dataclass(frozen=True)
class Table:
    """One table. `key` names a row; `dated_by` is the column that says when the fact became known."""

    name: str
    zh: str
    grain_zh: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    dated_by: str | None = None
    internal: tuple[Column, ...] = ()
    """Columns that only adapters fill; not printed in templates, not looked for in headers."""

    @property
    def all_columns(self) -> tuple[Column, ...]:
        return self.columns + self.internal

    @cached_property
    def words(self) -> dict[str, Column]:
        """Every header that names a column, plain (header.plain) → the column."""
        return {header.plain(word): c for c in self.columns for word in (c.name, c.zh, *c.aliases)}

    def column(self, name: str) -> Column:
        return next(column for column in self.all_columns if column.name == name)


def optional(name: str, zh: str, kind: Kind, meaning_zh: str = "", **more: object) -> Column:
    return Column(name, zh, kind, meaning_zh, required=False, **more)  # type: ignore[arg-type]


@cache
def contract_of(table: Table, names: tuple[str, ...] | None = None) -> "pa.DataFrameSchema":
    """The pandera contract: exact columns, exact types, no coercion, nulls only where a cell may be empty.

    names: the contract of these columns alone. pandera is loaded here: a tenth of a second that few commands need.
    """
    import pandera.polars as pa

    asked = [column for column in table.all_columns if names is None or column.name in names]
    return pa.DataFrameSchema(
        {column.name: _pandera_column(column) for column in asked},
        strict=True,
        coerce=False,
        name=table.name,
    )


def _pandera_column(column: Column) -> "pa.Column":
    import pandera.polars as pa

    checks = []
    if column.choices:
        checks.append(pa.Check.isin([value for value, _ in column.choices], error="NOT_A_CHOICE"))
    if column.at_least is not None:
        checks.append(pa.Check.ge(column.at_least, error="TOO_SMALL"))
    if column.at_most is not None:
        checks.append(pa.Check.le(column.at_most, error="TOO_BIG"))
    return pa.Column(column.kind.dtype, checks, nullable=not column.required, required=True)


@dataclass(frozen=True)
class HeaderReading:
    """What a table makes of a row of headers. found: header as written → column name. faults: sentences.

    meant: names of the columns that the headers speak of, those with a fault included.
    """

    found: dict[str, str]
    meant: frozenset[str]
    faults: tuple[str, ...]


def said_by(table: Table, written: str) -> tuple[Column | None, str | None]:
    """The column that a header speaks of, and the unit beside it where that would change the values."""
    plain = header.plain(written)
    bare, unit = header.parted(plain)
    column = table.words.get(plain) or table.words.get(bare)
    if column is None:
        return _with_unit_behind(table, written)
    if plain in table.words or header.is_harmless(unit, column.kind, column.units):
        return column, None
    return column, unit


def _with_unit_behind(table: Table, written: str) -> tuple[Column | None, str | None]:
    """The same of 金额/元 and 金额 元. What is no unit there makes another header: a stroke may mean anything."""
    bare, unit = header.unit_behind(written)
    column = table.words.get(bare)
    known = None if column is None else header.units(column.kind, column.units)
    if known is None:
        return None, None
    if unit in {header.plain(word) for word in known}:
        return column, None
    return (column, unit) if unit.endswith("元") else (None, None)


def read_headers(table: Table, headers: list[str]) -> HeaderReading:
    """Headers that say nothing to the table are left out; those that say it doubtfully are faults."""
    found: dict[str, str] = {}
    doubtful: list[tuple[str, str, Column]] = []
    faults = []
    for written in headers:
        column, unit = said_by(table, written)
        if column is None:
            continue
        if unit is not None:
            doubtful.append((written, unit, column))
        elif column.name in found.values():
            other = next(h for h, name in found.items() if name == column.name)
            faults.append(f"表头“{other}”与“{written}”都表示 {column.zh}（{column.name}），请只保留一列")
        else:
            found[written] = column.name
    lost = [d for d in doubtful if d[2].name not in found.values()]
    faults += [_doubt(*each) for each in lost]
    return HeaderReading(found, frozenset(found.values()) | {c.name for *_, c in lost}, tuple(faults))


def _doubt(written: str, unit: str, column: Column) -> str:
    known = "、".join(header.units(column.kind, column.units) or ()) or "无"
    where = "括号里的" if header.parted(header.plain(written))[1] else "里的"
    return f"表头“{written}”{where}“{unit}”可能改变数值的含义（{column.zh} 认得：{known}），请换算后改写表头"


def header_map(table: Table, headers: list[str], *, place: str) -> dict[str, str]:
    """Header as written → column name.

    Raises InputFault where two headers mean one column, or brackets hold a unit that would change the values.
    """
    reading = read_headers(table, headers)
    if reading.faults:
        raise InputFault(f"{place}: {'；'.join(reading.faults)}")
    return reading.found


def missing_columns(table: Table, found: dict[str, str]) -> list[Column]:
    return [c for c in table.columns if c.required and c.default is None and c.name not in found.values()]


def empty_frame(table: Table) -> pl.DataFrame:
    return pl.DataFrame(schema={column.name: column.kind.dtype for column in table.all_columns})
