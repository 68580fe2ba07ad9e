"""A long text in blocks of whole lines, so that each is read on its own; what a line says is not here."""

import codecs
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pyarrow as pa
from pyarrow import csv

from hesuan.flows.source import Source
from hesuan.flows.text.encoding import undecodable_line
from hesuan.flows.text.unpack import decoded_utf8
from hesuan.schemas.fault import InputFault
from hesuan.validators.words import words_of

# Some hundred thousand lines of a job log: what is asked once a block and column is then little beside its rows.
BLOCK_BYTES = 32 * 1024 * 1024
PIECE_BYTES = 1024 * 1024


class _Room(threading.local):
    """A thread's own room for one block."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def of(self, size: int) -> memoryview:
        if len(self._bytes) < size:
            self._bytes = bytearray(size)
        return memoryview(self._bytes)[:size]


_room = _Room()


@dataclass(frozen=True)
class LineBlock:
    """Bytes `start` to `stop` of a UTF-8 text with line ends \\n, in a file or in memory.

    line_offset: lines before it. line_count: counted in bytes, so that a line that a reader lost is missed.
    is_quoted: there is a double quote in it.
    """

    text: Path | bytes
    start: int
    stop: int
    line_offset: int
    line_count: int
    is_quoted: bool

    def read(self) -> bytes:
        return bytes(self.view())

    def view(self) -> memoryview:
        """Its bytes, in room that the thread's next view of any block takes again: fresh room costs as much as reading."""
        if isinstance(self.text, bytes):
            return memoryview(self.text)[self.start : self.stop]
        room = _room.of(self.stop - self.start)
        with self.text.open("rb") as file:
            file.seek(self.start)
            return room[: file.readinto(room)]

    def without(self, line_count: int) -> "LineBlock":
        """The block without its first lines."""
        content, at = self.read(), 0
        for _ in range(line_count):
            at = content.find(b"\n", at) + 1 or len(content)
        return replace(
            self,
            start=self.start + at,
            line_offset=self.line_offset + line_count,
            line_count=self.line_count - line_count,
        )

    def lines(self) -> pl.DataFrame:
        """row_no (1-based in the whole text), raw."""
        found = pl.read_lines(self.read(), name="raw", row_index_name="row_no")
        return found.with_columns(pl.col("row_no").cast(pl.Int64) + self.line_offset + 1)

    def line_of(self, row_no: pl.Series) -> pl.Series:
        """The lines of these numbers, in their order."""
        asked = row_no.to_frame("row_no")
        return asked.join(self.lines(), on="row_no", how="left", maintain_order="left")["raw"]


def blocks_of(source: Source) -> list[LineBlock]:
    """The blocks of a text, at least one. Raises InputFault where it is neither UTF-8 nor GB18030."""
    found = blocks_if_text(source)
    if found is None:
        line = undecodable_line(source.content)
        place = f"{source.name} 第 {line} 行" if line else source.name
        raise InputFault(f"{place}: 不是 UTF-8，全文也不是 GB18030；请以 UTF-8 重新导出")
    return found


def blocks_if_text(source: Source) -> list[LineBlock] | None:
    """The blocks of a text, at least one; None where it is no text.

    Plain UTF-8 stays in its file; what must first be unpacked or decoded is held in memory.
    """
    found = None if source.is_packed else _blocks_of_plain(source.path)
    if found is not None:
        return found
    decoded = decoded_utf8(source.content)
    return None if decoded is None else list(_blocks_of_decoded(decoded))


