"""What the overview says of corrections: which file's rows replaced whose, by how much, and what came late."""

from typing import Any

import duckdb

from hesuan.reports import published
from hesuan.reports.published import Row

LISTED = 20
# First what nobody put in order or an older export replaced, then where hours moved; the list is of files, so a year has few.
PAIRS = f"""
select
    file_name,
    next_file_name,
    table_name,
    differing_zh,
    order_kind,
    row_count,
    unknown_row_count,
    before_gpu_hours,
    after_gpu_hours,
    difference_gpu_hours,
    count(*) over () as pair_total,
from published.superseded_file
order by
    order_kind in ('digest', 'older_export') is true desc, abs(difference_gpu_hours) desc nulls last, file_name,
    next_file_name, file_sha256, next_file_sha256, table_name
limit {LISTED}
"""
LATE = """
select
    count(distinct file_sha256) as file_count,
    count(distinct file_sha256) filter (where not is_first_of_month or closed_by_file_sha256 is not null)
        as adding_count,
from published.late_file
"""
NOTHING: Row = {"file_count": 0, "adding_count": 0}


def corrected(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Context of the overview's section; empty where nothing was replaced or the file is of an older version."""
    if not published.is_published(connection, "superseded_file"):
        return {"corrections": [], "correction_total": 0, "late": NOTHING}
    pairs = published.answers(connection, PAIRS)
    return {
        "corrections": pairs,
        "correction_total": pairs[0]["pair_total"] if pairs else 0,
        "late": published.answers(connection, LATE)[0],
    }
