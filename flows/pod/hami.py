"""Which shares of which cards HAMi gave to a pod: the annotation hami.io/vgpu-devices-allocated."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hesuan.flows.pod.request import UnusablePod

ALLOCATED = "hami.io/vgpu-devices-allocated"
CARD = "nvidia.com/gpu"
_DEVICE = re.compile(r"([^,:;]+),([^,:;]*),(\d{1,9}),(\d{1,9})")


@dataclass(frozen=True)
class Grant:
    """One card or a share of one. percent: of its cores; 0 means that no share of them was set."""

    device_uuid: str
    percent: int

    @property
    def is_instance(self) -> bool:
        """A MIG instance, `GPU-…[0-1]`: how much of the card it is, is not said."""
        return "[" in self.device_uuid


def grants_of(metadata: Mapping[str, Any]) -> list[Grant]:
    """`<uuid>,<maker>,<MiB>,<percent of cores>:` per card, `;` after each container. Raises UnusablePod.

    Source: HAMi, docs/develop/protocol.md; metering.md §2.4.
    """
    written = (metadata.get("annotations") or {}).get(ALLOCATED) or ""
    entries = [entry for entry in re.split("[:;]", written) if entry.strip()]
    found = [_DEVICE.fullmatch(entry.strip()) for entry in entries]
    if None in found:
        raise UnusablePod("BAD_CARDS", f"注解 {ALLOCATED} 的“{written[:200]}”读不懂")
    return [Grant(match[1], int(match[4])) for match in found if match]


def share_of(grants: list[Grant]) -> Fraction | None:
    """Cards granted, by cores; null where one of them is an instance, or had no share of cores set."""
    if any(grant.percent > 100 for grant in grants):
        raise UnusablePod("BAD_CARDS", f"注解 {ALLOCATED} 中的算力份额超过 100")
    if not grants or any(grant.percent == 0 or grant.is_instance for grant in grants):
        return None
    return Fraction(sum(grant.percent for grant in grants), 100)
