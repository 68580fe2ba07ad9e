"""Where a claim's page lies: a file name that is safe on every disk, whatever the claim is called."""

import hashlib
import string
from collections import Counter
from collections.abc import Iterable
from urllib.parse import quote

PLAIN = frozenset(string.ascii_letters + string.digits + "-_")
LONGEST = 120
# Names that Windows gives to devices; a report is opened there from a stick.
DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL"} | {f"{port}{n}" for port in ("COM", "LPT") for n in range(10)}
)


def page_names(claim_ids: Iterable[str]) -> dict[str, str]:
    """Claim id → file name (no folder).

    Ids that differ only in case get a mark, for disks that do not tell them apart.
    """
    stems = {claim_id: escaped(claim_id) for claim_id in claim_ids}
    same = Counter(stem.casefold() for stem in stems.values())
    return {
        claim_id: f"{stem if same[stem.casefold()] == 1 else _marked(stem, claim_id)}.html"
        for claim_id, stem in stems.items()
    }


def escaped(claim_id: str) -> str:
    """Letters, digits, - and _ stay; every other byte of the UTF-8 becomes %XX: no separator, no dot is left.

    An empty or very long id is cut and carries the start of its SHA-256 after a tilde, which no other id has.
    """
    stem = "".join(c if c in PLAIN else "".join(f"%{byte:02X}" for byte in c.encode()) for c in claim_id)
    if stem.upper() in DEVICES:
        return f"%{ord(stem[0]):02X}{stem[1:]}"
    return stem if 0 < len(stem) <= LONGEST else _marked(stem[:LONGEST], claim_id)


def anchor(finding_id: str) -> str:
    """The place of a finding on its page: the same whatever other findings there are."""
    return f"f-{hashlib.sha256(finding_id.encode()).hexdigest()[:12]}"


def link(folder: str, name: str) -> str:
    """A relative address: the percent signs of the file name are themselves written as %25."""
    return f"{folder}{quote(name, safe='')}"


def links(folder: str, names: dict[str, str]) -> dict[str, str]:
    """The same for every page of `names`, by what it is about."""
    return {about: link(folder, name) for about, name in names.items()}


def _marked(stem: str, claim_id: str) -> str:
    return f"{stem}~{hashlib.sha256(claim_id.encode()).hexdigest()[:16]}"
