"""Declarations that stood for a file once: what its usage was counted by, until source.toml said otherwise."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

from hesuan.flows.intake.evidence import Former, Intake, declaring

# By these a row of usage is another one: whose it is, where, when, and what it measures. A later export time completes.
BEARING = (
    *("provider_id", "cluster_id", "tenant", "time_zone", "time_origin"),
    *("sample_period_seconds", "sample_metric", "headers"),
)


def formers_of(copies: list[Intake], stands: dict[str, Any]) -> tuple[Former, ...]:
    """Of one content's intakes, in the order of the ledger, the declarations that bear on usage otherwise than `stands`."""
    steps: list[Intake] = []
    for batch in sorted({intake.batch for intake in copies}):
        [step] = declaring([intake for intake in copies if intake.batch == batch]).values()
        if not steps or _bearing(steps[-1].declaration) != _bearing(step.declaration):
            steps.append(step)
    return tuple(
        Former(step.declaration, step.taken_on, following.taken_on)
        for step, following in pairwise(steps)
        if "unreadable" not in step.declaration and _bearing(step.declaration) != _bearing(stands)
    )


def told_by_former(intakes: list[Intake]) -> list[Intake]:
    """Every intake as it was under each of its former declarations."""
    return [
        replace(intake, declaration=former.declaration, formers=())
        for intake in intakes
        for former in intake.formers
    ]


def _bearing(declaration: dict[str, Any]) -> dict[str, Any]:
    return {name: declaration.get(name) for name in (*BEARING, "unreadable")}
