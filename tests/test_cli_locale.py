"""The command line as it is begun elsewhere: another encoding of the locale, words that are no text, closed streams."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.night import after_first_night

HESUAN = (sys.executable, "-c", "from hesuan.flows.cli import main; main()")
NO_UTF8 = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""As of any locale whose encoding is not UTF-8, which need not be installed here."""


def begun(*words: str | bytes, **more: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*HESUAN, *words], capture_output=True, check=False, **more)  # type: ignore[call-overload]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return after_first_night(tmp_path_factory.mktemp("locale") / "工作区").root


def test_a_file_has_one_name_under_every_locale(root: Path) -> None:
    """What one locale took in and published agrees under another: names are the same, of our own files too."""
    environment = os.environ | NO_UTF8
    assert (begun("verify", root.as_posix(), env=environment).returncode, root.name) == (0, "工作区")
    query = "select '达州' as city"
    told = begun("sql", query, "--json", "-w", root.as_posix(), env=environment | {"PYTHONIOENCODING": "gbk"})
    assert '"达州"' in told.stdout.decode("gbk")


@pytest.mark.parametrize(
    "words",
    [
        ("sql", b"select '\xb4\xef'"),
        ("explain", b"\xb4\xef"),
        ("run", "-w", b"\xb4\xef"),
        ("check", b"\xb4\xef.csv"),
    ],
)
def test_words_that_are_no_text_are_a_line(words: tuple[str | bytes, ...]) -> None:
    told = begun(*words)
    assert told.returncode == 2
    [line] = told.stderr.decode().splitlines()
    assert r"\xb4\xef" in line
    assert "不是 UTF-8" in line


@pytest.mark.parametrize("closed", ["2>&-", ">&-", "<&-", "<&- >&- 2>&-"])
def test_a_closed_stream_stops_nothing(root: Path, closed: str) -> None:
    for words, code in ((f"rules -w '{root}'", 0), ("nosuch", 2)):
        command = f"exec '{HESUAN[0]}' -c '{HESUAN[2]}' {words} {closed}"
        assert subprocess.run(["sh", "-c", command], check=False, capture_output=True).returncode == code


def buffered(**more: str) -> dict[str, str]:
    """As on a user's machine: what is printed waits in Python until there is enough of it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"} | more


@pytest.mark.parametrize(
    "words", ["--help", "rules", "sql --examples", "completion bash", "rules --json", "rules --lang en"]
)
def test_an_output_that_is_full_is_named_and_not_the_workspace(root: Path, words: str) -> None:
    command = f"exec '{HESUAN[0]}' -c '{HESUAN[2]}' {words} > /dev/full"
    told = subprocess.run(
        ["sh", "-c", command],
        check=False,
        capture_output=True,
        env=buffered(HESUAN_WORKSPACE=str(root)),
    )
    assert told.returncode == 13
    [line] = told.stderr.decode().splitlines()
    assert line.startswith("WarehouseFault: /dev/stdout: ")


@pytest.mark.parametrize(("words", "code"), [("nosuch", 2), ("explain nosuch", 2), ("run", 0)])
def test_an_error_output_that_is_full_changes_nothing(root: Path, words: str, code: int) -> None:
    command = f"exec '{HESUAN[0]}' -c '{HESUAN[2]}' {words} 2> /dev/full"
    environment = buffered(HESUAN_WORKSPACE=str(root))
    assert subprocess.run(["sh", "-c", command], check=False, env=environment).returncode == code