def regular_cells(
    block: LineBlock, names: Sequence[str], wanted: Sequence[str], separator: str, *, as_words: bool = False
) -> pl.DataFrame | None:
    """row_no, raw (empty) and the wanted columns as text, one row a line; `names` are those of all fields in order.

    as_words: texts that repeat come as columns of words (`validators.words`).
    None where the lines are not all alike: one is empty, or has more or fewer fields, or is longer than a piece.
    """
    try:
        table = csv.read_csv(
            pa.BufferReader(pa.py_buffer(block.view())),
            csv.ReadOptions(use_threads=False, block_size=PIECE_BYTES, column_names=list(names)),
            csv.ParseOptions(delimiter=separator, quote_char=False),
            # Every block is UTF-8 already: that was looked at when it was cut.
            csv.ConvertOptions(
                check_utf8=False,
                include_columns=list(wanted),
                column_types=dict.fromkeys(wanted, pa.string()),
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != block.line_count:
        return None
    row_no = pl.int_range(pl.len(), dtype=pl.Int64) + block.line_offset + 1
    raw = pl.lit(None, dtype=pl.String).alias("raw")
    read = words_of if as_words else pl.Series
    cells = pl.DataFrame({name: read(table[name]) for name in wanted})
    return cells.select(row_no.alias("row_no"), raw, *wanted)


def lines_of(blocks: list[LineBlock], row_no: pl.Series) -> pl.Series:
    """The lines of these numbers, in their order, in whichever blocks they stand."""
    asked = row_no.cast(pl.Int64).to_frame("row_no")
    found = [pl.DataFrame(schema={"row_no": pl.Int64, "raw": pl.String})]
    for block in blocks:
        inside = asked.filter(
            pl.col("row_no").is_between(block.line_offset + 1, block.line_offset + block.line_count)
        )
        if inside.height:
            found.append(block.lines().join(inside.unique(), on="row_no", how="semi"))
    return asked.join(pl.concat(found), on="row_no", how="left", maintain_order="left")["raw"]


def _blocks_of_plain(path: Path) -> list[LineBlock] | None:
    """None where the file is not plain: other encodings, a NUL, line ends \\r, a line longer than a block."""
    found: list[LineBlock] = []
    size = path.stat().st_size
    room = bytearray(min(size, BLOCK_BYTES))
    with path.open("rb", buffering=0) as file:
        start = len(codecs.BOM_UTF8) if file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else 0
        while start < size or not found:
            file.seek(start)
            filled = file.readinto(room)
            content = room if filled == len(room) else room[:filled]
            length = len(content) if start + len(content) >= size else content.rfind(b"\n") + 1
            if (size > start and not length) or not _is_plain(content, length):
                return None
            lines = found[-1].line_offset + found[-1].line_count if found else 0
            count, is_quoted = _line_count(content, 0, length), content.find(b'"', 0, length) >= 0
            found.append(LineBlock(path, start, start + length, lines, count, is_quoted))
            start += length
    return found


def _is_plain(content: bytearray, length: int) -> bool:
    if b"\0" in content or b"\r" in content:
        return False
    try:
        return content.isascii() or bool(str(memoryview(content)[:length], "utf-8"))
    except UnicodeDecodeError:
        return False


def _blocks_of_decoded(content: bytes) -> Iterator[LineBlock]:
    start, line_offset = 0, 0
    while start < len(content) or start == 0:
        reach = start + BLOCK_BYTES
        stop = content.rfind(b"\n", start, reach) + 1 or content.find(b"\n", reach) + 1
        stop = len(content) if reach >= len(content) else stop or len(content)
        count, is_quoted = _line_count(content, start, stop), content.find(b'"', start, stop) >= 0
        block = LineBlock(content, start, stop, line_offset, count, is_quoted)
        yield block
        start, line_offset = stop or len(content) + 1, line_offset + block.line_count


def _line_count(content: bytes | bytearray, start: int, stop: int) -> int:
    """Lines, the last one too where no \\n ends it. Bytes are compared many at a time: `count` goes from one \\n to the next."""
    codes = pa.Array.from_buffers(
        pa.uint8(), stop - start, [None, pa.py_buffer(memoryview(content)[start:stop])]
    )
    ends = int((pl.Series(codes) == ord("\n")).sum())
    return ends + (start < stop and not content.endswith(b"\n", start, stop))
