"""What a PBS or TORQUE record says was granted: cards, cores and hosts; the line around it is read in the adapter."""

import re
from collections.abc import Iterator

from hesuan.flows.scheduler.job_run import CARD_KINDS, CARD_MENTION, Unusable, card_evidence, whole
from hesuan.schemas.kind import MOST_CARDS
from hesuan.schemas.tables.usage_interval import MOST_CORES

Fields = dict[str, str]
"""A record's values by key in lower case: `resource_list.nodes` → `4:ppn=8:gpus=2`."""

_LIST = "resource_list."
# ngpus, gpus and gpu are one resource under three names.
_CARD_ITEMS = {kind: re.compile(f"n?{kind}s?", re.IGNORECASE) for kind in CARD_KINDS}
_NCPUS, _PPN = re.compile("ncpus"), re.compile("ppn")
# TORQUE: nodes and its scheduler's copy; some sites write the same into nodect, which is else a mere number.
_NODE_SPECS = ("nodes", "neednodes", "nodect")
_SLOTS = re.compile(r"([0-9]{1,6})(?:-([0-9]{1,6})|\*([0-9]{1,6}))?")
# Some sites have a resource `gpu` that only says whether a host has any.
_BOOLEANS = ("true", "false")


def cards_of(fields: Fields) -> tuple[int | None, str]:
    """card_count and card_evidence of a run that ended.

    exec_vnode, or TORQUE's exec_gpus, states what was granted. Where both are silent, the request is what was
    granted, for PBS starts no job with less: `nodes=N:…:gpus=G` is N×G, ngpus (and alike) is a total. Requests
    that contradict each other, and mere mentions (`nodes=1:gpu`), leave the count unknown.
    Raises Unusable (BAD_CARDS) for a count that is no whole number.
    """
    kinds = _kinds_mentioned(fields)
    try:
        counted = [_stated(fields, item) for kind, item in _CARD_ITEMS.items() if kind in kinds]
        stated = [found for found in counted if found]
    except Unusable as why:
        raise Unusable("BAD_CARDS", why.reason_zh) from why
    is_known = bool(stated) and all(len(found) == 1 for found in stated)
    count = sum(map(sum, stated)) if is_known else None
    if count is not None and count > MOST_CARDS:
        raise Unusable("BAD_CARDS", f"卡数 {count} 多于 {MOST_CARDS}")
    return count, card_evidence(count, is_asked=bool(kinds))


def cores_of(fields: Fields) -> int | None:
    """Cores granted: exec_vnode's ncpus, else the slots of exec_host, else what the request comes to.

    Raises Unusable (BAD_INT) for more than any machine has.
    """
    stated = fields.get("resources_used.ncpus") or fields.get(f"{_LIST}ncpus") or ""
    found = (
        _granted(fields, _NCPUS),
        _slot_count(fields),
        _total_of(fields.get(f"{_LIST}nodes", ""), _PPN),
        int(stated) if re.fullmatch(r"[0-9]{1,9}", stated) else None,
    )
    count = next((count for count in found if count is not None), None)
    if count is not None and count > MOST_CORES:
        raise Unusable("BAD_INT", f"核数 {count} 超出可记的范围")
    return count


def hosts_of(fields: Fields) -> list[str]:
    """The hosts of exec_host, each once, in order."""
    return list(dict.fromkeys(host for host, _ in _hosts(fields)))


def node_count_of(fields: Fields) -> int | None:
    """Hosts, else the stated number of nodes."""
    stated = fields.get(f"{_LIST}nodect", "")
    return len(hosts_of(fields)) or (int(stated) if re.fullmatch(r"[0-9]{1,9}", stated) else None)


def _granted(fields: Fields, item: re.Pattern[str]) -> int | None:
    """The sum over exec_vnode, `(n1:ngpus=2:ncpus=24+n1b:ngpus=2)+(n2:…)`; None where no part names it."""
    parts = [_items(part.split(":")[1:]) for part in _vnode_parts(fields)]
    counts = [whole(value, name) for items in parts for name, value in items if item.fullmatch(name)]
    return sum(counts) if counts else None


