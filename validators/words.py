"""Texts that repeat: each distinct one is read, judged and written once, and rows keep its place among them.

Such a column is a `pl.Enum` of the texts that stand in it. It compares and is written to Parquet as text does.
"""

import polars as pl
import pyarrow as pa

# So many rows tell whether the texts of a column repeat: four times over, or taking them apart costs more than it saves.
SAMPLE_ROWS = 10_000
FEW = SAMPLE_ROWS // 4


def words_of(texts: pa.ChunkedArray) -> pl.Series:
    """The texts as a column of words where they repeat; as plain text where few do."""
    head = texts.slice(0, SAMPLE_ROWS)
    if len(texts) < SAMPLE_ROWS or len(head.unique()) > FEW:
        return pl.Series(texts, dtype=pl.String)
    return _column(*_encoded(texts))


def factorised(texts: pl.Series) -> tuple[pl.Series, pl.Series | None]:
    """The distinct texts, null among them where it occurs, and each row's place.

    The texts as they are, and None, where few repeat.
    """
    if isinstance(texts.dtype, pl.Enum):
        words, place = texts.dtype.categories, texts.to_physical()
        return (
            (words, place)
            if not place.null_count()
            else (words.extend_constant(None, 1), place.fill_null(len(words)))
        )
    if texts.len() < SAMPLE_ROWS or texts.head(SAMPLE_ROWS).n_unique() > FEW:
        return texts, None
    return _encoded(pa.chunked_array([texts.to_arrow()]), nulls="encode")


def spread(distinct: pl.Series, place: pl.Series | None) -> pl.Series:
    """What was read of distinct texts, row by row again: text as a column of words, anything else as it is."""
    if place is None:
        return distinct
    if distinct.dtype != pl.String or distinct.null_count() == distinct.len():
        return distinct.gather(place)
    # Two texts may have been read alike.
    words, again = _encoded(pa.chunked_array([distinct.to_arrow()]))
    return _column(words, again.gather(place)).alias(distinct.name)


def plain(name: str) -> pl.Expr:
    """The column as text, whichever way it is held."""
    return pl.col(name).cast(pl.String)


def _encoded(texts: pa.ChunkedArray, *, nulls: str = "mask") -> tuple[pl.Series, pl.Series]:
    """nulls: `mask` leaves them without a place, `encode` gives them one of their own."""
    encoded = texts.combine_chunks().dictionary_encode(nulls)
    return pl.Series(encoded.dictionary, dtype=pl.String), pl.Series(encoded.indices)


def _column(words: pl.Series, place: pl.Series) -> pl.Series:
    return place.cast(pl.UInt32).cat.to(pl.Enum(words))
