"""A provider's figures as its page has them: use against installed cards, bills against logs."""

from decimal import ROUND_DOWN, Decimal
from itertools import groupby
from typing import Any

from hesuan.reports.page import provider_chart
from hesuan.reports.published import Row

# What a class of cards is called that no model tells.
NO_CLASS = "unknown"


def machines(days: list[Row]) -> list[dict[str, Any]]:
    """Rows of published.capacity_day of one provider, model by model."""
    ordered = sorted(
        days, key=lambda row: (row["device_model"] is None, row["device_model"] or "", row["usage_on"])
    )
    return [_machine(list(group)) for _, group in groupby(ordered, key=lambda row: row["device_model"])]


def _machine(days: list[Row]) -> dict[str, Any]:
    """One model: its chart, its months, and the days on which more was used than was installed."""
    months = [
        _month(month, list(group))
        for month, group in groupby(
            days, key=lambda row: f"{row['usage_on'].year}-{row['usage_on'].month:02}"
        )
    ]
    over = [row for row in days if provider_chart.is_over(row)]
    return {
        "model": days[0]["device_model"],
        "chart": provider_chart.capacity_chart(days),
        "months": months,
        "over": over,
        "day_count": len(days),
        "unknown_count": sum(row["unknown_card_record_count"] or 0 for row in days),
    }


def _month(month: str, days: list[Row]) -> Row:
    """Sums over the days with a record; one unknown day makes the month unknown."""
    cards = [row["installed_card_count"] for row in days]
    return {
        "month": month,
        "day_count": len(days),
        "used_gpu_hours": _sum([row["used_gpu_hours"] for row in days]),
        "capacity_gpu_hours": _sum([row["capacity_gpu_hours"] for row in days]),
        "card_count": None if None in cards else max(cards),
        "over_count": sum(provider_chart.is_over(row) for row in days),
    }


def _sum(values: list[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal("0.0000")) if len(known) == len(values) else None


def bill_to_log(contracts: list[Row], tolerance: Decimal | None) -> dict[str, Any]:
    """The ratio is for the eye alone, cut to four places; judging is the rules' (REC-001, REC-002), by multiplication."""
    told = [_compared(row) for row in contracts]
    told.sort(
        key=lambda row: (
            row["ratio"] is None,
            -(row["ratio"] or Decimal(0)),
            row["contract_no"],
            row["device_class"] or "",
        )
    )
    known = [row["ratio"] for row in told if row["ratio"] is not None]
    return {
        "ratios": [row | {"ratio": None if row["ratio"] is None else f"{row['ratio']:.4f}"} for row in told],
        "ratio_chart": provider_chart.ratio_chart(known, tolerance) if known else None,
        "tolerance": None if tolerance is None else f"{tolerance.normalize():f}",
    }


def _compared(row: Row) -> Row:
    """With its ratio; a class that no model tells is printed as unknown."""
    device_class = None if row["device_class"] == NO_CLASS else row["device_class"]
    ratio = _ratio(row["billed_gpu_hours"], row["metered_gpu_hours"])
    return row | {"device_class": device_class, "ratio": ratio}


def _ratio(billed: Decimal | None, metered: Decimal | None) -> Decimal | None:
    if billed is None or not metered:
        return None
    return (billed / metered).quantize(Decimal("0.0001"), rounding=ROUND_DOWN)
