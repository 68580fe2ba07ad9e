"""Days of the intake ledger that cannot be are told."""

from datetime import date

import pytest

from hesuan.flows.intake.evidence import Intake
from hesuan.flows.intake.ledger_date import dates_amiss
from hesuan.reports.wording.english import plainly

TODAY = date(2026, 11, 23)


def batches(*days: str, name: str = "a.csv") -> list[Intake]:
    return [Intake("0" * 64, name, 1, day, {}, batch=batch) for batch, day in enumerate(days, start=1)]


@pytest.mark.parametrize(
    ("days", "today", "said"),
    [
        (("2026-11-21", "2026-11-22", "2026-11-22", "2026-11-23"), TODAY, []),
        (("2026-11-22", "2026-11-24"), TODAY, ["记于今天（2026-11-23）之后，最早的第 2 批记于 2026-11-24"]),
        (("2026-11-22", "2026-11-24"), None, []),
        (
            ("2026-11-22", "2026-04-05", "2026-11-23", "2026-11-22"),
            TODAY,
            ["有 2 批的日期早于先前的一批，最早的第 2 批记于 2026-04-05，先前已有 2026-11-22"],
        ),
        (
            ("2027-11-22", "2026-11-23"),
            TODAY,
            ["今天（2026-11-23）之后", "第 2 批记于 2026-11-23，先前已有 2027-11-22"],
        ),
    ],
)
def test_a_day_ahead_or_before_an_earlier_one_is_told(
    days: tuple[str, ...], today: date | None, said: list[str]
) -> None:
    lines = dates_amiss(batches(*days), today=today)
    assert len(lines) == len(said)
    assert all(words in line for words, line in zip(said, lines, strict=True))
    assert all("batch" in plainly(line) for line in lines)


def test_a_review_may_be_of_a_day_before_its_sheet_came() -> None:
    reviewed = batches("2026-11-22", "2026-11-20", name="decisions/专家意见-1.csv")
    assert dates_amiss(reviewed, today=TODAY) == []
