"""A log that only grows: what a crash cut off was never written, what is missing anywhere else is told."""

import json
from pathlib import Path

import pytest

from hesuan.flows.append_only import append_batch, read_entries
from hesuan.schemas.fault import EvidenceFault


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.jsonl"
    for batch in (["a"], ["b", "c"], ["d", "e", "f"]):
        append_batch("said", batch, path)
    return path


def said(path: Path) -> list[str]:
    return [entry["said"] for entry in read_entries(path, title_zh="台账")]


def test_a_last_batch_cut_off_was_never_written(log: Path) -> None:
    whole = log.read_bytes()
    for cut in range(1, len(whole.splitlines(keepends=True)[-1]) + 2):
        log.write_bytes(whole[:-cut])
        assert said(log) == ["a", "b", "c"]
    append_batch("said", ["g"], log)
    assert said(log) == ["a", "b", "c", "g"]


def test_spaces_that_others_wrote_stay(log: Path) -> None:
    """What is cut off is counted in the log's own bytes."""
    lines = [json.dumps(json.loads(line), separators=(", ", ":   ")) for line in log.read_text().splitlines()]
    log.write_text("\n".join(lines) + "\n")
    append_batch("said", ["g"], log)
    assert said(log) == ["a", "b", "c", "d", "e", "f", "g"]


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_line_missing_before_the_last_batch_is_told(log: Path, gone: int) -> None:
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:gone] + lines[gone + 1 :]))
    with pytest.raises(EvidenceFault, match="批不全"):
        said(log)


@pytest.mark.parametrize("batch", [1, 2, 3, 7])
def test_a_line_too_many_is_told(log: Path, batch: int) -> None:
    with log.open("a") as opened:
        opened.write(json.dumps({"batch": batch, "of": 1, "said": "x"}) + "\n")
    with pytest.raises(EvidenceFault, match="批不全"):
        said(log)
