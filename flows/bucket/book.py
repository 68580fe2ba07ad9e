"""The append-only logs of a workspace in a bucket: copied when the workspace is taken hold of, written back as a whole.

A log that another run has meanwhile written is never written over.
"""

import os
from dataclasses import dataclass, field

from hesuan.flows.bucket.store import Store
from hesuan.schemas.fault import WorkspaceBusy

INTAKE = "evidence/intake.jsonl"
LEDGER = "evidence/ledger.jsonl"
SETTINGS = "hesuan.toml"


def bring_small(store: Store, name: str) -> str | None:
    """The object as a file of the copies, gone where there is none; its etag."""
    path, there = store.copies.root / name, store.read(name)
    if there is None:
        path.unlink(missing_ok=True)
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    # Another command on this machine may be reading it: it is there whole, always.
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_bytes(there.content)
    os.replace(partial, path)
    return there.etag


@dataclass
class Books:
    """Both logs as they were read: name → etag."""

    store: Store
    etags: dict[str, str | None] = field(default_factory=dict)

    def bring(self) -> None:
        for name in (INTAKE, LEDGER):
            self.etags[name] = bring_small(self.store, name)

    def keep(self, name: str) -> None:
        """Raises WorkspaceBusy where another run wrote the log since it was read: this run's lease was over."""
        path = self.store.copies.root / name
        if not path.exists():
            return
        etag = self.store.write(name, path.read_bytes(), over=self.etags[name])
        if etag is None:
            raise WorkspaceBusy(f"{self.store.bucket}/{name}: 另一次运行改写了此台账，本次运行停止，未作改动")
        self.etags[name] = etag
