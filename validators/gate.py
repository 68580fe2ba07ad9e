"""The gate: text rows in, accepted typed rows and rejected rows out. Nothing else casts or rejects values."""

from dataclasses import dataclass
from functools import cache

import polars as pl

from hesuan.schemas.cast import LOST_CHARACTER
from hesuan.schemas.fault import InputFault
from hesuan.schemas.table import Column, Table, contract_of
from hesuan.validators.words import SAMPLE_ROWS, as_text, factorised, spread

REJECT_SCHEMA = {
    "sheet": pl.String,
    "row_no": pl.Int64,
    "table_name": pl.String,
    "reason_code": pl.String,
    "reason_zh": pl.String,
    "raw": pl.String,
}
# Words that people write for “nothing”, and programs: SQL, Python, pandas, R and Excel. In a column of numbers only the
# empty cell says nothing: there a dash may as well be a zero, so it is refused and never taken as empty.
EMPTY_WORDS = [
    *("", "-", "--", "—", "——", "/", "无", "null", "NULL", "Null", "None", "N/A", "n/a", "#N/A"),
    *("NA", "nan", "NaN", "NAN", "NaT", "<NA>"),
]
# Of these words a name may be one. A dash never is.
_MAY_BE_NAMES = r"\pL"
# How much of a cell a reason repeats; `raw` has all of it.
QUOTED_LENGTH = 60
# The labels of table.contract_of and pandera's own → reason code.
BREACHES = {
    "not_nullable": "EMPTY",
    "NOT_A_CHOICE": "NOT_A_CHOICE",
    "TOO_SMALL": "TOO_SMALL",
    "TOO_BIG": "TOO_BIG",
}
LOST_TEXT_ZH = " 有的字在转换编码时已失（写作 �），须从原系统重新导出"
NOTHING_ZH = " 是表示“没有”的写法，此列不能为空"
_REASON = {
    "index": pl.Int64,
    "column_no": pl.Int64,
    "order": pl.Int64,
    "reason_code": pl.String,
    "reason_zh": pl.String,
}


@dataclass(frozen=True)
class Gated:
    """accepted: the table's columns plus sheet, row_no; a long column of text that repeats is one of words.

    rejected: REJECT_SCHEMA, one row per row refused. emptied_count: cells of text columns in which a word as NA
    was read as nothing.
    """

    accepted: pl.DataFrame
    rejected: pl.DataFrame
    emptied_count: int = 0


def gate(frame: pl.DataFrame, table: Table) -> Gated:
    """Split a frame (row_no, sheet, raw + any of the table's columns) by the table's contract.

    Text columns are trimmed and cast strictly, columns that already carry the right type are taken as they
    are, columns of no table are left out. A row is rejected once, with the first reason in column order.
    Raises InputFault where a column carries a type that may lose something on the way (a float as money).
    """
    read = {column.name: _read(frame, column) for column in table.all_columns}
    typed = frame.select("sheet", "row_no", *(cells.typed for cells in read.values()))
    emptied_count = sum(cells.emptied_count for cells in read.values())
    reasons = pl.concat([_unreadable(frame, read, table), _breaches(typed, table)])
    if reasons.is_empty():
        return Gated(typed, pl.DataFrame(schema=REJECT_SCHEMA), emptied_count)
    first = reasons.sort("index", "column_no", "order").unique("index", keep="first", maintain_order=True)
    place = frame.select("sheet", "row_no", "raw", table_name=pl.lit(table.name))
    rejected = pl.concat([place[first["index"]], first.select("reason_code", "reason_zh")], how="horizontal")
    is_kept = ~pl.int_range(frame.height, eager=True).is_in(first["index"].implode())
    rejected = rejected.select(pl.col(n).cast(t) for n, t in REJECT_SCHEMA.items())
    return Gated(typed.filter(is_kept), rejected, emptied_count)


@dataclass(frozen=True)
class _Cells:
    """A column read. typed: null where a cell says nothing or cannot be read. lost: the latter; None where none is."""

    typed: pl.Series
    lost: pl.Series | None
    emptied_count: int = 0


