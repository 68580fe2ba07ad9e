"""Long logs in blocks: no line lost, every number right, and read fast or line by line they say the same."""

import codecs
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from hesuan.flows.adapters import mapped_table, slurm_text
from hesuan.flows.source import Part, Source
from hesuan.flows.text import line_block
from hesuan.flows.text.line_block import blocks_of
from tests.test_slurm_text import HEADER, JOB, job

LINES = ["JobID|State", "1|a", "", "22|算力" * 9, "3|" + "x" * 200, " ", "4|end"]
CELLS = st.one_of(
    st.sampled_from(
        ["", "Unknown", "None", "0", "7", '"', "\\", "a,b", "算 力", "2026-03-01T08:00:00", "00:10"]
    ),
    st.text(st.characters(blacklist_characters="|\r\n\0", blacklist_categories=["Cs"]), max_size=6),
)


def source(folder: Path, content: bytes) -> Source:
    path = folder / "log.txt"
    path.write_bytes(content)
    return Source(path, "log.txt")


@pytest.mark.parametrize("ending", ["", "\n"])
@pytest.mark.parametrize("end_of_line", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("size", [1, 16, 64, 1_000_000])
def test_blocks_hold_every_line_under_its_own_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, encoding: str, end_of_line: str, ending: str
) -> None:
    monkeypatch.setattr(line_block, "BLOCK_BYTES", size)
    content = (end_of_line.join(LINES) + ending).encode(encoding)
    found = blocks_of(source(tmp_path, content))
    lines = pl.concat(block.lines() for block in found)
    assert lines.rows() == list(enumerate(LINES, start=1))
    assert sum(block.line_count for block in found) == len(LINES)
    assert found[-1].line_of(pl.Series([len(LINES)], dtype=pl.Int64)).to_list() == [LINES[-1]]


def test_a_long_plain_log_stays_in_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_block, "BLOCK_BYTES", 256)
    file = source(tmp_path, codecs.BOM_UTF8 + "\n".join(LINES).encode())
    assert {block.text for block in blocks_of(file)} == {file.path}


def test_a_text_without_a_line_is_one_empty_block(tmp_path: Path) -> None:
    [block] = blocks_of(source(tmp_path, b""))
    assert (block.line_count, block.lines().height) == (0, 0)


def read(folder: Path, lines: list[str]) -> Part:
    return slurm_text.read(source(folder, ("\n".join([HEADER, *lines]) + "\n").encode())).whole


def assert_same(found: Part, expected: Part) -> None:
    assert found.row_count == expected.row_count
    assert_frame_equal(
        found.frames["usage_interval"], expected.frames["usage_interval"], check_column_order=False
    )
    assert_frame_equal(found.rejected.sort("row_no"), expected.rejected.sort("row_no"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(JOB, CELLS)), min_size=1, max_size=4))
def test_what_the_csv_reader_splits_is_what_the_lines_say(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]
) -> None:
    """A blank line at the end says nothing, but makes the block be read line by line."""
    folder = tmp_path_factory.mktemp("log")
    lines = [job(**cells) for cells in rows]
    assert_same(read(folder, lines), read(folder, [*lines, ""]))


def test_a_log_in_many_blocks_is_read_like_one_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = ["", HEADER, "7|short", job(JobID="9.batch"), job(State="NEW"), job(JobName="a|b")]
    lines = [odd[n % 6] if n % 5 == 0 else job(JobID=str(n), JobIDRaw=str(n)) for n in range(100)]
    whole = read(tmp_path, lines)
    monkeypatch.setattr(line_block, "BLOCK_BYTES", 700)
    assert_same(read(tmp_path, lines), whole)
    assert whole.rejected.height == 3 + 3 + 3


SAMPLES = st.fixed_dictionaries(
    {
        name: CELLS.filter(lambda cell: '"' not in cell and "," not in cell)
        for name in ("util_percent", "tenant", "sampled_at")
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(SAMPLES, min_size=1, max_size=4))
def test_a_table_says_the_same_read_fast_or_line_by_line(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("table")
    head = "device_uuid,util_percent,tenant,sampled_at"
    lines = [head, *(f"GPU-{n},{','.join(row.values())}" for n, row in enumerate(rows))]
    plain = mapped_table.read(source(folder, ("\n".join(lines) + "\n").encode())).whole
    odd = mapped_table.read(source(folder, ("\n".join([*lines, "", ",,,"]) + "\n").encode())).whole
    assert plain.row_count == odd.row_count
    assert_frame_equal(plain.frames["usage_sample"], odd.frames["usage_sample"], check_column_order=False)
