"""The pages of a Parquet file: their checksums, verified without unpacking what they hold.

A page's header is a struct in Thrift's compact protocol; of its fields only sizes and checksum are read.
Source: parquet-format, parquet.thrift (PageHeader: 3 compressed_page_size, 4 crc), Thrift compact protocol.
"""

import mmap
import zlib
from pathlib import Path

import pyarrow.parquet as pq

from hesuan.schemas.fault import InputFault

_SIZE, _CRC = 3, 4
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _STRUCT = 1, 2, 3, 7, 8, 12
_INTEGERS = (4, 5, 6)
# A header may hold column statistics, hardly more.
_DEEPEST = 8


def check_pages(path: Path, metadata: pq.FileMetaData, *, place: str) -> None:
    """Raises InputFault where a page is not what its checksum says, or does not lie where the footer says.

    Pages without a checksum pass: then only decoding can tell.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for group in range(metadata.num_row_groups):
            for at in range(metadata.num_columns):
                try:
                    _check_chunk(content, metadata.row_group(group).column(at))
                except (_Damaged, IndexError, OverflowError) as error:
                    name = metadata.schema.column(at).path
                    raise InputFault(
                        f"{place}: Parquet 第 {group + 1} 个行组的列“{name}”数据页已损坏（{error}），请重新导出"
                    ) from error


class _Damaged(Exception):
    """A page that is not as it was written."""


def _check_chunk(content: mmap.mmap, chunk: pq.ColumnChunkMetaData) -> None:
    at = chunk.data_page_offset
    if chunk.has_dictionary_page and chunk.dictionary_page_offset:
        at = min(at, chunk.dictionary_page_offset)
    end = at + chunk.total_compressed_size
    if at < 4 or end > len(content):
        raise _Damaged("超出文件")
    while at < end:
        fields, start = _header(content, at, 0)
        size = fields.get(_SIZE, -1)
        if size < 0 or start + size > end:
            raise _Damaged("页头不成形")
        said = fields.get(_CRC)
        if said is not None and zlib.crc32(memoryview(content)[start : start + size]) != said & 0xFFFFFFFF:
            raise _Damaged("校验和不符")
        at = start + size


def _header(content: mmap.mmap, at: int, depth: int) -> tuple[dict[int, int], int]:
    """The integer fields of a struct, and where it ends."""
    if depth > _DEEPEST:
        raise _Damaged("页头不成形")
    fields: dict[int, int] = {}
    number = 0
    while content[at] != 0:
        kind, delta = content[at] & 15, content[at] >> 4
        at += 1
        if delta == 0:
            number, at = _zigzag(content, at)
        else:
            number += delta
        if kind in _INTEGERS:
            fields[number], at = _zigzag(content, at)
        else:
            at = _skipped(content, at, kind, depth)
    return fields, at + 1


def _skipped(content: mmap.mmap, at: int, kind: int, depth: int) -> int:
    """Where a value ends that is no integer."""
    if kind in (_TRUE, _FALSE):
        return at
    if kind in (_BYTE, _DOUBLE):
        return at + (1 if kind == _BYTE else 8)
    if kind == _BINARY:
        size, at = _varint(content, at)
        return at + size
    if kind == _STRUCT:
        return _header(content, at, depth + 1)[1]
    raise _Damaged("页头不成形")


def _varint(content: mmap.mmap, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise _Damaged("页头不成形")


def _zigzag(content: mmap.mmap, at: int) -> tuple[int, int]:
    value, at = _varint(content, at)
    return (value >> 1) ^ -(value & 1), at
