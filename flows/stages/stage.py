"""Stage: one file of the evidence → one set of Parquet files in the lake, and its rejects."""

import hmac
import os
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import cast

import polars as pl

from hesuan.flows.adapters import adapter_for
from hesuan.flows.chain.run import chained
from hesuan.flows.intake.evidence import DECLARATION_NAME, Intake, object_path, read_declaration
from hesuan.flows.intake.kept_object import hashes_of
from hesuan.flows.lake.file_set import Staged, begin, finish, is_whole, set_folder
from hesuan.flows.mapped.as_it_lies import check_whole
from hesuan.flows.mapped.parquet_file import is_parquet
from hesuan.flows.mapped.second_header import check_second_header
from hesuan.flows.mapped.workbook import hidden_tables, is_workbook
from hesuan.flows.occupancy.occupy import occupy
from hesuan.flows.occupancy.sample import HOW, has_samples, sample_set, say_how
from hesuan.flows.occupancy.sample import TABLE as SAMPLES
from hesuan.flows.source import AsItLies, Part, Reading, Source
from hesuan.flows.spell.keep import keep_spells
from hesuan.flows.warehouse import QueryTrouble
from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import EvidenceFault, InputFault
from hesuan.schemas.tables import tables
from hesuan.validators.gate import REJECT_SCHEMA, gate
from hesuan.validators.words import read_once

INTERVALS = "usage_interval"
# Scans and pictures are kept as evidence (第十二条“后台日志截图”) and never read.
PICTURES = {b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"%PDF": "PDF"}
# They may hold names of other encodings, links and paths out of the folder: who packed one unpacks it.
ARCHIVES = {
    b"PK\x03\x04": "ZIP",
    b"Rar!\x1a\x07": "RAR",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"\xfd7zXZ\0": "xz",
    b"BZh91AY&SY": "bzip2",
    b"\x28\xb5\x2f\xfd": "zstd",
}
# Documents that are ZIP inside: part of theirs → what they are. Nobody should unpack these.
DOCUMENTS = {
    b"OFD.xml": "是版式文件（OFD）",
    b"word/document.xml": "是 Word 文档",
    b"ppt/presentation.xml": "是演示文稿",
}
# As many rows as DuckDB keeps together itself: its threads then share the reading of one file.
ROW_GROUP = 122_880
# Parts of one file that are read at a time: every part stands alone, and the libraries let go of the interpreter.
PARTS_AT_ONCE = 2
# What an office system exports as .xls is often a page.
PAGES = ("<html", "<!doctype html", "<table", "<head", "<meta")
_OS_ERROR = re.compile(r"\(os error (\d+)\)")
WHOLE_FILE = {"sheet": None, "row_no": 0, "table_name": None}


def stage(intake: Intake, workspace: Workspace, user_hash_key: str) -> Path:
    """The folder of the file's set: <table>.<part>.parquet, reject.parquet, staged.json, and the hours of samples.

    A file that cannot be read is staged as refused, with the reason as its one reject. Raises EvidenceFault where what is
    kept of it is not what was taken in.
    """
    folder = set_folder(intake, workspace, user_hash_key=user_hash_key)
    if is_whole(folder):
        return folder
    if not object_path(workspace, intake.sha256).exists():
        raise _lost(intake, workspace, "不在证据库中")
    making = begin(folder)
    with ThreadPoolExecutor(1) as beside:
        # Slow on its own, free beside the reading: hashlib lets go of the interpreter.
        known = intake.sha256 if intake.is_just_kept else None
        hashes = beside.submit(hashes_of, object_path(workspace, intake.sha256), known=known)
        try:
            staged = _staged(intake, workspace, making, user_hash_key=user_hash_key)
            keep_spells(making, exported_at=intake.declaration.get("exported_at"))
        except InputFault as fault:
            staged = _refused(
                intake, making, status="refused", reason_code="FILE_REFUSED", reason_zh=fault.lines()[0]
            )
    sha256, sm3 = hashes.result()
    if sha256 != intake.sha256:
        shutil.rmtree(making)
        raise _lost(intake, workspace, f"内容的 SHA-256 是 {sha256}，与名称不符")
    finish(making, folder, replace(staged, sm3=sm3))
    return folder


def _lost(intake: Intake, workspace: Workspace, what_zh: str) -> EvidenceFault:
    place = object_path(workspace, intake.sha256).relative_to(workspace.root).as_posix()
    return EvidenceFault(f"{place}: {what_zh}；请把原件（{intake.name}）再存入收件箱，或由备份放回")


