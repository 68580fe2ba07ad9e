"""The engine of several machines: files are worked on by the workers of a Dask cluster, the rest is carried out here.

The only room that knows Dask. The workspace must lie where every worker sees it under the same path, or in a bucket.
Which worker does what changes nothing: a file's set is named by what it was made from, and a worker lost on the way is
made up for.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from distributed import Client, LocalCluster

from hesuan.flows.engine import Result, Trouble, tried
from hesuan.schemas.fault import UsageFault

WORKERS = 2
WAIT_SECONDS = 10


class Dask:
    """Tasks of a running cluster. Dask decides where they run, never what they give."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        return function(*arguments)

    def map(
        self, function: Callable[..., Result], items: Iterable[Any], *arguments: Any, tolerate: Trouble = ()
    ) -> list[Result | Exception]:
        futures = [self._client.submit(function, item, *arguments, pure=False) for item in items]
        return [tried(future.result, tolerate=tolerate) for future in futures]

    def artifact(self, *, key: str, markdown: str, table: list[dict[str, Any]]) -> None:
        """A run in this terminal has nowhere to show an artifact; the report says it all."""


@contextmanager
def cluster(address: str | None) -> Iterator[Dask]:
    """The cluster whose scheduler listens at the address; without one two workers on this machine.

    Raises UsageFault where nothing answers.
    """
    if address is None:
        local = LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address="127.0.0.1:0")
        with local, Client(local) as client:
            yield Dask(client)
        return
    try:
        client = Client(address, timeout=WAIT_SECONDS)
    except (OSError, ValueError) as error:
        raise UsageFault(f"--address {address}: 没有 Dask 调度器应答") from error
    with client:
        yield Dask(client)
