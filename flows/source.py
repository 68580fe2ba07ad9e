"""One file as an adapter sees it: bytes on disk, what was declared beside it, and its decoded head."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

import polars as pl


@dataclass(frozen=True)
class Declaration:
    """What `source.toml` beside a file states that the file itself does not say."""

    provider_id: str | None = None
    cluster_id: str | None = None
    time_zone: str | None = None
    exported_at: datetime | None = None
    sample_period_seconds: int | None = None
    finality: str | None = None


@dataclass(frozen=True)
class Source:
    """`path` is the content-addressed copy (never the inbox), `name` the name it was handed in under."""

    path: Path
    name: str
    declaration: Declaration = field(default_factory=Declaration)

    @cached_property
    def content(self) -> bytes:
        """The file's bytes, unpacked where it is gzip. Raises InputFault for broken or bomb-like archives."""
        from hesuan.flows.unpack import unpacked

        return unpacked(self.path, name=self.name)

    @cached_property
    def text(self) -> str | None:
        """The content decoded strictly (BOM, UTF-8, GB18030), line ends made \\n; None where it is not text."""
        from hesuan.flows.unpack import decoded

        return decoded(self.content)

    @cached_property
    def head(self) -> str:
        """The first 64 KiB as text, whole lines, or '' where it is not text."""
        from hesuan.flows.unpack import decoded_head

        return decoded_head(self.content)


@dataclass(frozen=True)
class Reading:
    """What an adapter found in a file.

    frames: table name → rows with sheet, row_no (1-based line or sheet row), raw, and cells as text or already typed.
    rejected: rows in the shape of gate.REJECT_SCHEMA that are no row of any table.
    row_count: rows in, headers left out, counted independently of the frames; it equals frames + rejected.
    """

    row_count: int
    frames: dict[str, pl.DataFrame]
    rejected: pl.DataFrame
