"""How many cards a pod holds: what its containers ask for, reckoned as Kubernetes schedules it, exact in fractions.

Counted are cards, and of a shared card the share of its cores. The share of its memory is another quantity: it is
never turned into cards.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hesuan.flows.pod.card import CARD_NAMES, PLUGIN_ASCEND, SHARE_NAMES, SOLE, is_no_card
from hesuan.schemas.tables.usage_interval import MOST_CORES

# apimachinery, resource.Quantity.
_QUANTITY = re.compile(r"(\d{1,18}(?:\.\d{1,9})?)([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,2})?")
_FACTOR = {
    **{"n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 10**3), "": Fraction(1)},
    **{letter: Fraction(1000**power) for power, letter in enumerate("kMGTPE", start=1)},
    **{f"{letter}i": Fraction(1024**power) for power, letter in enumerate("KMGTPE", start=1)},
}

Amounts = dict[str, Fraction]
"""Resource name → amount asked for."""
Holding = dict[str, Fraction | None]
"""Card name → cards; None where a part of a card is asked for and how much is not said."""


class UnusablePod(ValueError):
    """(reason code, sentence)"""


@dataclass(frozen=True)
class Cards:
    """count: null where unknown. evidence: allocated, ascend910, requested or absent, as in usage_interval."""

    count: Fraction | None
    evidence: str
    device_uuid: str | None = None


def quantity(written: object) -> Fraction:
    """`8`, `500m`, `1.5`, `2k`, `1e3`, `8Gi` as an exact number. Raises UnusablePod."""
    found = _QUANTITY.fullmatch(str(written))
    if found is None:
        raise UnusablePod("BAD_QUANTITY", f"“{written}”不是 Kubernetes 的数量")
    number, suffix = Fraction(Decimal(found[1])), found[2] or ""
    power = suffix[1:] if suffix[:1] in ("e", "E") and len(suffix) > 1 and suffix != "Ei" else ""
    return number * (Fraction(10) ** int(power) if power else _FACTOR[suffix])


def amounts_of(container: Mapping[str, Any]) -> Amounts:
    """Requests of a container; an extended resource given only as a limit is asked for as well."""
    resources = container.get("resources") or {}
    asked = {**(resources.get("limits") or {}), **(resources.get("requests") or {})}
    return {name: quantity(written) for name, written in asked.items()}


def holding_of(amounts: Amounts) -> Holding:
    """The cards that one container, or a pod of one, holds."""
    holding: Holding = {}
    for name, amount in amounts.items():
        card = SHARE_NAMES.get(name, name)
        if card in CARD_NAMES:
            holding[card] = _worth(card, amounts)
        elif not is_no_card(name) and amount:
            # It may be a card of a maker that we do not know.
            holding[name] = None
    return holding


def _worth(card: str, amounts: Amounts) -> Fraction | None:
    """Cards, times their share of cores where one is stated; a share of memory alone says nothing of that."""
    known, count = CARD_NAMES[card], amounts.get(card)
    if count is None or known.worth is None:
        return None
    if count.denominator != 1:
        raise UnusablePod("BAD_CARDS", f"{card} 的数量 {count} 不是整数")
    is_shared = any(amounts.get(name) for name in known.shares)
    if known.is_of_cores:
        # Memory may be had without any cores.
        return None if is_shared and not count else count * known.worth
    if not count:
        return Fraction(0)
    percent = amounts.get(known.cores) if known.cores else None
    if percent and percent > 100:
        raise UnusablePod("BAD_CARDS", f"{known.cores} 为 {percent}，超过每卡 100")
    if percent:
        return count * percent / 100
    return None if is_shared else count * known.worth


def pod_holding(spec: Mapping[str, Any]) -> Holding:
    """What a pod holds while it is there: the larger of what its containers and any init container need.

    Init containers that stay (restartPolicy Always) run beside the containers and beside the later init ones.
    Source: Kubernetes, Init Containers, resource sharing within containers; Sidecar Containers (1.28).
    """
    beside: Holding = {}
    peak: Holding = {}
    for container in spec.get("initContainers") or []:
        held = holding_of(amounts_of(container))
        if container.get("restartPolicy") == "Always":
            beside = _added([beside, held])
            held = {}
        peak = _larger(peak, _added([beside, held]))
    working = (holding_of(amounts_of(container)) for container in spec.get("containers") or [])
    return _larger(peak, _added([beside, *working]))


def _added(holdings: Iterable[Holding]) -> Holding:
    total: Holding = {}
    for holding in holdings:
        for name, count in holding.items():
            known = total.get(name, Fraction(0))
            total[name] = None if known is None or count is None else known + count
    return total


def _larger(left: Holding, right: Holding) -> Holding:
    total: Holding = {}
    for name in {**left, **right}:
        counts = [holding.get(name, Fraction(0)) for holding in (left, right)]
        known = [count for count in counts if count is not None]
        total[name] = max(known) if len(known) == len(counts) else None
    return total


def cards_of(holding: Holding) -> Cards:
    """The sum over the names; nothing asked for is `absent`, a share that is not said `requested`.

    `ascend910`: the sum is of the plugin's devices, cards or dies. With other names beside one of SOLE nothing can be said.
    """
    if not holding:
        return Cards(None, "absent")
    known = [count for count in holding.values() if count is not None]
    if len(known) < len(holding) or (len(holding) > 1 and not holding.keys().isdisjoint(SOLE)):
        return Cards(None, "requested")
    return Cards(sum(known, Fraction(0)), "ascend910" if PLUGIN_ASCEND in holding else "allocated")


def cores_of(spec: Mapping[str, Any]) -> int | None:
    """CPU cores that a pod's containers ask for; null where it is no whole number, for it is never rounded."""
    asked = [amounts_of(container).get("cpu") for container in spec.get("containers") or []]
    return whole_cores(sum((cores for cores in asked if cores is not None), Fraction(0)))


def whole_cores(total: Fraction) -> int | None:
    if total > MOST_CORES:
        raise UnusablePod("BAD_QUANTITY", f"CPU 核数 {total} 超出可记的范围")
    return int(total) if total and total.denominator == 1 else None
