"""Names that stand twice in a header or an object."""

from collections import Counter
from collections.abc import Iterable


def twice(names: Iterable[str]) -> list[str]:
    """Each of them once, in the order in which they first stand; at once among very many, too."""
    return [name for name, count in Counter(names).items() if count > 1]
