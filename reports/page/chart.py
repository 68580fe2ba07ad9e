"""The geometry of the bar charts; the strokes are drawn by templates/chart.html.j2.

Whole tenths of a unit, computed in Decimal: the same figures give the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

WIDTH, HEIGHT = 700, 190
LEFT, RIGHT, TOP, BOTTOM = 62, 8, 12, 26
MOST_BAR = Decimal(44)
MOST_LABELS = 14
TENTH = Decimal("0.1")
POOL_WIDTH = Decimal(520)


@dataclass(frozen=True)
class Month:
    """Card-hours of one contract and month; None where any line of it is unknown."""

    month: str
    metered: Decimal | None
    billed: Decimal | None


@dataclass(frozen=True)
class Bar:
    """Places in SVG units from the top left; None is drawn as 未知, not as an empty bar."""

    month: Month
    left: str
    middle: str
    width: str
    metered_top: str | None
    metered_height: str | None
    billed_top: str | None
    excess_height: str | None
    is_labelled: bool


@dataclass(frozen=True)
class Tick:
    value: str
    top: str


@dataclass(frozen=True)
class MonthChart:
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right_edge: int = WIDTH - RIGHT
    ground: int = HEIGHT - BOTTOM


@dataclass(frozen=True)
class PoolBar:
    label: str
    value: Decimal | None
    width: str | None


@dataclass(frozen=True)
class PoolChart:
    """limit_at: None where the policy sets no limit."""

    bars: tuple[PoolBar, ...]
    limit_at: str | None


def month_chart(months: Sequence[Month]) -> MonthChart:
    """Bars are metered hours, a stroke the billed hours, hatching what was billed beyond the metered."""
    step = tick_step(
        max([v for m in months for v in (m.metered, m.billed) if v is not None], default=Decimal(0))
    )
    highest = step * 4
    ticks = tuple(Tick(tick_value(step * n), _top(step * n, highest)) for n in range(5))
    slot = Decimal(WIDTH - LEFT - RIGHT) / max(len(months), 1)
    every = -(-len(months) // MOST_LABELS)
    return MonthChart(
        tuple(
            _bar(month, place, slot=slot, highest=highest, every=every) for place, month in enumerate(months)
        ),
        ticks,
    )


def pool_chart(amount: Decimal | None, values: Sequence[tuple[str, Decimal | None]]) -> PoolChart:
    """One bar a value, on one scale with the limit marked; a sum beyond the limit runs past the mark."""
    known = [value for value in (amount, *(value for _, value in values)) if value is not None]
    highest = max(known, default=Decimal(0)) or Decimal(1)
    bars = tuple(
        PoolBar(
            label, value, None if value is None else tenths(POOL_WIDTH * max(value, Decimal(0)) / highest)
        )
        for label, value in values
    )
    return PoolChart(bars, None if amount is None else tenths(POOL_WIDTH * amount / highest))


def _bar(month: Month, place: int, *, slot: Decimal, highest: Decimal, every: int) -> Bar:
    width = min(slot * Decimal("0.62"), MOST_BAR)
    middle = LEFT + slot * (place + Decimal("0.5"))
    metered_top = None if month.metered is None else _top(month.metered, highest)
    excess = None
    if month.metered is not None and month.billed is not None and month.billed > month.metered:
        excess = tenths(_scaled(month.billed - month.metered, highest))
    return Bar(
        month,
        left=tenths(middle - width / 2),
        middle=tenths(middle),
        width=tenths(width),
        metered_top=metered_top,
        metered_height=None if month.metered is None else tenths(_scaled(month.metered, highest)),
        billed_top=None if month.billed is None else _top(month.billed, highest),
        excess_height=excess,
        is_labelled=place % every == 0,
    )


def tick_step(largest: Decimal) -> Decimal:
    """The smallest of 1, 2, 2.5, 5 × 10^n of which four reach the largest value."""
    if largest <= 0:
        return Decimal(1)
    power = Decimal(10) ** (largest.adjusted() - 1)
    return next(
        s * power
        for s in map(Decimal, ("1", "2", "2.5", "5", "10", "20", "25", "50"))
        if s * power * 4 >= largest
    )


def scale_of(largest: Decimal) -> tuple[Decimal, int]:
    """A step, and how many of them reach the largest value: at least one, at most four."""
    step = tick_step(largest)
    whole, rest = divmod(largest, step)
    return step, max(int(whole) + (rest > 0), 1)


def tick_value(value: Decimal) -> str:
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value.normalize():,f}"


def _scaled(value: Decimal, highest: Decimal) -> Decimal:
    return max(value, Decimal(0)) * (HEIGHT - TOP - BOTTOM) / highest


def _top(value: Decimal, highest: Decimal) -> str:
    return tenths(HEIGHT - BOTTOM - _scaled(value, highest))


def tenths(value: Decimal) -> str:
    return str(value.quantize(TENTH, rounding=ROUND_HALF_EVEN))
