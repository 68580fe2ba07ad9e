"""Engines: whoever carries the graph out, the published rows are the same; a worker lost on the way changes nothing."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from hesuan.flows.engine import Engine, Inline
from hesuan.flows.engines import dask
from hesuan.flows.engines.dask import Dask, cluster
from hesuan.flows.engines.pool import Pool
from hesuan.flows.stages.publish import FIGURES
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import InputFault, UsageFault
from tests.city import City, code_of
from tests.night import tally

CARD = "GPU-0123456789abcdef0000000000000001"
OTHER = code_of(77)
Rows = dict[str, list[tuple[object, ...]]]


def half(number: int) -> int:
    if number % 2:
        raise InputFault(f"{number} 是奇数")
    return number // 2


def slowly(number: int) -> int:
    time.sleep(0.3)
    return number


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as local,
        Client(local) as found,
    ):
        yield found


@pytest.mark.slow
def test_a_file_in_trouble_leaves_the_others_alone_with_every_engine(client: Client) -> None:
    engines: list[Engine] = [Inline(), Pool(), Dask(client)]
    for engine in engines:
        found = engine.map(half, [4, 3, 2], tolerate=(InputFault,))
        assert [str(result) for result in found] == ["2", "3 是奇数", "1"]
        with pytest.raises(InputFault, match="3 是奇数"):
            engine.map(half, [4, 3, 2])


def test_no_scheduler_at_the_address_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "WAIT_SECONDS", 1)
    with pytest.raises(UsageFault, match="没有 Dask 调度器应答"), cluster("tcp://127.0.0.1:9"):
        pass


def workspace_at(root: Path) -> Workspace:
    city = City().with_register()
    for name in ("a", "b"):
        city.honest(name, hours=10_000)
    run = city.row("usage_interval", record_id="J-a")
    run.update(device_uuid=CARD, card_count=1)
    city.add("usage_interval", **{**run, "provider_id": OTHER, "record_id": "J-other", "contract_no": ""})
    return city.hand_in(root)


def published(workspace: Workspace, engine: Engine) -> tuple[str, Rows]:
    outcome = tally(workspace, engine=engine)
    with connect(outcome.database, read_only=True) as connection:
        rows = {name: connection.execute(f"select * from published.{name}").fetchall() for name in FIGURES}
    return outcome.figure_sha256, rows


@pytest.mark.slow
def test_the_pool_gives_the_same_rows_as_inline(tmp_path: Path) -> None:
    inline, pool = (workspace_at(tmp_path / name) for name in ("inline", "pool"))
    found = published(pool, Pool())
    assert found == published(inline, Inline())
    assert any(f"也在机构 {OTHER}" in str(row) for row in found[1]["finding"]), "found in a drawer"


@pytest.mark.slow
def test_dask_gives_the_same_rows_and_survives_the_loss_of_a_worker(tmp_path: Path, client: Client) -> None:
    """One of two workers is killed as soon as a file is being staged."""
    inline, spread = (workspace_at(tmp_path / name) for name in ("inline", "spread"))
    doomed = sorted(client.run(os.getpid).values())[0]
    watch = threading.Thread(target=_kill_at_work, args=(doomed, spread.lake))
    watch.start()
    found = published(spread, Dask(client))
    watch.join()
    assert doomed not in client.run(os.getpid).values()
    assert found == published(inline, Inline())
    published(spread, Inline())
    assert list(spread.lake.glob("*.making")) == [], "the next run clears what the lost worker left"


def _kill_at_work(pid: int, lake: Path) -> None:
    while not list(lake.glob("*")):
        time.sleep(0.001)
    os.kill(pid, signal.SIGKILL)


@pytest.mark.slow
def test_what_a_lost_worker_had_in_hand_is_done_by_another(client: Client) -> None:
    doomed = sorted(client.run(os.getpid).values())[0]
    threading.Timer(0.5, os.kill, (doomed, signal.SIGKILL)).start()
    assert Dask(client).map(slowly, range(10)) == list(range(10))
