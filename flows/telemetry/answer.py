"""What an answer of a Prometheus interface says of itself: whether it may not be all, and whether it is of pods."""

import re
from collections.abc import Mapping
from typing import Any

_NAME = re.compile(r'"__name__"\s*:\s*"([^"]*)"')
_POD_LABELS = tuple(
    re.compile(rf'"(?:exported_)?{name}"\s*:\s*"') for name in ("namespace", "pod", "resource")
)


def warning_of(answer: Mapping[str, Any]) -> Any:
    """What it warns of; nothing that counts as true where it warns of nothing.

    VictoriaMetrics sets isPartial, and no warning, where one of its stores did not answer.
    """
    return answer.get("warnings") or (answer.get("isPartial") and "isPartial")


def is_of_pods(head: str, *, sample_metric: str | None) -> bool:
    """Whether its first series is one of Kubernetes itself, or has no name and the labels of what a pod asks for.

    sample_metric: as declared for series without a name.
    """
    name = _NAME.search(head)
    if name is not None:
        return name[1].startswith("kube_")
    return sample_metric is None and all(label.search(head) for label in _POD_LABELS)
