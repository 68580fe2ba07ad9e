"""A night over a test workspace: whole, or no more of it than a test looks at."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from hesuan.flows.engine import Engine, Inline
from hesuan.flows.graph import Order, night, nightly
from hesuan.flows.outcome import Outcome
from hesuan.flows.stages.report import report
from hesuan.flows.workspace import Workspace
from hesuan.schemas.policy import Policy, load_policy
from tests.city import POLICY, City

TODAY = date(2026, 11, 23)
# No file of the honest city is late by then.
IN_TIME = date(2026, 4, 5)


class Pageless(Inline):
    """Leaves the pages out, for tests that look at figures only: a thousand dossiers take longer than their sums."""

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return arguments[1] if function is report else super().call(function, *arguments)


def run(workspace: Workspace, *, as_of: date | None = None, engine: Engine | None = None) -> Outcome:
    order = Order(workspace.root, POLICY, today=TODAY, as_of=as_of)
    return nightly(engine or Inline(), order)


@cache
def of_one_reading(policy_id: str = POLICY) -> Policy:
    """The policy without its other readings, which take half of a night and are looked at elsewhere."""
    policy = load_policy(policy_id)
    plain = tuple(replace(p, alternatives=()) for p in policy.parameters)
    return replace(policy, parameters=plain, sha256=f"one reading of {policy.sha256}")


def tally(
    workspace: Workspace,
    policy: Policy | None = None,
    *,
    today: date = TODAY,
    as_of: date | None = None,
    engine: Engine | None = None,
) -> Outcome:
    """A night of figures: no pages, and no reading but the policy's own."""
    order = Order(workspace.root, POLICY, today=today, as_of=as_of)
    return night(engine or Pageless(), order, policy or of_one_reading())


@cache
def _first_night() -> Workspace:
    root = Path(tempfile.mkdtemp(prefix="night-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    workspace = City().with_register().honest("a", hours=6000).hand_in(root / "w")
    tally(workspace, today=IN_TIME)
    return workspace


def after_first_night(root: Path) -> Workspace:
    """A workspace of its own in which a city of one honest claim, C-a, was tallied once. Spent once, copied after."""
    shutil.copytree(_first_night().root, root, symlinks=True, dirs_exist_ok=True)
    return Workspace(root)
