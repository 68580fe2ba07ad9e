"""One file as an adapter sees it: bytes on disk, what was declared beside it, and its decoded head; and what it reads."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from hesuan.flows.text.encoding import HEAD_BYTES
from hesuan.flows.text.unpack import GZIP, decoded, decoded_head, unpacked
from hesuan.schemas.fault import InputFault
from hesuan.schemas.kind import ZONE


def in_utc(at: datetime | None, zone: str | None = None) -> datetime | None:
    """A declared time without a zone is in `zone`, else Asia/Shanghai."""
    if at is None:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone or ZONE))).astimezone(UTC)


def check_zone(name: str | None) -> None:
    """Raises InputFault for what is no zone to both that reckon with it; what is another on each machine (localtime) is none."""
    if name is None:
        return
    try:
        pl.Series([], dtype=pl.Datetime("us")).dt.replace_time_zone(ZoneInfo(name).key)
    except (ZoneInfoNotFoundError, ValueError, OSError, pl.exceptions.ComputeError) as error:
        raise InputFault(f"source.toml 的 time_zone “{name}” 不是时区名，应如 Asia/Shanghai") from error


@dataclass(frozen=True)
class Declaration:
    """What `source.toml` beside a file states that the file itself does not say.

    sample_metric: the metric that every row of an export of samples is of. headers: header as written → the
    name that is meant, in such an export.
    """

    provider_id: str | None = None
    cluster_id: str | None = None
    time_zone: str | None = None
    exported_at: datetime | None = None
    sample_period_seconds: int | None = None
    finality: str | None = None
    """final or draft, of bills."""
    time_origin: datetime | None = None
    """The instant from which a file counts its seconds, where its times are not of any calendar."""
    tenant: str | None = None
    """Whose everything in a file is, where it names no tenant: the list of a single namespace, the log of one's machine."""
    contract_no: str | None = None
    """Of bill rows that name no contract themselves."""

    sample_metric: str | None = None
    headers: dict[str, str] | None = None

    @property
    def exported_instant(self) -> datetime | None:
        """`exported_at` in UTC; a declared time without a zone is Asia/Shanghai, as everywhere."""
        return in_utc(self.exported_at)


@dataclass(frozen=True)
class Source:
    """`path` is the content-addressed copy (never the inbox), `name` the name it was handed in under."""

    path: Path
    name: str
    declaration: Declaration = field(default_factory=Declaration)

    @property
    def is_packed(self) -> bool:
        with self.path.open("rb") as file:
            return file.read(len(GZIP)) == GZIP

    @cached_property
    def start(self) -> bytes:
        """The first 64 KiB of `content` and a byte more, if there is one. Raises InputFault like `content`."""
        if self.is_packed:
            return self.content[: HEAD_BYTES + 1]
        with self.path.open("rb") as file:
            return file.read(HEAD_BYTES + 1)

    @cached_property
    def content(self) -> bytes:
        """The file's bytes, unpacked where it is gzip. Raises InputFault for broken or bomb-like archives."""
        return unpacked(self.path, name=self.name)

    @cached_property
    def text(self) -> str | None:
        """The content decoded strictly (BOM, UTF-8, GB18030), line ends made \\n; None where it is not text."""
        return decoded(self.content)

    @cached_property
    def head(self) -> str:
        """The first 64 KiB as text, whole lines, or '' where it is not text."""
        return decoded_head(self.start)

    @property
    def is_first_line_cut(self) -> bool:
        """Whether `head` is the beginning of one line: what stands behind it there nobody has looked at."""
        return len(self.start) > HEAD_BYTES and "\n" not in self.head


@dataclass(frozen=True)
class Part:
    """What an adapter found in one stretch of a file.

    frames: table name → rows with sheet, row_no (1-based line or sheet row), raw, and cells as text or already typed.
    rejected: rows in the shape of gate.REJECT_SCHEMA that are no row of any table.
    row_count: rows in, headers left out, counted independently of the frames; it equals frames + rejected.
    first_row: how many rows of the file lie before this part, at most.
    line_of: gives the raw text for row numbers; where it is set, the frames leave `raw` empty.
    """

    row_count: int
    frames: dict[str, pl.DataFrame]
    rejected: pl.DataFrame
    first_row: int = 0
    line_of: Callable[[pl.Series], pl.Series] | None = None


@dataclass(frozen=True)
class AsItLies:
    """A Parquet file whose rows may be taken as they lie, where none would be refused and its texts need no trimming.

    columns: column of the table → SQL over the file's columns. written: column of the table → the file's.
    """

    columns: dict[str, str]
    written: dict[str, str]
    row_count: int

    @property
    def absent(self) -> frozenset[str]:
        """Columns of the table of which the file has none."""
        return frozenset(self.columns.keys() - self.written.keys())


@dataclass(frozen=True)
class Reading:
    """A file as its parts, in order, at least one; each is read when it is called for, on any thread.

    formula_count: cells read that are formulas in a workbook; what was stored as their result is taken.
    unread_columns: headers as written that are no column of the table; None where the format does not say.
    step_seconds: between two samples of the series that its records are pieced together of; None where it has none.
    """

    parts: tuple[Callable[[], Part], ...]
    as_it_lies: AsItLies | None = None
    formula_count: int = 0
    unread_columns: tuple[str, ...] | None = None
    step_seconds: int | None = None

    @cached_property
    def whole(self) -> Part:
        """All parts as one with every raw text, for files that are looked at and not taken in."""
        read = [part() for part in self.parts]
        names = dict.fromkeys(name for part in read for name in part.frames)
        return Part(
            sum(part.row_count for part in read),
            {
                name: pl.concat(_with_raw(part, name) for part in read if name in part.frames)
                for name in names
            },
            pl.concat(part.rejected for part in read),
        )


def _with_raw(part: Part, name: str) -> pl.DataFrame:
    frame = part.frames[name]
    return frame if part.line_of is None else frame.with_columns(raw=part.line_of(frame["row_no"]))


def in_one(
    row_count: int,
    frames: dict[str, pl.DataFrame],
    rejected: pl.DataFrame,
    *,
    formula_count: int = 0,
    unread_columns: tuple[str, ...] | None = None,
) -> Reading:
    """The reading of a file that is read at once."""
    part = Part(row_count, frames, rejected)
    return Reading((lambda: part,), formula_count=formula_count, unread_columns=unread_columns)
