"""The record of what the panel decided: canonical files in inbox/decisions, taken into the evidence at once.

The evidence is the ledger: append-only, and read by the next run like anything else that was handed in.
"""

import csv
import hashlib
import io
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from hesuan.flows.intake.evidence import Intake, ledger, record, take_in
from hesuan.flows.intake.standing import standing
from hesuan.flows.lake.file_set import parts_of
from hesuan.flows.panel.sheet import Line
from hesuan.flows.stages.stage import stage
from hesuan.flows.workspace import Workspace
from hesuan.schemas.tables import tables

FOLDER = "decisions"
STEM = "专家意见-"
NAME_DIGITS = 16


@dataclass(frozen=True)
class Recorded:
    """One decision already in the evidence. said: what was decided, without the time."""

    claim_id: str
    panellist: str
    decided_at: datetime
    said: tuple[object, ...]

    @property
    def outcome(self) -> tuple[object, ...]:
        """The decision, and the sum of a cut."""
        decision, adjusted_yuan = self.said[2:4]
        return (decision, adjusted_yuan if decision == "adjust" else None)


def said_by(row: dict[str, object]) -> tuple[object, ...]:
    """What makes two decisions the same; of a check code the printed digits count."""
    code = str(row["figures_sha256"] or "").lower()[:NAME_DIGITS]
    names = ("claim_id", "panellist", "decision", "adjusted_yuan", "reason", "override_reason")
    return (*(row[name] for name in names), code)


def recorded(workspace: Workspace, *, taken_on: str) -> list[Recorded]:
    """Every decision in files of the decisions folder, by the evidence and not by what still lies in the inbox.

    A file that a crash left in the inbox, written but not yet taken in, is taken in first.
    """
    written = sorted((workspace.inbox / FOLDER).glob(f"{STEM}*.csv"))
    record([take_in(path, workspace, taken_on) for path in written], workspace)
    intakes, key = of_the_panel(workspace), workspace.settings().user_hash_key
    paths = [path for i in intakes for path in parts_of(stage(i, workspace, key), "decision")]
    return [one for path in paths for one in _decisions(path)]


def of_the_panel(workspace: Workspace) -> list[Intake]:
    """What was taken in out of the decisions folder."""
    return [i for i in standing(ledger(workspace)) if i.name.startswith(f"{FOLDER}/")]


def _decisions(path: Path) -> list[Recorded]:
    rows = pl.read_parquet(path, glob=False).to_dicts()
    return [Recorded(r["claim_id"], r["panellist"], r["decided_at"], said_by(r)) for r in rows]


def keep(lines: list[Line], digests: dict[str, str], at: datetime, workspace: Workspace) -> Path:
    """Write the lines as one file named by its content, and take it in. digests: claim → whole figure digest."""
    content = _canonical(lines, digests, at)
    name = f"{STEM}{hashlib.sha256(content).hexdigest()[:NAME_DIGITS]}.csv"
    folder, incoming = workspace.inbox / FOLDER, workspace.evidence / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    incoming.mkdir(parents=True, exist_ok=True)
    # Written aside: a run that follows a crash finds the whole file in the inbox or none.
    with (incoming / name).open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(incoming / name, folder / name)
    record([take_in(folder / name, workspace, at.date().isoformat())], workspace)
    return folder / name


def _canonical(lines: list[Line], digests: dict[str, str], at: datetime) -> bytes:
    """CSV in UTF-8 with Chinese headers, one line per claim in order of its number; the same lines, the same bytes."""
    columns = tables()["decision"].columns
    words = dict(tables()["decision"].column("decision").choices)
    page = io.StringIO(newline="")
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow([column.zh for column in columns])
    for line in sorted(lines, key=lambda one: one.claim_id):
        cells = {
            **line.__dict__,
            "decided_at": at.isoformat(sep=" "),
            "decision": words[line.decision],
            "figures_sha256": digests[line.claim_id],
        }
        writer.writerow(["" if cells[c.name] is None else str(cells[c.name]) for c in columns])
    return page.getvalue().encode("utf-8")
