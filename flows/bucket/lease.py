"""The lock of a workspace in a bucket: an object that is written only over what was last read of it.

Whoever holds it writes it anew several times in the life of a lease; a lease that is over may be taken by another run.
Time is told by the storage alone. A run that lost its lease without noticing can still harm nothing: evidence and sets
are named by their content, and ledgers and the list of databases are written under the same kind of condition.
"""

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hesuan.flows.bucket.store import Small, Store
from hesuan.schemas.fault import UsageFault, WarehouseFault, WorkspaceBusy

LOCK = ".lock"
LEASE_SECONDS = 120.0
# The storage tells time in whole seconds, both of now and of when an object was written.
SLACK_SECONDS = 1.0
BEATS = 4
"""How often a lease is renewed in its life; it counts as lost when all but one of them failed."""


class Lease:
    """The workspace, held. term: grows with every holder, so that no two of them ever write the same."""

    def __init__(self, store: Store, *, seconds: float) -> None:
        self._store = store
        self._ended = threading.Event()
        self._is_lost = False
        there = store.read(LOCK)
        said = _said(store, there)
        left = said["seconds"] + SLACK_SECONDS - (there.age_seconds if there else 0.0)
        if said["holder"] and left > 0:
            raise _busy(store, said, left=left)
        place = f"{socket.gethostname()} {os.getpid()} {store.copies.root}"
        self._says = {"term": said["term"] + 1, "holder": place, "seconds": seconds, "beat": 0}
        etag = store.write(LOCK, _line(self._says), over=None if there is None else there.etag)
        if etag is None:
            raise _busy(store, _said(store, store.read(LOCK)), left=seconds)
        self._etag = etag
        self._beating = threading.Thread(target=self._beat, args=(seconds / BEATS,), daemon=True)

    def check(self) -> None:
        """Raises WorkspaceBusy where another run has taken the workspace over."""
        if self._is_lost:
            raise WorkspaceBusy(
                f"{self._store.bucket}: 本次运行的租约已失效，另一次运行可能已接手此工作区；本次未公布"
            )

    def begin(self) -> None:
        self._refuse_unconditional()
        self._beating.start()

    def end(self) -> None:
        self._ended.set()
        self._beating.join()
        if not self._is_lost:
            self._store.write(LOCK, _line({**self._says, "holder": ""}), over=self._etag)

    def _beat(self, pause: float) -> None:
        failed = 0
        while not self._is_lost and not self._ended.wait(pause):
            says = {**self._says, "beat": self._says["beat"] + 1}
            try:
                etag = self._store.write(LOCK, _line(says), over=self._etag)
            except WarehouseFault:
                failed += 1
                self._is_lost = failed >= BEATS - 1
                continue
            failed, self._is_lost = 0, etag is None
            self._says, self._etag = says, etag or ""

    def _refuse_unconditional(self) -> None:
        """A storage that writes although the condition does not hold cannot keep two runs apart."""
        for over in (None, '"00000000000000000000000000000000"'):
            if self._store.write(LOCK, b"?", over=over) is not None:
                self._store.remove(LOCK)
                raise UsageFault(
                    f"{self._store.bucket}: 此存储不支持按条件写入（If-None-Match、If-Match），不能用作工作区"
                )


@contextmanager
def leased(store: Store, *, seconds: float = LEASE_SECONDS) -> Iterator[Lease]:
    """The workspace's lease for as long as the block lasts. Raises WorkspaceBusy where another run has it."""
    lease = Lease(store, seconds=seconds)
    lease.begin()
    try:
        yield lease
    finally:
        lease.end()


def _busy(store: Store, said: dict[str, Any], *, left: float) -> WorkspaceBusy:
    who = f"（{said['holder']}）" if said["holder"] else ""
    return WorkspaceBusy(
        f"{store.bucket}: 另一次运行正在使用此工作区{who}，请等它结束；它若已中断，{left:.0f} 秒后可接手"
    )


def _said(store: Store, there: Small | None) -> dict[str, Any]:
    """What the lock says; before the first run nobody holds it."""
    if there is None:
        return {"term": 0, "holder": "", "seconds": 0.0, "beat": 0}
    try:
        said = json.loads(there.content)
        return {
            "term": int(said["term"]),
            "holder": str(said["holder"]),
            "seconds": float(said["seconds"]),
            "beat": int(said["beat"]),
        }
    except (ValueError, KeyError, TypeError) as error:
        raise WarehouseFault(f"{store.bucket}/{LOCK}: 锁的内容读不懂：{error}") from error


def _line(says: dict[str, Any]) -> bytes:
    return json.dumps(says, sort_keys=True).encode()
