"""Engines: who carries out the graph. All have `call`, `map` and `artifact`; the same graph gives the same bytes."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")
Trouble = tuple[type[Exception], ...]


class Engine(Protocol):
    """Carries out plain functions whose arguments and results are paths and small records, never frames."""

    def call(self, function: Callable[..., Result], *arguments: Any) -> Result: ...

    def map(
        self, function: Callable[..., Result], items: Iterable[Any], *arguments: Any, tolerate: Trouble = ()
    ) -> list[Result | Exception]:
        """One result per item, in order; trouble of a tolerated kind stands in for the item's result."""
        ...

    def artifact(self, *, key: str, markdown: str, table: list[dict[str, Any]]) -> None: ...


class Inline:
    """In this process, one after the other; no server, no network."""

    def call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        return function(*arguments)

    def map(
        self, function: Callable[..., Result], items: Iterable[Any], *arguments: Any, tolerate: Trouble = ()
    ) -> list[Result | Exception]:
        return [tried(function, item, *arguments, tolerate=tolerate) for item in items]

    def artifact(self, *, key: str, markdown: str, table: list[dict[str, Any]]) -> None:
        """Inline runs have nowhere to show an artifact; the report says it all."""


def tried(function: Callable[..., Result], *arguments: Any, tolerate: Trouble) -> Result | Exception:
    """What the function gives, or the trouble it meets where that is tolerated."""
    try:
        return function(*arguments)
    except tolerate as trouble:
        return trouble
