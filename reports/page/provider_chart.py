"""The geometry of a provider's charts: use against installed cards day by day, and bill against log by contract.

Whole tenths of a unit, computed in Decimal: the same figures give the same bytes. Strokes: templates/provider.html.j2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from hesuan.reports.page.chart import Tick, tenths, tick_step, tick_value
from hesuan.reports.published import Row

WIDTH, HEIGHT = 900, 170
LEFT, RIGHT, TOP, BOTTOM = 70, 8, 12, 24
GROUND = HEIGHT - BOTTOM
MOST_LABELS = 12
LABEL_WIDTH = 48
# Bins of the ratio of bill to log: two hundredths wide, whatever lies outside in the bins at the ends.
BIN_COUNT = 23
BIN = Decimal("0.02")


@dataclass(frozen=True)
class CapacityChart:
    """Paths in SVG units. `over` are the bars of days on which more was used than was installed."""

    bars: str
    over: str
    capacity: str
    ticks: tuple[Tick, ...]
    months: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RatioBar:
    label: str
    left: str
    top: str
    height: str
    count: int


@dataclass(frozen=True)
class RatioChart:
    bars: tuple[RatioBar, ...]
    width: str
    band: tuple[str, str] | None


def capacity_chart(days: Sequence[Row]) -> CapacityChart:
    """One bar a day of published.capacity_day rows of one provider and model, in order; a day without a row has none."""
    first, last = days[0]["usage_on"], days[-1]["usage_on"]
    slot = Decimal(WIDTH - LEFT - RIGHT) / ((last - first).days + 1)
    values = [v for row in days for v in (row["used_gpu_hours"], row["capacity_gpu_hours"]) if v is not None]
    unit = tick_step(max(values, default=Decimal(0)))
    highest = unit * 4
    bars: dict[bool, list[str]] = {False: [], True: []}
    line: list[str] = []
    for row in days:
        left = LEFT + slot * (row["usage_on"] - first).days
        used, capacity = row["used_gpu_hours"], row["capacity_gpu_hours"]
        if used is not None:
            bars[is_over(row)].append(_bar(left, slot, used, highest))
        if capacity is not None:
            line.append(f"M{tenths(left)} {_top(capacity, highest)}h{tenths(slot)}")
    return CapacityChart(
        "".join(bars[False]),
        "".join(bars[True]),
        "".join(line),
        tuple(Tick(tick_value(unit * n), _top(unit * n, highest)) for n in range(5)),
        _months(first, last, slot),
    )


def is_over(row: Row) -> bool:
    used, capacity = row["used_gpu_hours"], row["capacity_gpu_hours"]
    return used is not None and capacity is not None and used > capacity


def ratio_chart(ratios: Sequence[Decimal], tolerance: Decimal | None) -> RatioChart:
    """How many contracts lie in each bin of billed ÷ metered; the band is the ratio that is allowed for."""
    counts = [0] * BIN_COUNT
    for ratio in ratios:
        counts[bin_of(ratio)] += 1
    slot = Decimal(WIDTH - LEFT - RIGHT) / BIN_COUNT
    most = max(counts, default=0) or 1
    bars = tuple(
        RatioBar(
            _label(n),
            tenths(LEFT + slot * n),
            tenths(GROUND - Decimal(GROUND - TOP - 14) * count / most),
            tenths(Decimal(GROUND - TOP - 14) * count / most),
            count,
        )
        for n, count in enumerate(counts)
    )
    return RatioChart(bars, tenths(slot - 2), None if tolerance is None else _band(tolerance, slot))


def bin_of(ratio: Decimal) -> int:
    """The bin around 1 reaches from 0.99 to under 1.01: equality stands in its middle."""
    nth = int(((ratio - 1 + BIN / 2) / BIN).to_integral_value(ROUND_FLOOR)) + BIN_COUNT // 2
    return min(BIN_COUNT - 1, max(0, nth))


def _label(n: int) -> str:
    middle = _middle(n)
    if n == 0:
        return f"<{middle + BIN / 2}"
    return f"≥{middle - BIN / 2}" if n == BIN_COUNT - 1 else f"{middle}"


def _middle(n: int) -> Decimal:
    return Decimal("1") + BIN * (n - BIN_COUNT // 2)


def _band(tolerance: Decimal, slot: Decimal) -> tuple[str, str]:
    """Left edge and width of 1 ± tolerance."""
    middle = LEFT + slot * (BIN_COUNT // 2) + slot / 2
    half = min(tolerance, BIN * (BIN_COUNT // 2)) / BIN * slot
    return tenths(middle - half), tenths(half * 2)


def _bar(left: Decimal, slot: Decimal, value: Decimal, highest: Decimal) -> str:
    width = slot * Decimal("0.8")
    return f"M{tenths(left)} {GROUND}V{_top(value, highest)}h{tenths(width)}V{GROUND}z"


def _top(value: Decimal, highest: Decimal) -> str:
    return tenths(GROUND - max(value, Decimal(0)) * (GROUND - TOP) / highest)


def _months(first: date, last: date, slot: Decimal) -> tuple[tuple[str, str], ...]:
    """Place and name of the first day of each month in sight, thinned out to what can be read."""
    total = (last.year - first.year) * 12 + last.month - first.month
    every = -(-(total + 1) // MOST_LABELS)
    marks: list[tuple[Decimal, str]] = []
    for n in range(0, total + 1, every):
        year, month = divmod(first.year * 12 + first.month - 1 + n, 12)
        left = LEFT + slot * (max(first, date(year, month + 1, 1)) - first).days
        if marks and left - marks[-1][0] < LABEL_WIDTH:
            marks.pop()
        if left <= WIDTH - LABEL_WIDTH:
            marks.append((left, f"{year}-{month + 1:02}"))
    return tuple((tenths(left), month) for left, month in marks)
