"""What the page of one claim shows: verdict bridge, checks, match, days, findings, calculation, readings, opinion.

Nothing of the run itself stands on it: while a claim's own figures stay, its page stays byte for byte.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from hesuan.reports import published
from hesuan.reports.docket import Docket
from hesuan.reports.figure import hours
from hesuan.reports.page import bridge, chart, check, day_chart
from hesuan.reports.page.match_line import kind_of
from hesuan.reports.published import Row, grouped
from hesuan.reports.shelf import Shelf
from hesuan.reports.wording import word
from hesuan.schemas.fault import ReportFault


def bridges(kept: Shelf, claims: list[Row]) -> dict[str, list[bridge.Plank]]:
    return {claim["claim_id"]: bridge.bridge(claim, kept.steps[claim["claim_id"]]) for claim in claims}


def dossiers(
    kept: Shelf, *, claims: list[Row], filed: Docket, planks: dict[str, list[bridge.Plank]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Claim id and the context of templates/claim.html.j2, in the order of the claims."""
    of_contract = grouped(claims, "contract_no")
    for claim in claims:
        claim_id, contract_no = claim["claim_id"], claim["contract_no"]
        twins = [] if contract_no is None else of_contract[contract_no]
        yield (
            claim_id,
            {
                "claim": claim,
                "check_code": kept.codes[claim_id],
                "bridge": planks[claim_id],
                "checks": None
                if kept.checks is None
                else kept.checks.get(claim_id, check.Checks([], [], [])),
                "steps": _numbered(kept.steps[claim_id]),
                "readings": _moving(claim, kept.readings.get(claim_id, []), kept.compared),
                "decisions": kept.decisions.get(claim_id, []),
                "quantities": [says | {"figure": _figure(claim, says)} for says in kept.quantities],
                "items": filed.of_claim.get(claim_id, []),
                "related": filed.touching(claim),
                "twins": [twin["claim_id"] for twin in twins if twin["claim_id"] != claim_id],
                **_of_contract(kept, contract_no),
            },
        )


def _of_contract(kept: Shelf, contract_no: str | None) -> dict[str, Any]:
    if contract_no is None:
        return {"lines": [], "months": None, "days": [], "day_bars": None}
    days = kept.days.get(contract_no, [])
    return {
        "lines": _lines(kept.lines.get(contract_no, [])),
        "months": _chart_of(kept.months.get(contract_no, [])),
        "days": days,
        "day_bars": day_chart.day_chart(days),
    }


def _numbered(steps: list[Row]) -> list[Row]:
    """Each step with `formula_zh`: how its line follows from the one before."""
    before = [None, *(step["step_no"] for step in steps)]
    return [
        step | {"formula_zh": word.FORMULAS.get(step["step"], "—").format(n=number)}
        for step, number in zip(steps, before, strict=False)
    ]


def _figure(claim: Row, says: Row) -> str:
    """The claim's own figure of a kind of card-hours, printed. Raises ReportFault where the claim has no such column."""
    relation, name = says["column_name"].split(".")
    if relation != published.CLAIM.name or name not in claim:
        raise ReportFault(f"published.quantity {says['quantity']}: 没有 {says['column_name']} 一列")
    value = claim[name]
    if name.endswith("_unit_seconds"):
        # A card is 21000 units; four places, cut off, as reconciled.gpu_hours prints it.
        return hours(None if value is None else Decimal(value * 10_000 // 75_600_000).scaleb(-4))
    return hours(value)


def _moving(claim: Row, readings: list[Row], compared: frozenset[str]) -> dict[str, Any]:
    """`moving`: other readings under which this claim's sum or disposition differs, each beside the one taken.

    `still_count`: keys of which the other readings were worked out and change neither.
    """
    taken = {row["reading_key"]: row["reading_value"] for row in readings if row["is_default"]}
    others = [row for row in readings if not row["is_default"]]
    verdict = (claim["disposition"], claim["proposed_subsidy_yuan"])
    moving = [row for row in others if (row["disposition"], row["proposed_subsidy_yuan"]) != verdict]
    return {
        "moving": [
            row
            | {"taken": taken.get(row["reading_key"])}
            | {"difference_yuan": _less(row["proposed_subsidy_yuan"], claim["proposed_subsidy_yuan"])}
            for row in moving
        ],
        "still_count": len(compared.intersection(taken) - {row["reading_key"] for row in moving}),
    }


def _less(first: Decimal | None, second: Decimal) -> Decimal | None:
    return None if first is None else first - second


def _lines(listed: list[Row]) -> list[Row]:
    """What was agreed first, then month by month."""
    return [_line(row) for row in sorted(listed, key=lambda row: row["month"] or "")]


def _line(row: Row) -> Row:
    """A reconciled row with `expected`: its cells that print 未知 when null; the others then have no record."""
    kind, expected = kind_of(row)
    causes = [(zh, row[name]) for name, zh in word.CAUSES.items() if row[name]]
    return row | {"kind": kind, "expected": expected, "causes": causes}


def _chart_of(months: list[Row]) -> chart.MonthChart | None:
    listed = [chart.Month(row["month"], row["metered_gpu_hours"], row["billed_gpu_hours"]) for row in months]
    return chart.month_chart(listed) if listed else None
