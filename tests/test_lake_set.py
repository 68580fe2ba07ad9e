"""A set of the lake that lost or shortened a part is made again from the evidence: the figures are those of before."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hesuan.flows.command.fault_english import fault_english
from hesuan.flows.lake import share
from hesuan.flows.lake.file_set import SAYS, is_whole
from hesuan.flows.verify.lake import looked_at_lake
from hesuan.flows.workspace import Workspace
from hesuan.reports.wording.english import plainly
from tests.city import City
from tests.night import after_first_night, tally
from tests.test_language import HAN


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, str]:
    workspace = City().with_register().honest("a", hours=6000).hand_in(tmp_path_factory.mktemp("w"))
    return workspace, tally(workspace).figure_sha256


def usage_of(workspace: Workspace) -> Path:
    return next(workspace.lake.glob("*/usage_interval.0000.parquet"))


def lost(path: Path) -> None:
    path.unlink()


def shortened(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def without_its_word(path: Path) -> None:
    (path.parent / "staged.json").unlink()


def with_half_a_word(path: Path) -> None:
    word = path.parent / "staged.json"
    word.write_bytes(word.read_bytes()[:20])


def with_a_stray_file(path: Path) -> None:
    (path.parent.parent / "x.making").write_text("?")


@pytest.mark.parametrize("damaged", [lost, shortened, without_its_word, with_half_a_word, with_a_stray_file])
def test_a_damaged_set_is_made_again(kept: tuple[Workspace, str], damaged: Callable[[Path], None]) -> None:
    workspace, figures = kept
    damaged(usage_of(workspace))
    assert tally(workspace).figure_sha256 == figures
    assert usage_of(workspace).stat().st_size > 0


def turned(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_turned_bit_in_the_share_of_the_night_is_told_and_the_set_made_again(
    kept: tuple[Workspace, str],
) -> None:
    workspace, figures = kept
    path = usage_of(workspace)
    turned(path)
    found = tally(workspace)
    place = path.relative_to(workspace.root).as_posix()
    assert found.evidence == (f"{place}: 不再是写下时的内容，这一份已删去，由原件重做",)
    assert not HAN.search(plainly(fault_english(found.evidence[0])))
    assert found.figure_sha256 == figures
    assert tally(workspace).evidence == ()


def test_a_set_that_says_another_count_of_itself_is_found_and_made_again(kept: tuple[Workspace, str]) -> None:
    workspace, figures = kept
    word = usage_of(workspace).parent / SAYS
    said = word.read_text("utf-8")
    word.write_text(said.replace('"accepted_count": 1,', '"accepted_count": 9,'), "utf-8")
    assert word.read_text("utf-8") != said
    place = word.parent.relative_to(workspace.root).as_posix()
    line = f"{place}/{SAYS}: 不再是写下时的内容；请删去 {place} 再运行，由原件重做"
    assert looked_at_lake(workspace).amiss == [line]
    assert tally(workspace).figure_sha256 == figures
    assert looked_at_lake(workspace).amiss == []


@pytest.mark.parametrize("most", ["SETS_A_NIGHT", "BYTES_A_NIGHT"])
def test_every_set_has_its_turn_and_a_night_looks_at_no_more_than_its_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: str
) -> None:
    monkeypatch.setattr(share, most, 1)
    workspace = after_first_night(tmp_path / "w")
    sets = [says.parent for says in workspace.lake.glob(f"*/{SAYS}")]
    for folder in sets:
        turned(max(folder.glob("*.parquet"), key=lambda path: path.stat().st_size))
    told = [share.put_right(workspace) for _ in sets]
    assert [len(lines) for lines in told] == [1] * len(sets)
    assert [is_whole(folder) for folder in sets] == [False] * len(sets)
    assert share.put_right(workspace) == []
