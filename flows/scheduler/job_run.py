"""One run of a job, as any scheduler's accounting log states it; how a format writes it is told in its adapter.

The states are Slurm's words (`man sacct`), so that the rules know one vocabulary: a run that ended as NODE_FAIL,
BOOT_FAIL or REQUEUED is not billable (reconciled.interval), one that FAILED is.
"""

import re
from dataclasses import dataclass
from operator import attrgetter

from hesuan.schemas.kind import EARLIEST_S

COMPLETED, FAILED, CANCELLED, TIMEOUT = "COMPLETED", "FAILED", "CANCELLED", "TIMEOUT"
PREEMPTED, OUT_OF_MEMORY, REQUEUED = "PREEMPTED", "OUT_OF_MEMORY", "REQUEUED"
NODE_FAIL, BOOT_FAIL = "NODE_FAIL", "BOOT_FAIL"

# One accelerator card each, whatever the maker.
CARD_KINDS = ("gpu", "npu", "dcu", "mlu")
# Accelerators under names that do not say whether one of them is a card.
UNCOUNTED_KINDS = ("xpu", "gcu", "hcu", "ppu", "accelerator", "accel", "ascend")
# A resource named with such a word, as gpus, ngpus_physical or gpu_type.
CARD_MENTION = re.compile(
    rf"(?<![a-z])n?({'|'.join((*CARD_KINDS, *UNCOUNTED_KINDS))})s?(?![a-z])", re.IGNORECASE
)


class Unusable(Exception):
    """A line of a log that is no run of a job: its reason code, and why in Chinese."""

    def __init__(self, reason_code: str, reason_zh: str) -> None:
        super().__init__(reason_code, reason_zh)
        self.reason_code, self.reason_zh = reason_code, reason_zh


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """Instants in whole epoch seconds (UTC), lengths in whole seconds; None is not known, never zero.

    record_id: names one run: scheduler, job, array task, start. cluster_id: as the log says, if it does.
    started_at, ended_at: None where the job never ran. card_count: as stated, never counted from requests
    whose reach is unknown; card_evidence as in `usage_interval`.
    """

    record_id: str
    tenant: str | None
    state: str | None
    started_at: int | None
    ended_at: int | None
    card_evidence: str
    card_count: int | None = None
    cluster_id: str | None = None
    account: str | None = None
    user: str | None = None
    node_id: str | None = None
    node_count: int | None = None
    cpu_cores: int | None = None
    elapsed_seconds: int | None = None
    time_limit_seconds: int | None = None


values_of = attrgetter(*Run.__dataclass_fields__)


def card_evidence(count: int | None, *, is_asked: bool) -> str:
    """Silence is `absent`, never zero; cards only asked for are `requested`."""
    if count is not None:
        return "allocated"
    return "requested" if is_asked else "absent"


def whole(text: str, what: str) -> int:
    """A count without sign. Raises Unusable where it is none."""
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise Unusable("BAD_INT", f"{what} “{text}”不是整数")
    return int(text)


def instant(text: str, what: str) -> int:
    """Epoch seconds after 2000. Raises Unusable where they are none."""
    if not re.fullmatch(r"[0-9]{9,10}", text) or int(text) < EARLIEST_S:
        raise Unusable("BAD_AT", f"{what} “{text}”不是 2000 年以后的纪元秒")
    return int(text)


def first_said(*names: str | None) -> str | None:
    """The first name that says something."""
    return next((name for name in names if name), None)
