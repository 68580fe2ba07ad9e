"""What the first page of a run shows: outcome, claims, findings, coverage, files, rejects, policy."""

from decimal import Decimal
from typing import Any

import duckdb

from hesuan.reports import docket, published
from hesuan.reports.docket import Item
from hesuan.reports.page import bridge, change, chart, correction, facet, flow_chart, progress
from hesuan.reports.page.bridge import Plank
from hesuan.reports.published import Row
from hesuan.reports.wording import word, words
from hesuan.schemas.fault import ReportFault

REJECTS_LISTED = 1000
# Rows of a long list that lie open; the others are folded, for a browser lays out what is open.
SHOWN_ROWS = 150
SHOWN_FINDINGS = 20
SUMMED = (
    "claimed_cost_yuan",
    "claimed_subsidy_yuan",
    "recognised_cost_yuan",
    "proposed_subsidy_yuan",
)
SUMMARY = f"""
select
    disposition,
    grouping(disposition) = 1 as is_total,
    count(*) as claim_count,
    {", ".join(f"sum({name}) as {name}, count(*) - count({name}) as {name}_missing" for name in SUMMED)}
from published.claim
group by grouping sets ((disposition), ())
order by is_total, disposition
"""
FINDING_SUMMARY = """
select
    severity,
    rule_id,
    count(*) filter (verdict = 'flag') as flag_count,
    count(*) filter (verdict = 'unknown') as unknown_count,
    count(distinct claim_id) as claim_count,
    sum(amount_at_risk_yuan) as amount_at_risk_yuan,
    count(*) - count(amount_at_risk_yuan) as amount_at_risk_yuan_missing
from published.finding
group by severity, rule_id
order by severity, rule_id
"""
REJECT_SUMMARY = """
select reason_code, count(*) as row_count, count(distinct file_sha256) as file_count, min(reason_zh) as example_zh
from published.reject
group by reason_code
order by row_count desc, reason_code
"""
READINGS = "select distinct reading_key from published.reading order by all"
UNKNOWN_MEASURES = """
select
    count(*) filter (metered_gpu_hours is null) as metered,
    count(*) filter (billed_gpu_hours is null) as billed,
    count(*) filter (invoiced_gross_yuan is null) as invoiced,
    count(*) filter (paid_yuan is null) as paid
from published.claim
"""
RECHECK = """
select count(*) as row_count, min(due_on) as first_due_on
from published.recheck
where not is_checked
"""


def overview(
    connection: duckdb.DuckDBPyConnection,
    *,
    claims: list[Row],
    rules: dict[str, Row],
    loose: list[Item],
    planks: dict[str, list[Plank]],
) -> dict[str, Any]:
    """The context of templates/index.html.j2."""
    reject_summary = published.answers(connection, REJECT_SUMMARY)
    meanings = _meanings(connection)
    return {
        **_progress(connection, claims=claims, rules=rules, planks=planks),
        "outcome": _outcome(connection),
        "pools": _pools(connection),
        "finding_summary": _by_severity(published.answers(connection, FINDING_SUMMARY)),
        "rules": rules,
        "loose": loose,
        "coverage": _coverage(connection, rules),
        "files": published.rows(connection, published.INPUT_FILE),
        "shown_rows": SHOWN_ROWS,
        "shown_findings": SHOWN_FINDINGS,
        "rejects": published.first_rows(connection, published.REJECT, each=None, limit=REJECTS_LISTED),
        "reject_summary": reject_summary,
        "reject_total": sum(row["row_count"] for row in reject_summary),
        "unmeasured": published.answers(connection, UNKNOWN_MEASURES)[0],
        "recheck": recheck(connection),
        "readings_not_compared": len(_not_compared(connection)),
        "file_states": word.FILE_STATES,
        "adapters": words.CHINESE["adapter"],
        "meanings": meanings,
        **change.changed(connection, meanings),
        **correction.corrected(connection),
        **_parameters(connection),
    }


