"""The verdict bridge: from what was claimed to what is proposed, in two columns of money that add up.

Fee (涉及费用) and subsidy (补贴金额) are never added to one another. The limits of the calculation bind with tax, the
claim is in the tax basis of the policy: so the cut of the fee is one row, and its reasons name each limit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hesuan.reports.figure import yuan
from hesuan.reports.published import Row
from hesuan.reports.wording import word

ZERO = Decimal("0.00")
# Steps that may lower a sum with tax, in their order; each says by how much it bound.
LIMITS = ("invoiced", "metered", "contract", "paid")


@dataclass(frozen=True)
class Plank:
    """One row. fee, subsidy: the change it makes, None where unknown; of the first and last row the sum itself.

    kind: claimed, cost, face, applicant_cap, pool, refused or proposed.
    """

    kind: str
    title_zh: str
    fee: Decimal | None
    subsidy: Decimal | None
    reason_zh: str

    @property
    def is_sum(self) -> bool:
        return self.kind in ("claimed", "proposed")

    @property
    def is_cut(self) -> bool:
        return not self.is_sum and any(v is not None and v < 0 for v in (self.fee, self.subsidy))


def bridge(claim: Row, steps: list[Row]) -> list[Plank]:
    """First what was claimed, last what is proposed; between them each change that is not nil, in order of law.

    In both columns the rows above the last add up to the last, wherever every figure is known.
    """
    amounts = {step["step"]: step["amount_yuan"] for step in steps}
    at_ratio = amounts.get("half", claim["subsidy_before_caps_yuan"])
    counted = amounts.get("threshold", claim["recognised_cost_yuan"])
    below = counted != claim["recognised_cost_yuan"]
    rest = _less(claim["subsidy_before_caps_yuan"], claim["applicant_cap_cut_yuan"], claim["pool_cut_yuan"])
    planks = [
        Plank("claimed", "申报", claim["claimed_cost_yuan"], claim["claimed_subsidy_yuan"], "申请表所填"),
        Plank(
            "cost",
            "未达门槛" if below else "费用核减与按比例计算",
            _less(counted, claim["claimed_cost_yuan"]),
            _less(at_ratio, claim["claimed_subsidy_yuan"]),
            _why_cost(claim, steps, is_below=below),
        ),
        Plank(
            "face", "券面限额", ZERO, _less(claim["subsidy_before_caps_yuan"], at_ratio), _note(steps, "face")
        ),
        _cap("applicant_cap", "单位年度限额", claim, steps),
        _cap("pool", "年度总额", claim, steps),
        Plank("refused", "不予兑现", ZERO, _less(claim["proposed_subsidy_yuan"], rest), "不占年度额度"),
    ]
    moved = [p for p in planks if p.is_sum or p.fee != ZERO or p.subsidy != ZERO]
    last = word.PROPOSALS[claim["disposition"]]
    return [*moved, Plank("proposed", last[0], counted, claim["proposed_subsidy_yuan"], last[1])]


def totals(bridges: Iterable[tuple[Row, list[Plank]]]) -> dict[str, Any]:
    """Subsidies of many bridges, by kind, in the order of a bridge; `left_out`: claims with a figure unknown.

    What is held is taken from what is proposed: `held` is a row of its own, and `proposed` what is approved.
    """
    sums = dict.fromkeys(
        ("claimed", "cost", "face", "applicant_cap", "pool", "refused", "held", "proposed"), ZERO
    )
    left_out = 0
    for claim, planks in bridges:
        if any(plank.subsidy is None for plank in planks):
            left_out += 1
            continue
        for plank in planks:
            sums[plank.kind] += plank.subsidy or ZERO
        if claim["disposition"] == "hold":
            sums["held"] -= claim["proposed_subsidy_yuan"]
            sums["proposed"] -= claim["proposed_subsidy_yuan"]
    return {"sums": sums, "left_out": left_out}


def _cap(name: str, title_zh: str, claim: Row, steps: list[Row]) -> Plank:
    cut = claim[f"{name}_cut_yuan"]
    return Plank(name, title_zh, ZERO, None if cut is None else -cut, _note(steps, name))


def _why_cost(claim: Row, steps: list[Row], *, is_below: bool) -> str:
    """Each limit that bound, with tax, then how the recognised cost follows."""
    said = []
    before: Decimal | None = None
    for step in steps:
        if step["step"] not in LIMITS:
            continue
        amount = step["amount_yuan"]
        if amount is None:
            said.append(f"{_title(step)}：未知")
        elif before is not None and amount < before:
            said.append(f"{_title(step)}：减{yuan(before - amount)}元")
        before = before if amount is None else amount
    said += [
        note for name in ("recognised", *(["threshold"] if is_below else [])) if (note := _note(steps, name))
    ]
    return "；".join(said) or "以认定的实际发生费用按比例计算"


def _title(step: Row) -> str:
    return str(step["title_zh"] or step["step"])


def _note(steps: list[Row], name: str) -> str:
    return next((step["note_zh"] or "" for step in steps if step["step"] == name), "")


def _less(first: Decimal | None, *others: Decimal | None) -> Decimal | None:
    """first − others; None where one of them is unknown."""
    known = [value for value in others if value is not None]
    return None if first is None or len(known) < len(others) else first - sum(known, ZERO)
