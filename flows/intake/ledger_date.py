"""Days in the intake ledger that cannot be: by them it is told what came late, and what was changed after a filing."""

from datetime import date

from hesuan.flows.intake.evidence import Intake

# A decision is taken in as of the time of the review, which is past when its sheet comes.
DECISIONS = "decisions/"


def dates_amiss(known: list[Intake], *, today: date | None) -> list[str]:
    """A line where a batch is dated after `today`, and one where it is dated before an earlier batch.

    today: of the run; None where it looks at a past day.
    """
    days = {i.batch: i.taken_on for i in known if not i.name.startswith(DECISIONS)}
    ahead = [batch for batch, day in days.items() if today is not None and day > today.isoformat()]
    back, latest = [], ""
    for batch, day in sorted(days.items()):
        if day < latest:
            back.append((batch, latest))
        latest = max(latest, day)
    lines = []
    if ahead:
        batch = ahead[0]
        lines.append(
            f"收录台账有 {len(ahead)} 批记于今天（{today}）之后，最早的第 {batch} 批记于 {days[batch]}："
            "时钟不对，迟交与改写按台账的日期看"
        )
    if back:
        batch, before = back[0]
        lines.append(
            f"收录台账有 {len(back)} 批的日期早于先前的一批，最早的第 {batch} 批记于 {days[batch]}，先前已有 {before}："
            "时钟不对，或以 --as-of 收进"
        )
    return lines
