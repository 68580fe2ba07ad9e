"""At most five lines of what the operators should look at first, each a link (需处理)."""

from dataclasses import dataclass
from typing import Any

import duckdb

from hesuan.reports import published
from hesuan.reports.figure import count, day, yuan
from hesuan.reports.published import Row

MOST_LINES = 5
NOT_READ = ("refused", "unrecognised")
STEP = "STEP_ROW"
STALE = """
select claim_id
from published.decision
where not is_current and obstacle_zh is not null
order by claim_id
"""
UNEXPLAINED = """
select count(distinct claim_id) as claim_count
from published.change
where cause_kind = 'unexplained' and claim_id is not null
"""
# What the ledger of vouchers does not hold to (第七条): more face value than the year's pool, than an applicant's cap.
BROKEN = """
select title_zh, figure_yuan, count(*) over () as check_count
from published.ledger_check
where not holds
order by name <> 'pool_not_negative', name
"""


@dataclass(frozen=True)
class Line:
    sentence_zh: str
    href: str


def attention(
    connection: duckdb.DuckDBPyConnection, facts: dict[str, Any], links: dict[str, str]
) -> list[Line]:
    """The weightiest lines first; `facts` is the context of the overview, `links` claim id → page."""
    lines = [
        *_stale(connection, links),
        *_unexplained(connection),
        *_files(facts["files"]),
        *_full(facts["files"]),
        *_ahead(facts["files"]),
        *_held(facts["outcome"]["hold"]),
        *_pool([year for year, _ in facts["pools"]]),
        *ledger_lines(connection),
        *_loose(len(facts["loose"])),
        *_rejects(facts["reject_summary"]),
        *_idle(sum(counted is None for _, counted in facts["coverage"])),
    ]
    return lines[:MOST_LINES]


def _stale(connection: duckdb.DuckDBPyConnection, links: dict[str, str]) -> list[Line]:
    if not published.is_published(connection, "decision"):
        return []
    claims = [row["claim_id"] for row in published.answers(connection, STALE) if row["claim_id"] in links]
    if not claims:
        return []
    sentence = f"{count(len(claims))}份申请在专家组作出意见之后数字有变，须重新确认；其一为{claims[0]}。"
    return [Line(sentence, links[claims[0]])]


def _unexplained(connection: duckdb.DuckDBPyConnection) -> list[Line]:
    if not published.is_published(connection, "change"):
        return []
    changed = published.answers(connection, UNEXPLAINED)[0]["claim_count"]
    return [Line(f"{count(changed)}份申请的数字有变而没有找到原因。", "#changes")] if changed else []


def _files(files: list[Row]) -> list[Line]:
    """What was corrected since stands in the list of files alone."""
    unread = [
        file["file_name"]
        for file in files
        if file["status"] in NOT_READ and file["corrected_by_sha256"] is None
    ]
    return (
        [Line(f"{count(len(unread))}个文件没有读出数据，其一为“{unread[0]}”。", "#files")] if unread else []
    )


def _full(files: list[Row]) -> list[Line]:
    """Exports that may have been cut where the console or the query of the cloud cuts them."""
    full = [file for file in files if file["full_row_count"] is not None]
    if not full:
        return []
    sentence = (
        f"{count(len(full))}份账单恰有该格式一次导出至多的行数，其后可能还有，须看是否交齐；"
        f"其一为“{full[0]['file_name']}”（{count(full[0]['full_row_count'])}行）。"
    )
    return [Line(sentence, "#files")]


def _ahead(files: list[Row]) -> list[Line]:
    """Told of a time that had not come when they were handed in: running jobs are counted up to it."""
    ahead = [file for file in files if file["ahead_on"] is not None]
    if not ahead:
        return []
    sentence = (
        f"{count(len(ahead))}份文件的导出时刻（没有写的看用量最后的时刻）晚于收到之日，须核对 exported_at、时区与时钟，"
        f"或是以 --as-of 收进的；其一为“{ahead[0]['file_name']}”（{day(ahead[0]['ahead_on'])}）。"
    )
    return [Line(sentence, "#files")]


def _held(hold: Row) -> list[Line]:
    if not hold["claim_count"]:
        return []
    kept = yuan(hold["proposed_subsidy_yuan"])
    return [Line(f"{count(hold['claim_count'])}份申请暂缓，保留{kept}元，待补充材料。", "#f=d:hold")]


def _pool(years: list[Row]) -> list[Line]:
    return [
        Line(f"{year['policy_year']}年度总额已无余额（尚余{yuan(year['remaining_yuan'])}元）。", "#pools")
        for year in years
        if year["remaining_yuan"] is not None and year["remaining_yuan"] <= 0
    ]


def ledger_lines(connection: duckdb.DuckDBPyConnection) -> list[Line]:
    if not published.is_published(connection, "ledger_check"):
        return []
    broken = published.answers(connection, BROKEN)
    if not broken:
        return []
    first = broken[0]
    named, gap = first["title_zh"], yuan(first["figure_yuan"])
    sentence = f"券台账有{count(first['check_count'])}项检查不成立，其一是{named}，差额{gap}元。"
    return [Line(sentence, "#pools")]


def _loose(loose_count: int) -> list[Line]:
    return [Line(f"{count(loose_count)}条发现不归于某一份申请。", "#findings")] if loose_count else []


def _rejects(reasons: list[Row]) -> list[Line]:
    """Steps of a job are counted with the job: a log that has them is as it should be."""
    steps = sum(row["row_count"] for row in reasons if row["reason_code"] == STEP)
    others = sum(row["row_count"] for row in reasons) - steps
    if not others:
        return []
    if steps:
        sentence = f"{count(others)}行退回，附原因与原文；另有{count(steps)}行是作业的步骤，作业主行已计。"
    else:
        sentence = f"{count(others)}行退回，附原因与原文。"
    return [Line(sentence, "#rejects")]


def _idle(idle_count: int) -> list[Line]:
    return [Line(f"{count(idle_count)}条规则本批次没有运行。", "#coverage")] if idle_count else []
