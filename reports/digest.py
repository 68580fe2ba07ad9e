"""The digest: a short Chinese text of what is new since the run before, from `published.*` alone; None where nothing is.

No applicant, provider or person is named and no single amount is told: claims and findings stand by their ids, which
lead to the pages. Sums by proposal are told only where asked for.
"""

from typing import Any

import duckdb

from hesuan.reports import figure, published
from hesuan.reports.wording.words import word_of

MOST_NAMED = 10
APPEARED = """
    select claim_id, before is null as is_new
    from published.change
    where figure = 'claim' and claim_id is not null
    order by claim_id
"""
TURNED = """
    select claim_id, before, after, cause_kind
    from published.change
    where figure = 'disposition' and before is not null and after is not null
    order by claim_id
"""
MOVED = """
    select count(distinct claim_id) as claim_count
    from published.change
    where figure = 'proposed_subsidy_yuan' and before is not null and after is not null
"""
FINDINGS = """
    select f.how, f.rule_id, r.title_zh, count(*) as finding_count
    from published.finding_change as f
    left join published.rule as r using (rule_id)
    group by f.how, f.rule_id, r.title_zh
    order by f.how, f.rule_id
"""
REFUSED = """
    select count(*) as file_count from published.{} where status in ('refused', 'unrecognised')
"""
STANDING = """
    select
        disposition,
        count(*) as claim_count,
        sum(proposed_subsidy_yuan) as proposed_yuan,
    from published.claim
    group by disposition
    order by disposition
"""
HOWS = {"new": "新增发现", "gone": "不再出现的发现", "turned": "结论变了的发现"}


def digest(connection: duckdb.DuckDBPyConnection, *, with_sums: bool) -> str | None:
    """Markdown; on the first run all is new."""
    before = published.answers(connection, "select run_id from published.run_before")
    standing = published.answers(connection, STANDING)
    [run] = published.answers(connection, "select run_id from published.run")
    if before:
        news = [*_claims(connection), *_findings(connection), *_files(connection, "fresh_file")]
        since = f"与上次运行 {before[0]['run_id'] or '（打不开）'} 相比"
    else:
        first = [f"- 首次运行：申请 {sum(s['claim_count'] for s in standing)} 笔"] if standing else []
        news = [*first, *_files(connection, "input_file")]
        since = "此前没有运行"
    if not news:
        return None
    now = [_standing(row, with_sums=with_sums) for row in standing]
    ending = word_of("label", "for_the_panel")
    return "\n".join([f"# 核算日报 {run['run_id']}", "", f"{since}：", "", *news, "", *now, "", ending, ""])


def _claims(connection: duckdb.DuckDBPyConnection) -> list[str]:
    appeared = published.answers(connection, APPEARED)
    turned = published.answers(connection, TURNED)
    [moved] = published.answers(connection, MOVED)
    new = [row["claim_id"] for row in appeared if row["is_new"]]
    gone = [row["claim_id"] for row in appeared if not row["is_new"]]
    lines = [f"- 新增申请 {len(new)} 笔：{_named(new)}"] if new else []
    lines += [f"- 不再有的申请 {len(gone)} 笔：{_named(gone)}"] if gone else []
    if turned:
        told = [
            f"{t['claim_id']} {word_of('disposition', t['before'])}→{word_of('disposition', t['after'])}"
            f"（{word_of('change_cause', t['cause_kind'])}）"
            for t in turned
        ]
        lines.append(f"- 处理建议变了 {len(turned)} 笔：{_named(told)}")
    return lines + ([f"- 建议补贴变了 {moved['claim_count']} 笔"] if moved["claim_count"] else [])


def _findings(connection: duckdb.DuckDBPyConnection) -> list[str]:
    found = published.answers(connection, FINDINGS)
    lines = []
    for how, title in HOWS.items():
        rows = [row for row in found if row["how"] == how]
        if rows:
            told = [f"{r['rule_id']} {r['title_zh'] or ''} {r['finding_count']}" for r in rows]
            lines.append(f"- {title} {sum(r['finding_count'] for r in rows)} 项：{_named(told)}")
    return lines


def _files(connection: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    [refused] = published.answers(connection, REFUSED.format(relation))
    return [f"- 新收录的文件中 {refused['file_count']} 个未能读取"] if refused["file_count"] else []


def _standing(row: dict[str, Any], *, with_sums: bool) -> str:
    sums = (
        f"，{word_of('sum', row['disposition'])}合计 {figure.yuan(row['proposed_yuan'])} 元"
        if with_sums
        else ""
    )
    return f"{word_of('disposition', row['disposition'])}：{row['claim_count']} 笔{sums}  "


def _named(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return "、".join(names[:MOST_NAMED]) + (f" 等，另有 {more}" if more > 0 else "")
