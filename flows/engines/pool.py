"""The engine of several processes on this machine: files are worked on side by side, the rest is carried out here."""

import multiprocessing
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from hesuan.flows.engine import Result, Trouble, tried


class Pool:
    """`map` in processes of their own, as many as there are cores; a process that dies takes the run with it."""

    def call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        return function(*arguments)

    def map(
        self, function: Callable[..., Result], items: Iterable[Any], *arguments: Any, tolerate: Trouble = ()
    ) -> list[Result | Exception]:
        wanted = list(items)
        # Forked threads of polars and DuckDB would hang: processes start afresh.
        fresh = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(min(os.cpu_count() or 1, len(wanted) or 1), mp_context=fresh) as pool:
            futures = [pool.submit(function, item, *arguments) for item in wanted]
            return [tried(future.result, tolerate=tolerate) for future in futures]

    def artifact(self, *, key: str, markdown: str, table: list[dict[str, Any]]) -> None:
        """A run in this terminal has nowhere to show an artifact; the report says it all."""
