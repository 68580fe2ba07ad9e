"""The bureau's list of questions: open readings of the last run, by the money they move."""

from pathlib import Path
from typing import Any

from hesuan.flows.warehouse import connect
from hesuan.reports.wording.policy_word import spoken

_ASKED = """
    select
        reading, reading_key, title_zh, reading_value, changed_claim_count,
        cast(difference_yuan as varchar) as difference_yuan, cast(moved_yuan as varchar) as moved_yuan,
    from published.reading_total
    where not is_default and exists (from published.run where policy_id = ?)
    order by reading_total.moved_yuan desc, changed_claim_count desc, reading_key, reading_value
"""


def questions(database: Path, policy_id: str) -> list[dict[str, Any]]:
    """One per alternative of a reading, the one that moves most money first; sums in yuan, as text.

    None where the run followed another policy: it says nothing of the readings of this one.
    """
    with connect(database, read_only=True) as connection:
        rows = connection.execute(_ASKED, [policy_id])
        names = [column[0] for column in rows.description]
        return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


def question_lines(found: list[dict[str, Any]]) -> list[str]:
    if not found:
        return []
    moving = [f for f in found if f["changed_claim_count"]]
    lines = [f"待主管部门明确的解读（本次运行中会改变结果的 {len(moving)} 种读法，按所动金额）："]
    for f in moving:
        lines.append(
            f"  {f['reading']} {f['title_zh']}：{f['reading_key']} 若取 {spoken(f['reading_key'], f['reading_value'])}，"
            f"{f['changed_claim_count']} 笔不同，各笔之差合计 {f['moved_yuan']} 元，总额变动 {f['difference_yuan']} 元"
        )
    still = len(found) - len(moving)
    return [*lines, f"  另有 {still} 种读法不改变本次任何结果。", ""]
