"""What `hesuan decide` does: reads the panel's sheet, checks every line, records all of it or nothing (第十三条)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from hesuan.flows.panel.check import ClaimFacts, refusals
from hesuan.flows.panel.record import Recorded, keep, recorded, said_by
from hesuan.flows.panel.sheet import Filled, Line, read_panel_sheet
from hesuan.flows.warehouse import Connection, connect
from hesuan.flows.workspace import Workspace, held
from hesuan.reports import figure
from hesuan.reports.sheet.panel_sheet import write_panel_sheet
from hesuan.schemas.fault import PolicyFault, WarehouseFault
from hesuan.schemas.tables import tables

CLAIMS = """
    select claim_id, figures_sha256, disposition, proposed_subsidy_yuan, submitted_at
    from published.claim
    join published.claim_state using (claim_id)
    order by claim_id
"""
TIES = """
    select s.panellist, p.claim_id, p.person, p.subject_name || '的' || p.relation_zh as tie_zh
    from (select unnest(?::varchar[]) as panellist) as s
    join reconciled.claim_person as p
        on list_contains(reconciled.names_in(s.panellist), reconciled.bare_name(p.person))
    order by all
"""


@dataclass(frozen=True)
class Decided:
    """What became of one sheet. refused: one sentence per line refused; then nothing was recorded."""

    name: str
    refused: tuple[str, ...]
    recorded: tuple[Line, ...] = ()
    known_count: int = 0
    skipped_count: int = 0
    unfinished: tuple[int, ...] = ()
    file_name: str | None = None
    sums: tuple[Decimal, ...] = ()

    def totals(self) -> dict[str, tuple[int, Decimal]]:
        """Decision → how many lines, and the sum that they would have paid."""
        found = {}
        for value, _ in tables()["decision"].column("decision").choices:
            sums = [s for line, s in zip(self.recorded, self.sums, strict=True) if line.decision == value]
            found[value] = (len(sums), sum(sums, Decimal("0.00")))
        return found

    def facts(self) -> dict[str, Any]:
        return {
            "file": self.name,
            "refused": list(self.refused),
            "recorded_as": self.file_name,
            "recorded_count": len(self.recorded),
            "sum_yuan": str(sum(self.sums, Decimal("0.00"))),
            "already_recorded_count": self.known_count,
            "skipped_count": self.skipped_count,
            "unfinished_rows": list(self.unfinished),
            "totals": {k: {"line_count": n, "sum_yuan": str(s)} for k, (n, s) in self.totals().items()},
        }

    def lines(self) -> list[str]:
        words = dict(tables()["decision"].column("decision").choices)
        counted = f"{self.name}: 收录意见 {len(self.recorded)} 条，合计 {figure.yuan(sum(self.sums, Decimal('0.00')))} 元"
        lines = [f"{counted}；已收录过 {self.known_count} 条；未填意见 {self.skipped_count} 行"]
        lines += [f"  {words[k]} {n} 条，{figure.yuan(s)} 元" for k, (n, s) in self.totals().items() if n]
        lines += [f"  第 {row_no} 行填了内容而未填意见，没有收录" for row_no in self.unfinished]
        if self.file_name:
            lines.append(f"  记于 {self.file_name}；下一次 hesuan run 生成兑付清单")
        return lines


def print_sheet(database: Path, path: Path) -> int:
    """Write the panel's sheet of a published database; the number of claims on it."""
    with connect(database, read_only=True) as connection:
        return write_panel_sheet(connection, path)


def decide_sheet(path: Path, workspace: Workspace, *, at: datetime) -> Decided:
    """Take the decisions on the sheet in, as of the instant `at`; with one line refused, none.

    Raises WorkspaceBusy where a run holds the workspace, UsageFault where file or database is missing,
    InputFault where the file is no sheet of the panel's.
    """
    filled = read_panel_sheet(path)
    with held(workspace):
        return decide(filled, path.name, workspace, database=workspace.newest(), at=at)


def decide(filled: Filled, name: str, workspace: Workspace, *, database: Path, at: datetime) -> Decided:
    """The same for who holds the workspace. name: of the sheet; database: the newest published one."""
    claims, min_chars = _published(database, {line.panellist for line in filled.lines if line.panellist}, at)
    past = recorded(workspace, taken_on=at.date().isoformat())
    fresh = [line for line in filled.lines if not _is_known(line, past)]
    refused = _refused(name, filled, claims, past, at=at, min_chars=min_chars)
    if refused:
        return Decided(name, tuple(refused))
    digests = {line.claim_id: claims[line.claim_id].figures_sha256 for line in fresh}
    kept = keep(fresh, digests, at, workspace) if fresh else None
    return Decided(
        name,
        (),
        tuple(fresh),
        len(filled.lines) - len(fresh),
        filled.skipped_count,
        filled.unfinished,
        None if kept is None else kept.relative_to(workspace.root).as_posix(),
        tuple(_sum(line, claims[line.claim_id]) for line in fresh),
    )


