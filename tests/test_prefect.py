"""The nightly flow against a real Prefect server on loopback: by schedule, by hand, and the same bytes as inline."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.workspace import Workspace
from tests.city import APPLICANTS, City
from tests.published import dump, pages

pytestmark = [pytest.mark.slow, pytest.mark.server]
HESUAN = [sys.executable, "-c", "from hesuan.flows.cli import main; main()"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], Any], *, seconds: float) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f"nothing came within {seconds} s")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a real server that answers."""
    port, home = free_port(), tmp_path_factory.mktemp("prefect")
    environment = {
        **os.environ,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_RUNNER_POLL_FREQUENCY": "2",
    }
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", "server", "start"], env=environment, stdout=log, stderr=log
        )
        try:
            wait_for(lambda: answers(environment["PREFECT_API_URL"]), seconds=120)
            yield environment
        finally:
            process.terminate()
            process.wait(timeout=30)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("city")
    whole = City().with_register()
    for place, applicant in enumerate(APPLICANTS[:4]):
        whole.honest(f"c{place}", hours=6000 + place, applicant=applicant, at=f"10:00:0{place}")
    whole.hand_in(root / "w")
    return root / "w"


def copy(city: Path, target: Path) -> Workspace:
    shutil.copytree(city, target)
    return Workspace(target)


def alone(city: Path, target: Path) -> Workspace:
    """The same city after an inline run at the terminal, with no server in sight."""
    workspace = copy(city, target)
    subprocess.run(
        [*HESUAN, "run", "--engine", "inline", "-w", str(workspace.root)],
        check=False,
        stdout=subprocess.DEVNULL,
    )
    assert workspace.published.exists()
    return workspace


def published(workspace: Workspace) -> tuple[dict[str, str], dict[str, str]]:
    return dump(workspace.published), pages(workspace.reports / "latest")


def ask(environment: dict[str, str], path: str, body: str = "{}") -> Any:
    request = urllib.request.Request(
        f"{environment['PREFECT_API_URL']}/{path}",
        data=body.encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def ended(environment: dict[str, str]) -> list[dict[str, Any]]:
    found = ask(environment, "flow_runs/filter")
    return [r for r in found if r["state_type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")]


def test_run_goes_through_the_configured_server(server: dict[str, str], city: Path, tmp_path: Path) -> None:
    """A file that could not be read makes no failed run of it: all else is published."""
    (tmp_path / "odd").mkdir()
    odd = copy(city, tmp_path / "odd" / "w")
    (odd.inbox / "a.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    inline = alone(odd.root, tmp_path / "inline")
    flown = copy(odd.root, tmp_path / "flown")
    done = subprocess.run([*HESUAN, "run", "-w", str(flown.root)], env=server, check=False, timeout=180)
    assert done.returncode == 10
    assert published(flown) == published(inline)
    runs = [r for r in ended(server) if r["parameters"].get("workspace") == str(flown.root)]
    assert [(r["state_type"], r["state"]["message"]) for r in runs] == [
        ("COMPLETED", "已公布，但缺 1 个文件的数据")
    ]
    assert [re.fullmatch(r"核算 \d{4}-\d\d-\d\d", r["name"]) is not None for r in runs] == [True]
    tasks = ask(server, "task_runs/filter", json.dumps({"flow_runs": {"id": {"any_": [runs[0]["id"]]}}}))
    names = {t["name"] for t in tasks}
    assert {"take-in a.csv", "stage a.csv", "take-in registry/voucher.csv", "publish"} <= names


def test_a_busy_workspace_exits_20_through_the_server_too(
    server: dict[str, str], city: Path, tmp_path: Path
) -> None:
    from hesuan.flows.workspace import held

    workspace = copy(city, tmp_path / "busy")
    with held(workspace):
        second = subprocess.run(
            [*HESUAN, "run", "-w", str(workspace.root), "--as-of", "2026-11-20"],
            env=server,
            capture_output=True,
            text=True,
            check=False,
        )
    assert second.returncode == 20
    told = [line for line in second.stderr.splitlines() if "另一次运行正在使用此工作区" in line]
    assert len([line for line in told if line.startswith("WorkspaceBusy: ")]) == 1
    mine = [r for r in ended(server) if r["parameters"].get("workspace") == str(workspace.root)]
    assert [r["name"] for r in mine] == ["核算 2026-11-20"], "by the day that is worked out"


def test_the_deployment_runs_by_schedule_and_by_hand(
    server: dict[str, str], city: Path, tmp_path: Path
) -> None:
    inline = alone(city, tmp_path / "inline")
    served = copy(city, tmp_path / "served")
    serving = subprocess.Popen(
        [*HESUAN, "serve", "-w", str(served.root), "--cron", "* * * * *"],
        env=server,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        mine = {"workspace": str(served.root)}
        by_schedule = wait_for(lambda: [r for r in ended(server) if r["parameters"] == mine], seconds=150)
        assert by_schedule[0]["auto_scheduled"]
        assert by_schedule[0]["state_type"] == "COMPLETED"
        first = published(served)
        subprocess.run(
            [
                sys.executable,
                "-m",
                "prefect",
                "deployment",
                "run",
                "nightly/nightly",
            ],
            env=server,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        by_hand = wait_for(
            lambda: [r for r in ended(server) if r["parameters"] == mine and not r["auto_scheduled"]],
            seconds=150,
        )
        assert by_hand[0]["state_type"] == "COMPLETED"
    finally:
        serving.terminate()
        serving.wait(timeout=60)
    assert first == published(inline)
    assert published(served) == published(inline)
    # Prefect keeps artifacts of its own, without key and type.
    ours = [a for a in ask(server, "artifacts/filter") if (a["key"] or "").startswith("hesuan-")]
    kinds = {artifact["type"] for artifact in ours}
    assert kinds == {"table", "markdown"}


def test_without_an_answering_server_the_run_goes_on_inline(city: Path, tmp_path: Path) -> None:
    workspace = copy(city, tmp_path / "alone")
    environment = {**os.environ, "PREFECT_API_URL": f"http://127.0.0.1:{free_port()}/api"}
    done = subprocess.run(
        [*HESUAN, "run", "-w", str(workspace.root)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "没有应答，改为就地执行" in done.stderr
    assert workspace.published.exists()
