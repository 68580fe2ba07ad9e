"""The signature of a daily commitment: what a provider signs with Ed25519, and whether a signature verifies.

The message is an RFC 8785 JSON object in UTF-8, without a line end; its names say what was signed and for what use:

    {"cluster_id":"c1","covers_on":"2026-03-01","provider_id":"9133…","purpose":"hesuan.commitment.v1","root_sha256":"ab…"}

A commitment without a cluster leaves cluster_id out. provider_id in upper case and half width, root_sha256 in lower
case. When it was received is not signed: the bureau states that. Which keys count is in flows/chain/sealed.py.
Test vectors: tests/test_signature.py, README.
"""

import base64
import json
from datetime import date
from typing import NamedTuple

PURPOSE = "hesuan.commitment.v1"


class Pledge(NamedTuple):
    """What a provider commits to: the root of one day (Asia/Shanghai) of a cluster; None where it names no cluster."""

    provider_id: str
    cluster_id: str | None
    covers_on: date
    root_sha256: str


def message(pledge: Pledge) -> bytes:
    """The bytes that are signed."""
    said = {
        "cluster_id": pledge.cluster_id,
        "covers_on": pledge.covers_on.isoformat(),
        "provider_id": pledge.provider_id,
        "purpose": PURPOSE,
        "root_sha256": pledge.root_sha256.lower(),
    }
    named = {name: text for name, text in said.items() if text is not None}
    return json.dumps(named, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def verifies(signed: bytes, signature: str, public_key: str) -> bool:
    """Whether `signature` (base64 of 64 bytes) is that of the bytes by `public_key` (base64 of its 32 raw bytes).

    Raises ValueError where either is not base64 or a key is not of 32 bytes; the gate lets no such text in.
    """
    # Loaded here: a night without signatures pays nothing for it.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
    try:
        key.verify(base64.b64decode(signature, validate=True), signed)
    except InvalidSignature:
        return False
    return True
