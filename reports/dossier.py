"""What the page of one claim shows: verdict, waterfall, three-way match, findings, readings, signatures."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb

from hesuan.reports import chart, docket, published, word
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


def dossiers(
    connection: duckdb.DuckDBPyConnection, *, claims: list[Row], filed: Docket
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Claim id and the context of templates/claim.html.j2, in the order of the claims."""
    steps = grouped(published.rows(connection, published.WATERFALL), "claim_id")
    readings = grouped(published.rows(connection, published.READING), "claim_id")
    lines = grouped(published.rows(connection, published.RECONCILIATION), "contract_no")
    months = grouped(published.answers(connection, MONTHS), "contract_no")
    is_defined = published.is_published(connection, published.QUANTITY.name)
    defined = published.rows(connection, published.QUANTITY) if is_defined else []
    for claim in claims:
        claim_id, contract_no = claim["claim_id"], claim["contract_no"]
        context = {
            "claim": claim,
            "steps": _steps_of(claim, steps.get(claim_id, [])),
            "readings": _open_readings(readings.get(claim_id, [])),
            "lines": [] if contract_no is None else _lines(lines.get(contract_no, [])),
            "months": None if contract_no is None else _chart_of(months.get(contract_no, [])),
            "quantities": [says | {"figure": _figure(claim, says)} for says in defined],
            "items": filed.of_claim.get(claim_id, []),
            "related": filed.touching(claim),
        }
        yield claim_id, context


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


def _open_readings(readings: list[Row]) -> list[Row]:
    """Only readings of which another value was worked out: the default alone repeats the verdict."""
    compared = {reading["reading_key"] for reading in readings if not reading["is_default"]}
    return [reading for reading in readings if reading["reading_key"] in compared]


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
