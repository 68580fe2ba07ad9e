"""An inbox file that has not changed is not read again; one that has is, whatever it pretends."""

import os
from pathlib import Path

import pytest

from hesuan.flows.intake import evidence, seen
from hesuan.flows.intake.evidence import object_path, take_in
from hesuan.flows.workspace import Workspace, make_workspace

DAY = "2026-11-23"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr(seen, "COARSE_NS", -1)
    return make_workspace(tmp_path / "w", policy="")


@pytest.fixture
def file(workspace: Workspace) -> Path:
    path = workspace.inbox / "submissions" / "a.csv"
    path.write_text("one\n", encoding="utf-8")
    return path


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were read."""
    found: list[str] = []
    copy = evidence._copy

    def noted(path: Path, partial: Path) -> str:
        found.append(path.name)
        return copy(path, partial)

    monkeypatch.setattr(evidence, "_copy", noted)
    return found


def test_a_file_as_it_was_is_read_once(workspace: Workspace, file: Path, read: list[str]) -> None:
    first = take_in(file, workspace, DAY)
    assert take_in(file, workspace, DAY) == first
    assert read == ["a.csv"]


def test_another_content_of_the_same_length_and_time_is_read(
    workspace: Workspace, file: Path, read: list[str]
) -> None:
    first = take_in(file, workspace, DAY)
    was = file.stat()
    file.write_text("two\n", encoding="utf-8")
    os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert take_in(file, workspace, DAY).sha256 != first.sha256
    assert read == ["a.csv", "a.csv"]


def test_a_file_that_changed_just_before_its_note_is_read_again(
    workspace: Workspace, file: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seen, "COARSE_NS", 60_000_000_000)
    assert take_in(file, workspace, DAY) == take_in(file, workspace, DAY)
    assert len(read) == 2


def test_what_the_store_has_lost_is_kept_again(workspace: Workspace, file: Path, read: list[str]) -> None:
    first = take_in(file, workspace, DAY)
    object_path(workspace, first.sha256).unlink()
    assert take_in(file, workspace, DAY) == first
    assert object_path(workspace, first.sha256).exists()
    assert len(read) == 2


@pytest.mark.parametrize("text", ["", "{", "[]", '{"as": 1}', '{"sha256": "x"}'])
def test_a_broken_note_is_no_note(workspace: Workspace, file: Path, read: list[str], text: str) -> None:
    first = take_in(file, workspace, DAY)
    [note] = (workspace.lake / ".seen").iterdir()
    note.write_text(text, encoding="utf-8")
    assert take_in(file, workspace, DAY) == first
    assert len(read) == 2


def test_a_declaration_beside_it_is_read_every_time(workspace: Workspace, file: Path) -> None:
    assert take_in(file, workspace, DAY).declaration == {}
    (file.parent / "source.toml").write_text('cluster_id = "c1"\n', encoding="utf-8")
    assert take_in(file, workspace, DAY).declaration == {"cluster_id": "c1"}