def _staged(intake: Intake, workspace: Workspace, making: Path, *, user_hash_key: str) -> Staged:
    source = Source(object_path(workspace, intake.sha256), intake.name, intake.declared)
    with source.path.open("rb") as file:
        start = file.read(8)
    if any(start.startswith(magic) for magic in PICTURES):
        return Staged(intake.sha256, "kept", None, (), 0, 0, 0, None)
    if intake.name.rsplit("/", 1)[-1] == DECLARATION_NAME:
        read_declaration(source.content, place=intake.name)
        return Staged(intake.sha256, "declaration", None, (), 0, 0, 0, None)
    _ = source.start  # a broken archive is told as such before anybody asks what it holds
    adapter = adapter_for(source)
    if adapter is None:
        reason = _strange(source)
        return _refused(intake, making, status="unrecognised", reason_code="UNRECOGNISED", reason_zh=reason)
    reading = adapter.read(source)
    if reading.as_it_lies is not None and _stands_as_it_lies(reading.as_it_lies, source, intake, making):
        rows = reading.as_it_lies.row_count
        unread = reading.unread_columns
        return Staged(
            intake.sha256, "read", adapter.NAME, (SAMPLES,), rows, rows, 0, None, unread_columns=unread
        )
    return _gated(reading, intake, making, adapter_name=adapter.NAME, user_hash_key=user_hash_key)


def _strange(source: Source) -> str:
    """Why nobody claims the file: what is no text, workbook or Parquet has no header that anybody could read."""
    if not source.start:
        return f"{source.name}: 文件是空的"
    if source.head.lstrip().lower().startswith(PAGES):
        return f"{source.name}: 是网页（HTML），不是表格；请用 Excel 打开，另存为 .xlsx 再交"
    if is_workbook(source) and (hidden := hidden_tables(source)):
        return f"{source.name}: 可见的工作表都没有认得的表头；隐藏的工作表不读取：{'、'.join(hidden)}"
    packed = next((name for magic, name in ARCHIVES.items() if source.start.startswith(magic)), None)
    if packed and not is_workbook(source):
        for part, what_zh in DOCUMENTS.items():
            if part in source.content:
                return f"{source.name}: {what_zh}，不读取；其中的数请另交表格，发票请交数电发票 XML 或发票表"
        return f"{source.name}: 是压缩包（{packed}），不解开；请解开后把其中的文件放进收件箱（gzip 压缩的单个文件可直接交）"
    if is_workbook(source):
        return f"{source.name}: 工作簿里没有本系统的表；云账单与日志请交系统导出的原样文件（CSV、JSON、文本），不要另存为工作簿"
    if source.is_first_line_cut:
        return (
            f"{source.name}: 认不出是什么文件：第一行长过 64 KiB，只看了开头；表格请删去本系统不读的列再导出"
        )
    if source.head or is_parquet(source):
        return f"{source.name}: 认不出是什么文件（表头和结构都不符合任何一种格式）"
    return f"{source.name}: 不是 XLSX、Parquet，也不是完整的 UTF-8、GB18030 或 UTF-16 文字；文字请重新导出"


def _stands_as_it_lies(lies: AsItLies, source: Source, intake: Intake, making: Path) -> bool:
    """Whether the file is its own set: under a second name, looked through once, nothing in it refused.

    Raises InputFault where a page of it is damaged.
    """
    check_whole(source)
    part = making / f"{SAMPLES}.0000.parquet"
    try:
        os.link(source.path, part)
    except OSError:
        return False
    say_how(lies, making)
    is_whole_set = False
    with suppress(QueryTrouble):
        # What cannot be read there is read in parts, and says what is wrong with it.
        is_whole_set = occupy(sample_set(intake, making), making)
    if is_whole_set:
        _write(pl.DataFrame(schema=REJECT_SCHEMA), making / "reject.parquet", intake)
        return True
    part.unlink()
    (making / HOW).unlink()
    return False


def _gated(
    reading: Reading, intake: Intake, making: Path, *, adapter_name: str, user_hash_key: str
) -> Staged:
    """Raises InputFault where rows in ≠ accepted + rejected: nothing is lost."""
    keep = partial(_keep_part, intake=intake, making=making, user_hash_key=user_hash_key)
    with ThreadPoolExecutor(PARTS_AT_ONCE) as pool:
        kept = list(pool.map(keep, range(len(reading.parts)), reading.parts))
    refused = pl.concat(part.refused for part in kept)
    _write(refused, making / "reject.parquet", intake)
    row_count = sum(part.row_count for part in kept)
    accepted_count = sum(part.accepted_count for part in kept)
    if accepted_count + refused.height != row_count:
        raise InputFault(
            f"{intake.name}: 行数不平：读入 {row_count}，接受 {accepted_count}，退回 {refused.height}"
        )
    if has_samples(making):
        occupy(sample_set(intake, making), making)
    names = tuple(sorted({name for part in kept for name in part.tables}))
    latest = max((part.latest_at for part in kept if part.latest_at is not None), default=None)
    return Staged(
        intake.sha256,
        "read",
        adapter_name,
        names,
        row_count,
        accepted_count,
        refused.height,
        None,
        latest_at=latest.isoformat() if latest else None,
        formula_count=reading.formula_count,
        emptied_count=sum(part.emptied_count for part in kept),
        unread_columns=reading.unread_columns,
        step_seconds=reading.step_seconds,
    )


