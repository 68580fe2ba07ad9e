"""A series as an exporter names it, `metric{label="value",…}`, and what it is: a card's reading, or why it is none."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from hesuan.flows.telemetry.die import HALF_CARD, boards, die_place
from hesuan.flows.telemetry.profile import Measure, Profile, first_of, profile_of

_LABEL = re.compile(r'\s*("?)([^\s={},"]+)\1\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)')
_ESCAPE = re.compile(r"\\(.)")
# A ServiceMonitor adds these with the namespace of the exporter itself; that of the card's user is then called
# exported_namespace, and absent while nobody uses the card. The chart's job kubernetes-pods adds namespace and pod alone:
# there the pod is an exporter. Where the user's own pod is named beside it (pod_name), the namespace is the user's.
_SCRAPE = ("service", "endpoint")
_EXPORTER = "exporter"
MEANING = {
    **dict.fromkeys(
        ("metric", "device_uuid", "card_uuid", "tenant", "column", "reason_code", "reason_zh"), pl.String
    ),
    **dict.fromkeys(("times", "over", "rank", "blank_from", "failed"), pl.Int64),
    **dict.fromkeys(("is_exact", "is_owner", "is_part", "is_undefined_in_parts"), pl.Boolean),
}


@dataclass(frozen=True)
class Series:
    """labels: None where they could not be read. metric: '' where the series has no name."""

    metric: str
    labels: dict[str, str] | None


# Stands for lines in which no series could be read: each of them is a point with a fault of its own.
UNREAD = Series("\0", {})


def series_of(metric: str, labels: str) -> Series:
    """From a name and a text of labels: `{a="b"}`, the same without braces, or a JSON object; '' is none."""
    found = labels_of(labels)
    name = metric or (found or {}).get("__name__", "")
    return Series(name.strip(), found)


def labels_of(text: str) -> dict[str, str] | None:
    """None where the text is no list of labels, or names one twice."""
    body = text.strip()
    if body.startswith("{") and re.match(r'\{\s*"[^"]*"\s*:', body):
        return _from_json(body)
    if body.startswith("{") != body.endswith("}"):
        return None
    return _from_exposition(body.removeprefix("{").removesuffix("}"))


def _from_exposition(body: str) -> dict[str, str] | None:
    pairs: list[tuple[str, str]] = []
    at, end = 0, len(body.rstrip())
    while at < end:
        match = _LABEL.match(body, at)
        if match is None:
            return None
        pairs.append((match[2], _ESCAPE.sub(lambda m: "\n" if m[1] == "n" else m[1], match[3])))
        at = match.end()
    return dict(pairs) if len(dict(pairs)) == len(pairs) else None


def _from_json(body: str) -> dict[str, str] | None:
    try:
        pairs = json.loads(body, object_pairs_hook=list)
        json.dumps(pairs, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    is_flat = all(isinstance(value, str | int) for _, value in pairs)
    return {name: str(value) for name, value in pairs} if is_flat and len(dict(pairs)) == len(pairs) else None


def numbered(texts: pl.Series, known: dict[str, int]) -> pl.Series:
    """The number of each text of a series; those not seen before are added to `known`."""
    for text in texts.unique(maintain_order=True):
        known.setdefault(text, len(known))
    number = pl.DataFrame(
        {"text": list(known), "number": list(known.values())}, schema={"text": pl.String, "number": pl.UInt32}
    )
    return texts.to_frame("text").join(number, on="text", how="left", maintain_order="left")["number"]


def meanings(series: Iterable[Series]) -> pl.DataFrame:
    """series_no (0-based) and MEANING: one row per series; reason_code says why a series is no card's reading."""
    rows = [_meaning(each) for each in series]
    dies = {(row["die_place"], row["device_uuid"]) for row in rows if row.get("die_place")}
    board_of = boards(dies)
    frame = pl.DataFrame([_on_its_card(row, board_of) for row in rows], schema=MEANING)
    return frame.with_row_index("series_no")


def _on_its_card(row: dict[str, Any], board_of: dict[str, str]) -> dict[str, Any]:
    """The card is the device, but for a die the board; a die without its other is no card."""
    place, device = row.pop("die_place", None), row.get("device_uuid")
    if place is None:
        return row | {"card_uuid": device}
    if device in board_of:
        return row | {"card_uuid": board_of[device]}
    return row | {"card_uuid": device, "reason_code": "HALF_CARD", "reason_zh": HALF_CARD}


def _meaning(series: Series) -> dict[str, Any]:
    metric = series.metric.lower()
    profile = profile_of(metric)
    labels = {name.lower(): value.strip() for name, value in (series.labels or {}).items()}
    reason = _reason(series, profile, labels)
    said: dict[str, Any] = {"metric": series.metric, "reason_code": reason[0], "reason_zh": reason[1]}
    if profile is None:
        return said
    measure = profile.measures.get(metric, Measure(""))
    return said | {
        "device_uuid": first_of(labels, profile.device),
        "tenant": _tenant(labels, profile),
        "column": measure.column or None,
        "times": measure.times,
        "over": measure.over,
        "rank": measure.rank,
        "blank_from": measure.blank_from,
        "failed": measure.failed,
        "is_exact": measure.is_exact,
        "is_owner": metric in profile.owner,
        "is_part": reason[0] == "PART_OF_CARD",
        "is_undefined_in_parts": metric in profile.undefined,
        "die_place": die_place(labels) if reason == (None, None) else None,
    }


def _reason(
    series: Series, profile: Profile | None, labels: dict[str, str]
) -> tuple[str, str] | tuple[None, None]:
    """The first reason against a series, or (None, None)."""
    metric = series.metric.lower()
    if series == UNREAD:
        return None, None
    if series.labels is None:
        return "BAD_LABELS", '标签读不懂，应如 {uuid="GPU-…"}'
    if not metric:
        return "NO_METRIC", "没有指标名（查询式会去掉它）；请在 source.toml 写明 sample_metric"
    if profile is None:
        return "OTHER_METRIC", f"指标 {series.metric} 不是已知的利用率、功率、显存、温度或能耗，未采用"
    if re.match(profile.share, metric):
        return "SHARE_OF_CARD", f"指标 {series.metric} 是容器、进程或虚拟卡所用的份额，不是整卡的读数"
    part = next((label for label in profile.part if labels.get(label)), None)
    if part is not None:
        return "PART_OF_CARD", f"是{profile.part[part]} {labels[part]} 的读数，不是整卡的，计入会重复"
    if first_of(labels, profile.device) is None:
        wanted = "、".join(profile.device)
        return "NO_DEVICE", f"没有设备的唯一编号（标签 {wanted}）；序号会随重启改变，不能代替"
    return None, None


def _tenant(labels: dict[str, str], profile: Profile) -> str | None:
    found = next((name for name in profile.tenant if labels.get(name)), None)
    is_of_exporter = found == "namespace" and _is_scraped(labels)
    return None if found is None or is_of_exporter else labels[found]


def _is_scraped(labels: dict[str, str]) -> bool:
    """Whether the labels tell of the exporter and not of who uses the card."""
    is_exporter = _EXPORTER in labels.get("pod", "") and not labels.get("pod_name")
    return is_exporter or any(name in labels for name in _SCRAPE)
