"""Texts that repeat: each distinct one is read, judged and written once, and rows keep its place among them.

Such a column is a `pl.Enum` of the texts that stand in it. It compares and is written to Parquet as text does.
"""

from collections.abc import Callable

import polars as pl
import pyarrow as pa
from polars import selectors as cs

# So many rows tell whether the texts of a column repeat: four times over, or taking them apart costs more than it saves.
SAMPLE_ROWS = 10_000
# Where they do so twice over, some three thousand different ones may be all there are: more rows are asked.
MORE_ROWS = 40_000


def words_of(texts: pa.ChunkedArray) -> pl.Series:
    """The texts as a column of words where they repeat; as plain text where few do."""
    if not _repeat(lambda rows: pl.Series(texts.slice(0, rows))):
        return pl.Series(texts, dtype=pl.String)
    return _column(*_encoded(texts.combine_chunks()))


def factorised(texts: pl.Series) -> tuple[pl.Series, pl.Series | None]:
    """The distinct texts, null among them where it occurs, and each row's place.

    The texts as they are, and None, where few repeat.
    """
    if isinstance(texts.dtype, pl.Enum):
        words, place = texts.dtype.categories, texts.to_physical()
        if place.null_count():
            return words.extend_constant(None, 1), place.fill_null(len(words))
        return words, place
    if not _repeat(texts.head):
        return texts, None
    return _encoded(texts.to_arrow(), nulls="encode")


def spread(distinct: pl.Series, place: pl.Series | None) -> pl.Series:
    """What was read of distinct texts, row by row again: text as a column of words, anything else as it is."""
    if place is None:
        return distinct
    if distinct.dtype != pl.String or distinct.null_count() == distinct.len():
        return distinct.gather(place)
    words, again = _encoded(distinct.to_arrow())
    if words.len() < distinct.len():
        # Two texts were read alike, or one says nothing.
        place = again.gather(place)
    return _column(words, place).alias(distinct.name)


def read_once(texts: pl.Series, reading: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """What `reading` makes of each text, under the column's name; where texts repeat, each is read once."""
    distinct, place = factorised(texts)
    return spread(reading(distinct), place).alias(texts.name)


def plain(name: str) -> pl.Expr:
    """The column as text, whichever way it is held."""
    return pl.col(name).cast(pl.String)


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Its columns of words as plain text."""
    return frame.with_columns(cs.enum().cast(pl.String))


def _repeat(first: Callable[[int], pl.Series]) -> bool:
    """Whether the texts of a column do, by its `first` so many rows."""
    head = first(SAMPLE_ROWS)
    if head.len() < SAMPLE_ROWS:
        return False
    found = head.n_unique()
    return 4 * found <= SAMPLE_ROWS or (2 * found <= SAMPLE_ROWS and _are_few(first(MORE_ROWS)))


def _are_few(texts: pl.Series) -> bool:
    return texts.len() == MORE_ROWS and 4 * texts.n_unique() <= MORE_ROWS


def _encoded(texts: pa.Array, *, nulls: str = "mask") -> tuple[pl.Series, pl.Series]:
    """nulls: `mask` leaves them without a place, `encode` gives them one of their own."""
    encoded = texts.dictionary_encode(nulls)
    return pl.Series(encoded.dictionary, dtype=pl.String), pl.Series(encoded.indices)


def _column(words: pl.Series, place: pl.Series) -> pl.Series:
    return place.cast(pl.UInt32).cat.to(pl.Enum(words))
