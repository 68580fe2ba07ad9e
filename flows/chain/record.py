"""The canonical form of a sample and its hash: providers compute it when they write, it is recomputed here.

    record_hash = H(prev_hash ‖ canonical record), as 64 hexadecimal digits; H is SHA-256 or SM3

`prev_hash` counts as its 32 bytes; the first record of a boot has none, and 32 zero bytes stand for it. The record
is an RFC 8785 JSON object in UTF-8: names of the columns in English, in alphabetical order, every value a string,
no spaces, columns that say nothing left out, and neither prev_hash nor record_hash. Each kind of value has one text:

    instant    2026-03-01T01:30:00.000000Z (UTC, six places)
    number     97.500 (three places, no thousands, no exponent)
    integer    17
    text       as it stands, without spaces around it; a 统一社会信用代码 in upper case and half width

A value that `source.toml` states for a file (provider_id, cluster_id, the zone of its times) is part of the record:
the hash binds what is counted, so that it is the same in CSV, XLSX, JSON Lines and Parquet, under Chinese or English
headers. Columns that the table does not have are not part of it. Test vectors: tests/test_chain.py, README.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import polars as pl

from hesuan.schemas.fault import InputFault
from hesuan.schemas.kind import AT, NUMBER
from hesuan.schemas.table import Column
from hesuan.schemas.tables.usage_sample import TABLE

Value = str | int | Decimal | datetime | None
ALGORITHMS: dict[str, Callable[[bytes], Any]] = {
    "sha256": hashlib.sha256,
    "sm3": partial(hashlib.new, "sm3"),
}
HASHES = ("prev_hash", "record_hash")
NO_RECORD = bytes(32)
DIGEST = re.compile("[0-9a-f]{64}")
COLUMNS = tuple(sorted((c for c in TABLE.columns if c.name not in HASHES), key=lambda c: c.name))
_THOUSANDTH = Decimal("0.001")
# What RFC 8785 writes with a backslash.
_SPECIAL = r'["\\\x00-\x1f]'


def record_hash(prev_hash: str | None, record: Mapping[str, Value], *, algorithm: str = "sha256") -> str:
    """The hash of a record that follows the one with `prev_hash`; None for the first record of a boot.

    record: column name → value; instants are datetimes with a zone, numbers are Decimal, int or text.
    Raises InputFault for a value that has no canonical text.
    """
    before = NO_RECORD if prev_hash is None else bytes.fromhex(prev_hash)
    return str(ALGORITHMS[algorithm](before + canonical(record)).hexdigest())


def canonical(record: Mapping[str, Value]) -> bytes:
    """The bytes of a record that are hashed. Raises InputFault for a value that has no canonical text."""
    texts = {column.name: _text(record.get(column.name), column) for column in COLUMNS}
    said = {name: text for name, text in texts.items() if text}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _text(value: Value, column: Column) -> str:
    if value is None:
        return ""
    if column.kind is AT and isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if column.kind is NUMBER and isinstance(value, str | int | Decimal):
        number = Decimal(value)
        # Adding zero makes -0 zero.
        if number.is_finite() and number == number.quantize(_THOUSANDTH):
            return str(number.quantize(_THOUSANDTH) + 0)
    elif column.kind is not AT and isinstance(value, str | int):
        return str(value).strip()
    raise InputFault(f"{column.zh}（{column.name}）的值 {value!r} 不能写入摘要，须为{column.kind.zh}")


def canonical_texts(samples: pl.DataFrame) -> pl.Series:
    """The canonical records of accepted samples, as text."""
    members = [_member(samples[column.name], column) for column in COLUMNS]
    inner = pl.concat_str(members, separator=",", ignore_nulls=True)
    return pl.select(pl.lit("{") + inner + pl.lit("}")).to_series()


def _member(values: pl.Series, column: Column) -> pl.Series:
    """The value under its name, as in the object; null where there is none."""
    is_instant = column.kind is AT
    texts = values.dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ") if is_instant else _escaped(values.cast(pl.String))
    member = pl.lit(f'"{column.name}":"') + pl.lit(texts) + pl.lit('"')
    return pl.select(pl.when(pl.lit(texts).is_not_null()).then(member)).to_series()


def _escaped(texts: pl.Series) -> pl.Series:
    if not texts.str.contains(_SPECIAL).any():
        return texts
    shown = [None if text is None else json.dumps(text, ensure_ascii=False)[1:-1] for text in texts]
    return pl.Series(texts.name, shown, dtype=pl.String)


def holds(samples: pl.DataFrame) -> pl.Series:
    """Whether each sample's record_hash is that of its row and its prev_hash, by either algorithm.

    prev_hash and record_hash in lower case. No declaration says which algorithm: a hash that one of them gives is
    as good as one that the other gives.
    """
    rows = zip(samples["prev_hash"], canonical_texts(samples), samples["record_hash"], strict=True)
    return pl.Series("holds", list(_hold(rows)), dtype=pl.Boolean)


def _hold(rows: Iterator[tuple[str | None, str, str | None]]) -> Iterator[bool]:
    for prev, text, said in rows:
        if said is None or (prev is not None and not DIGEST.fullmatch(prev)):
            yield False
            continue
        message = (NO_RECORD if prev is None else bytes.fromhex(prev)) + text.encode()
        yield any(digest(message).hexdigest() == said for digest in ALGORITHMS.values())
