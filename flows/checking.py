"""What `hesuan check` says of a file: what it is, rows accepted and refused, and why. Changes nothing."""

import os
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from hesuan.flows.evidence import DECLARATION_NAME, take_in
from hesuan.flows.lake.file_set import staged_of
from hesuan.flows.stages.stage import stage
from hesuan.flows.workspace import Workspace
from hesuan.reports.english import plainly
from hesuan.schemas.fault import UsageFault

SHOWN_ROWS = 20
# What --json gives stays as it is published, in Chinese; the code of a reason is the same in every language.
WORDS = {
    "zh": {
        "head": "{kind}，{row_count} 行，接受 {accepted_count}，退回 {rejected_count}",
        "sheet": "工作表“{sheet}” ",
        "row": "第 {row_no} 行：",
        "reason": "{reason}（{code}）",
        "refused": "退回",
        "colon": "：",
        "comma": "，",
        "where": "位置：",
        "raw": "内容：",
        "advice": "处理：更正后重交；其余的行照收。",
        "more": "另有 {count} 行，共：",
    },
    "en": {
        "head": "{kind}, {row_count} rows, {accepted_count} accepted, {rejected_count} refused",
        "sheet": "sheet “{sheet}” ",
        "row": "row {row_no}: ",
        "reason": "{reason} ({code})",
        "refused": "refused ",
        "colon": ": ",
        "comma": ", ",
        "where": "where: ",
        "raw": "found: ",
        "advice": "to do: correct and hand in again; the other rows are accepted.",
        "more": "and {count} more rows, in all: ",
    },
}


@dataclass(frozen=True)
class Checked:
    """What became of one file, with its first refused rows."""

    name: str
    status: str
    kind: str
    row_count: int
    accepted_count: int
    rejected_count: int
    reason_counts: dict[str, int]
    rejected: list[dict[str, Any]]

    def facts(self) -> dict[str, Any]:
        return self.__dict__

    def lines(self, *, lang: str = "zh", form: str = "concise") -> list[str]:
        """What the file is, then one line per refused row; in full with what stood there and what to do."""
        words = WORDS[lang]
        lines = [f"{self.name}: {words['head'].format(**self.__dict__)}"]
        for row in self.rejected:
            reason = row["reason_zh"] if lang == "zh" else plainly(row["reason_zh"])
            sheet = words["sheet"].format(**row) if row["sheet"] else ""
            place = f"{sheet}{words['row'].format(**row)}" if row["row_no"] else ""
            if form == "full":
                lines += [f"  {words['refused']}[{row['reason_code']}]{words['colon']}{reason}"]
                where = f"{self.name}{words['comma']}{place.rstrip(words['colon'])}" if place else self.name
                lines += [f"    {words['where']}{where}", *self._raw(row, words)]
            else:
                lines.append(f"  {place}{words['reason'].format(reason=reason, code=row['reason_code'])}")
        if self.rejected_count > len(self.rejected):
            more = self.rejected_count - len(self.rejected)
            lines.append(f"  …… {words['more'].format(count=more)}{self.reason_counts}")
        return lines

    def _raw(self, row: dict[str, Any], words: dict[str, str]) -> list[str]:
        raw = [f"    {words['raw']}{row['raw']}"] if row["raw"] else []
        return [*raw, f"    {words['advice']}"]


def checked(path: Path) -> Checked:
    """Stages the file in a throw-away workspace, with the source.toml it goes by. Raises UsageFault where it is missing."""
    if not path.is_file():
        raise UsageFault(f"{path}: 没有这个文件")
    with tempfile.TemporaryDirectory() as aside:
        workspace = Workspace(Path(aside))
        workspace.inbox.mkdir()
        declared = _declaration_of(path)
        for file in (path,) if declared is None else (declared, path):
            (workspace.inbox / file.name).write_bytes(file.read_bytes())
        intake = take_in(workspace.inbox / path.name, workspace, "")
        folder = stage(intake, workspace, "")
        staged = staged_of(folder)
        rejects = _rejects(folder)
    return Checked(
        name=path.name,
        status=staged.status,
        kind="、".join(staged.tables) or staged.status,
        row_count=staged.row_count,
        accepted_count=staged.accepted_count,
        rejected_count=staged.rejected_count,
        reason_counts=dict(sorted(Counter(rejects["reason_code"].to_list()).items())),
        rejected=rejects.head(SHOWN_ROWS).to_dicts(),
    )


def _declaration_of(path: Path) -> Path | None:
    """The nearest source.toml, as a night finds it: in the file's folder or above, up to an inbox where it lies in one."""
    for folder in Path(os.path.abspath(path)).parents:
        if (folder / DECLARATION_NAME).is_file():
            return folder / DECLARATION_NAME
        if folder.name == "inbox":
            break
    return None


def _rejects(folder: Path) -> pl.DataFrame:
    path = folder / "reject.parquet"
    columns = ["sheet", "row_no", "reason_code", "reason_zh", "raw"]
    if not path.exists():
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    return pl.read_parquet(path, columns=columns, glob=False).sort("sheet", "row_no", nulls_last=False)
