"""What `hesuan check` says of a file: what it is, rows accepted and refused, and why. Changes nothing."""

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from hesuan.flows.evidence import take_in
from hesuan.flows.lake_set import staged_of
from hesuan.flows.stages.stage import stage
from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import UsageFault

SHOWN_ROWS = 20


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

    def lines(self) -> list[str]:
        lines = [
            f"{self.name}: {self.kind}，{self.row_count} 行，接受 {self.accepted_count}，退回 {self.rejected_count}"
        ]
        for row in self.rejected:
            sheet = f"工作表“{row['sheet']}” " if row["sheet"] else ""
            place = f"{sheet}第 {row['row_no']} 行：" if row["row_no"] else ""
            lines.append(f"  {place}{row['reason_zh']}（{row['reason_code']}）")
        if self.rejected_count > len(self.rejected):
            lines.append(f"  …… 另有 {self.rejected_count - len(self.rejected)} 行，共：{self.reason_counts}")
        return lines


def checked(path: Path) -> Checked:
    """Stages the file in a throw-away workspace, with the source.toml beside it. Raises UsageFault where it is missing."""
    if not path.is_file():
        raise UsageFault(f"{path}: 没有这个文件")
    with tempfile.TemporaryDirectory() as aside:
        workspace = Workspace(Path(aside))
        workspace.inbox.mkdir()
        beside = path.parent / "source.toml"
        for file in {path, beside} if beside.is_file() else {path}:
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


def _rejects(folder: Path) -> pl.DataFrame:
    path = folder / "reject.parquet"
    columns = ["sheet", "row_no", "reason_code", "reason_zh", "raw"]
    if not path.exists():
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    return pl.read_parquet(path, columns=columns, glob=False).sort("sheet", "row_no", nulls_last=False)
