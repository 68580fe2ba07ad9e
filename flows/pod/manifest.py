"""What one Pod object of Kubernetes says of usage: who held how many cards, from when until when."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hesuan.flows.pod.card import A3_NODE, ACCELERATOR
from hesuan.flows.pod.hami import CARD, grants_of, share_of
from hesuan.flows.pod.request import (
    Cards,
    UnusablePod,
    amounts_of,
    cards_of,
    cores_of,
    holding_of,
    pod_holding,
)
from hesuan.flows.pod.row import NO_INSTANT, Row, life_of, row_of, state_of
from hesuan.schemas.kind import EARLIEST
from hesuan.schemas.tables.usage_interval import MOST_SECONDS

# The kubelet writes startTime and the first conditions at once, in whole seconds.
FIRST_STATUS = timedelta(seconds=1)
# A queue says more of who pays than the account that runs the pod.
QUEUES = (
    "kueue.x-k8s.io/queue-name",
    "volcano.sh/queue-name",
    "scheduling.volcano.sh/queue-name",
    "scheduling.k8s.io/queue-name",
)


def interval(pod: Mapping[str, Any], *, exported_at: datetime | None) -> Row:
    """The cells of one pod, without its place. Raises UnusablePod."""
    metadata, spec, status = (part(pod, name) for name in ("metadata", "spec", "status"))
    if pod.get("kind", "Pod") != "Pod" or not spec or not status:
        raise UnusablePod(
            "NOT_A_POD", f"不是完整的 Pod（kind 是“{pod.get('kind')}”，须有 metadata、spec、status）"
        )
    uid = word(metadata, "uid")
    if not uid:
        raise UnusablePod("BAD_ID", "没有 metadata.uid：名字会重用，不能作编号")
    state, deleted = state_of(status.get("phase")), instant(metadata.get("deletionTimestamp"))
    life = life_of(
        state,
        scheduled=scheduled_at(status),
        finished=finished_at(status) or (lost_at(status, deleted=deleted) if state == "FAILED" else None),
        deleted=deleted,
        exported_at=exported_at,
    )
    return row_of(
        pod_cards(metadata, spec),
        life,
        record_id=f"k8s:{uid}",
        tenant=word(metadata, "namespace"),
        account=_account(metadata, spec),
        node_id=word(spec, "nodeName"),
        cpu_cores=cores_of(spec),
        time_limit_seconds=_deadline(spec),
        exported_at=exported_at,
    )


def scheduled_at(status: Mapping[str, Any]) -> datetime | None:
    """When the scheduler placed it; pods that were placed by hand have only the kubelet's startTime."""
    for condition in status.get("conditions") or []:
        if condition.get("type") == "PodScheduled" and condition.get("status") == "True":
            at = instant(condition.get("lastTransitionTime"))
            return at or instant(status.get("startTime"))
    return instant(status.get("startTime"))


def finished_at(status: Mapping[str, Any]) -> datetime | None:
    """When the last container ended; null while one runs, or where one ended nobody knows when."""
    states = [part(container, "state") for container in _containers(status)]
    if any("running" in state for state in states):
        return None
    ends = [instant(part(state, "terminated").get("finishedAt")) for state in states if "terminated" in state]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def lost_at(status: Mapping[str, Any], *, deleted: datetime | None) -> datetime | None:
    """When a pod failed whose containers do not say when they ended, as its conditions tell it; else null.

    DisruptionTarget: when it was chosen to be evicted, preempted or shut down; what ends it comes after, so no hour is
    counted that was not. Without one and without a deletion, when it ceased to be ready, the earlier of two times: at
    its end or before. It tells nothing where it was so from the kubelet's first status on, nor does the garbage
    collector's DisruptionTarget, which comes any time later.
    Source: Kubernetes, Pod Lifecycle; Disruptions, Pod disruption conditions.
    """
    chosen = _turned(status, "DisruptionTarget", "True")
    if chosen:
        return min([*chosen, deleted] if deleted else chosen)
    if deleted:
        return None
    first = instant(status.get("startTime"))
    ceased = [*_turned(status, "Ready", "False"), *_turned(status, "ContainersReady", "False")]
    return min((at for at in ceased if first and at > first + FIRST_STATUS), default=None)


