"""Append-only logs of JSON lines, written in whole batches: a crash leaves the batches before it and nothing of its own.

Two logs are kept so: the intakes of the evidence store and the voucher ledger.
"""

import json
import os
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from hesuan.schemas.fault import EvidenceFault

Entry = dict[str, Any]
"""One line: its batch (from 1), how many lines the batch has (`of`), and what is recorded."""


def read_entries(path: Path, *, title_zh: str) -> list[Entry]:
    """Every line of whole batches, oldest first; a last batch cut off by a crash was never written.

    Raises EvidenceFault, naming the log by its title, where a line is no entry.
    """
    if not path.exists():
        return []
    try:
        return _whole(path.read_bytes())
    except (ValueError, TypeError, KeyError) as error:
        raise EvidenceFault(f"evidence/{path.name}: {title_zh}损坏：{error}") from error


def append_batch(kind: str, records: list[Any], path: Path) -> None:
    """Append the records as one batch, each under its kind, and sync. What a crash left half written is cut off first."""
    if not records:
        return
    whole = _whole(path.read_bytes()) if path.exists() else []
    batch = 1 + (whole[-1]["batch"] if whole else 0)
    lines = [_line({"batch": batch, "of": len(records), kind: record}) for record in records]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as log:
        log.seek(0)
        log.truncate(sum(len(log.readline()) for _ in whole))
        log.seek(0, os.SEEK_END)
        log.write(b"".join(lines))
        log.flush()
        os.fsync(log.fileno())


def _whole(content: bytes) -> list[Entry]:
    """All but a last batch of which a crash left less than its `of` lines. Raises ValueError where another is not whole."""
    entries = [json.loads(line) for line in content.split(b"\n")[:-1]]
    batches = [(number, list(lines)) for number, lines in groupby(entries, key=itemgetter("batch"))]
    for place, (number, lines) in enumerate(batches, 1):
        is_torn = place == len(batches) and len(lines) < lines[0]["of"]
        if number != place or (not is_torn and any(line["of"] != len(lines) for line in lines)):
            raise ValueError(f"第 {place} 批不全")
        if is_torn:
            return entries[: -len(lines)]
    return entries


def _line(entry: Entry) -> bytes:
    return (json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n").encode("utf-8")
