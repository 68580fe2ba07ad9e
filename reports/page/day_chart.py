"""The chart of one contract's card-hours day by day; templates/day_chart.html.j2 draws it, one path a series.

Whole tenths of a unit, computed in Decimal: the same figures give the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hesuan.reports.page import chart
from hesuan.reports.page.chart import Tick
from hesuan.reports.published import Row

WIDTH, HEIGHT = 900, 190
LEFT, RIGHT, TOP, BOTTOM = 62, 8, 12, 26
# A longer stretch than any contract of a policy year: a lone record dated years away makes no endless chart.
MOST_DAYS = 800
FILLED = Decimal("0.78")


@dataclass(frozen=True)
class Label:
    on: date
    left: str


@dataclass(frozen=True)
class DayChart:
    """Paths in SVG units from the top left, '' where a series has no bar. silent: days without any record."""

    counted: str
    uncounted: str
    unknown: str
    silent: str
    silent_count: int
    unknown_count: int
    ticks: tuple[Tick, ...]
    labels: tuple[Label, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right_edge: int = WIDTH - RIGHT
    ground: int = HEIGHT - BOTTOM


def day_chart(days: Sequence[Row]) -> DayChart | None:
    """Bars are counted hours, above them what is not counted; None without days, or over an odd stretch of time."""
    if not days:
        return None
    first, last = days[0]["usage_on"], days[-1]["usage_on"]
    span = (last - first).days + 1
    if span > MOST_DAYS:
        return None
    of_day = {row["usage_on"]: row for row in days}
    every = [first + timedelta(days=n) for n in range(span)]
    step, count = chart.scale_of(max(_sum(row) for row in days))
    scale = Scale(step * count, Decimal(WIDTH - LEFT - RIGHT) / span)
    known = [(n, of_day[day]) for n, day in enumerate(every) if day in of_day and _is_known(of_day[day])]
    unknown = [n for n, day in enumerate(every) if day in of_day and not _is_known(of_day[day])]
    silent = [n for n, day in enumerate(every) if day not in of_day]
    return DayChart(
        counted="".join(scale.bar(n, Decimal(0), row["counted_gpu_hours"]) for n, row in known),
        uncounted="".join(
            scale.bar(n, row["counted_gpu_hours"], row["uncounted_gpu_hours"]) for n, row in known
        ),
        unknown="".join(scale.mark(n) for n in unknown),
        silent="".join(scale.mark(n) for n in silent),
        silent_count=len(silent),
        unknown_count=len(unknown),
        ticks=tuple(Tick(chart.tick_value(step * n), scale.top(step * n)) for n in range(count + 1)),
        labels=_labels(every, scale),
    )


@dataclass(frozen=True)
class Scale:
    highest: Decimal
    slot: Decimal

    def top(self, value: Decimal) -> str:
        return chart.tenths(HEIGHT - BOTTOM - value * (HEIGHT - TOP - BOTTOM) / self.highest)

    def left(self, place: int) -> Decimal:
        return LEFT + self.slot * place

    def bar(self, place: int, base: Decimal, value: Decimal) -> str:
        if value <= 0:
            return ""
        x, width = chart.tenths(self.left(place)), chart.tenths(self.slot * FILLED)
        return f"M{x} {self.top(base)}V{self.top(base + value)}h{width}V{self.top(base)}z"

    def mark(self, place: int) -> str:
        """A low bar on the ground line: a day whose hours are not known, or that has no record."""
        x, width = chart.tenths(self.left(place)), chart.tenths(self.slot * FILLED)
        return f"M{x} {HEIGHT - BOTTOM}v-7h{width}v7z"


def _is_known(row: Row) -> bool:
    return row["counted_gpu_hours"] is not None and row["uncounted_gpu_hours"] is not None


def _sum(row: Row) -> Decimal:
    return (row["counted_gpu_hours"] or Decimal(0)) + (row["uncounted_gpu_hours"] or Decimal(0))


def _labels(every: Sequence[date], scale: Scale) -> tuple[Label, ...]:
    """The first day, then the first of each month that stands clear of it; over a year, of every third month."""
    months = [(n, day) for n, day in enumerate(every) if day.day == 1 and scale.slot * n > 70]
    months = months[:: 1 if len(months) <= 12 else 3]
    first = Label(every[0], chart.tenths(scale.left(0)))
    return (first, *(Label(day, chart.tenths(scale.left(n))) for n, day in months))
