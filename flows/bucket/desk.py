"""What `hesuan decide` needs of a workspace in a bucket, brought under the lease; what it recorded, stored after.

The ledger of intakes settles it and is written before the file of the inbox: where it is refused nothing was taken in,
and a crash after it loses nothing, for the evidence holds the file.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hesuan.flows.bucket.book import INTAKE, Books, bring_small
from hesuan.flows.bucket.lease import LEASE_SECONDS, Lease, leased
from hesuan.flows.bucket.place import Bucket
from hesuan.flows.bucket.shelf import newest
from hesuan.flows.bucket.step import INBOX, bring_evidence, keep_evidence
from hesuan.flows.bucket.store import Store, store_of
from hesuan.flows.intake.evidence import DECLARATION_NAME, Intake, ledger
from hesuan.flows.panel.record import FOLDER, STEM, of_the_panel
from hesuan.flows.workspace import held

HOME = f"{INBOX}/{FOLDER}"
# Of a file's name with room for what is put around it; objects may be called anything.
NAME_BYTES = 200


@contextmanager
def at_desk(bucket: Bucket, *, seconds: float = LEASE_SECONDS) -> Iterator[Path]:
    """The workspace held, here and in the bucket, all that the panel said among the copies; the newest database.

    What the block recorded is stored when it ends without trouble. Raises WorkspaceBusy where another run has the
    workspace or took it over meanwhile; then nothing is recorded.
    """
    store = store_of(bucket)
    with held(store.copies), leased(store, seconds=seconds) as lease:
        books = Books(store)
        books.bring()
        _bring_inbox(store)
        known_count = len(ledger(store.copies))
        for intake in of_the_panel(store.copies):
            bring_evidence(intake, store)
        yield newest(store)
        _keep(ledger(store.copies)[known_count:], store, books, lease)


def _bring_inbox(store: Store) -> None:
    """The panel's files that lie in the inbox, with what is declared of them, and nothing else."""
    shutil.rmtree(store.copies.inbox, ignore_errors=True)
    (store.copies.inbox / FOLDER).mkdir(parents=True)
    for found in list(store.listed(HOME)):
        name = found.name.removeprefix(f"{HOME}/")
        is_ours = name.startswith(STEM) and name.endswith(".csv") and "/" not in name
        if is_ours and len(name.encode()) <= NAME_BYTES:
            bring_small(store, found.name)
    for folder in (INBOX, HOME):
        bring_small(store, f"{folder}/{DECLARATION_NAME}")


def _keep(fresh: list[Intake], store: Store, books: Books, lease: Lease) -> None:
    """Evidence, the ledger, then the files; with nothing fresh, nothing is written."""
    if not fresh:
        return
    for intake in fresh:
        keep_evidence(store, intake.sha256, intake.byte_count)
    lease.check()
    books.keep(INTAKE)
    for intake in fresh:
        store.write(f"{INBOX}/{intake.name}", (store.copies.inbox / intake.name).read_bytes(), over=None)
