"""Sets bound into volumes: fewer files to open, the same rows, the same figures."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from hesuan.flows.lake import volume
from hesuan.flows.lake.file_set import SAYS
from tests.city import APPLICANTS, City
from tests.night import tally


def sets_in(lake: Path, count: int) -> list[Path]:
    """Sets of one contract row each; those of an even number also hold samples and an hour."""
    made = []
    for number in range(count):
        folder = lake / f"set-{number:03}"
        folder.mkdir(parents=True)
        row = pl.DataFrame({"contract_no": [f"C-{number}"], "file_row": [number]})
        row.write_parquet(folder / "contract.0000.parquet")
        if number % 2 == 0:
            row.write_parquet(folder / "usage_sample.0000.parquet")
            row.write_parquet(folder / "occupancy.parquet")
        (folder / SAYS).write_text("{}", "utf-8")
        made.append(folder)
    return made


def rows_of(folders: list[Path], name: str) -> list[int]:
    found = [folder / name for folder in folders if (folder / name).exists()]
    return pl.read_parquet(found)["file_row"].to_list()


def test_every_64_sets_are_read_as_one_and_say_what_they_said(tmp_path: Path) -> None:
    sets = sets_in(tmp_path, 130)
    bound = volume.volumes(sets)
    assert len(bound) == 4
    assert bound[2:] == sets[128:]
    assert rows_of(bound, "contract.0000.parquet") == list(range(130))
    assert rows_of(bound, "occupancy.parquet") == list(range(0, 130, 2))


def test_samples_row_by_row_are_not_copied(tmp_path: Path) -> None:
    [bound] = volume.volumes(sets_in(tmp_path, 64))
    assert not list(bound.glob("usage_sample.*"))


def test_a_volume_stays_when_more_sets_come_and_is_made_again_when_thrown_away(tmp_path: Path) -> None:
    sets = sets_in(tmp_path, 100)
    [first, *_] = volume.volumes(sets[:64])
    made = first.stat().st_ctime_ns
    assert volume.volumes(sets) == [first, *sets[64:]]
    assert first.stat().st_ctime_ns == made
    shutil.rmtree(first)
    assert volume.volumes(sets) == [first, *sets[64:]]
    assert rows_of([first], "contract.0000.parquet") == list(range(64))


def test_a_volume_is_bound_anew_when_one_of_its_sets_was_made_anew(tmp_path: Path) -> None:
    """As one is that was damaged when it was bound, and removed: the volume would keep what it had said."""
    sets = sets_in(tmp_path, 64)
    pl.DataFrame({"contract_no": ["C-7"], "file_row": [1_000]}).write_parquet(
        sets[7] / "contract.0000.parquet"
    )
    [bound] = volume.volumes(sets)
    assert rows_of([bound], "contract.0000.parquet")[7] == 1_000
    shutil.rmtree(sets[7])
    sets_in(tmp_path / "again", 8)[7].rename(sets[7])
    assert volume.volumes(sets) == [bound]
    assert rows_of([bound], "contract.0000.parquet") == list(range(64))


def test_another_set_among_the_64_is_another_volume(tmp_path: Path) -> None:
    sets = sets_in(tmp_path, 65)
    assert volume.volumes(sets[:64]) != volume.volumes(sets[1:])


def test_large_sets_are_read_where_they_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sets = sets_in(tmp_path, 64)
    monkeypatch.setattr(volume, "MOST_BYTES", 1000)
    assert volume.volumes(sets) == sets


@pytest.mark.slow
def test_bound_or_not_the_figures_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    city = City().with_register()
    for place, applicant in enumerate(APPLICANTS[:4]):
        city.honest(f"c{place}", hours=6000 + place, applicant=applicant, at=f"10:00:0{place}")
    plain = tally(city.hand_in(tmp_path / "plain"))
    monkeypatch.setattr(volume, "SETS", 2)
    workspace = city.hand_in(tmp_path / "bound")
    assert tally(workspace).figure_sha256 == plain.figure_sha256
    says = [path.read_text("utf-8") for path in workspace.lake.glob("*/staged.json")]
    assert sum('"volume"' in text for text in says) >= 2