def _read(frame: pl.DataFrame, column: Column) -> _Cells:
    """The column of that name; where texts repeat, as they do in logs, each is read once."""
    if column.name not in frame.columns:
        return _Cells(_unsaid(column, frame.height), None)
    cells = frame.get_column(column.name)
    if cells.dtype == column.kind.dtype != pl.String:
        return _Cells(_or_default(cells, cells, column), None)
    if cells.dtype not in (pl.String, pl.Enum):
        typed = frame.select(_lossless(column, cells.dtype).alias(column.name)).to_series()
        lost = _if_any(typed.is_null() & cells.is_not_null())
        return _Cells(_or_default(typed, cells, column), lost)
    distinct, place = factorised(cells)
    said = distinct.to_frame(column.name).select(_said(column))
    typed = said.select(_typed(column)).to_series()
    is_told = said.to_series().is_not_null() if not _is_due_text(column) else _is_filled(distinct)
    lost = _if_any(typed.is_null() & is_told)
    if lost is not None and place is not None:
        lost = _if_any(lost.gather(place))
    emptied_count = 0 if column.kind.dtype != pl.String else _emptied_count(distinct, said.to_series(), place)
    return _Cells(spread(typed, place), lost, emptied_count)


def _emptied_count(texts: pl.Series, said: pl.Series, place: pl.Series | None) -> int:
    """Cells with a word for nothing that may have been meant as a name."""
    if said.null_count() == texts.null_count():
        return 0
    is_word = (said.is_null() & texts.cast(pl.String).str.contains(_MAY_BE_NAMES)).fill_null(False)
    return int((is_word if place is None else is_word.gather(place)).sum())


def _is_due_text(column: Column) -> bool:
    """A column in which a word for nothing is refused by name: whoever wrote it sees that it was read."""
    return column.required and column.default is None and not column.kind.dtype.is_numeric()


def _is_filled(texts: pl.Series) -> pl.Series:
    return (texts.cast(pl.String).str.strip_chars() != "").fill_null(False)


def _or_default(typed: pl.Series, cells: pl.Series, column: Column) -> pl.Series:
    """What an empty cell says where the column has a default, as an empty text does."""
    if column.default is None or not cells.null_count():
        return typed
    return typed.zip_with(cells.is_not_null(), _default(column).new_from_index(0, typed.len()))


def _unsaid(column: Column, row_count: int) -> pl.Series:
    """A column that is not there: text of which nothing is said is of no words where rows are many."""
    if row_count >= SAMPLE_ROWS and column.default is None and column.kind.dtype == pl.String:
        return pl.Series(column.name, [None], dtype=pl.Enum([])).new_from_index(0, row_count)
    return _default(column).new_from_index(0, row_count)


@cache
def _default(column: Column) -> pl.Series:
    """What a cell of a column that is not there says."""
    said = pl.lit(column.default, dtype=pl.String)
    return pl.select(column.kind.cast(said).cast(column.kind.dtype).alias(column.name)).to_series()


def _if_any(mask: pl.Series) -> pl.Series | None:
    return mask if mask.any() else None


def _typed(column: Column) -> pl.Expr:
    """The typed column of trimmed text; null where the cell is empty or cannot be read."""
    text = pl.col(column.name)
    if column.choices:
        words = {word.lower(): value for value, word in column.spellings}
        words |= {word.lower(): value for value, zh in column.choices for word in (value, zh)}
        text = text.str.to_lowercase().replace_strict(words, default=text, return_dtype=pl.String)
    value = column.kind.cast(text if column.default is None else text.fill_null(column.default))
    return value.cast(column.kind.dtype).alias(column.name)


def _said(column: Column) -> pl.Expr:
    """The trimmed text; null where the cell says nothing."""
    text = pl.col(column.name).str.strip_chars()
    words = [""] if column.kind.dtype.is_numeric() else EMPTY_WORDS
    meant = (
        {"无"} if column.kind.dtype == pl.Boolean else {word for choice in column.choices for word in choice}
    )
    words = [word for word in words if word not in meant]
    return pl.when(~text.is_in(words)).then(text)


def _lossless(column: Column, found: pl.DataType) -> pl.Expr:
    """A column that came typed. What does not fit becomes null and is then refused as unreadable."""
    wanted = column.kind.dtype
    value = pl.col(column.name)
    is_whole = found.is_integer() and wanted.is_numeric()
    is_word = isinstance(found, pl.Categorical | pl.Enum) and wanted == pl.String
    if not (is_whole or is_word or found == pl.Null):
        raise InputFault(f"列 {column.zh}（{column.name}）的类型是 {found}，须为文本或 {wanted}")
    return value.cast(wanted, strict=False)


