"""A broken file's cause in the words of the reader, with line and column; what no one has words for stays as it is."""

import json
import zlib
from pathlib import Path
from xml.etree.ElementTree import ParseError

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from defusedxml.ElementTree import fromstring

from hesuan.flows.mapped.package import opened as open_workbook
from hesuan.flows.mapped.parquet_file import opened as open_parquet
from hesuan.flows.source import Source
from hesuan.flows.text.library_word import JSON, OTHER, XML, cause
from hesuan.flows.text.strict_json import loaded
from hesuan.flows.text.unpack import unpacked
from hesuan.reports.wording.english import exact, plainly
from hesuan.schemas.fault import InputFault


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        ('{"a": 1,\n"b" 2}', "第 2 行第 5 列：缺少冒号", "line 2, column 5: a colon is missing"),
        ('{"a": 1,\n"b"', "第 2 行第 4 列：在中途结束", "line 2, column 4: it ends halfway"),
        ("[1 2]", "第 4 列：缺少逗号", "column 4: a comma is missing"),
        ("{1: 2}", "第 2 列：键须写在双引号里", "column 2: a key must stand in double quotes"),
    ],
)
def test_broken_json_is_told_in_the_language_asked_for(text: str, chinese: str, english: str) -> None:
    with pytest.raises(InputFault) as told:
        loaded(text, place="a.json")
    assert str(told.value) == f"a.json: JSON 无法读取：{chinese}"
    assert plainly(str(told.value)) == f"a.json: JSON cannot be read: {english}"


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("<a>\n</b>", "第 2 行第 3 列：首尾标签不配"),
        ("<a>", "第 1 行第 4 列：在中途结束"),
        ("<a/><b/>", "第 1 行第 5 列：根元素之后还有内容"),
    ],
)
def test_broken_xml_is_told_in_chinese(text: str, chinese: str) -> None:
    with pytest.raises(ParseError) as told:
        fromstring(text)
    assert cause(told.value) == chinese


def test_a_damaged_gzip_a_cut_parquet_and_a_cut_workbook_say_why_in_both_languages(tmp_path: Path) -> None:
    packer = zlib.compressobj(wbits=31)
    packed = bytearray(packer.compress(b"a,b\n" * 9) + packer.flush())
    packed[-6] ^= 1
    (tmp_path / "a.gz").write_bytes(packed)
    with pytest.raises(InputFault) as told:
        unpacked(tmp_path / "a.gz", name="a.gz")
    assert str(told.value) == "a.gz: gzip 已损坏（校验不符），请重新导出"
    assert plainly(str(told.value)) == (
        "a.gz: the gzip file is damaged (its checksum does not agree); export it again"
    )
    pq.write_table(pa.table({"a": [1]}), tmp_path / "a.parquet")
    (tmp_path / "a.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:-5])
    with pytest.raises(InputFault, match="不完整或已损坏（末尾没有 Parquet 标记）"):
        open_parquet(Source(tmp_path / "a.parquet", "a.parquet"))
    with pytest.raises(InputFault, match="工作簿已损坏或加密（不是 ZIP 包，或末尾残缺）"):
        open_workbook(b"PK\x03\x04[Content_Types].xml xl/work", place="a.xlsx")


def test_a_cause_nobody_knows_stays_in_the_words_of_the_library() -> None:
    assert cause(json.JSONDecodeError("Something else", "[]", 0)) == "第 1 列：Something else"
    assert cause(OSError("Something else")) == "Something else"


def test_every_cause_has_english() -> None:
    assert {said for causes in (JSON, XML, OTHER) for said in causes.values()} - exact().keys() == set()