def _vnode_parts(fields: Fields) -> list[str]:
    return re.split(r"[+()]", fields.get("exec_vnode", ""))


def _stated(fields: Fields, item: re.Pattern[str]) -> set[int]:
    granted = _granted(fields, item)
    if granted is None and item is _CARD_ITEMS["gpu"]:
        granted = _listed_count(fields)
    return set(_requested(fields, item)) if granted is None else {granted}


def _listed_count(fields: Fields) -> int | None:
    """The cards of exec_gpus, `n1-gpu/0+n1-gpu/1`: what TORQUE chose; None where there are none, or one cannot be read."""
    parts = dict.fromkeys(part for part in fields.get("exec_gpus", "").split("+") if part)
    counts = [_slots_of(part.partition("/")[2]) for part in parts]
    known = [count for count in counts if count is not None]
    return sum(known) if counts and len(known) == len(counts) else None


def _requested(fields: Fields, item: re.Pattern[str]) -> Iterator[int]:
    """Every number of these cards that the request states, each for the whole job.

    The chunks of select show them, too, where a site has no total of them.
    """
    for name in (*_NODE_SPECS, "select"):
        total = _total_of(fields.get(f"{_LIST}{name}", ""), item)
        if total is not None:
            yield total
    for key, value in fields.items():
        is_total = key.startswith(_LIST) and item.fullmatch(key.removeprefix(_LIST))
        if is_total and value.lower() not in _BOOLEANS:
            yield whole(value, key)


def _total_of(spec: str, item: re.Pattern[str]) -> int | None:
    """`2:ppn=8:gpus=2+n07:gpus=4` → 2×2 + 1×4; None where no chunk names the item."""
    counts = []
    for chunk in spec.partition("#")[0].split("+"):
        head, *rest = chunk.split(":")
        times = int(head) if re.fullmatch(r"[0-9]{1,6}", head) else 1
        counts += [times * whole(value, name) for name, value in _items(rest) if item.fullmatch(name)]
    return sum(counts) if counts else None


def _items(parts: list[str]) -> list[tuple[str, str]]:
    """`ppn=8`, `gpus=2` → pairs; properties without a value, as `default`, are left out."""
    pairs = (part.partition("=") for part in parts)
    return [(name, value) for name, mark, value in pairs if mark and value.lower() not in _BOOLEANS]


def _kinds_mentioned(fields: Fields) -> list[str]:
    """Of cards, in the request and in what was granted; a host or vnode that is called gpu01 asks for none."""
    said = " ".join(
        f"{key.removeprefix(_LIST)}={value}"
        for key, value in fields.items()
        if key.startswith(_LIST) or key == "exec_vnode"
    )
    vnodes = {part.partition(":")[0] for part in _vnode_parts(fields)}
    words = set(re.split(r"[\s+:()=,]", said)) - vnodes - set(hosts_of(fields))
    listed = ["gpu"] if fields.get("exec_gpus") else []
    return sorted({*listed, *(kind.lower() for word in words for kind in CARD_MENTION.findall(word))})


def _hosts(fields: Fields) -> list[tuple[str, str]]:
    """exec_host `n1/0-3+n2/0*13` → (n1, 0-3), (n2, 0*13)."""
    parts = fields.get("exec_host", "").split("+")
    return [(host, slots) for host, _, slots in (part.partition("/") for part in parts) if host]


def _slot_count(fields: Fields) -> int | None:
    """The slots of all hosts; None where there are none, or one cannot be read."""
    counts = [_slots_of(listed) for _, listed in _hosts(fields)]
    known = [count for count in counts if count is not None]
    return sum(known) if counts and len(known) == len(counts) else None


def _slots_of(listed: str) -> int | None:
    """`7` and `0*1` are one, `0-3,5` are five, `0*13` thirteen; None for anything else."""
    count = 0
    for part in listed.split(","):
        match = _SLOTS.fullmatch(part)
        first, last, times = match.groups() if match else (None, None, None)
        if first is None or int(last or first) < int(first):
            return None
        count += int(times) if times else int(last or first) - int(first) + 1
    return count
