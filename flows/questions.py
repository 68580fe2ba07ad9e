"""The bureau's list of questions: open readings of the last run, by the money they move."""

from pathlib import Path
from typing import Any

from hesuan.flows.warehouse import connect
from hesuan.reports.wording.english import plainly
from hesuan.reports.wording.policy_word import spoken

WORDS = {
    "zh": {
        "head": "待主管部门明确的解读（本次运行中会改变结果的 {} 种读法，按所动金额）：",
        "moving": "  {reading} {title}：{reading_key} 若取 {value}，{changed_claim_count} 笔不同，"
        "各笔之差合计 {moved_yuan} 元，总额变动 {difference_yuan} 元",
        "still": "  另有 {} 种读法不改变本次任何结果。",
    },
    "en": {
        "head": "open questions to the bureau (readings that change a result of this run: {}, by the money they move):",
        "moving": "  {reading} {title}: with {reading_key} = {value}, {changed_claim_count} claims differ,"
        " by {moved_yuan} CNY in all, and the total by {difference_yuan} CNY",
        "still": "  {} further readings change nothing of this run.",
    },
}
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


def question_lines(found: list[dict[str, Any]], lang: str) -> list[str]:
    if not found:
        return []
    moving = [f for f in found if f["changed_claim_count"]]
    words = WORDS[lang]
    lines = [words["head"].format(len(moving))]
    for f in moving:
        value = spoken(f["reading_key"], f["reading_value"]) if lang == "zh" else f["reading_value"]
        title = f["title_zh"] if lang == "zh" else plainly(f["title_zh"])
        lines.append(words["moving"].format(title=title, value=value, **f))
    return [*lines, words["still"].format(len(found) - len(moving)), ""]
