"""Running an order: takes the workspace's lock and chooses the engine."""

import urllib.error
import urllib.request
from collections.abc import Callable

from hesuan.flows.engine import Inline
from hesuan.flows.graph import Order, nightly
from hesuan.flows.outcome import Outcome
from hesuan.flows.workspace import Workspace, held
from hesuan.schemas.fault import UsageFault

HEALTH_SECONDS = 2


def run_order(
    order: Order, *, engine_name: str, server_url: str | None, say: Callable[[str], None]
) -> Outcome:
    """Raises WorkspaceBusy where another run holds the workspace, UsageFault for an engine that is not to be had."""
    if engine_name in ("pool", "dask"):
        raise UsageFault(f"--engine {engine_name}: 此引擎尚未提供；可用 inline 或 prefect")
    through_prefect = engine_name == "prefect" or (engine_name == "auto" and server_url is not None)
    if through_prefect and not answers(server_url):
        if engine_name == "prefect":
            raise UsageFault("--engine prefect: 没有可用的 Prefect 服务（请设置 PREFECT_API_URL 并启动服务）")
        say(f"Prefect 服务 {server_url} 没有应答，改为就地执行")
        through_prefect = False
    if not through_prefect:
        with held(Workspace(order.root)):
            return nightly(Inline(), order)
    from hesuan.flows.nightly import run_as_flow

    return run_as_flow(order)


def answers(server_url: str | None) -> bool:
    """Whether a Prefect server answers at the address within two seconds."""
    if not server_url:
        return False
    try:
        with urllib.request.urlopen(f"{server_url.rstrip('/')}/health", timeout=HEALTH_SECONDS) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False
