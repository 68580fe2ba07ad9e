"""The root of a day: an RFC 6962 Merkle tree over the last record hash of every card, what a provider commits to."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Head(NamedTuple):
    """A card, its boot, and the hexadecimal hash of their last record of a day."""

    device_uuid: str
    boot_id: str | None
    record_hash: str


def day_root(heads: Iterable[Head]) -> str:
    """SHA-256 root, hexadecimal, over the heads of one provider's cluster and day (Asia/Shanghai).

    Leaves are the 32 bytes of each record_hash, by device_uuid and boot_id (none first) as UTF-8: a head stands for
    all records before it. Raises ValueError where a hash is not hexadecimal.
    """
    in_order = sorted(heads, key=_place)
    return merkle_root([bytes.fromhex(head.record_hash) for head in in_order]).hex()


def _place(head: Head) -> tuple[bytes, bytes]:
    return head.device_uuid.encode(), (head.boot_id or "").encode()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 §2.1: leaves behind 0x00, nodes behind 0x01, split at the largest power of two below their number."""
    if not leaves:
        return hashlib.sha256().digest()
    level = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        # Joining neighbours and carrying an odd last one up makes the same tree as splitting from above.
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        level = [hashlib.sha256(b"\1" + b"".join(pair)).digest() if pair[1:] else pair[0] for pair in pairs]
    return level[0]