@dataclass(frozen=True)
class _KeptPart:
    """A part of a file whose accepted rows lie in the lake."""

    row_count: int
    tables: tuple[str, ...]
    accepted_count: int
    refused: pl.DataFrame
    latest_at: datetime | None
    emptied_count: int


def _keep_part(
    number: int, part_of: Callable[[], Part], *, intake: Intake, making: Path, user_hash_key: str
) -> _KeptPart:
    """Reads a part, gates it and writes what is accepted."""
    part = part_of()
    refused, accepted_count, emptied_count, latest_at = [part.rejected], 0, 0, None
    for name, frame in part.frames.items():
        gated = gate(frame, tables()[name])
        check_second_header(frame, gated.rejected, tables()[name], place=intake.name)
        accepted_count += gated.accepted.height
        emptied_count += gated.emptied_count
        latest_at = _latest_of(gated.accepted) if name == INTERVALS else latest_at
        refused.append(_with_raw(gated.rejected, part.line_of))
        accepted = _without_names(gated.accepted, key=user_hash_key)
        _write(accepted, making / f"{name}.{number:04}.parquet", intake, part.first_row)
        links = chained(accepted) if name == SAMPLES else None
        for relation, rows in links.tables.items() if links else ():
            _write(rows, making / f"{relation}.{number:04}.parquet", intake)
    whole = pl.concat(frame.select(pl.col(n).cast(t) for n, t in REJECT_SCHEMA.items()) for frame in refused)
    return _KeptPart(part.row_count, tuple(part.frames), accepted_count, whole, latest_at, emptied_count)


def _latest_of(intervals: pl.DataFrame) -> datetime | None:
    """The last instant that any of them begins or ends at."""
    latest = intervals.select(pl.max_horizontal(pl.col("started_at", "ended_at").max())).item()
    return cast("datetime | None", latest)


def _with_raw(refused: pl.DataFrame, line_of: Callable[[pl.Series], pl.Series] | None) -> pl.DataFrame:
    if line_of is None or refused.is_empty():
        return refused
    return refused.with_columns(raw=line_of(refused["row_no"]))


def _without_names(frame: pl.DataFrame, *, key: str) -> pl.DataFrame:
    """User names leave as HMAC-SHA-256 (first 16 hex digits); the names themselves are not stored."""
    if "user" not in frame.columns:
        return frame
    hashes = read_once(frame.get_column("user"), partial(_user_hashes, key=key))
    return frame.with_columns(user_hash=hashes).drop("user")


def _user_hashes(users: pl.Series, *, key: str) -> pl.Series:
    return pl.Series([user and _user_hash(key, user) for user in users], dtype=pl.String)


@lru_cache(100_000)
def _user_hash(key: str, user: str) -> str:
    return hmac.digest(key.encode(), user.encode(), "sha256").hex()[:16]


def _refused(intake: Intake, making: Path, *, status: str, reason_code: str, reason_zh: str) -> Staged:
    """A whole file that is of no use counts as one row, rejected."""
    for leftover in making.glob("*.parquet"):
        leftover.unlink()
    row = {**WHOLE_FILE, "reason_code": reason_code, "reason_zh": reason_zh, "raw": intake.name}
    _write(pl.DataFrame([row], schema=REJECT_SCHEMA), making / "reject.parquet", intake)
    return Staged(intake.sha256, status, None, (), 1, 0, 1, reason_zh)


def _write(frame: pl.DataFrame, path: Path, intake: Intake, first_row: int = 0) -> None:
    """Every row with its file and its place in it."""
    file_row = pl.int_range(pl.len(), dtype=pl.Int64) + first_row
    file = pl.lit(intake.sha256, dtype=pl.Enum([intake.sha256]))
    placed = frame.with_columns(file_sha256=file, file_row=file_row)
    try:
        placed.write_parquet(path, compression="lz4", row_group_size=ROW_GROUP)
    except pl.exceptions.ComputeError as error:
        # Of what the system said, polars keeps the number in its words alone.
        said = _OS_ERROR.search(str(error))
        if said is None:
            raise
        raise OSError(int(said[1]), os.strerror(int(said[1])), str(path)) from error
