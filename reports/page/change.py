"""What the overview says of the run before: how many claims changed and why, the weightiest of them by name."""

from typing import Any

import duckdb

from hesuan.reports import published
from hesuan.reports.published import Row
from hesuan.reports.wording import word

LISTED = 20
COUNTS = """
select cause_kind, count(distinct claim_id) as claim_count
from published.change
where claim_id is not null
group by cause_kind
order by claim_count desc, cause_kind
"""
CLAIMS = f"""
select
    claim_id,
    list(distinct figure order by figure) as figures,
    list(distinct cause_kind order by cause_kind) as kinds,
    list(distinct cause_zh order by cause_zh) as causes,
    cast(any_value(before) filter (figure in ('proposed_subsidy_yuan', 'claim')) as decimal(18, 2)) as before,
    cast(any_value(after) filter (figure in ('proposed_subsidy_yuan', 'claim')) as decimal(18, 2)) as after,
    coalesce(sum(difference_yuan) filter (figure in ('proposed_subsidy_yuan', 'claim')), 0) as moved_yuan,
    count(*) over () as claim_total,
from published.change
where claim_id is not null
group by claim_id
order by bool_or(is_own_cause) desc, abs(moved_yuan) desc, claim_id
limit {LISTED}
"""
NOTES = "select cause_zh from published.change where claim_id is null order by cause_zh"


def changed(connection: duckdb.DuckDBPyConnection, meanings: dict[tuple[str, str], str]) -> dict[str, Any]:
    """Context of the overview's section; everything empty where nothing changed or nothing was compared."""
    if not published.is_published(connection, "change"):
        return {"change_counts": [], "changed_claims": [], "change_total": 0, "change_notes": []}
    claims = published.answers(connection, CLAIMS)
    return {
        "change_counts": [_counted(row) for row in published.answers(connection, COUNTS)],
        "changed_claims": [_listed(row, meanings) for row in claims],
        "change_total": claims[0]["claim_total"] if claims else 0,
        "change_notes": [row["cause_zh"] for row in published.answers(connection, NOTES)],
    }


def _counted(row: Row) -> Row:
    return row | {"kind_zh": word.CHANGE_CAUSES.get(row["cause_kind"], row["cause_kind"])}


def _listed(row: Row, meanings: dict[tuple[str, str], str]) -> Row:
    return row | {
        "figures_zh": "、".join(word.figure(name, meanings) for name in row["figures"]),
        "causes_zh": "；".join(row["causes"]),
        "is_sum_moved": row["before"] != row["after"],
    }
