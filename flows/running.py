"""Running an order: takes the workspace's lock and chooses the engine."""

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hesuan.flows.engine import Engine, Inline
from hesuan.flows.graph import Order
from hesuan.flows.ground import carried_out
from hesuan.flows.outcome import Outcome
from hesuan.flows.progress import Progress, Telling
from hesuan.schemas.fault import UsageFault

HEALTH_SECONDS = 2


@dataclass(frozen=True)
class Carrier:
    """Who carries an order out. `name`: auto, inline, pool, prefect or dask; the addresses of servers, where known."""

    name: str
    prefect_url: str | None = None
    dask_address: str | None = None


def run_order(
    order: Order, carrier: Carrier, *, say: Callable[[str], None], progress: Progress | None = None
) -> Outcome:
    """The order carried out; progress is told step by step, except through Prefect, which keeps its own log.

    Raises WorkspaceBusy where another run holds the workspace, UsageFault for an engine that is not to be had.
    """
    if _goes_through_prefect(carrier, say=say):
        from hesuan.flows.nightly import run_as_flow

        return run_as_flow(order)
    return carried_out(
        order, _engine(carrier), told=lambda engine: engine if progress is None else Telling(engine, progress)
    )


def _goes_through_prefect(carrier: Carrier, *, say: Callable[[str], None]) -> bool:
    if carrier.name not in ("auto", "prefect") or (carrier.name == "auto" and carrier.prefect_url is None):
        return False
    if answers(carrier.prefect_url):
        return True
    if carrier.name == "prefect":
        raise UsageFault("--engine prefect: 没有可用的 Prefect 服务（请设置 PREFECT_API_URL 并启动服务）")
    say(f"Prefect 服务 {carrier.prefect_url} 没有应答，改为就地执行")
    return False


@contextmanager
def _engine(carrier: Carrier) -> Iterator[Engine]:
    """The engine for as long as the run lasts; its library is loaded only where it is asked for."""
    if carrier.name == "pool":
        from hesuan.flows.engines.pool import Pool

        yield Pool()
    elif carrier.name == "dask":
        try:
            from hesuan.flows.engines.dask import cluster
        except ImportError as error:
            raise UsageFault("--engine dask: 没有安装 Dask，请安装 hesuan[dask]") from error
        with cluster(carrier.dask_address) as engine:
            yield engine
    else:
        yield Inline()


def answers(server_url: str | None) -> bool:
    """Whether a Prefect server answers at the address within two seconds."""
    if not server_url:
        return False
    try:
        with urllib.request.urlopen(f"{server_url.rstrip('/')}/health", timeout=HEALTH_SECONDS) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False
