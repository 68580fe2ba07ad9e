"""The nightly job as a Prefect flow: the same graph, one task per file, nothing cached or persisted by Prefect.

The only room that knows Prefect. Frames never pass through it: tasks take and give paths and small records.
"""

import os
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

# Both switches are needed, and before Prefect is imported: DO_NOT_TRACK alone still phones home.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")

from prefect import flow, runtime, task, unmapped
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import EntrypointType
from prefect.schedules import Cron
from prefect.states import Completed, State
from prefect.task_runners import ThreadPoolTaskRunner

from hesuan.flows.bucket.place import SCRATCH, Root, root_named
from hesuan.flows.engine import Result, Trouble
from hesuan.flows.graph import Order
from hesuan.flows.ground import carried_out, ordered
from hesuan.flows.intake.evidence import inbox_name, take_in
from hesuan.flows.outcome import Outcome
from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import UsageFault, visible
from hesuan.schemas.kind import ZONE

WORKERS = 2
LONGEST_NAME = 200
# As in prefect.yaml: of two slugs Prefect would keep both schedules of the deployment, and run every night twice.
SCHEDULE = "nightly"
# A file still being written, or a share that is briefly away: only taking in can be helped by trying again.
RETRIED: dict[Callable[..., Any], dict[str, Any]] = {take_in: {"retries": 2, "retry_delay_seconds": [2, 10]}}


def _name_of(function: Callable[..., Any]) -> str:
    return function.__name__.replace("_", "-")


def _task_run_name(task_name: str, parameters: dict[str, Any]) -> str:
    """The task, and of what is done for each file the file's name in the inbox, as text that any server takes."""
    first = next(iter(parameters.values()), None)
    if isinstance(first, Path) and isinstance(workspace := parameters.get("workspace"), Workspace):
        name = inbox_name(first, workspace) if first.is_relative_to(workspace.inbox) else ""
    else:
        # An intake, or an object of a bucket's inbox: nothing of a bucket is loaded where there is none.
        name = "" if isinstance(first, Path) else str(getattr(first, "name", ""))
    shown = visible(name).encode("utf-8", "backslashreplace").decode()
    return f"{task_name} {shown[:LONGEST_NAME]}".rstrip()


class PrefectEngine:
    """Tasks of the running flow. Prefect decides when they run, never what they give."""

    def __init__(self) -> None:
        self._tasks: dict[Callable[..., Any], Any] = {}

    def _task(self, function: Callable[..., Result]) -> Any:
        if function not in self._tasks:
            self._tasks[function] = task(
                function,
                name=_name_of(function),
                task_run_name=partial(_task_run_name, _name_of(function)),
                tags=["hesuan"],
                cache_policy=NO_CACHE,
                persist_result=False,
                **RETRIED.get(function, {}),
            )
        return self._tasks[function]

    def call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        result: Result = self._task(function)(*arguments)
        return result

    def map(
        self, function: Callable[..., Result], items: Iterable[Any], *arguments: Any, tolerate: Trouble = ()
    ) -> list[Result | Exception]:
        futures = self._task(function).map(list(items), *[unmapped(argument) for argument in arguments])
        results = [future.result(raise_on_failure=False) for future in futures]
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, tolerate):
                raise result
        return results

    def artifact(self, *, key: str, markdown: str, table: list[dict[str, Any]]) -> None:
        create_table_artifact(table=table, key=f"{key}-table", description="处理建议与金额")
        create_markdown_artifact(markdown=markdown, key=key, description="每夜核算")


def scheduled_day() -> date:
    """The day of the flow run's scheduled time in Asia/Shanghai: late or repeated runs keep their day."""
    scheduled: datetime = runtime.flow_run.scheduled_start_time
    return scheduled.astimezone(ZoneInfo(ZONE)).date()


def _flow_run_name() -> str:
    """By the day that is worked out, for a late run has its scheduled day and not the day it ran on."""
    said = runtime.flow_run.parameters
    return f"核算 {said.get('as_of') or said.get('today') or scheduled_day()}"


@flow(
    name="nightly",
    flow_run_name=_flow_run_name,
    task_runner=ThreadPoolTaskRunner(max_workers=WORKERS),
    persist_result=False,
    validate_parameters=True,
)
def nightly(workspace: str, policy: str | None = None, as_of: str | None = None) -> State[str]:
    """The nightly job on a workspace. Gives the figure digest; the rest lies in the workspace.

    as_of (YYYY-MM-DD) defaults to the scheduled day in Asia/Shanghai.
    """
    day = date.fromisoformat(as_of) if as_of else scheduled_day()
    outcome = _carried_out(workspace, policy, today=day, as_of=day)
    return _ended(outcome, outcome.figure_sha256)


@flow(
    name="nightly-by-hand",
    flow_run_name=_flow_run_name,
    task_runner=ThreadPoolTaskRunner(max_workers=WORKERS),
    persist_result=False,
)
def by_hand(workspace: str, policy: str, today: str, as_of: str | None = None) -> State[Outcome]:
    """`hesuan run` where a server is configured: the same graph, asked for at the terminal."""
    day = date.fromisoformat(as_of) if as_of else None
    outcome = _carried_out(workspace, policy, today=date.fromisoformat(today), as_of=day)
    return _ended(outcome, outcome)


def _ended(outcome: Outcome, given: Result) -> State[Result]:
    """The run is complete, for all that could be read is published; its state says how many files could not be."""
    return Completed(data=given, message=outcome.shortfall)


def _carried_out(workspace: str, policy_id: str | None, *, today: date, as_of: date | None) -> Outcome:
    root = root_named(workspace, os.environ.get(SCRATCH))
    return carried_out(ordered(root, policy_id, today=today, as_of=as_of), nullcontext(PrefectEngine()))


def run_as_flow(order: Order) -> Outcome:
    """Carry out an order as a flow run of the configured server. Faults come through as they are."""
    outcome: Outcome = by_hand(
        workspace=str(order.bucket or order.root),
        policy=order.policy_id,
        today=order.today.isoformat(),
        as_of=order.as_of.isoformat() if order.as_of else None,
    )
    return outcome


def serve_nightly(root: Root, *, cron: str) -> None:
    """Serve the schedule until stopped. One run at a time, later ones wait; stopping does not pause the schedule.

    Raises UsageFault where `cron` is no cron expression.
    """
    try:
        schedule = Cron(cron, timezone=ZONE, slug=SCHEDULE)
    except ValueError as error:
        raise UsageFault(f"--cron {cron}: 不是 cron 表达式，应如 30 2 * * *") from error
    nightly.serve(
        name="nightly",
        schedules=[schedule],
        parameters={"workspace": str(root)},
        tags=["hesuan", "nightly"],
        global_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE),
        pause_on_shutdown=False,
        entrypoint_type=EntrypointType.MODULE_PATH,
        print_starting_message=False,
    )
