"""Stage: one file of the evidence → one set of Parquet files in the lake, and its rejects.

A set is named by what it was made from (content, declaration, code), so it is made once and found again.
"""

import hashlib
import hmac
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import polars as pl

from hesuan.flows import code
from hesuan.flows.adapters import adapter_for
from hesuan.flows.evidence import DECLARATION_NAME, Intake, object_path, read_declaration, sm3_of
from hesuan.flows.source import Reading, Source
from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import InputFault
from hesuan.schemas.tables import tables
from hesuan.validators.gate import REJECT_SCHEMA, gate

# Scans and pictures are kept as evidence (第十二条“后台日志截图”) and never read.
PICTURES = {b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"%PDF": "PDF"}
# As many rows as DuckDB keeps together itself: its threads then share the reading of one file.
ROW_GROUP = 122_880
WHOLE_FILE = {"sheet": None, "row_no": 0, "table_name": None}


@dataclass(frozen=True)
class Staged:
    """What became of one file. status: read, kept (evidence only), declaration, refused, unrecognised."""

    sha256: str
    status: str
    adapter: str | None
    tables: tuple[str, ...]
    row_count: int
    accepted_count: int
    rejected_count: int
    reason_zh: str | None
    sm3: str = ""


def set_folder(intake: Intake, workspace: Workspace, *, user_hash_key: str) -> Path:
    made_from = json.dumps(
        [intake.sha256, intake.declaration, code.staging_digest(), user_hash_key], sort_keys=True
    )
    return workspace.lake / hashlib.sha256(made_from.encode()).hexdigest()[:32]


def stage(intake: Intake, workspace: Workspace, user_hash_key: str) -> Path:
    """The folder of the file's set: one <table>.parquet each, reject.parquet and staged.json.

    A file that cannot be read is staged as refused, with the reason as its one reject.
    """
    folder = set_folder(intake, workspace, user_hash_key=user_hash_key)
    if (folder / "staged.json").exists():
        return folder
    making = folder.with_name(f"{folder.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    with ThreadPoolExecutor(1) as beside:
        # Slow on its own, free beside the reading: hashlib lets go of the interpreter.
        sm3 = beside.submit(sm3_of, object_path(workspace, intake.sha256))
        try:
            staged = _staged(intake, workspace, making, user_hash_key=user_hash_key)
        except InputFault as fault:
            staged = _refused(
                intake, making, status="refused", reason_code="FILE_REFUSED", reason_zh=str(fault)
            )
    says = json.dumps(asdict(replace(staged, sm3=sm3.result())), ensure_ascii=False, sort_keys=True)
    (making / "staged.json").write_text(says, "utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    making.replace(folder)
    return folder


def staged_of(folder: Path) -> Staged:
    says = json.loads((folder / "staged.json").read_text("utf-8"))
    return Staged(**{**says, "tables": tuple(says["tables"])})


def _staged(intake: Intake, workspace: Workspace, making: Path, *, user_hash_key: str) -> Staged:
    source = Source(object_path(workspace, intake.sha256), intake.name, intake.declared)
    with source.path.open("rb") as file:
        start = file.read(8)
    if any(start.startswith(magic) for magic in PICTURES):
        return Staged(intake.sha256, "kept", None, (), 0, 0, 0, None)
    if intake.name.rsplit("/", 1)[-1] == DECLARATION_NAME:
        read_declaration(source.content, place=intake.name)
        return Staged(intake.sha256, "declaration", None, (), 0, 0, 0, None)
    _ = source.content  # a broken archive is told as such before anybody asks what it holds
    adapter = adapter_for(source)
    if adapter is None:
        reason = f"{intake.name}: 认不出是什么文件（表头和结构都不符合任何一种格式）"
        return _refused(intake, making, status="unrecognised", reason_code="UNRECOGNISED", reason_zh=reason)
    return _gated(
        adapter.read(source), intake, making, adapter_name=adapter.NAME, user_hash_key=user_hash_key
    )


def _gated(
    reading: Reading, intake: Intake, making: Path, *, adapter_name: str, user_hash_key: str
) -> Staged:
    """Raises InputFault where rows in ≠ accepted + rejected: nothing is lost."""
    rejected = [reading.rejected.select(pl.col(n).cast(t) for n, t in REJECT_SCHEMA.items())]
    accepted_count = 0
    for name, frame in sorted(reading.frames.items()):
        gated = gate(frame, tables()[name])
        accepted_count += gated.accepted.height
        rejected.append(gated.rejected)
        _write(_without_names(gated.accepted, key=user_hash_key), making / f"{name}.parquet", intake)
    refused = pl.concat(rejected)
    _write(refused, making / "reject.parquet", intake)
    if accepted_count + refused.height != reading.row_count:
        raise InputFault(
            f"{intake.name}: 行数不平：读入 {reading.row_count}，接受 {accepted_count}，退回 {refused.height}"
        )
    names = tuple(sorted(reading.frames))
    return Staged(
        intake.sha256, "read", adapter_name, names, reading.row_count, accepted_count, refused.height, None
    )


def _without_names(frame: pl.DataFrame, *, key: str) -> pl.DataFrame:
    """User names leave as HMAC-SHA-256 (first 16 hex digits); the names themselves are not stored."""
    if "user" not in frame.columns:
        return frame
    users = frame.get_column("user").unique().drop_nulls().to_list()
    hashed = {u: hmac.new(key.encode(), u.encode(), hashlib.sha256).hexdigest()[:16] for u in users}
    digest = pl.col("user").replace_strict(hashed, default=None, return_dtype=pl.String)
    return frame.with_columns(user_hash=digest).drop("user")


def _refused(intake: Intake, making: Path, *, status: str, reason_code: str, reason_zh: str) -> Staged:
    """A whole file that is of no use counts as one row, rejected."""
    for leftover in making.glob("*.parquet"):
        leftover.unlink()
    row = {**WHOLE_FILE, "reason_code": reason_code, "reason_zh": reason_zh, "raw": intake.name}
    _write(pl.DataFrame([row], schema=REJECT_SCHEMA), making / "reject.parquet", intake)
    return Staged(intake.sha256, status, None, (), 1, 0, 1, reason_zh)


def _write(frame: pl.DataFrame, path: Path, intake: Intake) -> None:
    """Every row with its file and its place in it."""
    placed = frame.with_columns(
        file_sha256=pl.lit(intake.sha256), file_row=pl.int_range(pl.len(), dtype=pl.Int64)
    )
    placed.write_parquet(path, compression="lz4", row_group_size=ROW_GROUP)
