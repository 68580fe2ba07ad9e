"""The nodes that a scheduler's list names: `n1,n2`, and Slurm's `cn[01-04,07],rack[1-2]gpu[1-4]`."""

import re
from itertools import product
from math import prod

# More than any job has; what names more is no list to write out.
MOST_NODES = 10_000
_ITEM = re.compile(r"(?:[^\[\],\s]|\[[0-9,-]+\])+")
_GROUP = re.compile(r"\[([0-9,-]+)\]")
_RANGE = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")


def nodes_of(listed: str) -> list[str]:
    """Each node once, in the order of the list; none where the list cannot be read or names more than MOST_NODES.

    Source: slurm.schedmd.com, scontrol(1), `show hostnames`; numbers are as wide as the first of their range.
    """
    if not any(mark in listed for mark in ",[]"):
        return [listed]
    items = _ITEM.findall(listed)
    if ",".join(items) != listed:
        return []
    found: dict[str, None] = {}
    for item in items:
        # Names and what stands in brackets take turns.
        parts = [_numbers(part) if i % 2 else [part] for i, part in enumerate(_GROUP.split(item))]
        if len(found) + prod(map(len, parts)) > MOST_NODES:
            return []
        found |= dict.fromkeys(map("".join, product(*parts)))
    return list(found)


def _numbers(ranges: str) -> list[str]:
    """`01-03,7` → 01, 02, 03, 7; nothing where one of them is no range, or the whole is beyond MOST_NODES."""
    numbers: list[str] = []
    for said in ranges.split(","):
        matched = _RANGE.fullmatch(said)
        if matched is None:
            return []
        first, last = matched[1], matched[2] or matched[1]
        count = int(last) - int(first) + 1
        if count < 1 or len(numbers) + count > MOST_NODES:
            return []
        numbers += [str(number).zfill(len(first)) for number in range(int(first), int(last) + 1)]
    return numbers
