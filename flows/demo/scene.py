"""What is told in the demo city: scenes of orders, the change played on their dossiers, their labels."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from hesuan.flows.demo.dossier import Dossier, Job, Order, Row
from hesuan.flows.demo.names import Names


@dataclass(frozen=True)
class Planted:
    """One label: `wrong`: rule_id must be raised on the claim; `honest`: nothing may block or hold it."""

    claim_id: str
    kind: str
    rule_id: str
    note_zh: str


@dataclass(frozen=True)
class Desk:
    """What scenes reach beside their dossiers: the bureau's tables, other jobs, names, chance, numbers."""

    rng: Random
    names: Names
    registry: dict[str, list[Row]]
    jobs: dict[str, list[Job]]

    def invoice_number(self) -> str:
        """数电票: year, Sichuan, channel, 15 digits of sequence."""
        while True:
            number = f"26517{self.rng.randrange(10**15):015d}"
            if number not in self.names.used:
                self.names.used.add(number)
                return number

    def add(self, table: str, *rows: Row) -> None:
        self.registry.setdefault(table, []).extend(rows)


Change = Callable[[tuple[Dossier, ...], Desk], None]


def leave(_: tuple[Dossier, ...], __: Desk) -> None:
    """The scene's orders are its whole story."""


@dataclass(frozen=True)
class Scene:
    """labels: (which order, rule id, note). kind is `wrong`, `honest` or `plain` (no labels)."""

    kind: str
    orders: tuple[Order, ...]
    labels: tuple[tuple[int, str, str], ...] = ()
    change: Change = leave


def story(kind: str, rule_id: str, note_zh: str, *orders: Order, change: Change = leave) -> Scene:
    """A scene whose every order carries the same label."""
    labels = tuple((place, rule_id, note_zh) for place in range(len(orders)))
    return Scene(kind, orders, labels, change)


wrong = partial(story, "wrong")
honest = partial(story, "honest")
