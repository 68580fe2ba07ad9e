"""A set of the lake that lost or shortened a part is made again from the evidence: the figures are those of before."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hesuan.flows.workspace import Workspace
from tests.city import City
from tests.night import tally


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