def _turned(status: Mapping[str, Any], kind: str, to: str) -> list[datetime]:
    """When a condition became what it is; nothing where it is another, or was set by the garbage collector."""
    found = [
        instant(condition.get("lastTransitionTime"))
        for condition in status.get("conditions") or []
        if (condition.get("type"), condition.get("status")) == (kind, to)
        and condition.get("reason") != "DeletionByPodGC"
    ]
    return [at for at in found if at is not None]


def pod_cards(metadata: Mapping[str, Any], spec: Mapping[str, Any]) -> Cards:
    """What was granted where HAMi says so, else what was asked for."""
    holding, grants = pod_holding(spec), grants_of(metadata)
    if spec.get("resourceClaims"):
        # Devices claimed by name (dynamic resource allocation): the pod does not say how many there are.
        return Cards(None, "requested")
    if any(holding_of(amounts_of(container)) for container in spec.get("initContainers") or []):
        grants = []
    granted = share_of(grants)
    if granted is not None or any(grant.is_instance for grant in grants):
        holding[CARD] = granted
    cards = _of_boards(cards_of(holding), spec)
    is_one = len(grants) == 1 and cards.count == 1
    return Cards(cards.count, cards.evidence, grants[0].device_uuid if is_one else None)


def _of_boards(cards: Cards, spec: Mapping[str, Any]) -> Cards:
    """The plugin's devices as cards, where the pod is bound to nodes on which two of them are one."""
    kind = word(part(spec, "nodeSelector"), ACCELERATOR)
    if cards.evidence != "ascend910" or cards.count is None or not A3_NODE.fullmatch(kind or ""):
        return cards
    return Cards(cards.count / 2, "allocated")


def instant(written: object) -> datetime | None:
    """RFC 3339 with its zone, as UTC; null where nothing stands. Raises UnusablePod."""
    if written is None:
        return None
    try:
        there = datetime.fromisoformat(str(written))
        at = there.astimezone(UTC) if there.tzinfo else None
    except NO_INSTANT as error:
        raise UnusablePod("BAD_AT", f"“{written}”不是时刻") from error
    if at is None or at < EARLIEST:
        raise UnusablePod("BAD_AT", f"“{written}”没有时区，或早于 2000 年，不是可信的时刻")
    return at


def part(whole: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = whole.get(name)
    return found if isinstance(found, dict) else {}


def word(whole: Mapping[str, Any], name: str) -> str | None:
    """A text, or nothing. Raises UnusablePod."""
    found = whole.get(name)
    if not isinstance(found, str | None):
        raise UnusablePod("NOT_A_POD", f"{name} 应是文本，不是“{found}”")
    return found


def shown(pod: Any) -> str:
    """What was looked at, for people; commands and environments may hold secrets and stay out."""
    if not isinstance(pod, dict):
        return json.dumps(pod, ensure_ascii=False, separators=(",", ":"), default=str)
    metadata, spec = part(pod, "metadata"), part(pod, "spec")
    kept = {
        "kind": pod.get("kind"),
        "metadata": {name: metadata[name] for name in _KEPT if name in metadata},
        "spec": {"nodeName": spec.get("nodeName"), "containers": [*_asked(spec)]},
        "status": {name: value for name, value in part(pod, "status").items() if name in _STATUS},
    }
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"), default=str)


_KEPT = ("name", "namespace", "uid", "creationTimestamp", "deletionTimestamp")
_STATUS = ("phase", "reason", "startTime", "conditions", "containerStatuses", "initContainerStatuses")


def _asked(spec: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What stands there in place of a list, or of a container, is shown as nothing."""
    for listed in (spec.get("initContainers"), spec.get("containers")):
        for container in listed if isinstance(listed, list) else []:
            if isinstance(container, dict):
                yield {"name": container.get("name"), "resources": container.get("resources")}


def _containers(status: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]


def _account(metadata: Mapping[str, Any], spec: Mapping[str, Any]) -> str | None:
    says = {**part(metadata, "annotations"), **part(metadata, "labels")}
    return next((word(says, name) for name in QUEUES if says.get(name)), word(spec, "serviceAccountName"))


def _deadline(spec: Mapping[str, Any]) -> int | None:
    seconds = spec.get("activeDeadlineSeconds")
    if seconds is not None and not (isinstance(seconds, int) and 0 <= seconds <= MOST_SECONDS):
        raise UnusablePod("BAD_DURATION", f"activeDeadlineSeconds “{seconds}”不是秒数")
    return seconds