def _outcome(connection: duckdb.DuckDBPyConnection) -> dict[str, Row]:
    """Disposition (and `total`) → count and sums, each sum with the number of claims that lack it."""
    none: Row = {"claim_count": 0} | {name: Decimal("0.00") for name in SUMMED}
    none |= {f"{name}_missing": 0 for name in SUMMED}
    found = {
        "total" if row["is_total"] else row["disposition"]: row
        for row in published.answers(connection, SUMMARY)
        if row["claim_count"]
    }
    return {name: found.get(name, none) for name in (*word.DISPOSITIONS, "total")}


def recheck(connection: duckdb.DuckDBPyConnection) -> Row:
    """How many checks of paid invoices have not been made, and the first day on which one is due."""
    if not published.is_published(connection, "recheck"):
        return {"row_count": 0, "first_due_on": None}
    return published.answers(connection, RECHECK)[0]


def _progress(
    connection: duckdb.DuckDBPyConnection,
    *,
    claims: list[Row],
    rules: dict[str, Row],
    planks: dict[str, list[Plank]],
) -> dict[str, Any]:
    """How far the claims have come, how their sums follow, and the list of them with its facets."""
    summed = bridge.totals((claim, planks[claim["claim_id"]]) for claim in claims)
    return {
        "claims": [
            claim | {"facet_keys": " ".join(facet.keys_of(claim)), "nothing_left": word.nothing_left(claim)}
            for claim in claims
        ],
        "facets": facet.facets(claims, rules),
        "stages": progress.stages(connection),
        "flow": flow_chart.flow_chart(summed["sums"]) if claims else None,
        "flow_left_out": summed["left_out"],
    }


def _pools(connection: duckdb.DuckDBPyConnection) -> list[tuple[Row, chart.PoolChart]]:
    is_limited = published.value_in_force(connection, "pool.limited") != "false"
    return [(row, _pool_bars(row, is_limited)) for row in published.rows(connection, published.POOL)]


def _pool_bars(pool: Row, is_limited: bool) -> chart.PoolChart:
    if pool["amount_yuan"] is None and is_limited:
        raise ReportFault(f"published.pool {pool['policy_year']}: 缺少年度总额 amount_yuan")
    named = [("已生效券面", "committed"), ("已兑现", "redeemed"), ("本次建议", "proposed")]
    if pool["amount_yuan"] is not None:
        named.append(("尚余", "remaining"))
    return chart.pool_chart(pool["amount_yuan"], [(label, pool[f"{name}_yuan"]) for label, name in named])


def _by_severity(summary: list[Row]) -> list[Row]:
    return sorted(summary, key=lambda row: (list(word.SEVERITIES).index(row["severity"]), row["rule_id"]))


def _coverage(connection: duckdb.DuckDBPyConnection, rules: dict[str, Row]) -> list[tuple[Row, Row | None]]:
    """Each rule card with its counts, None where the rule never ran: that is not the same as no finding."""
    counted = {row["rule_id"]: row for row in published.rows(connection, published.COVERAGE)}
    for rule_id in counted:
        docket.cited(rules, rule_id, place="published.coverage")
    return [(card, counted.get(rule_id)) for rule_id, card in rules.items()]


def _not_compared(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Keys that the text leaves open and of which no other reading was worked out."""
    taken = {row["reading_key"] for row in published.answers(connection, READINGS)}
    return taken - published.compared_readings(connection)


def _meanings(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """(relation, column) → what the dictionary says of it."""
    listed = published.rows(connection, published.DICTIONARY)
    return {(row["relation"], row["column_name"]): row["meaning_zh"] for row in listed if row["meaning_zh"]}


def _parameters(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Row]]:
    """Law (article and quote) and house assumptions apart. Raises ReportFault where a value is neither."""
    listed = published.rows(connection, published.PARAMETER)
    for row in listed:
        if row["value"] is None or not (_is_law(row) or row["house_reason_zh"]):
            raise ReportFault(f"published.parameter {row['key']}: 缺少数值，或既无条款原文又无自定理由")
    return {
        "law": [row for row in listed if _is_law(row)],
        "house": [row for row in listed if not _is_law(row)],
    }


def _is_law(row: Row) -> bool:
    return bool(row["article"] and row["quote_zh"])
