"""Samples in long form, one value a row: which columns a header gives, and rows as points."""

from dataclasses import dataclass

import polars as pl

from hesuan.flows.source import Declaration
from hesuan.flows.telemetry.cell import value_of
from hesuan.flows.telemetry.profile import DEVICE_LABELS
from hesuan.flows.telemetry.sample import POINT
from hesuan.flows.telemetry.series import UNREAD, Series, numbered, series_of
from hesuan.flows.text.twice import twice
from hesuan.schemas.fault import InputFault
from hesuan.schemas.recognise import recognised

TIME = ("timestamp", "time", "ts")
VALUE = ("value",)
METRIC = ("metric", "__name__", "metric_name")
LABELS = ("labels",)
_SEPARATOR = "\x1f"


@dataclass(frozen=True)
class LongForm:
    """Positions of the columns; every column that is none of the named ones is a label."""

    time: int
    value: int
    metric: int | None
    labels: int | None
    others: dict[str, int]
    width: int

    @property
    def named(self) -> dict[str, int]:
        """time, value, metric and labels where there are such, then l0, l1 … → position."""
        fixed = {"time": self.time, "value": self.value, "metric": self.metric, "labels": self.labels}
        found = {name: at for name, at in fixed.items() if at is not None}
        return found | {f"l{n}": at for n, at in enumerate(self.others.values())}


def long_form(headers: list[str], declaration: Declaration, *, place: str) -> LongForm | None:
    """What the headers give, None where they are no long form.

    A time, a value, and a metric (as a column, or named in source.toml); cards are told by a column of labels,
    by a column named like an exporter's label of a card, or by one that `headers` in source.toml renames so.
    Whatever resembles a table of ours is that table. Raises InputFault where a name stands there twice.
    """
    renamed = {name.strip().lower(): said for name, said in (declaration.headers or {}).items()}
    names = [renamed.get(h.strip().lower(), h.strip()).lower() for h in headers]
    form = _form(names)
    if form is None or (form.metric is None and declaration.sample_metric is None):
        return None
    if _resembles_table(headers):
        return None
    if repeated := sorted(twice(names)):
        raise InputFault(f"{place}: 表头列重复：{'、'.join(repeated)}")
    return form


def _form(names: list[str]) -> LongForm | None:
    time, value, metric, labels = (_place(names, words) for words in (TIME, VALUE, METRIC, LABELS))
    known = {time, value, metric, labels}
    others = {name: at for at, name in enumerate(names) if at not in known and name}
    if time is None or value is None or (labels is None and DEVICE_LABELS.isdisjoint(others)):
        return None
    return LongForm(time, value, metric, labels, others, len(names))


def _place(names: list[str], words: tuple[str, ...]) -> int | None:
    return next((names.index(word) for word in words if word in names), None)


def _resembles_table(headers: list[str]) -> bool:
    try:
        return recognised(headers, "") is not None
    except InputFault:
        return True


def points_of(
    rows: pl.DataFrame, known: dict[str, int], *, instants: pl.Series, metric: str | None
) -> pl.DataFrame:
    """In the shape of POINT. rows: row_no, is_whole (as many cells as headers) and, as text, LongForm.named.

    metric: of every row, where there is no such column. New series are added to `known`, by what names them.
    """
    labels = [f"l{n}" for n in range(len(rows.columns)) if f"l{n}" in rows.columns]
    parts = [*(name for name in ("metric", "labels") if name in rows.columns), *labels]
    named = [pl.col(name).fill_null("").str.replace_all(_SEPARATOR, " ", literal=True) for name in parts]
    if "metric" not in parts:
        named = [pl.lit(metric or ""), *named]
    text = (
        pl.when("is_whole").then(pl.concat_str(named, separator=_SEPARATOR)).otherwise(pl.lit(UNREAD.metric))
    )
    fault = (
        pl.when(~pl.col("is_whole"))
        .then(pl.lit("BAD_LINE"))
        .when(pl.col("sampled_at").is_null())
        .then(pl.lit("BAD_AT"))
        .when(pl.col("number").is_null())
        .then(pl.lit("BAD_VALUE"))
    )
    read = rows.with_columns(series=text, sampled_at=instants, number=value_of(pl.col("value")))
    faulty = read.with_columns(series_no=numbered(read["series"], known), value="number", fault=fault)
    return faulty.select(pl.col(name).cast(dtype) for name, dtype in POINT.items())


def series_in(known: dict[str, int], form: LongForm) -> list[Series]:
    """The series of `points_of`, by their numbers. A label column gives way to the same label in the labels."""
    return [UNREAD if text == UNREAD.metric else _series(text.split(_SEPARATOR), form) for text in known]


def _series(parts: list[str], form: LongForm) -> Series:
    metric, rest = parts[0], parts[1:]
    told = series_of(metric, rest[0] if form.labels is not None else "")
    columns = rest[1:] if form.labels is not None else rest
    beside = {name: value for name, value in zip(form.others, columns, strict=True) if value}
    return Series(told.metric, None if told.labels is None else beside | told.labels)
