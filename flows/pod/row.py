"""Pods as rows of usage_interval, whichever way they were listed: typed columns, exact cards, rejects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from hesuan.flows.pod.request import Cards, UnusablePod
from hesuan.flows.source import Declaration, Part
from hesuan.schemas.kind import CARDS, INSTANT_TYPE, MOST_CARDS
from hesuan.validators.gate import REJECT_SCHEMA

TABLE = "usage_interval"
# Phases of core/v1 PodStatus. Unknown is left out: the platform itself does not know what became of the pod.
PHASES = ("PENDING", "RUNNING", "SUCCEEDED", "FAILED")
OVER = ("SUCCEEDED", "FAILED")
# The lowest common multiple of 1 to 7 and of a thousandth: every share of a card that is counted is a whole number.
UNITS = 21000
PLACES = Decimal("0.000001")
SCHEMA = {
    **dict.fromkeys(("sheet", "raw", "provider_id", "cluster_id", "record_id", "tenant"), pl.String),
    **dict.fromkeys(("account", "node_id", "device_uuid", "state", "card_evidence"), pl.String),
    **dict.fromkeys(("row_no", "cpu_cores", "time_limit_seconds", "node_count"), pl.Int64),
    **dict.fromkeys(("started_at", "ended_at", "exported_at"), INSTANT_TYPE),
    "card_count": CARDS.dtype,
}
Row = dict[str, Any]
# What Python raises for a text that is no instant, and for one that lies in no year of UTC.
NO_INSTANT = (ValueError, OverflowError)


@dataclass(frozen=True)
class Life:
    """What became of a pod. ended_at: null while it runs."""

    state: str
    started_at: datetime | None
    ended_at: datetime | None


def state_of(phase: object) -> str:
    """The phase in capitals, as every state is written. Raises UnusablePod."""
    word = str(phase or "").strip().upper()
    if word not in PHASES:
        raise UnusablePod("BAD_STATE", f"“{phase}”不是可计的 Pod 阶段（Pending、Running、Succeeded、Failed）")
    return word


def life_of(
    state: str,
    *,
    scheduled: datetime | None,
    finished: datetime | None,
    deleted: datetime | None,
    exported_at: datetime | None,
) -> Life:
    """Scheduled → finished, else deleted. A pod that waits never counts, whatever times stand beside it.

    A deletion after the export has not come yet: Kubernetes sets it ahead by the grace period. What is over was so by
    the export. Raises UnusablePod for a pod that is over, or runs, without the times for it: what it held is unknown
    and is not made up.
    """
    if state == "PENDING" or (state == "FAILED" and scheduled is None):
        return Life(state, None, None)
    if scheduled is None:
        raise UnusablePod("NO_START", f"阶段是 {state}，却没有调度时刻")
    if state in OVER and finished is None and deleted is None:
        raise UnusablePod("NO_END", f"阶段是 {state}，却没有结束时刻，也没有删除时刻")
    if deleted and exported_at and deleted > exported_at:
        deleted = exported_at if state in OVER else None
    # A pod that runs keeps its cards, whichever of its containers has finished or is between two starts.
    return Life(state, scheduled, (finished if state in OVER else None) or deleted)


def row_of(cards: Cards, life: Life, **cells: Any) -> Row:
    """One row; `cells`: row_no, raw, record_id, tenant and what else is known. Raises UnusablePod."""
    return {
        **cells,
        "card_count": None if cards.count is None else card_count(cards.count),
        "card_evidence": cards.evidence,
        "device_uuid": cards.device_uuid,
        "state": life.state,
        "started_at": life.started_at,
        "ended_at": life.ended_at,
        "node_count": None if life.started_at is None else 1,
    }


def card_count(cards: Fraction) -> Decimal:
    """Six places, the nearest; reconciled.attributed makes the same units of it again. Raises UnusablePod."""
    units = cards * UNITS
    if units.denominator != 1 or not 0 <= cards <= MOST_CARDS:
        raise UnusablePod("BAD_CARDS", f"卡数 {cards} 多于 {MOST_CARDS}，或不是 1/{UNITS} 卡的整数倍")
    return (Decimal(int(units)) / UNITS).quantize(PLACES)


def part_of(row_count: int, rows: Sequence[Row], refused: Sequence[Row], *, declaration: Declaration) -> Part:
    """`refused`: row_no, raw, reason_code, reason_zh. What a row does not say itself is as declared."""
    says = {"provider_id": declaration.provider_id, "cluster_id": declaration.cluster_id}
    frame = pl.DataFrame([says | row for row in rows], schema=SCHEMA)  # type: ignore[arg-type]
    rejected = pl.DataFrame([{"table_name": TABLE} | row for row in refused], schema=REJECT_SCHEMA)
    return Part(row_count, {TABLE: frame}, rejected.sort("row_no", maintain_order=True))


def refusal(unusable: UnusablePod, *, row_no: int, raw: str) -> Row:
    code, sentence = unusable.args
    return {"row_no": row_no, "raw": raw, "reason_code": code, "reason_zh": sentence}
