"""One object of the evidence store: a content under its own SHA-256, put in its place once and never changed."""

import hashlib
from pathlib import Path

from hesuan.flows.workspace import read_only

# How an object was found when its content was taken in.
WHOLE, ABSENT, DAMAGED = "whole", "absent", "damaged"
# Beside the objects: what was found damaged.
DAMAGED_HOME = "damaged"
# A piece stays in the cache of a processor.
PIECE_BYTES = 256 * 1024


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hashes_of(path: Path, *, known: str | None = None) -> tuple[str, str]:
    """SHA-256 and SM3, the hash that offices under 密评 ask for, of a file read once. known: its SHA-256, if it is."""
    sm3, sha256 = hashlib.new("sm3"), hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            sm3.update(piece)
            if known is None:
                sha256.update(piece)
    return known or sha256.hexdigest(), sm3.hexdigest()


def keep_object(partial: Path, kept: Path) -> str:
    """Put a content in its place, named by its SHA-256; how that was found. What is damaged there is laid aside.

    Aside is beside the objects, under both names: what it was taken in as, and what it is.
    """
    how = ABSENT
    if kept.exists():
        is_of = sha256_of(kept)
        if is_of == kept.name:
            partial.unlink()
            return WHOLE
        aside = kept.parents[4] / DAMAGED_HOME
        aside.mkdir(exist_ok=True)
        kept.replace(aside / f"{kept.name}-{is_of}")
        how = DAMAGED
    kept.parent.mkdir(parents=True, exist_ok=True)
    read_only(partial)
    partial.replace(kept)
    return how
