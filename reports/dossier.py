"""What the page of one claim shows: verdict bridge, checks, match, days, findings, calculation, readings, opinion.

Nothing of the run itself stands on it: while a claim's own figures stay, its page stays byte for byte.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from hesuan.reports import bridge, chart, check, day_chart, docket, published, word
from hesuan.reports.docket import Docket
from hesuan.reports.figure import hours
from hesuan.reports.published import Row, grouped
from hesuan.schemas.fault import ReportFault

# A month in which one billed line has no metering is unknown: a sum without it would look like a measurement.
MONTHS = """
select
    contract_no,
    month,
    case
        when count(*) filter (billed_gpu_hours is not null and metered_gpu_hours is null) = 0
            then sum(metered_gpu_hours)
    end as metered_gpu_hours,
    sum(billed_gpu_hours) as billed_gpu_hours
from published.reconciliation
where month is not null and coalesce(billed_gpu_hours, metered_gpu_hours) is not null
group by contract_no, month
order by contract_no, month
"""
METERED = ("metered_gpu_hours", "active_gpu_hours")
BILLED = ("billed_gpu_hours", "billed_yuan")


def claims_of(connection: duckdb.DuckDBPyConnection, rules: dict[str, Row]) -> list[Row]:
    """Every claim in queue order.

    Raises ReportFault where one lacks its verdict or its sum, or cites a rule without a card.
    """
    claims = sorted(published.rows(connection, published.CLAIM), key=lambda claim: claim["policy_year"] or 0)
    seen: set[str] = set()
    for claim in claims:
        place = f"published.claim {claim['claim_id']}"
        if claim["claim_id"] is None or claim["claim_id"] in seen:
            raise ReportFault(f"{place}: 申请编号为空或重复")
        seen.add(claim["claim_id"])
        word.known(word.DISPOSITIONS, claim["disposition"], place=f"{place} 的 disposition")
        if claim["proposed_subsidy_yuan"] is None:
            raise ReportFault(f"{place}: 缺少建议金额 proposed_subsidy_yuan")
        for rule_id in claim["reasons"] or []:
            docket.cited(rules, rule_id, place=f"{place} 的 reasons")
    return claims


@dataclass(frozen=True)
class Shelf:
    """Everything published that the pages cite, by claim or by contract. checks is None where it is not published."""

    steps: dict[str, list[Row]]
    checks: dict[str, check.Checks] | None
    codes: dict[str, str]
    decisions: dict[str, list[Row]]
    readings: dict[str, list[Row]]
    lines: dict[str, list[Row]]
    months: dict[str, list[Row]]
    days: dict[str, list[Row]]
    quantities: list[Row]


def shelf(connection: duckdb.DuckDBPyConnection, *, claims: list[Row], rules: dict[str, Row]) -> Shelf:
    """Raises ReportFault where a claim lacks its calculation or its check code, or the two differ in the sum."""

    def listed(relation: published.Relation) -> list[Row]:
        """Nothing where the published file is of an older version."""
        known = published.is_published(connection, relation.name)
        return published.rows(connection, relation) if known else []

    steps = grouped(published.rows(connection, published.WATERFALL), "claim_id")
    states = published.rows(connection, published.CLAIM_STATE)
    codes = {row["claim_id"]: row["check_code"] for row in states}
    for claim in claims:
        if not codes.get(claim["claim_id"]):
            raise ReportFault(f"published.claim_state {claim['claim_id']}: 缺少核对码")
    return Shelf(
        steps={claim["claim_id"]: _steps_of(claim, steps.get(claim["claim_id"], [])) for claim in claims},
        checks=check.checks_of(connection, rules),
        codes=codes,
        decisions=grouped(listed(published.DECISION), "claim_id"),
        readings=grouped(published.rows(connection, published.READING), "claim_id"),
        lines=grouped(published.rows(connection, published.RECONCILIATION), "contract_no"),
        months=grouped(published.answers(connection, MONTHS), "contract_no"),
        days=grouped(listed(published.CONTRACT_USE_DAY), "contract_no"),
        quantities=listed(published.QUANTITY),
    )


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
                "readings": _moving(claim, kept.readings.get(claim_id, [])),
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


def _steps_of(claim: Row, steps: list[Row]) -> list[Row]:
    """Raises ReportFault where there is no waterfall or it does not end at the proposed sum."""
    place = f"published.waterfall {claim['claim_id']}"
    if not steps:
        raise ReportFault(f"{place}: 没有计算步骤，建议金额无从复算")
    if steps[-1]["amount_yuan"] != claim["proposed_subsidy_yuan"]:
        raise ReportFault(
            f"{place}: 末步 {steps[-1]['amount_yuan']} 与建议金额 {claim['proposed_subsidy_yuan']} 不一致"
        )
    return steps


def _moving(claim: Row, readings: list[Row]) -> dict[str, Any]:
    """`moving`: other readings under which this claim's sum or disposition differs, each beside the one taken.

    `still_count`: other readings that were worked out and change neither.
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
        "still_count": len(others) - len(moving),
    }


def _less(first: Decimal | None, second: Decimal) -> Decimal | None:
    return None if first is None else first - second


def _lines(listed: list[Row]) -> list[Row]:
    """What was agreed first, then month by month."""
    return [_line(row) for row in sorted(listed, key=lambda row: row["month"] or "")]


def _line(row: Row) -> Row:
    """A reconciled row with `expected`: its cells that print 未知 when null; the others then have no record.

    Without a month it is what was agreed; without usage or bill it is a month's invoices and payments.
    """
    if row["month"] is None:
        kind, expected = "agreed", {"contract_gpu_hours"}
    elif all(row[name] is None for name in METERED + BILLED):
        kind, expected = "money", set()
    elif all(row[name] is None for name in BILLED):
        kind, expected = "usage", set(METERED)
    else:
        kind, expected = "usage", {*METERED, *BILLED, "variance_gpu_hours"}
    causes = [(zh, row[name]) for name, zh in word.CAUSES.items() if row[name]]
    return row | {"kind": kind, "expected": expected, "causes": causes}


def _chart_of(months: list[Row]) -> chart.MonthChart | None:
    listed = [chart.Month(row["month"], row["metered_gpu_hours"], row["billed_gpu_hours"]) for row in months]
    return chart.month_chart(listed) if listed else None
