"""On which days a provider's logs arrived: months by days, each day with its mark and its word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hesuan.reports.published import Row
from hesuan.reports.wording import word

# state → (mark, word): shape and word, whatever the colour.
STATES = {"arrived": ("■", "到"), "late": ("▨", "迟"), "missing": ("□", "缺")}
# No log and no contract in term: nothing was expected.
OFF = ("·", "无合同")
DAYS = 31


@dataclass(frozen=True)
class Cell:
    state: str
    mark: str
    word: str


@dataclass(frozen=True)
class Month:
    """cells: one a day of the longest month, None for a day that this month has not."""

    month: str
    cells: tuple[Cell | None, ...]
    counts: dict[str, int]
    missing: tuple[int, ...]


def calendar(days: Sequence[Row]) -> list[Month]:
    """Every month from the first to the last day of published.log_day rows of one provider."""
    states = {row["log_on"]: word.known(STATES, row["state"], place="published.log_day") for row in days}
    if not states:
        return []
    months, month = [], min(states).replace(day=1)
    while month <= max(states):
        months.append(_month(month, states))
        month = (month + timedelta(days=DAYS)).replace(day=1)
    return months


def spelled(days: Sequence[int]) -> str:
    """Runs of days in words: 3、5至7日."""
    words = spans(days, "至")
    return f"{'、'.join(words)}日" if words else ""


def spans(days: Sequence[int], to: str) -> list[str]:
    """Each run of days by its first and last."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}{to}{run[-1]}" for run in runs]


def _month(month: date, states: dict[date, str]) -> Month:
    here = [month + timedelta(days=n) for n in range(DAYS)]
    cells = tuple(_cell(states.get(day)) if day.month == month.month else None for day in here)
    told = [states.get(day) for day in here if day.month == month.month]
    return Month(
        f"{month.year}-{month.month:02}",
        cells,
        {state: told.count(state) for state in STATES},
        tuple(n for n, state in enumerate(told, start=1) if state == "missing"),
    )


def _cell(state: str | None) -> Cell:
    mark, word = OFF if state is None else STATES[state]
    return Cell(state or "off", mark, word)
