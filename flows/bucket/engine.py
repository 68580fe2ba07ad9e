"""An engine around another: what the graph asks for is carried out by it, on copies of what lies in the bucket.

Before a function runs, what it reads is brought; what it wrote is stored after. The graph and its stages know nothing of it.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from hesuan.flows.bucket import step
from hesuan.flows.bucket.book import INTAKE, LEDGER, Books
from hesuan.flows.bucket.lease import Lease
from hesuan.flows.bucket.paper import keep_report
from hesuan.flows.bucket.shelf import bring_earlier, put_up
from hesuan.flows.bucket.store import Store
from hesuan.flows.engine import Engine, Inline, Result, Trouble
from hesuan.flows.intake.evidence import Intake, inbox_files, ledger, record, take_in
from hesuan.flows.lake.file_set import SAYS, set_folder
from hesuan.flows.occupancy.shared import settle
from hesuan.flows.spell.drawer import compare
from hesuan.flows.stages.publish import publish
from hesuan.flows.stages.report import report
from hesuan.flows.stages.stage import stage
from hesuan.schemas.fault import WarehouseFault

SETS_AT_ONCE = 8


class Ashore:
    """Carries out a night on this machine's copies; `engine` does the work, on as many machines as it has."""

    def __init__(self, engine: Engine, store: Store, lease: Lease) -> None:
        self._engine, self._store, self._lease = engine, store, lease
        self._books = Books(store)
        self._books.bring()
        self._shelf = bring_earlier(store)

    def call(self, function: Callable[..., Result], *arguments: Any) -> Any:
        if function is inbox_files:
            return self._engine.call(step.handed_in, self._store.bucket)
        self._lease.check()
        result: Any = self._engine.call(function, *arguments)
        if function is record:
            self._books.keep(INTAKE)
        elif function is publish:
            self._books.keep(LEDGER)
            put_up(self._store, Path(result), self._shelf, keep=arguments[-1], lease=self._lease)
        elif function is report:
            self._lease.check()
            keep_report(self._store, Path(result))
        return result

    def map(
        self, function: Callable[..., Result], items: Iterable[Any], *arguments: Any, tolerate: Trouble = ()
    ) -> list[Any]:
        bucket = self._store.bucket
        if function is take_in:
            taken = self._engine.map(step.take_in, items, bucket, arguments[-1], tolerate=tolerate)
            self._bring_alike([intake for intake in taken if isinstance(intake, Intake)])
            return taken
        if function is stage:
            return self._staged(list(items), user_hash_key=arguments[-1])
        if function in (settle, compare):
            # They read sets that have been brought here, of several files: no worker has them all.
            return Inline().map(function, items, *arguments, tolerate=tolerate)
        return self._engine.map(function, items, *arguments, tolerate=tolerate)

    def artifact(self, *, key: str, markdown: str, table: list[dict[str, Any]]) -> None:
        self._engine.artifact(key=key, markdown=markdown, table=table)

    def _bring_alike(self, taken: list[Intake]) -> None:
        """What two providers have handed in alike is looked into before it is recorded (flows.two_providers)."""
        whose: dict[str, set[str | None]] = {}
        for intake in (*taken, *ledger(self._store.copies)):
            whose.setdefault(intake.sha256, set()).add(intake.declaration.get("provider_id"))
        for intake in taken:
            if len(whose[intake.sha256]) > 1:
                step.bring_evidence(intake, self._store)

    def _staged(self, intakes: list[Intake], *, user_hash_key: str) -> list[Path]:
        """Sets that the bucket has not are made, by whichever machine; then all are brought here.

        What is not whole there after all, or other than it was made, is made anew. Raises WarehouseFault where it stays so.
        """
        names = [set_folder(i, self._store.copies, user_hash_key=user_hash_key).name for i in intakes]
        whole = {
            one.name.split("/")[1] for one in self._store.listed("lake") if one.name.endswith(f"/{SAYS}")
        }
        lacking = [intake for intake, name in zip(intakes, names, strict=True) if name not in whole]
        self._engine.map(step.stage, lacking, self._store.bucket, user_hash_key)
        brought = self._brought(names)
        broken = [intake for intake, name in zip(intakes, names, strict=True) if brought[name] is None]
        if broken:
            self._engine.map(step.stage, broken, self._store.bucket, user_hash_key)
            brought = self._brought(names)
        return [_found(brought[name], f"{self._store.bucket}/lake/{name}") for name in names]

    def _brought(self, names: list[str]) -> dict[str, Path | None]:
        once = list(dict.fromkeys(names))
        with ThreadPoolExecutor(SETS_AT_ONCE) as beside:
            return dict(
                zip(once, beside.map(lambda name: step.bring_set(name, self._store), once), strict=True)
            )


def _found(folder: Path | None, place: str) -> Path:
    if folder is None:
        raise WarehouseFault(f"{place}: 这一份不完整，请再运行一次 hesuan run")
    return folder
