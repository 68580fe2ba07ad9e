"""Everything published that the dossiers cite, laid out by claim and by contract, and refused where a figure is missing."""

from dataclasses import dataclass

import duckdb

from hesuan.reports import docket, published
from hesuan.reports.page import check
from hesuan.reports.published import Row, grouped
from hesuan.reports.wording import word
from hesuan.schemas.fault import ReportFault

# A month in which one billed line has no metering is unknown: a sum without it would look like a measurement.
# The excess is the one that is published with the lines, where each has one: of rounded hours it would come out otherwise.
MONTHS = """
select
    contract_no,
    month,
    case
        when count(*) filter (billed_gpu_hours is not null and metered_gpu_hours is null) = 0
            then sum(metered_gpu_hours)
    end as metered_gpu_hours,
    sum(billed_gpu_hours) as billed_gpu_hours,
    case
        when count(*) = count(variance_gpu_hours) then sum(variance_gpu_hours)
        when count(*) filter (billed_gpu_hours is not null and metered_gpu_hours is null) = 0
            then sum(billed_gpu_hours) - sum(metered_gpu_hours)
    end as excess_gpu_hours
from published.reconciliation
where month is not null and coalesce(billed_gpu_hours, metered_gpu_hours) is not null
group by contract_no, month
order by contract_no, month
"""


@dataclass(frozen=True)
class Shelf:
    """Everything published that the pages cite, by claim or by contract. checks is None where it is not published."""

    steps: dict[str, list[Row]]
    checks: dict[str, check.Checks] | None
    codes: dict[str, str]
    decisions: dict[str, list[Row]]
    readings: dict[str, list[Row]]
    compared: frozenset[str]
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
        compared=published.compared_readings(connection),
        lines=grouped(published.rows(connection, published.RECONCILIATION), "contract_no"),
        months=grouped(published.answers(connection, MONTHS), "contract_no"),
        days=grouped(listed(published.CONTRACT_USE_DAY), "contract_no"),
        quantities=listed(published.QUANTITY),
    )


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
