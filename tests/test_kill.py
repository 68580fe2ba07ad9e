"""Killed at any moment, a run is as if it had never begun: the next one publishes the same bytes."""

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from tests.city import APPLICANTS, City
from tests.night import tally
from tests.published import dump, pages

# All runs fall on one day: a midnight between two of them would be a difference that no kill has made.
ON_ONE_DAY = """
from datetime import datetime
from hesuan.flows import cli
class Noon:
    now = staticmethod(lambda zone: datetime(2026, 11, 24, 12, tzinfo=zone))
cli.datetime = Noon
cli.main()
"""
RUN = [sys.executable, "-c", ON_ONE_DAY, "run", "--engine", "inline", "-w"]


def standing_city(root: Path) -> Workspace:
    """A workspace with one night behind it and new files in the inbox."""
    tally(City().with_register().honest("first", hours=6000).hand_in(root))
    city = City()
    for place, applicant in enumerate(APPLICANTS[1:5]):
        city.honest(f"later{place}", hours=7000 + place, applicant=applicant, at=f"10:00:0{place}")
    folder = root / "inbox" / "submissions" / "night-two"
    folder.mkdir()
    for table in city.rows:
        (folder / f"{table}.csv").write_text(city.csv(table), encoding="utf-8")
    return Workspace(root)


def claims_in(database: Path) -> int:
    with connect(database, read_only=True) as connection:
        return int(connection.execute("select count(*) from published.claim").fetchall()[0][0])


def survive(tmp_path: Path, *, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    print(f"seed {seed}")
    before = standing_city(tmp_path / "before")
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(before.root, undisturbed, symlinks=True)
    begun = time.monotonic()
    subprocess.run([*RUN, str(undisturbed)], check=True, stdout=subprocess.DEVNULL)
    length = time.monotonic() - begun
    expected = dump(Workspace(undisturbed).published), pages(undisturbed / "reports" / "latest")
    for number in range(kills):
        root = tmp_path / f"kill{number}"
        shutil.copytree(before.root, root, symlinks=True)
        _kill_once(Workspace(root), after=chance.uniform(0, length * 1.05))
        subprocess.run([*RUN, str(root)], check=True, stdout=subprocess.DEVNULL)
        assert (dump(Workspace(root).published), pages(root / "reports" / "latest")) == expected
        shutil.rmtree(root)


def _kill_once(workspace: Workspace, *, after: float) -> None:
    """SIGKILL a run after so many seconds; the database that stood before is read all the while."""
    process = subprocess.Popen([*RUN, str(workspace.root)], stdout=subprocess.DEVNULL)
    end = time.monotonic() + after
    while time.monotonic() < end:
        assert claims_in(workspace.published) in (1, 5)
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert claims_in(workspace.published) in (1, 5)


def test_a_killed_run_leaves_no_trace(tmp_path: Path) -> None:
    survive(tmp_path, kills=2, seed=1)


@pytest.mark.slow
def test_fifty_killed_runs_leave_no_trace(tmp_path: Path) -> None:
    survive(tmp_path, kills=50, seed=random.randrange(10**9))


def test_a_second_run_is_told_that_the_workspace_is_busy(tmp_path: Path) -> None:
    from hesuan.flows.workspace import held

    workspace = City().with_register().honest("a", hours=6000).hand_in(tmp_path / "w")
    with held(workspace):
        second = subprocess.run([*RUN, str(workspace.root)], capture_output=True, text=True, check=False)
    assert second.returncode == 20
    assert second.stdout == ""
    assert len(second.stderr.strip().splitlines()) == 1
    assert "另一次运行正在使用此工作区" in second.stderr
