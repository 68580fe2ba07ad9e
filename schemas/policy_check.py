"""Everything that is wrong with a policy file, by line: the instrument, the parameters, and what they must hold."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from hesuan.schemas import rate_tier
from hesuan.schemas.policy_entry import (
    DATES,
    GROUND,
    Entry,
    Trouble,
    field_troubles,
    ground_troubles,
    nearest,
    overlap_troubles,
    period_troubles,
)
from hesuan.schemas.policy_key import POLICY_KEYS, PolicyKey
from hesuan.schemas.policy_value import NUMBERS, Value, alternative_value, normal, value_trouble
from hesuan.schemas.toml_place import Places

INSTRUMENT = {
    **dict.fromkeys(("title_zh", "issuer", "number", "status", "text_sha256", "source_zh"), str),
    "is_default": bool,
    **DATES,
}
NEEDED = ("title_zh", "issuer", "number", "status", "valid_from")
STATUSES = ("draft", "final")
FIELDS: dict[str, type] = {
    "value": object,
    "unit": str,
    "title_zh": str,
    "reading": str,
    "alternatives": list,
    **GROUND,
    **DATES,
}
TABLES = ("instrument", "parameter", rate_tier.NAME)


def troubles(says: dict[str, Any], places: Places) -> list[Trouble]:
    """All of them, by line; none: the file may be used. says: the file as tomllib reads it, decimals as Decimal."""
    found = list(_document_troubles(says, places))
    instrument = says.get("instrument", {})
    tree = says.get("parameter", {})
    if isinstance(instrument, dict) and isinstance(tree, dict):
        head = Entry("instrument", places.line(("instrument",)), instrument)
        entries, stray = entries_of(tree, places)
        found += _instrument_troubles(head) if "instrument" in says else []
        found += [*stray, *(_presence_troubles(entries, places) if "parameter" in says else [])]
        for entry in entries:
            found += _entry_troubles(entry, instrument)
        for name in dict.fromkeys(entry.name for entry in entries):
            found += overlap_troubles([e for e in entries if e.name == name], instrument)
        found += _tier_troubles(says, places, {entry.name for entry in entries}, instrument)
    return sorted(set(found))


def entries_of(
    tree: dict[str, Any], places: Places, path: tuple[str, ...] = ("parameter",)
) -> tuple[list[Entry], list[Trouble]]:
    """Flatten [parameter.pool.amount_yuan] to key pool.amount_yuan; a list of tables is one key with periods."""
    entries: list[Entry] = []
    stray: list[Trouble] = []
    for part, node in tree.items():
        below = (*path, part)
        name = ".".join(below[1:])
        periods = node if isinstance(node, list) and node else [node]
        if not all(isinstance(each, dict) for each in periods):
            stray.append(Trouble(places.line(below), name, "应为一张表，内有 value、title_zh 等字段"))
            entries += [Entry(name, places.line(below), {})] if name in POLICY_KEYS else []
        elif isinstance(node, list) or name in POLICY_KEYS or FIELDS.keys() & node.keys():
            entries += [Entry(name, places.line(below, nth), each) for nth, each in enumerate(periods)]
        else:
            more, strays = entries_of(node, places, below)
            entries += more
            stray += strays
    return entries, stray


def _document_troubles(says: dict[str, Any], places: Places) -> Iterator[Trouble]:
    for name, node in says.items():
        if name not in TABLES:
            yield Trouble(places.line((name,)), name, f"不认得的表{nearest(name, TABLES)}")
        elif name != rate_tier.NAME and not isinstance(node, dict):
            yield Trouble(places.line((name,)), name, "应为一张表")
    for name in ("instrument", "parameter"):
        if name not in says:
            yield Trouble(1, name, "缺少这张表")


def _tier_troubles(
    says: dict[str, Any], places: Places, keys: set[str], instrument: dict[str, Any]
) -> Iterator[Trouble]:
    tiers, stray = rate_tier.tier_entries(says, places)
    yield from stray
    for tier in tiers:
        yield from rate_tier.tier_troubles(tier, instrument)
    if tiers and rate_tier.SELECT not in keys:
        yield tiers[0].trouble(f"有分档比例时须有参数 {rate_tier.SELECT}")


def _instrument_troubles(entry: Entry) -> Iterator[Trouble]:
    yield from field_troubles(entry, INSTRUMENT, NEEDED)
    yield from period_troubles(entry, entry.says)
    status = entry.says.get("status")
    if isinstance(status, str) and status not in STATUSES:
        yield entry.trouble(f"status“{status}”应为 {'、'.join(STATUSES)} 之一")
    digest = entry.says.get("text_sha256")
    if (
        isinstance(digest, str)
        and digest
        and not (len(digest) == 64 and set(digest) <= set("0123456789abcdef"))
    ):
        yield entry.trouble("text_sha256 应为 64 位小写十六进制，或留空")


def _presence_troubles(entries: list[Entry], places: Places) -> Iterator[Trouble]:
    """Keys that the engine cannot do without, and keys that another one makes void."""
    values: dict[str, set[str]] = {}
    for entry in entries:
        values.setdefault(entry.name, set()).add(str(entry.says.get("value")).lower())
    for key in POLICY_KEYS.values():
        is_lifted = key.unless is not None and values.get(key.unless[0]) == {key.unless[1]}
        if key.needed and not is_lifted and key.name not in values:
            yield Trouble(places.line(("parameter",)), key.name, "缺少这个参数")
        elif is_lifted and key.unless is not None and key.name in values:
            line = next(e.line for e in entries if e.name == key.name)
            yield Trouble(line, key.name, f"{key.unless[0]} = {key.unless[1]} 时不应有这个参数")


def _entry_troubles(entry: Entry, instrument: dict[str, Any]) -> Iterator[Trouble]:
    key = POLICY_KEYS.get(entry.name)
    if key is None:
        yield entry.trouble(f"不认得的参数{nearest(entry.name, POLICY_KEYS)}")
    if not entry.says:
        return
    yield from field_troubles(entry, FIELDS, ("title_zh", "value"))
    yield from ground_troubles(entry)
    yield from period_troubles(entry, instrument)
    if key is not None and "value" in entry.says:
        yield from _value_troubles(entry, key)


def _value_troubles(entry: Entry, key: PolicyKey) -> Iterator[Trouble]:
    trouble = value_trouble(key, entry.says["value"])
    if trouble is not None:
        yield entry.trouble(trouble)
    if key.kind in NUMBERS and entry.says.get("unit") != key.unit:
        yield entry.trouble(f"单位 {entry.says.get('unit', '（未写）')} 应为 {key.unit}")
    others = entry.says.get("alternatives", [])
    seen: list[object] = [normal(entry.says["value"])]
    for text in others if isinstance(others, list) else []:
        other = alternative_value(key, text) if isinstance(text, str) else None
        trouble = "应以文字写出" if other is None else _alternative_trouble(key, other, seen)
        if trouble is not None:
            yield entry.trouble(f"其他读法 {text!r} {trouble}")
        else:
            seen.append(other)


def _alternative_trouble(key: PolicyKey, other: Value, seen: list[object]) -> str | None:
    if isinstance(other, Decimal) and not other.is_finite():
        return "不是有限的数值"
    return "与所取的值或另一读法相同" if other in seen else value_trouble(key, other)
