"""What a run came to, read back from the published file: for the terminal, for --json and for artifacts."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from hesuan.flows.command.fault_english import fault_english
from hesuan.flows.stages.report import DIGEST, unprinted
from hesuan.flows.warehouse import connect
from hesuan.reports import figure
from hesuan.reports.wording import word
from hesuan.reports.wording.english import plainly
from hesuan.reports.wording.word import CHANGE_CAUSES
from hesuan.reports.wording.words import word_of

DISPOSITIONS = {code: zh for code, (zh, _) in word.DISPOSITIONS.items()}

CHANGED = """
    select coalesce(cause_kind, 'all') as kind, count(distinct claim_id) as claim_count
    from published.change
    where claim_id is not null
    group by rollup (cause_kind)
    having claim_count > 0
    order by kind <> 'all', claim_count desc, kind
"""


@dataclass(frozen=True)
class Outcome:
    """Counts and sums of one run; paths of what it made. `totals`: disposition → (claims, proposed yuan)."""

    run_id: str
    figure_sha256: str
    database: Path
    report: Path
    input_count: int
    fresh_count: int
    row_count: int
    rejected_count: int
    refused: tuple[str, ...]
    """Why each file of the inbox of which nothing was read was not; of one that was replaced or withdrawn, nothing."""
    unread: tuple[str, ...]
    """Their names, in the same order."""
    totals: dict[str, tuple[int, Decimal]]
    finding_count: int
    unprinted: tuple[str, ...]
    """Papers that were asked for and not made, a sentence each."""
    changed: dict[str, int]
    """Cause → claims whose figures changed since the run before; `all`: claims that changed at all. {}: none."""
    untold: tuple[str, ...] = ()
    """Why the digest did not reach where it should go."""
    evidence: tuple[str, ...] = ()
    """What is wrong with the evidence, or was and was put right: objects put back, sets of the lake made anew,
    dates of the ledger."""

    @property
    def digest(self) -> Path | None:
        """The text of what is new; None where nothing is."""
        path = self.report / DIGEST
        return path if path.exists() else None

    @property
    def shortfall(self) -> str | None:
        """How many files the figures lack, none by name; None where every file was read."""
        return f"已公布，但缺 {len(self.unread)} 个文件的数据" if self.unread else None

    def table(self) -> list[dict[str, Any]]:
        """Money as text: a table artifact would print 100.00 as 100."""
        return [
            {
                "处理建议": zh,
                "申请数": f"{self.totals[key][0]:,}",
                "建议补贴或保留额度（元）": figure.yuan(self.totals[key][1]),
            }
            for key, zh in DISPOSITIONS.items()
        ]

    def markdown(self) -> str:
        lines = [
            f"# 核算运行 {self.run_id}",
            "",
            "| 处理建议 | 申请数 | 建议补贴或保留额度（元） |",
            "|---|---|---|",
        ]
        lines += [
            f"| {r['处理建议']} | {r['申请数']} | {r['建议补贴或保留额度（元）']} |" for r in self.table()
        ]
        lines += ["", *self._changes()] if self.changed else []
        lines += [
            "",
            f"收录文件 {self.input_count:,} 个，读入 {self.row_count:,} 行，退回 {self.rejected_count:,} 行；",
        ]
        lines += [
            f"发现 {self.finding_count} 项。数字指纹 `{self.figure_sha256}`",
            "",
            "供专家组参考，以专家组审核意见为准。",
        ]
        lines += ["", *self._without("zh")] if self.unread else []
        return "\n".join(lines) if self.digest is None else self._digested(lines, self.digest)

    def _digested(self, lines: list[str], digest: Path) -> str:
        """With what is new below, its title one step down."""
        return "\n".join([*lines, "", f"#{digest.read_text(encoding='utf-8')}"])

    def lines(self, *, lang: str) -> list[str]:
        """For the terminal."""
        if lang == "en":
            lines = [
                f"run {self.run_id}: {self.input_count:,} files ({self.fresh_count:,} new),"
                f" {self.row_count:,} rows, {self.rejected_count:,} refused"
            ]
            lines += [
                f"  {key}: {n:,} claims, {yuan:,} CNY {word_of('sum', key, 'en')}"
                for key, (n, yuan) in self.totals.items()
            ]
            lines += [f"  {self.finding_count} findings"]
            places = [
                f"figures {self.figure_sha256}",
                f"database {self.database}",
                f"report {self.report / 'index.html'}",
            ]
            changed = [f"  {n} claims changed since the run before ({k})" for k, n in self.changed.items()]
            places += [f"digest {self.digest}"] if self.digest else []
            missing = [f"not on paper: {plainly(reason)}" for reason in self.unprinted]
            told = [
                *(f"cannot be read: {plainly(r)}" for r in self.refused),
                *(f"evidence: {plainly(fault_english(line))}" for line in self.evidence),
                *missing,
                *(f"not told: {plainly(u)}" for u in self.untold),
            ]
            return [
                *lines,
                *changed,
                *told,
                *places,
                word_of("label", "for_the_panel", "en"),
                *self._without(lang),
            ]
        known = self.input_count - self.fresh_count
        lines = [
            f"运行 {self.run_id}：文件 {self.input_count:,} 个（其中 {known:,} 个先前已收录），"
            f"{self.row_count:,} 行，退回 {self.rejected_count:,} 行"
        ]
        lines += [
            f"  {zh}：{self.totals[key][0]:,} 笔，{word_of('sum', key)} {figure.yuan(self.totals[key][1])} 元"
            for key, zh in DISPOSITIONS.items()
        ]
        lines += [f"  发现 {self.finding_count} 项", *(f"  {line}" for line in self._changes())]
        lines += [f"  未能读取：{reason}" for reason in self.refused]
        lines += [f"  证据：{line}" for line in self.evidence]
        lines += [f"  纸面未出：{reason}" for reason in self.unprinted]
        lines += [f"  {trouble}" for trouble in self.untold]
        places = [
            f"数字指纹 {self.figure_sha256}",
            f"数据库 {self.database}",
            f"报告 {self.report / 'index.html'}",
        ]
        places += [f"日报 {self.digest}"] if self.digest else []
        return [*lines, *places, "供专家组参考，以专家组审核意见为准。", *self._without(lang)]

    def _without(self, lang: str) -> list[str]:
        """The last line of a run that published without some files, by name; none where every file was read.

        They are what lies in the inbox, until it is replaced or taken away; the run then ends with 10.
        """
        if not self.unread:
            return []
        if lang == "en":
            return [f"published without {len(self.unread)} files: {', '.join(self.unread)}"]
        return [f"{self.shortfall}：{'、'.join(self.unread)}"]

    def _changes(self) -> list[str]:
        """One line; none where nothing changed."""
        if not self.changed:
            return []
        causes = [f"{CHANGE_CAUSES[k]} {n}" for k, n in self.changed.items() if k != "all"]
        return [f"自上次运行以来变动 {self.changed['all']} 笔（{'，'.join(causes)}）"]

    def facts(self) -> dict[str, Any]:
        """For --json."""
        return {
            "run_id": self.run_id,
            "figure_sha256": self.figure_sha256,
            "database": str(self.database),
            "report": str(self.report / "index.html"),
            "input_count": self.input_count,
            "fresh_count": self.fresh_count,
            "row_count": self.row_count,
            "rejected_count": self.rejected_count,
            "refused": list(self.refused),
            "evidence": list(self.evidence),
            "unread": list(self.unread),
            "finding_count": self.finding_count,
            "unprinted": list(self.unprinted),
            "digest": str(self.digest) if self.digest else None,
            "untold": list(self.untold),
            "changed_claim_count": self.changed,
            "totals": {
                k: {"claim_count": n, "proposed_subsidy_yuan": str(y)} for k, (n, y) in self.totals.items()
            },
        }


def outcome_of(
    database: Path,
    report: Path,
    *,
    fresh_count: int,
    missed: list[str],
    lying: dict[str, str],
    evidence: list[str],
    untold: list[str],
) -> Outcome:
    """lying: SHA-256 of what lies in the inbox → its name there."""
    with connect(database, read_only=True) as connection:
        run = connection.execute(
            "select run_id, figure_sha256, input_count, row_count, rejected_count from published.run"
        ).fetchall()[0]
        totals = connection.execute(
            "select disposition, count(*), sum(proposed_subsidy_yuan) from published.claim group by all"
        ).fetchall()
        not_read = connection.execute(
            "select reason_zh, file_sha256 from published.input_file"
            " where status in ('refused', 'unrecognised') order by file_name, file_sha256"
        ).fetchall()
        findings = connection.execute("select count(*) from published.finding").fetchall()[0][0]
        changed = connection.execute(CHANGED).fetchall()
    refused = [(reason, lying[sha256]) for reason, sha256 in not_read if sha256 in lying]
    summed = {key: (0, Decimal("0.00")) for key in DISPOSITIONS} | {d: (n, y) for d, n, y in totals}
    return Outcome(
        run_id=run[0],
        figure_sha256=run[1],
        database=database,
        report=report,
        input_count=run[2],
        fresh_count=fresh_count,
        row_count=run[3],
        rejected_count=run[4],
        refused=(*(row[0] for row in refused), *missed),
        unread=(*(row[1] for row in refused), *(reason.partition(": ")[0] for reason in missed)),
        totals=summed,
        finding_count=findings,
        unprinted=unprinted(report),
        changed=dict(changed),
        untold=tuple(untold),
        evidence=tuple(evidence),
    )
