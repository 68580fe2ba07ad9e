"""Whether an answer of a Prometheus interface says of itself that it may not be all."""

from collections.abc import Mapping
from typing import Any


def warning_of(answer: Mapping[str, Any]) -> Any:
    """What it warns of; nothing that counts as true where it warns of nothing.

    VictoriaMetrics sets isPartial, and no warning, where one of its stores did not answer.
    """
    return answer.get("warnings") or (answer.get("isPartial") and "isPartial")
