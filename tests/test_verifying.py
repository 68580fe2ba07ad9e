"""`hesuan verify`: what agrees is said to, and every way in which evidence can be other than it was is found."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from hesuan.flows.evidence import ledger, object_path
from hesuan.flows.verifying import verify_folder
from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import UsageFault
from tests.night import after_first_night


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return after_first_night(tmp_path / "w")


def an_object(workspace: Workspace) -> Path:
    return object_path(workspace, ledger(workspace)[0].sha256)


def test_what_was_taken_in_and_published_agrees(workspace: Workspace) -> None:
    verified = verify_folder(workspace.root)
    assert verified.troubles == []
    assert verified.object_count == len({i.sha256 for i in ledger(workspace)})
    assert verified.intake_count == len(ledger(workspace))
    assert verified.run is not None
    assert verified.run.is_same_code
    assert [line.endswith("逐一相符") for line in verified.lines(lang="zh")] == [True, True, True, False]


def test_the_evidence_folder_alone_will_do(workspace: Workspace, tmp_path: Path) -> None:
    shutil.copytree(workspace.evidence, tmp_path / "stick" / "evidence")
    for folder in (tmp_path / "stick", tmp_path / "stick" / "evidence"):
        verified = verify_folder(folder)
        assert (verified.troubles, verified.run) == ([], None)
        assert "没有核对数字" in verified.lines(lang="zh")[2]


def test_a_copy_of_the_evidence_is_read_itself_whatever_its_name(
    workspace: Workspace, tmp_path: Path
) -> None:
    """Beside the true folder, and alone."""
    for stick in (workspace.root / "evidence-stick", tmp_path / "far" / "ev-2026"):
        shutil.copytree(workspace.evidence, stick)
        assert verify_folder(stick).troubles == []
        file = stick / an_object(workspace).relative_to(workspace.evidence)
        file.chmod(0o644)
        file.write_bytes(b"?" + file.read_bytes()[1:])
        assert len(verify_folder(stick).troubles) == 1
    assert verify_folder(workspace.evidence).troubles == []


@pytest.mark.parametrize(
    "change", ["delete from published.run", "insert into published.run from published.run"]
)
def test_a_database_of_no_one_run_is_told(workspace: Workspace, change: str) -> None:
    published(workspace, change)
    [line] = verify_folder(workspace.root).troubles
    assert "应为一行" in line


def another_byte(workspace: Workspace) -> None:
    path = an_object(workspace)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)


def one_byte_more(workspace: Workspace) -> None:
    path = an_object(workspace)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"\n")


def gone(workspace: Workspace) -> None:
    an_object(workspace).unlink()


def a_link(workspace: Workspace) -> None:
    path = an_object(workspace)
    path.rename(workspace.root / "elsewhere")
    path.symlink_to(workspace.root / "elsewhere")


def a_link_to_nothing(workspace: Workspace) -> None:
    a_link(workspace)
    (workspace.root / "elsewhere").unlink()


def a_stranger(workspace: Workspace) -> None:
    (workspace.evidence / "objects" / "sha256" / "notes.txt").write_text("x")


def a_broken_ledger(workspace: Workspace) -> None:
    path = workspace.evidence / "intake.jsonl"
    path.write_text("{]\n" + path.read_text("utf-8"), "utf-8")


def published(workspace: Workspace, change: str) -> None:
    path = workspace.published.resolve()
    path.chmod(0o644)
    with duckdb.connect(str(path)) as connection:
        connection.execute(change)


def another_figure(workspace: Workspace) -> None:
    published(workspace, "update published.claim set disposition = 'hold'")


def another_sm3(workspace: Workspace) -> None:
    published(workspace, "update published.input_file set sm3 = repeat('0', 64)")


def another_input(workspace: Workspace) -> None:
    published(workspace, "update lake.input_file set file_sha256 = repeat('0', 64) where file_rank = 1")


def no_database(workspace: Workspace) -> None:
    path = workspace.published.resolve()
    path.chmod(0o644)
    path.write_bytes(b"no database" * 1000)


@pytest.mark.parametrize(
    ("change", "parts", "says"),
    [
        (another_byte, ["objects", "run"], "与名称不符"),
        (one_byte_more, ["objects", "intakes", "run"], "与名称不符"),
        (gone, ["intakes", "run"], "不在证据库中"),
        (a_link, ["objects"], "一个链接"),
        (a_link_to_nothing, ["objects", "intakes", "run"], "一个链接"),
        (a_stranger, ["objects"], "不是证据库放文件的地方"),
        (a_broken_ledger, ["intakes"], "收录台账损坏"),
        (another_figure, ["run"], "run.figure_sha256"),
        (another_sm3, ["run"], "SM3"),
        (another_input, ["run"], "run.input_sha256"),
        (no_database, ["run"], "warehouse/hesuan.duckdb"),
    ],
)
def test_what_is_other_than_it_was_is_found(
    workspace: Workspace, change: Callable[[Workspace], None], parts: list[str], says: str
) -> None:
    change(workspace)
    verified = verify_folder(workspace.root)
    assert [part for part, lines in verified.amiss.items() if lines] == parts
    assert says in verified.troubles[0]


def test_figures_of_other_code_are_not_said_to_agree(workspace: Workspace) -> None:
    published(workspace, "update published.run set code_sha256 = repeat('0', 64)")
    verified = verify_folder(workspace.root)
    assert verified.troubles == []
    assert "未重算指纹" in verified.lines(lang="zh")[2]


def test_a_folder_without_evidence_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(UsageFault, match="没有收录台账"):
        verify_folder(tmp_path)