def _unreadable(frame: pl.DataFrame, read: dict[str, _Cells], table: Table) -> pl.DataFrame:
    """Cells that say something which is not of their column's kind."""
    parts = [pl.DataFrame(schema=_REASON)]
    for number, column in enumerate(table.all_columns):
        lost = read[column.name].lost
        if lost is None:
            continue
        text = pl.col(column.name).cast(pl.String).str.strip_chars()
        found = frame.select(index=pl.int_range(pl.len(), dtype=pl.Int64), text=text).filter(lost)
        has_lost = pl.col("text").str.contains(LOST_CHARACTER, literal=True)
        is_nothing = pl.col("text").is_in(EMPTY_WORDS) & pl.lit(_is_due_text(column))
        says = (
            pl.when(has_lost)
            .then(pl.lit(LOST_TEXT_ZH))
            .when(is_nothing)
            .then(pl.lit(NOTHING_ZH))
            .otherwise(pl.lit(column.kind.says_zh))
        )
        reason = pl.format("{} “{}”{}", pl.lit(column.zh), _quoted("text"), says)
        parts.append(
            found.select(
                "index",
                column_no=pl.lit(number, dtype=pl.Int64),
                order=pl.lit(0, dtype=pl.Int64),
                reason_code=pl.when(has_lost)
                .then(pl.lit("LOST_TEXT"))
                .when(is_nothing)
                .then(pl.lit("EMPTY"))
                .otherwise(pl.lit(column.kind.reason_code)),
                reason_zh=reason,
            )
        )
    return pl.concat(parts)


def _breaches(typed: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Rows that break the pandera contract: empty where a value is due, not a choice, too small, too big."""
    names = _breakable(typed, table)
    if not names:
        return pl.DataFrame(schema=_REASON)
    from pandera.errors import SchemaErrors

    try:
        contract_of(table, names).validate(as_text(typed.select(names)), lazy=True)
    except SchemaErrors as errors:
        return _reasons(errors.failure_cases, table)
    return pl.DataFrame(schema=_REASON)


def _breakable(typed: pl.DataFrame, table: Table) -> tuple[str, ...]:
    """Columns in which a row can break the contract: pandera takes milliseconds for each it is asked about.

    A due one that holds a null, one with choices, and one whose extremes lie beyond a bound; types are right by
    construction.
    """
    empty = dict(zip(typed.columns, typed.null_count().row(0), strict=True))
    return tuple(
        column.name
        for column in table.all_columns
        if (column.required and empty[column.name])
        or (
            empty[column.name] < typed.height and (column.choices or _is_exceeded(typed[column.name], column))
        )
    )


def _is_exceeded(values: pl.Series, column: Column) -> bool:
    """Whether any value lies beyond the column's bounds."""
    below = column.at_least is not None and bool((values < column.at_least).any())
    return below or (column.at_most is not None and bool((values > column.at_most).any()))


def _reasons(cases: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Every failure case names a row: the frame has the contract's columns and types by construction."""
    number = {column.name: i for i, column in enumerate(table.all_columns)}
    said = {
        f"{column.name} {code}": sentence
        for column in table.all_columns
        for code, sentence in _sentences(column).items()
    }
    code = pl.col("check").replace_strict(BREACHES, return_dtype=pl.String)
    sentence = pl.concat_str("column", code, separator=" ").replace_strict(said, return_dtype=pl.String)
    return cases.select(
        pl.col("index").cast(pl.Int64),
        column_no=pl.col("column").replace_strict(number, return_dtype=pl.Int64),
        order=pl.lit(1, dtype=pl.Int64),
        reason_code=code,
        reason_zh=sentence
        + pl.when(code != "EMPTY").then(pl.format("：“{}”", _quoted("failure_case"))).otherwise(pl.lit("")),
    )


def _sentences(column: Column) -> dict[str, str]:
    words = "、".join(dict.fromkeys(zh for _, zh in column.choices))
    return {
        "EMPTY": f"{column.zh} 不能为空",
        "NOT_A_CHOICE": f"{column.zh} 须为 {words} 之一",
        "TOO_SMALL": f"{column.zh} 不得小于 {column.at_least}",
        "TOO_BIG": f"{column.zh} 不得大于 {column.at_most}",
    }


def _quoted(name: str) -> pl.Expr:
    text = pl.col(name).cast(pl.String)
    cut = text.str.head(QUOTED_LENGTH) + "…"
    return pl.when(text.str.len_chars() > QUOTED_LENGTH).then(cut).otherwise(text).fill_null("")
