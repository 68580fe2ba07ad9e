"""A real S3 server on loopback, and machines that know nothing of each other but a bucket on it."""

import contextlib
import logging
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from moto.server import ThreadedMotoServer

from hesuan.flows.bucket import step
from hesuan.flows.bucket.book import SETTINGS
from hesuan.flows.bucket.lease import leased
from hesuan.flows.bucket.night import afloat
from hesuan.flows.bucket.place import Bucket
from hesuan.flows.bucket.shelf import bring_earlier, put_up
from hesuan.flows.bucket.store import Store, session, store_of
from hesuan.flows.engine import Engine, Inline
from hesuan.flows.graph import nightly
from hesuan.flows.ground import ordered
from hesuan.flows.outcome import Outcome
from hesuan.flows.stages.publish import publish
from hesuan.flows.stages.reconcile import reconcile
from hesuan.flows.workspace import Workspace, settings_text
from tests.city import POLICY
from tests.night import Pageless

TODAY = date(2026, 11, 23)
ACCESS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


@contextmanager
def server() -> Iterator[dict[str, str]]:
    """The environment of whoever is to reach the server."""
    # Prefect, once imported, prints what every logger says.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    try:
        host, port = running.get_host_and_port()
        yield {**ACCESS, "AWS_ENDPOINT_URL": f"http://{host}:{port}"}
    finally:
        running.stop()


def new_bucket(name: str) -> None:
    session().create_client("s3").create_bucket(Bucket=name)


def machine(name: str, scratch: Path) -> Bucket:
    """The bucket's workspace as a machine sees it that keeps its copies in the folder."""
    return Bucket(name, "city", scratch)


def hand_in(bucket: Bucket, folder: Workspace) -> Store:
    """A workspace in the bucket whose inbox holds what the folder's does."""
    store = store_of(bucket)
    store.write(SETTINGS, settings_text(policy=POLICY).encode(), over=None)
    for path in sorted(p for p in folder.inbox.rglob("*") if p.is_file()):
        store.keep(path, path.relative_to(folder.root).as_posix())
    return store


def lift(bucket: Bucket, folder: Workspace) -> Store:
    """A folder's workspace as it stands after a night, in the bucket."""
    store = hand_in(bucket, folder)
    for path in sorted(p for p in folder.evidence.rglob("*") if p.is_file()):
        store.keep(path, path.relative_to(folder.root).as_posix())
    with leased(store) as lease:
        put_up(store, folder.published.resolve(), bring_earlier(store), keep=7, lease=lease)
    return store


def run_at(bucket: Bucket, engine: Engine | None = None, *, seconds: float = 120.0) -> Outcome:
    with afloat(bucket, seconds=seconds) as around:
        return nightly(around(engine or Inline()), ordered(bucket, POLICY, today=TODAY, as_of=None))


class Elsewhere(Inline):
    """Has what is done file by file done in a process with another home: a machine that shares the bucket alone."""

    def __init__(self, there: ProcessPoolExecutor) -> None:
        self._there = there

    def map(
        self, function: Callable[..., Any], items: Iterable[Any], *arguments: Any, tolerate: Any = ()
    ) -> list[Any]:
        return [self._there.submit(function, item, *arguments).result() for item in items]


@contextmanager
def elsewhere(home: Path) -> Iterator[Elsewhere]:
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh, initializer=_live_in, initargs=(str(home),)) as there:
        yield Elsewhere(there)


def _live_in(home: str) -> None:
    os.environ["HOME"] = home


class Dying(Pageless):
    """Dies without a word once something was done, and before it could be told of."""

    def __init__(self, after: str) -> None:
        self._after = {"taken in": step.take_in, "staged": step.stage, "published": publish}[after]

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return self._die(function, super().call(function, *arguments))

    def map(
        self, function: Callable[..., Any], items: Iterable[Any], *arguments: Any, tolerate: Any = ()
    ) -> list[Any]:
        found: list[Any] = self._die(function, super().map(function, items, *arguments, tolerate=tolerate))
        return found

    def _die(self, function: Callable[..., Any], result: Any) -> Any:
        if function is self._after:
            os._exit(9)
        return result


class Enough(Exception):
    """A night that was to go no further."""


class UntilStaged(Inline):
    """Goes no further than the lake, for tests of what lies in the bucket by then."""

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        if function is reconcile:
            raise Enough
        return super().call(function, *arguments)


def stage_at(bucket: Bucket) -> None:
    with contextlib.suppress(Enough):
        run_at(bucket, UntilStaged())


DIE = """
import sys
from pathlib import Path
from tests.bucket import Dying, machine, run_at
run_at(machine(sys.argv[1], Path(sys.argv[2])), Dying(sys.argv[3]), seconds=1.0)
"""


def die(name: str, scratch: Path, after: str) -> int:
    """A run killed where it stands; the exit code of its process."""
    return subprocess.run(
        [sys.executable, "-c", DIE, name, str(scratch), after],
        cwd=Path(__file__).parents[1],
        check=False,
    ).returncode
