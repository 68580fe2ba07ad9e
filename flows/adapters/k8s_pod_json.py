"""Kubernetes pods as JSON: `kubectl get pods -A -o json`, the API's PodList, one Pod, or a Pod a line.

What a pod means is judged in `flows.pod.manifest`; here are only texts and lists.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hesuan.flows.pod.manifest import instant, interval, part, shown
from hesuan.flows.pod.request import UnusablePod
from hesuan.flows.pod.row import Row, part_of, refusal
from hesuan.flows.source import Reading, Source, in_utc
from hesuan.flows.text.strict_json import loaded
from hesuan.schemas.fault import InputFault
from hesuan.schemas.format import Format

NAME = "k8s_pod_json"
FORMATS = (
    Format(
        title_zh="kubectl get pods -A -o json（PodList、逐行 Pod）",
        seen_zh="依 core/v1 的文档，未见真件",
        proves=("allocated",),
        cannot_zh="卡是否在用；导出之前已删除的 Pod；型号；只写显存的占几张卡",
    ),
)
SHOWN = 80

_VERSION, _KIND = r'"apiVersion"\s*:\s*"v1"', r'"kind"\s*:\s*"Pod(?:List)?"'
_POD = re.compile(rf"{_VERSION}\s*,\s*{_KIND}|{_KIND}\s*,\s*{_VERSION}")
_NO_ITEMS = re.compile(r'"items"\s*:\s*\[\s*\]')
# Who still runs in the first and is not in the second ended at no known time: an export has one instant.
_SEVERAL_ZH = (
    "一行一份 Pod 清单，几份写在一个文件里：先一份里仍在运行的不知到何时；请各存一个文件，各写 exported_at"
)
_LIST = re.compile(r'"kind"\s*:\s*"List"')


def claims(source: Source) -> bool:
    """An object that is, or whose first items are, v1 Pods; or an empty v1 List, as kubectl prints it."""
    head = source.head.lstrip()
    is_empty = _NO_ITEMS.search(head) and _LIST.search(head) and re.search(_VERSION, head)
    return head.startswith("{") and bool(_POD.search(head) or is_empty)


def read(source: Source) -> Reading:
    """Read one list of pods.

    One accepted row per pod, never per container; row_no is the 1-based place in `items`, or the line. Held from
    the PodScheduled condition (else startTime) to the last container's end, else to the deletion or what the
    conditions of an evicted pod tell (`manifest.lost_at`); a pod that still runs has no end. card_count is exact
    in 1/21000 card, and of a shared card it is the share of cores: null where only memory is stated. device_model is
    null: the node knows it, not the pod.
    Pods without uid, of unknown phase or without the times that their phase asks for are returned as rejects.
    Raises InputFault for broken JSON, for several lists in one file, and for a list that was cut off (metadata.continue).
    Source: Kubernetes API core/v1, Pod; metering.md §2.4.
    """
    exported_at = in_utc(source.declaration.exported_at)
    rows: list[Row] = []
    refused: list[Row] = []
    items, listed_at = _items(source)
    for row_no, found in items:
        try:
            rows.append({"row_no": row_no, "raw": shown(found)} | _read(found, exported_at or listed_at))
        except UnusablePod as unusable:
            raw = found.start if isinstance(found, BrokenLine) else shown(found)
            refused.append(refusal(unusable, row_no=row_no, raw=raw))
    whole = part_of(len(items), rows, refused, declaration=source.declaration)
    return Reading((lambda: whole,))


@dataclass(frozen=True)
class BrokenLine:
    """A line that is no JSON. start: of its text, for the rest may hold secrets; the file itself is evidence."""

    start: str


Items = list[tuple[int, Any]]
"""(row_no, what stands there)"""


def _read(found: Any, exported_at: datetime | None) -> Row:
    if isinstance(found, BrokenLine):
        raise UnusablePod("BAD_JSON", "此行不是完整的 JSON")
    if not isinstance(found, dict):
        raise UnusablePod("NOT_A_POD", "不是对象")
    try:
        return interval(found, exported_at=exported_at)
    except (AttributeError, TypeError) as error:
        raise UnusablePod("NOT_A_POD", "结构与 core/v1 的 Pod 不符") from error


def _items(source: Source) -> tuple[Items, datetime | None]:
    """The pods and, where a list says so itself, when it was made."""
    text = source.text
    if text is None:
        raise InputFault(f"{source.name}: 不是 UTF-8 文本，无法作为 JSON 读取")
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if len(lines) > 1 and _is_line(lines[0][1]):
        found = [*_lines(lines)]
        if any(isinstance(each, dict) and isinstance(each.get("items"), list) for _, each in found):
            raise InputFault(f"{source.name}: {_SEVERAL_ZH}")
        return found, None
    whole = loaded(text, place=source.name)
    if "items" not in whole:
        return [(1, whole)], None
    items, metadata = whole["items"], part(whole, "metadata")
    if not isinstance(items, list):
        raise InputFault(f"{source.name}: items 不是列表")
    if metadata.get("continue"):
        raise InputFault(
            f"{source.name}: 列表只是一页（metadata.continue 不空），请导出全部（--chunk-size=0）"
        )
    return [*enumerate(items, start=1)], _listed_at(metadata.get("creationTimestamp"), source.name)


def _listed_at(written: object, name: str) -> datetime | None:
    try:
        return instant(written)
    except UnusablePod as unusable:
        raise InputFault(f"{name}: 列表自己的时间读不懂：{unusable.args[1]}") from unusable


def _is_line(line: str) -> bool:
    try:
        return isinstance(loaded(line, place=""), dict)
    except InputFault:
        return False


def _lines(lines: list[tuple[int, str]]) -> Iterator[tuple[int, Any]]:
    for number, line in lines:
        try:
            yield number, loaded(line, place="")
        except InputFault:
            yield number, BrokenLine(line[:SHOWN])
