"""Bytes and text of a file as handed in: what is unpacked, how it is decoded, and what is refused."""

import gzip
import zlib
from pathlib import Path

import pytest

from hesuan.flows.text.encoding import undecodable_line
from hesuan.flows.text.unpack import decoded, decoded_head, decoded_utf8, unpacked
from hesuan.schemas.fault import InputFault

CHINESE = "合同编号,单位名称\nHT-1,达成算力有限公司\n"


def stored(folder: Path, content: bytes) -> Path:
    path = folder / "object"
    path.write_bytes(content)
    return path


def test_a_plain_file_is_taken_as_it_is(tmp_path: Path) -> None:
    assert unpacked(stored(tmp_path, b"a,b\n"), name="x") == b"a,b\n"


def test_gzip_is_known_by_its_first_bytes_and_all_members_are_read(tmp_path: Path) -> None:
    two = gzip.compress(b"a,b\n") + gzip.compress(b"") + gzip.compress(b"1,2\n") + b"\0" * 512
    assert unpacked(stored(tmp_path, two), name="x") == b"a,b\n1,2\n"


def test_members_larger_than_a_chunk_are_read_whole(tmp_path: Path) -> None:
    content = "".join(f"{zlib.crc32(str(i).encode())}\n" for i in range(400_000)).encode()
    both = gzip.compress(content, compresslevel=1) * 2
    assert unpacked(stored(tmp_path, both), name="x") == content * 2


@pytest.mark.parametrize("lost", [1, 8, 20])
def test_a_gzip_cut_short_is_refused(tmp_path: Path, lost: int) -> None:
    whole = gzip.compress(bytes(range(256)) * 20)
    with pytest.raises(InputFault, match=r"用量\.gz: gzip 不完整"):
        unpacked(stored(tmp_path, whole[:-lost]), name="用量.gz")


def test_a_damaged_gzip_is_refused(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(b"1234567890" * 100))
    whole[-6] ^= 1
    with pytest.raises(InputFault, match="gzip 已损坏"):
        unpacked(stored(tmp_path, bytes(whole)), name="x")


def test_what_follows_a_gzip_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match="gzip 已损坏"):
        unpacked(stored(tmp_path, gzip.compress(b"a") + b"more"), name="x")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 60_000
    with pytest.raises(InputFault, match="压缩炸弹"):
        unpacked(stored(tmp_path, bomb), name="x")


def test_a_small_file_may_swell(tmp_path: Path) -> None:
    assert unpacked(stored(tmp_path, gzip.compress(b"0" * 500_000)), name="x") == b"0" * 500_000


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"], ids=str
)
def test_every_encoding_gives_the_same_text(encoding: str) -> None:
    content = CHINESE.encode(encoding)
    assert decoded(content) == CHINESE
    assert decoded_head(content) == CHINESE
    assert decoded_utf8(content) == CHINESE.encode()


def test_utf16_big_endian_with_a_mark() -> None:
    assert decoded(b"\xfe\xff" + CHINESE.encode("utf-16-be")) == CHINESE


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
def test_every_line_end_becomes_one(ending: str) -> None:
    content = CHINESE.replace("\n", ending).encode()
    assert decoded(content) == CHINESE
    assert decoded_head(content) == CHINESE
    assert decoded_utf8(content) == CHINESE.encode()


def test_a_plain_utf8_file_is_not_copied() -> None:
    content = CHINESE.encode()
    assert decoded_utf8(content) is content


@pytest.mark.parametrize(
    "content",
    [
        "Müller,façade,schön,Straße\n".encode("latin-1") * 5,
        "國立臺灣大學,電腦與資訊\n".encode("big5") * 5,
        "ユーザー,計算時間\n".encode("shift-jis") * 5,
        "\ue000\ue001,合同\n".encode("gb18030"),
        b"PAR1\x15\x04\x15\x00",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        bytes(range(256)),
    ],
    ids=["latin-1", "big5", "shift-jis", "private", "parquet", "png", "bytes"],
)
def test_what_is_no_plausible_text_is_none(content: bytes) -> None:
    assert decoded(content) is None
    assert decoded_utf8(content) is None
    assert decoded_head(content) == ""


def test_a_text_that_another_program_has_lost_already_is_none() -> None:
    assert decoded("单位名称,达成算力�公司\n".encode("gb18030")) is None


def test_rare_characters_in_names_do_not_make_a_gb18030_file_implausible() -> None:
    text = "单位名称,法定代表人\n成都镕喆算力有限公司,李燚\n"
    assert decoded(text.encode("gb18030")) == text


def test_a_broken_utf8_is_not_read_as_gb18030_and_its_line_is_known() -> None:
    content = CHINESE.encode() + b"HT-2,\xe5\x8d,x\n"
    assert decoded(content) is None
    assert undecodable_line(content) == 3
    assert decoded_head(content).startswith("合同编号,")


def test_a_gb18030_file_cut_inside_a_character_is_known_by_its_head_and_refused_at_that_line() -> None:
    content = CHINESE.encode("gb18030")[:-2]
    assert decoded(content) is None
    assert undecodable_line(content) == 2
    assert decoded_head(content).startswith("合同编号,")


def test_the_head_is_whole_lines_of_the_first_64_kib() -> None:
    line = "HT-2026-001,达成算力有限公司\n"
    head = decoded_head((line * 10_000).encode())
    assert head == line * (len(head) // len(line))
    assert 60_000 < len(head.encode()) <= 65_536


def test_a_head_cut_inside_a_character_is_still_text() -> None:
    for shift in range(3):
        content = ("a" * shift + "算" * 40_000).encode()
        assert decoded_head(content).startswith("a" * shift + "算")


def test_an_empty_file_is_empty_text() -> None:
    assert decoded(b"") == ""
    assert decoded_head(b"") == ""
