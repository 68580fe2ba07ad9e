"""From a file on disk to its bytes and its text: gzip, line ends, the head; not what the text says."""

import codecs
import zlib
from collections.abc import Iterator
from pathlib import Path

from hesuan.flows.text.encoding import HEAD_BYTES, encoding_of, head_encoding, unmarked
from hesuan.flows.text.encoding import undecodable_line as undecodable_line
from hesuan.flows.text.library_word import cause
from hesuan.schemas.fault import InputFault

GZIP = b"\x1f\x8b"
CHUNK_BYTES = 1024 * 1024
# A file is held in memory as a whole: 2 GiB is what a machine with 16 GB can still take in.
MOST_BYTES = 2 * 1024**3
# Logs shrink to a tenth, at best a fiftieth; whatever swells more than a hundredfold is no log.
MOST_SWELLING = 100
SMALL_BYTES = 1024 * 1024


def unpacked(path: Path, *, name: str) -> bytes:
    """The bytes of the file, unpacked where it begins like gzip (all members); `name` is for messages only.

    Raises InputFault where a gzip is cut short, damaged or followed by something else, where it swells more
    than a hundredfold (beyond 1 MiB), and where file or content exceeds 2 GiB.
    """
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise InputFault(f"{name}: 文件有 {size} 字节，超过上限 {MOST_BYTES}，请拆分后再交")
    with path.open("rb") as file:
        if file.read(2) != GZIP:
            file.seek(0)
            return file.read()
        file.seek(0)
        return _inflated(iter(lambda: file.read(CHUNK_BYTES), b""), size, name=name)


def _inflated(chunks: Iterator[bytes], size: int, *, name: str) -> bytes:
    """All members of a gzip file of `size` bytes, counted while they stream."""
    parts, total = [], 0
    most = min(MOST_BYTES, max(SMALL_BYTES, size * MOST_SWELLING))
    try:
        for part in _members(chunks, name=name):
            total += len(part)
            if total > most:
                raise InputFault(
                    f"{name}: gzip 解开后超过 {most} 字节（压缩包仅 {size} 字节），疑为压缩炸弹，已拒收"
                )
            parts.append(part)
    except zlib.error as error:
        raise InputFault(f"{name}: gzip 已损坏（{cause(error)}），请重新导出") from error
    return b"".join(parts)


def _members(chunks: Iterator[bytes], *, name: str) -> Iterator[bytes]:
    """Pieces of at most 1 MiB. Zero bytes may pad the end (tape blocks); nothing else may follow a member."""
    member = zlib.decompressobj(wbits=31)
    for chunk in chunks:
        rest = chunk
        while rest:
            if member.eof:
                rest = rest.lstrip(b"\0")
                member = zlib.decompressobj(wbits=31) if rest else member
            if rest:
                yield member.decompress(rest, CHUNK_BYTES)
                rest = member.unused_data if member.eof else member.unconsumed_tail
    if not member.eof:
        raise InputFault(f"{name}: gzip 不完整（文件在中途结束），请重新传输")


def decoded(content: bytes) -> str | None:
    """The whole content as text without BOM, line ends made \\n; None where it is no text."""
    encoding = encoding_of(content)
    if encoding is None:
        return None
    text = str(unmarked(content), encoding)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def decoded_utf8(content: bytes) -> bytes | None:
    """What `decoded` gives, as UTF-8 bytes; a plain UTF-8 file is neither decoded nor copied."""
    encoding = encoding_of(content)
    if encoding is None:
        return None
    body = bytes(unmarked(content))
    if encoding != "utf-8":
        body = body.decode(encoding).encode()
    return body.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in body else body


def decoded_head(content: bytes) -> str:
    """The first 64 KiB as text in whole lines (a longer first line is cut), '' where it is no text.

    Broken bytes in a text that is otherwise UTF-8 or GB18030 are shown as U+FFFD, so that a reader can claim
    the file and say what is wrong with it.
    """
    head = content[:HEAD_BYTES]
    encoding = head_encoding(head)
    if encoding is None:
        return ""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    text = decoder.decode(bytes(unmarked(head)), final=len(content) <= HEAD_BYTES)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = text[: text.rfind("\n") + 1]
    return whole if len(content) > HEAD_BYTES and whole else text
