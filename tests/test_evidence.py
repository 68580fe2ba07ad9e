"""What the store keeps of a file, and under which name: the hash of the very bytes that are kept."""

import hashlib
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.intake import evidence
from hesuan.flows.intake.evidence import Intake, file_order, inbox_files, object_path, take_in
from hesuan.flows.workspace import Workspace, make_workspace
from hesuan.schemas.fault import InputFault

DAY = "2026-11-23"
PIECE = evidence.PIECE_BYTES


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "w", policy="")


@pytest.fixture
def file(workspace: Workspace) -> Path:
    return workspace.inbox / "submissions" / "a.csv"


def _content(size: int) -> bytes:
    return hashlib.shake_256(b"hesuan").digest(size)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, 5 * PIECE + 7])
def test_a_file_is_kept_under_the_hash_of_its_content(workspace: Workspace, file: Path, size: int) -> None:
    file.write_bytes(_content(size))
    taken = take_in(file, workspace, DAY)
    assert (taken.sha256, taken.byte_count) == (hashlib.sha256(_content(size)).hexdigest(), size)
    assert object_path(workspace, taken.sha256).read_bytes() == _content(size)


def test_a_copy_that_grows_slowly_is_hashed_to_its_end(
    workspace: Workspace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(source: Path, target: Path) -> None:
        content = source.read_bytes()
        with target.open("wb", buffering=0) as copy:
            for at in range(0, len(content), 1000):
                copy.write(content[at : at + 1000])
                time.sleep(4 * evidence.GROWING_SECONDS)

    monkeypatch.setattr(shutil, "copyfile", slowly)
    file.write_bytes(_content(4500))
    taken = take_in(file, workspace, DAY)
    assert taken.sha256 == hashlib.sha256(_content(4500)).hexdigest()
    assert object_path(workspace, taken.sha256).read_bytes() == _content(4500)


def test_what_a_dead_process_left_is_not_hashed(
    workspace: Workspace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copyfile = shutil.copyfile

    def late(source: Path, target: Path) -> None:
        time.sleep(4 * evidence.GROWING_SECONDS)
        copyfile(source, target)

    monkeypatch.setattr(shutil, "copyfile", late)
    evidence.incoming_path(workspace, "submissions/a.csv").write_bytes(_content(500))
    file.write_bytes(b"new")
    taken = take_in(file, workspace, DAY)
    assert taken.sha256 == hashlib.sha256(b"new").hexdigest()
    assert object_path(workspace, taken.sha256).read_bytes() == b"new"


def test_a_copy_that_fails_keeps_nothing(
    workspace: Workspace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    file.write_bytes(_content(100))
    with pytest.raises(OSError, match="No space left"):
        take_in(file, workspace, DAY)
    assert not [path for path in workspace.evidence.rglob("*") if path.is_file()]


def test_a_file_that_changes_while_it_is_copied_is_not_kept(
    workspace: Workspace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copyfile = shutil.copyfile

    def beside(source: Path, target: Path) -> None:
        copyfile(source, target)
        source.write_bytes(b"longer than before")

    monkeypatch.setattr(shutil, "copyfile", beside)
    file.write_bytes(b"before")
    with pytest.raises(InputFault, match="文件被改动"):
        take_in(file, workspace, DAY)
    assert not list((workspace.evidence / "objects").rglob("*"))


@pytest.mark.parametrize("later", ["2026-03-01T20:00:00+00:00", "2026-03-02T03:00:00"])
def test_of_two_exports_the_later_instant_comes_last(later: str) -> None:
    """However its zone is written; without any it is Asia/Shanghai's."""
    first = Intake("f" * 64, "a.csv", 1, DAY, {"exported_at": "2026-03-02T01:00:00+08:00"})
    second = Intake("0" * 64, "b.csv", 1, DAY, {"exported_at": later})
    unknown = Intake("8" * 64, "c.csv", 1, DAY, {})
    assert sorted([second, first, unknown], key=file_order) == [unknown, first, second]


def test_a_name_that_is_no_text_is_told_and_the_rest_goes_on(workspace: Workspace, file: Path) -> None:
    """As names are that were packed in GBK and unpacked here."""
    packed = "用量.csv".encode("gbk")
    Path(os.fsdecode(os.fsencode(file.parent) + b"/" + packed)).write_bytes(b"x")
    file.write_bytes(b"y")
    named = inbox_files(workspace)
    assert len(named) == 2
    kept = [path for path in named if path == file]
    assert [take_in(path, workspace, DAY).name for path in kept] == ["submissions/a.csv"]
    [other] = set(named) - {file}
    with pytest.raises(InputFault, match=r"inbox/submissions/\\xd3\\xc3\\xc1\\xbf\.csv: 文件名不是 UTF-8"):
        take_in(other, workspace, DAY)


def test_a_link_is_told_and_never_followed(workspace: Workspace, file: Path, tmp_path: Path) -> None:
    """To a file, to a folder, to nothing; a pipe too, which would never end."""
    file.write_bytes(b"y")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "b.csv").write_bytes(b"z")
    beside = file.parent
    for name, to in (("b.csv", elsewhere / "b.csv"), ("folder", elsewhere), ("gone.csv", elsewhere / "c")):
        (beside / name).symlink_to(to)
    os.mkfifo(beside / "pipe.csv")
    named = inbox_files(workspace)
    assert [path.name for path in named] == ["a.csv", "b.csv", "folder", "gone.csv", "pipe.csv"]
    for path in named[1:]:
        with pytest.raises(InputFault, match=f"inbox/submissions/{path.name}: 是链接、管道或设备"):
            take_in(path, workspace, DAY)


def test_a_folder_that_cannot_be_read_is_no_empty_one(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = workspace.inbox / "submissions" / "p"
    closed.mkdir()
    scan = os.scandir

    def refusing(path: str) -> Any:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert inbox_files(workspace) == [closed]
    with pytest.raises(OSError, match="directory"):
        take_in(closed, workspace, DAY)
