"""A format in which something may be handed in: what was seen of it, what it can prove, and what it cannot.

Which files are of a format and how they are read is its adapter's business (flows/adapters).
"""

from dataclasses import dataclass
from typing import Literal

Proof = Literal["allocated", "occupied", "metered", "active", "billed", "charged", "contract"]
"""Quantities of card-hours by their names in data/reference/quantity.toml, and those of UNCOUNTED."""

# What a file may prove that is no quantity of card-hours.
UNCOUNTED: dict[Proof, str] = {"occupied": "占用时段（卡数未知）", "charged": "计费金额"}


@dataclass(frozen=True, kw_only=True)
class Format:
    """One format that who hands it in would know as his own.

    seen_zh: the versions and files that were really seen; where there were none, what it was written after.
    proves: what its accepted rows can fill at best. cannot_zh: what even a complete file leaves open.
    most_rows: how many rows, the header left out, one export of it has at most; what is beyond stands in another, or nowhere.
    """

    title_zh: str
    seen_zh: str
    proves: tuple[Proof, ...]
    cannot_zh: str
    most_rows: int | None = None
