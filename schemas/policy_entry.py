"""What every entry of a policy file must say whatever it is about: its fields, its ground in the text, its dates."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, TypeGuard

ASSUMED = "假定"
"""An assumed value has no ground in any text that could be read; its reason begins with this word."""
GROUND = {"article": str, "quote_zh": str, "house_reason_zh": str, "assumed": bool}
DATES = {"valid_from": date, "valid_to": date}
_TYPES_ZH = {str: "文字", bool: "true 或 false", date: "日期（不加引号、不带时刻）", list: "列表", dict: "表"}


@dataclass(frozen=True, order=True)
class Trouble:
    """One thing wrong with a file: on which line, with which key, and what."""

    line: int
    name: str
    says: str


@dataclass(frozen=True)
class Entry:
    """One table of a policy file; an array of tables gives one entry each, under the same name."""

    name: str
    line: int
    says: dict[str, Any]

    def trouble(self, says: str) -> Trouble:
        return Trouble(self.line, self.name, says)


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a sentence on an unknown word: the known one that it may stand for, where there is one."""
    found = get_close_matches(word, sorted(known), n=1)
    return f"，是否为 {found[0]}" if found else ""


def is_date(value: object) -> TypeGuard[date]:
    return isinstance(value, date) and not isinstance(value, datetime)


def field_troubles(entry: Entry, types: dict[str, type], needed: Iterable[str]) -> Iterator[Trouble]:
    """Fields that are unknown, missing, blank or of another type. types: field → type, object for any."""
    for name, value in entry.says.items():
        if name not in types:
            yield entry.trouble(f"不认得的字段 {name}{nearest(name, types)}")
        elif not _is_of(value, types[name]):
            yield entry.trouble(f"{name} 的值 {value!r} 应为{_TYPES_ZH[types[name]]}")
    for name in needed:
        value = entry.says.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            yield entry.trouble(f"缺少 {name}")


def ground_troubles(entry: Entry) -> Iterator[Trouble]:
    """Either an article with its words, or a reason of the house: one of them, never both."""
    article, quote, reason = (
        bool(entry.says.get(name)) for name in ("article", "quote_zh", "house_reason_zh")
    )
    if quote and reason:
        yield entry.trouble("条款原文（quote_zh）与自定理由（house_reason_zh）只可取一")
    elif not reason and not (article and quote):
        yield entry.trouble(
            "须写明条款与原文（article, quote_zh），或写明自定理由（house_reason_zh），二者取一"
        )
    begins = str(entry.says.get("house_reason_zh", "")).startswith(ASSUMED)
    if entry.says.get("assumed") is True and not begins:
        yield entry.trouble(f"assumed = true 的自定理由（house_reason_zh）应以“{ASSUMED}”开头")


def period_of(entry: Entry, instrument: dict[str, Any]) -> tuple[date, date | None] | None:
    """From and until (not included), the instrument's where the entry says none; None where they are no dates."""
    begins = entry.says.get("valid_from", instrument.get("valid_from"))
    ends = entry.says.get("valid_to", instrument.get("valid_to"))
    return (begins, ends) if is_date(begins) and (ends is None or is_date(ends)) else None


def period_troubles(entry: Entry, instrument: dict[str, Any]) -> Iterator[Trouble]:
    period = period_of(entry, instrument)
    if period is not None and period[1] is not None and period[1] <= period[0]:
        yield entry.trouble(f"有效期为空：{period[0]} 至 {period[1]}（失效日不含当日）")


def overlap_troubles(entries: list[Entry], instrument: dict[str, Any]) -> Iterator[Trouble]:
    """Entries of one name of which two are in force on the same day. Days between periods may be left out."""
    dated = [(period, entry) for entry in entries if (period := period_of(entry, instrument)) is not None]
    ordered = sorted(dated, key=lambda each: (each[0][0], each[1].line))
    for (earlier, first), (later, second) in pairwise(ordered):
        if earlier[1] is None or earlier[1] > later[0]:
            yield second.trouble(f"自 {later[0]} 起有两个值同时有效（另一个在第 {first.line} 行）")


def _is_of(value: object, kind: type) -> bool:
    return is_date(value) if kind is date else isinstance(value, kind)
