"""Trouble of the disk is one line that names the place and says what to do, never a traceback."""

import errno
import io
import os
import shutil
from pathlib import Path

import pytest

from hesuan.flows.command.trouble import storage_fault
from hesuan.flows.lake.file_set import begin
from hesuan.flows.stages import stage
from hesuan.flows.warehouse import QueryTrouble, connect
from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import CardFault, WarehouseFault
from tests.night import after_first_night
from tests.test_language import HAN


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return after_first_night(tmp_path / "w")


@pytest.mark.parametrize("name", ["evidence", "lake", "warehouse", "reports"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_file_in_the_place_of_a_folder_is_told(hesuan, workspace: Workspace, name: str, lang: str) -> None:
    shutil.rmtree(workspace.root / name)
    (workspace.root / name).write_text("x")
    code, out, err = hesuan("run", "-q", "-w", workspace.root, "--lang", lang)
    assert (code, out) == (13, "")
    [line] = err.splitlines()
    assert line.startswith(f"WarehouseFault: {workspace.root / name}")
    assert bool(HAN.search(line)) == (lang == "zh")


def test_a_folder_in_the_place_of_the_newest_report_is_told(hesuan, workspace: Workspace) -> None:
    (workspace.reports / "latest").mkdir(parents=True)
    code, _, err = hesuan("run", "-q", "-w", workspace.root)
    assert code == 13
    [line] = err.splitlines()
    assert line.startswith(f"WarehouseFault: {workspace.reports / 'latest'}: ")


def test_a_disk_that_is_full_under_the_lake_is_told(
    hesuan, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The device that is always full stands in for a disk: what polars writes ends there."""

    def begin_full(folder: Path) -> Path:
        making = begin(folder)
        (making / "reject.parquet").symlink_to("/dev/full")
        return making

    monkeypatch.setattr(stage, "begin", begin_full)
    listed = (workspace.inbox / "registry/blacklist.csv").read_text("utf-8")
    (workspace.inbox / "again.csv").write_text(listed + listed.splitlines(keepends=True)[-1], "utf-8")
    code, _, err = hesuan("run", "-q", "-w", workspace.root)
    assert code == 13
    [line] = err.splitlines()
    assert line.startswith(f"WarehouseFault: {workspace.lake}")
    assert "reject.parquet: 磁盘已满" in line


@pytest.mark.parametrize("left", ["warehouse/.work", "reports/{run}"])
def test_a_folder_of_an_earlier_run_that_may_not_be_removed_is_no_file_in_the_way(
    hesuan, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    """The system's answer stands in for a read-only folder: who tests may be allowed everything."""
    assert hesuan("run", "-q", "-w", workspace.root)[0] == 0
    kept = workspace.root / left.format(run=(workspace.reports / "latest").readlink())
    kept.mkdir(exist_ok=True)
    remove = os.rmdir

    def refuse(path: str | Path, **more: int | None) -> None:
        if Path(path).name == kept.name:
            raise PermissionError(errno.EACCES, "Permission denied", str(kept))
        remove(path, **more)

    monkeypatch.setattr("os.rmdir", refuse)
    code, _, err = hesuan("run", "-q", "-w", workspace.root)
    assert code == 13
    assert err == f"WarehouseFault: {kept}: 不许读写（Permission denied）；请让运行者可以读写此处\n"


def test_init_says_what_is_in_its_way(hesuan, tmp_path: Path) -> None:
    (tmp_path / "inbox").write_text("x")
    code, _, err = hesuan("init", "-w", tmp_path)
    assert code == 13
    [line] = err.splitlines()
    assert line.startswith(f"WarehouseFault: {tmp_path / 'inbox'}")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "/w: 磁盘已满"),
        (OSError(errno.EROFS, "Read-only file system", "/w/lake"), "/w/lake: 不许读写"),
        (OSError(errno.EISDIR, "Is a directory", "/w/a", None, "/w/b"), "/w/b: 该是文件夹处是文件，或相反"),
        (OSError(errno.EIO, "Input/output error", "/w/lake"), "/w/lake: 系统读写出错"),
        (io.UnsupportedOperation("seek"), "/w: 系统读写出错（seek）"),
    ],
)
def test_trouble_names_its_place_or_the_workspace(error: OSError, says: str) -> None:
    [line] = storage_fault(error, "/w").lines()
    assert line.startswith(says)


@pytest.mark.parametrize("trouble", [QueryTrouble, CardFault])
def test_a_disk_that_is_full_under_the_database_is_told(trouble: type[Exception]) -> None:
    with pytest.raises(WarehouseFault, match="磁盘已满"), connect():
        raise trouble('Could not write file "build.duckdb.wal": No space left on device')
    with pytest.raises(WarehouseFault, match="磁盘已满"), connect():
        raise trouble("Failed to create checkpoint because of error: Disk quota exceeded")
    with pytest.raises(trouble, match="another"), connect():
        raise trouble("another")


@pytest.mark.parametrize("words", ["Input/output error", "File too large", "Read-only file system"])
def test_a_disk_that_fails_under_the_database_is_told(words: str, tmp_path: Path) -> None:
    says = f"build.duckdb: 系统读写出错（{words}）"
    with pytest.raises(WarehouseFault, match=says), connect(tmp_path / "build.duckdb"):
        raise QueryTrouble(f'Failed to create checkpoint because of error: Could not write file "x": {words}')


@pytest.mark.parametrize("query", ["", " ;", " -- 一句注释", "/* 注释 */"])
@pytest.mark.parametrize("shape", ["table", "json", "parquet"])
def test_a_query_that_asks_nothing_is_told(
    hesuan, workspace: Workspace, tmp_path: Path, query: str, shape: str
) -> None:
    out = tmp_path / "answer"
    code, _, err = hesuan("sql", query, "--format", shape, "--out", out, "-w", workspace.root)
    assert code == 2
    [line] = err.splitlines()
    assert "查询有误" in line
    assert not out.exists()


@pytest.mark.parametrize("shape", ["parquet", "csv", "json", "table", "xlsx"])
def test_a_device_that_is_full_stands_where_it_stood(
    hesuan, workspace: Workspace, tmp_path: Path, shape: str
) -> None:
    """Reached by a link of our own: what would be removed is the link, never the machine's device."""
    device = tmp_path / "full"
    device.symlink_to("/dev/full")
    code, _, err = hesuan("sql", "select 1", "--format", shape, "--out", device, "-w", workspace.root)
    assert (code, len(err.splitlines()), device.is_symlink()) == (2, 1, True)
    assert err.startswith(f"UsageFault: {device}: 写不下")


def test_serving_without_a_server_that_answers_is_one_line(
    hesuan, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    code, out, err = hesuan("serve", "-w", workspace.root)
    assert (code, out) == (2, "")
    assert err == "UsageFault: Prefect 服务 http://127.0.0.1:1/api 没有应答，值守不了；请启动它再运行\n"


def test_serving_by_what_is_no_cron_expression_is_one_line(hesuan, workspace: Workspace) -> None:
    code, _, err = hesuan("serve", "-w", workspace.root, "--cron", "每夜两点半")
    assert code == 2
    assert err == "UsageFault: --cron 每夜两点半: 不是 cron 表达式，应如 30 2 * * *\n"
