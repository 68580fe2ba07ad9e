"""The waterfall of the overview, from what was claimed to what is proposed; templates/flow_chart.html.j2 draws it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from hesuan.reports.page import chart
from hesuan.reports.page.chart import Tick
from hesuan.reports.wording import word

WIDTH, HEIGHT = 900, 230
LEFT, RIGHT, TOP, BOTTOM = 78, 10, 26, 30
FILLED = Decimal("0.62")
TITLES = {
    "claimed": "申报补贴",
    "cost": "费用核减",
    "face": "券面限额",
    "applicant_cap": "单位限额",
    "pool": "年度总额",
    "refused": word.DISPOSITIONS["reject"][0],
    "held": "暂缓保留",
    "proposed": word.DISPOSITIONS["approve"][0],
}
SUMS = ("claimed", "proposed")


@dataclass(frozen=True)
class Block:
    """kind, title_zh, value: what stands above the block; join: the height at which the next one begins."""

    kind: str
    title_zh: str
    value: Decimal
    left: str
    middle: str
    width: str
    top: str
    height: str
    right: str
    next_left: str | None
    join: str


@dataclass(frozen=True)
class FlowChart:
    blocks: tuple[Block, ...]
    ticks: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right_edge: int = WIDTH - RIGHT
    ground: int = HEIGHT - BOTTOM


def flow_chart(sums: Mapping[str, Decimal]) -> FlowChart:
    """`sums`: kind → subsidy, of the first and last the sum, of the others the change. A change of nil has no block."""
    shown = [kind for kind in TITLES if kind in SUMS or sums[kind] != 0]
    level, levels = Decimal(0), []
    for kind in shown:
        start = Decimal(0) if kind in SUMS else level
        level = sums[kind] if kind in SUMS else level + sums[kind]
        levels.append((kind, min(start, level), max(start, level), level))
    step, count = chart.scale_of(max(high for _, _, high, _ in levels))
    slot = Decimal(WIDTH - LEFT - RIGHT) / len(shown)
    blocks = tuple(
        _block(
            kind,
            sums[kind],
            place,
            low,
            high,
            after,
            slot=slot,
            highest=step * count,
            is_last=place == len(shown) - 1,
        )
        for place, (kind, low, high, after) in enumerate(levels)
    )
    ticks = tuple(Tick(chart.tick_value(step * n), _top(step * n, step * count)) for n in range(count + 1))
    return FlowChart(blocks, ticks)


def _block(
    kind: str,
    value: Decimal,
    place: int,
    low: Decimal,
    high: Decimal,
    after: Decimal,
    *,
    slot: Decimal,
    highest: Decimal,
    is_last: bool,
) -> Block:
    middle = LEFT + slot * (place + Decimal("0.5"))
    half = slot * FILLED / 2
    return Block(
        kind,
        TITLES[kind],
        value,
        left=chart.tenths(middle - half),
        middle=chart.tenths(middle),
        width=chart.tenths(half * 2),
        top=_top(high, highest),
        height=chart.tenths((high - low) * (HEIGHT - TOP - BOTTOM) / highest),
        right=chart.tenths(middle + half),
        next_left=None if is_last else chart.tenths(middle + slot - half),
        join=_top(after, highest),
    )


def _top(value: Decimal, highest: Decimal) -> str:
    return chart.tenths(HEIGHT - BOTTOM - max(value, Decimal(0)) * (HEIGHT - TOP - BOTTOM) / highest)
