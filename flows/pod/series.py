"""Samples of what pods ask for, as stretches: one interval for each unbroken run of the same request."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from statistics import multimode

from hesuan.flows.pod.card import CARD_NAMES, SHARE_NAMES
from hesuan.flows.pod.request import Amounts, Cards, UnusablePod, cards_of, holding_of, whole_cores
from hesuan.flows.pod.row import Life, Row, row_of

# kube-scheduler's: of a pod as a whole, and of pods that are not over yet. kube-state-metrics' requests go on for
# pods that ended and were not deleted, and would count them on.
METRIC = "kube_pod_resource_request"


@dataclass(frozen=True, order=True)
class Owner:
    """One pod on one node. node: empty while it waits. uid: empty where the series has none."""

    namespace: str
    pod: str
    uid: str
    node: str


@dataclass(frozen=True)
class Sample:
    """At `at` the owner asks for `amount` of `resource`."""

    owner: Owner
    resource: str
    at: datetime
    amount: Fraction
    row_no: int
    raw: str


Asked = frozenset[tuple[str, Fraction]]


@dataclass(frozen=True)
class Stretch:
    """One run of one owner, every instant asking for the same. last_at: when it was last seen to."""

    owner: Owner
    first: Sample
    last_at: datetime
    asked: Asked


def step_of(samples: Iterable[Sample]) -> int:
    """Seconds between two samples of one owner: what is most common in the file; 0 where no owner has two."""
    times: dict[Owner, set[datetime]] = {}
    for sample in samples:
        times.setdefault(sample.owner, set()).add(sample.at)
    gaps = [
        round((after - before).total_seconds())
        for seen in times.values()
        for before, after in pairwise(sorted(seen))
    ]
    return min(multimode(gaps), default=0)


def stretches_of(samples: Iterable[Sample], *, step_seconds: int) -> list[Stretch]:
    """The runs of each owner: broken where more than one and a half steps lie between, or the request changes."""
    moments: dict[Owner, dict[datetime, list[Sample]]] = {}
    for sample in samples:
        moments.setdefault(sample.owner, {}).setdefault(sample.at, []).append(sample)
    reach = 1.5 * timedelta(seconds=step_seconds)
    return [run for owner in sorted(moments) for run in _runs(owner, moments[owner], reach)]


def _runs(owner: Owner, moments: dict[datetime, list[Sample]], reach: timedelta) -> list[Stretch]:
    """A request that changes holds until the first sample that shows another."""
    runs: list[Stretch] = []
    for at in sorted(moments):
        asked = frozenset((sample.resource, sample.amount) for sample in moments[at])
        first = min(moments[at], key=lambda sample: sample.row_no)
        if runs and at - runs[-1].last_at <= reach:
            last = runs.pop()
            runs.append(Stretch(owner, last.first, at, last.asked))
            if asked == last.asked:
                continue
        runs.append(Stretch(owner, first, at, asked))
    return runs


def row_of_stretch(stretch: Stretch, *, exported_at: datetime) -> Row:
    """One row: from the first sample to the last one that shows the pod, not a step beyond it.

    What is seen at the file's last instant still runs. Raises UnusablePod.
    """
    owner, amounts = stretch.owner, _amounts(stretch)
    is_running = stretch.last_at >= exported_at
    life = Life("RUNNING", stretch.first.at, None if is_running else stretch.last_at)
    name = owner.uid or f"{owner.namespace}/{owner.pod}"
    return row_of(
        _cards(amounts),
        life if owner.node else Life("PENDING", None, None),
        row_no=stretch.first.row_no,
        raw=stretch.first.raw,
        record_id=f"k8s-series:{name}:{owner.node}:{int(stretch.first.at.timestamp())}",
        tenant=owner.namespace,
        node_id=owner.node or None,
        cpu_cores=whole_cores(amounts.get("cpu", Fraction(0))),
        exported_at=exported_at,
    )


def _amounts(stretch: Stretch) -> Amounts:
    amounts = dict(stretch.asked)
    if len(amounts) < len(stretch.asked):
        raise UnusablePod("CONFLICT", "同一 Pod、同一资源、同一时刻有两个不同的值")
    return amounts


def _cards(amounts: Amounts) -> Cards:
    """As a container of the pod would hold them, unless adding the containers up has blurred a share.

    Two containers with a card each at 30 %, and one with two cards at 60 %, look alike: neither is assumed.
    Percentages that are counted themselves add up.
    """
    said = {SHARE_NAMES[name] for name in amounts if name in SHARE_NAMES}
    shared = {card for card in said if not CARD_NAMES[card].is_of_cores}
    holding = holding_of(amounts)
    return cards_of(
        {
            card: None if card in shared and amounts.get(card) != 1 else count
            for card, count in holding.items()
        }
    )