def _published(database: Path, panellists: set[str], at: datetime) -> tuple[dict[str, ClaimFacts], int]:
    """Facts by claim, with ties of these panellists, and how many characters a reason needs on that day."""
    with connect(database, read_only=True) as connection:
        try:
            rows = connection.execute(CLAIMS).fetchall()
            tied = connection.execute(TIES, [sorted(panellists)]).fetchall()
        except duckdb.Error as error:
            raise WarehouseFault(
                f"{database.name}: 公布的数据库由旧版所写，没有核对专家意见所需的内容，请先运行 hesuan run"
            ) from error
        min_chars = _min_chars(connection, at)
    ties: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for panellist, claim_id, person, tie in tied:
        ties[claim_id].append((panellist, person, tie))
    facts = {c: ClaimFacts(c, code, advice, yuan, tuple(ties[c]), at) for c, code, advice, yuan, at in rows}
    return facts, min_chars


def _min_chars(connection: Connection, at: datetime) -> int:
    """Raises PolicyFault where the policy in force says nothing of it."""
    key = "panel.reason_min_chars"
    try:
        found = connection.execute(f"select policy.number('{key}', ?::date)", [at.date()]).fetchall()
    except duckdb.Error as error:
        raise PolicyFault(f"参数 {key}: {at.date()} 须恰有一个有效的值") from error
    return int(found[0][0])


def _refused(
    name: str,
    filled: Filled,
    claims: dict[str, ClaimFacts],
    past: list[Recorded],
    *,
    at: datetime,
    min_chars: int,
) -> list[str]:
    """One sentence per refused line: file, sheet, row, then everything that is wrong with it."""
    found = [(sheet, row_no, [reason]) for sheet, row_no, reason in filled.refused]
    first: dict[str, int] = {}
    for line in filled.lines:
        wrong = refusals(line, claims.get(line.claim_id), min_chars=min_chars)
        if line.claim_id in first:
            wrong.append(f"申请 {line.claim_id} 在第 {first[line.claim_id]} 行已有意见，每份表一笔一条")
        first.setdefault(line.claim_id, line.row_no)
        if not _is_known(line, past):
            wrong += _out_of_turn(line, past, at) + _too_early(claims.get(line.claim_id), at)
        if wrong:
            found.append((line.sheet, line.row_no, wrong))
    ordered = sorted(found, key=lambda one: (one[0] or "", one[1]))
    return [f"{_place(name, sheet, row_no)}：{'；'.join(wrong)}" for sheet, row_no, wrong in ordered]


def _place(name: str, sheet: str | None, row_no: int) -> str:
    return f"{name} 工作表“{sheet}” 第 {row_no} 行" if sheet else f"{name} 第 {row_no} 行"


def _out_of_turn(line: Line, past: list[Recorded], at: datetime) -> list[str]:
    """Decisions of a claim follow one another in time: an earlier one would never take effect."""
    times = [one.decided_at for one in past if one.claim_id == line.claim_id]
    if not times or at > max(times):
        return []
    latest = max(times).astimezone(at.tzinfo).isoformat(sep=" ")
    return [f"审查时间 {at.isoformat(sep=' ')} 须晚于此申请已收录的意见 {latest}"]


def _too_early(claim: ClaimFacts | None, at: datetime) -> list[str]:
    """Nothing is reviewed before it was submitted."""
    if claim is None or claim.submitted_at is None or at >= claim.submitted_at:
        return []
    submitted = claim.submitted_at.astimezone(at.tzinfo).isoformat(sep=" ")
    return [f"审查时间 {at.isoformat(sep=' ')} 早于此申请的提交时间 {submitted}"]


def _is_known(line: Line, past: list[Recorded]) -> bool:
    """Whether the panellist's latest decision on the claim already says the same.

    Where the claim's latest decisions are of one instant and differ, each of them may be said once more.
    """
    of_claim = [one for one in past if one.claim_id == line.claim_id]
    own = _latest([one for one in of_claim if one.panellist == line.panellist])
    if len({one.outcome for one in _latest(of_claim)}) > 1:
        return False
    return any(one.said == said_by(line.__dict__) for one in own)


def _latest(decisions: list[Recorded]) -> list[Recorded]:
    """Those of the last instant."""
    last = max((one.decided_at for one in decisions), default=None)
    return [one for one in decisions if one.decided_at == last]


def _sum(line: Line, claim: ClaimFacts) -> Decimal:
    """What the line would pay: of `ask` and `reject` nothing."""
    if line.decision == "approve":
        return claim.proposed_yuan
    return line.adjusted_yuan or Decimal("0.00") if line.decision == "adjust" else Decimal("0.00")
