"""What samples come to, second by second, in plain Python: slow, short, and written from the words of the rules.

A sample covers the time to its card's next instant, at most one and a half periods; more is one period and a gap.
Copies count once, of versions the newest stands; who is named at an instant covers it, a nameless reading beside
him does not; a reading that knows the utilisation goes before one that does not.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Sample:
    card: str
    at_s: int
    tenant: str | None
    util: int | None
    power: int | None = None


def standing(files: list[list[Sample]]) -> list[Sample]:
    """Of every card, tenant and instant the newest version; a copy of an older one that a later file repeats is new."""
    newest: dict[tuple[str, str | None, int], Sample] = {}
    for file in files:
        for sample in file:
            newest[sample.card, sample.tenant, sample.at_s] = sample
    return list(newest.values())


def day_sums(
    files: list[list[Sample]], period: int
) -> dict[tuple[str, str | None, int], tuple[int, int, int, int]]:
    """(card, tenant, Beijing day) → metered, active (5 %), above-zero seconds, and percent-seconds."""
    sums: dict[tuple[str, str | None, int], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for card, samples in _by_card(standing(files)).items():
        for at_s, covered, _ in steps(samples, period):
            here = [s for s in samples if s.at_s == at_s]
            for sample in here:
                cover = covered if sample.tenant is not None or all(s.tenant is None for s in here) else 0
                util = sample.util
                found = sums[card, sample.tenant, (at_s + 28800) // 86400]
                found[0] += cover
                found[1] += cover if util is not None and util >= 5 else 0
                found[2] += cover if util is not None and util > 0 else 0
                found[3] += cover * (util or 0)
    return {key: (m, a, z, w) for key, (m, a, z, w) in sums.items()}


def gaps(files: list[list[Sample]], period: int) -> set[tuple[str, int, int]]:
    """card, begin and stop of every stretch without samples."""
    return {
        (card, at_s + period, at_s + period + gap)
        for card, samples in _by_card(standing(files)).items()
        for at_s, _, gap in steps(samples, period)
        if gap
    }


def steps(samples: list[Sample], period: int) -> list[tuple[int, int, int]]:
    """Every instant of a card with the seconds it covers and those missed after it."""
    instants = sorted({sample.at_s for sample in samples})
    found = [
        (at, after - at, 0) if 2 * (after - at) <= 3 * period else (at, period, after - at - period)
        for at, after in pairwise(instants)
    ]
    return [*found, (instants[-1], period, 0)]


def _by_card(samples: list[Sample]) -> dict[str, list[Sample]]:
    found: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        found[sample.card].append(sample)
    return found
