"""The evidence store: a content-addressed copy of every file taken in, and an append-only ledger of intakes.

Nothing here looks inside a file. Objects are never changed; the ledger only grows.
"""

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hesuan.flows.append_only import append_batch, read_entries
from hesuan.flows.intake.kept_object import PIECE_BYTES, WHOLE, keep_object
from hesuan.flows.intake.seen import is_settled, note_of_file, read_note, write_note
from hesuan.flows.source import Declaration, check_zone, in_utc
from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import EvidenceFault, InputFault
from hesuan.schemas.kind import ZONE
from hesuan.schemas.toml_place import read_toml

DECLARATION_NAME = "source.toml"
# Of what a declaration may say; beyond it no clock of a machine room is.
FIRST_YEAR, LAST_YEAR = 1970, 2999
# No exporter samples less often than once a day.
DAY_S = 86_400
INSTANTS = ("exported_at", "time_origin")
WORDS = ("provider_id", "cluster_id", "time_zone", "finality", "tenant", "contract_no", "sample_metric")
TITLE_ZH = "收录台账"
# Between two looks at a copy that grows, some pieces are written.
GROWING_SECONDS = 0.005


@dataclass(frozen=True)
class Former:
    """A declaration that stood for a content, and does no more: from the day it came, until the day of the next one."""

    declaration: dict[str, Any]
    from_on: str
    until_on: str


@dataclass(frozen=True)
class Intake:
    """One file as handed in once. `taken_on` is the day of the run that took it in (a day, never a clock)."""

    sha256: str
    name: str
    byte_count: int
    taken_on: str
    declaration: dict[str, Any]
    batch: int = 0
    """Files of one run's intake share a batch; a later batch supersedes an earlier one."""
    back_batch: int = 0
    """The batch, and its day, in which the content last came back under a name that had meanwhile held another.

    0 and empty where it never did. The ledger does not say it; `flows.standing` reads it out of the ledger.
    """
    back_on: str = ""
    declared_on: str = ""
    """The day on which the declaration that stands came; read out of the ledger too, else that of the file."""
    formers: tuple[Former, ...] = ()
    """By which its usage was counted otherwise; read out of the ledger too (`flows.former`)."""
    found: str = field(default=WHOLE, compare=False)
    """How its object was found before it was taken in: WHOLE, or ABSENT or DAMAGED and then made anew of the file."""
    is_just_kept: bool = field(default=False, compare=False)
    """Its object was hashed in this run, as it was made: whoever reads it need not ask again."""

    @property
    def newest_batch(self) -> int:
        return max(self.batch, self.back_batch)

    @property
    def newest_on(self) -> str:
        """The day of it."""
        return self.back_on or self.taken_on

    @property
    def said(self) -> str:
        """The declaration as JSON with sorted keys: the same text for the same declaration."""
        return json.dumps(self.declaration, ensure_ascii=False, sort_keys=True)

    @property
    def declared(self) -> Declaration:
        """Raises InputFault where the declaration beside the file could not be read."""
        says = dict(self.declaration)
        if "unreadable" in says:
            raise InputFault(
                f"{self.name}: 旁边的 {DECLARATION_NAME} 读不懂（{says['unreadable']}），先改正它"
            )
        # A ledger may hold a zone that was not asked about when it was declared.
        check_zone(says.get("time_zone"))
        for key in INSTANTS:
            if says.get(key):
                says[key] = datetime.fromisoformat(says[key])
        return Declaration(**says)


def file_order(intake: Intake, latest_at: datetime | None = None) -> tuple[int, datetime, str]:
    """What sorts files so that the later of two supersedes: batch it last came in, export time, content.

    latest_at: the last instant that the file tells of; it was exported no earlier, where it declares no time.
    """
    return intake.newest_batch, *first_order(intake, latest_at)[1:]


def first_order(intake: Intake, latest_at: datetime | None = None) -> tuple[int, datetime, str]:
    """What sorts files as they first came, whether or not they came back."""
    exported_at = intake.declaration.get("exported_at")
    instant = in_utc(datetime.fromisoformat(exported_at) if exported_at else latest_at)
    return intake.batch, instant or datetime.min.replace(tzinfo=UTC), intake.sha256


def object_path(workspace: Workspace, sha256: str) -> Path:
    return workspace.evidence / f"objects/sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def inbox_files(workspace: Workspace) -> list[Path]:
    return files_below(workspace.inbox)


def files_below(folder: Path) -> list[Path]:
    """Files at any depth, sorted by name. A folder that cannot be read is one, and a link, to a folder too: none is followed."""
    unread: list[OSError] = []
    walked = os.walk(folder, onerror=unread.append)
    below = [(place, [*names, *folders]) for place, folders, names in walked]
    found = [os.path.join(place, name) for place, names in below for name in names]
    folders = [str(trouble.filename) for trouble in unread]
    files = [path for path in found if _kind(path) not in (0, stat.S_IFDIR)]
    return [Path(path) for path in sorted([*files, *folders])]


def inbox_name(one: Any, workspace: Workspace) -> str:
    """Of a file of the inbox, below it; an object of a bucket's inbox says its name itself."""
    return one.relative_to(workspace.inbox).as_posix() if isinstance(one, Path) else str(one.name)


def _kind(path: str | Path) -> int:
    """Of what lies there itself, as in stat; 0 of nothing. A file where it cannot be told, so that taking it in says why."""
    try:
        return stat.S_IFMT(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return 0
    except OSError:
        return stat.S_IFREG


def take_in(path: Path, workspace: Workspace, taken_on: str) -> Intake:
    """Copy one inbox file into the store and hash the copy. Running it again changes nothing.

    Raises InputFault when the file changes while it is read, or is none itself.
    """
    name = _name_of(path, workspace)
    found = path.lstat()
    if stat.S_IFMT(found.st_mode) not in (stat.S_IFREG, stat.S_IFDIR):
        raise InputFault(f"inbox/{name}: 是链接、管道或设备，不收录；请放入文件本身")
    note = note_of_file(name, found, workspace)
    sha256 = read_note(note) if is_settled(note, found) else None
    how = WHOLE
    if sha256 is None or not _is_untouched(object_path(workspace, sha256), found.st_size, note):
        sha256, how = _kept(path, name, found, workspace)
        write_note(note, sha256)
    try:
        declaration = declaration_beside(name, workspace)
    except InputFault as fault:
        # Without its declaration the file cannot be read rightly; it is kept, and refused when it is staged.
        declaration = {"unreadable": str(fault)}
    return Intake(sha256, name, found.st_size, taken_on, declaration, found=how)


def _is_untouched(kept: Path, byte_count: int, note: Path) -> bool:
    """Whether an object is as long as its file and was not written to since the note of it."""
    try:
        lies = kept.stat()
        return lies.st_size == byte_count and lies.st_mtime_ns <= note.stat().st_mtime_ns
    except OSError:
        return False


def _name_of(path: Path, workspace: Workspace) -> str:
    """Raises InputFault where it is no text, as names are that were packed in another encoding."""
    name = inbox_name(path, workspace)
    shown = os.fsencode(name).decode("utf-8", "backslashreplace")
    if shown != name:
        raise InputFault(f"inbox/{shown}: 文件名不是 UTF-8，收录不了；请改名再交")
    return name


def _kept(path: Path, name: str, before: os.stat_result, workspace: Workspace) -> tuple[str, str]:
    """SHA-256 of the file, which lies in the store now, and how its object was found there."""
    partial = incoming_path(workspace, name)
    try:
        sha256 = _copy(path, partial)
        after = path.stat()
        if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
            raise InputFault(f"inbox/{name}: 读取过程中文件被改动，请待其写完再收录")
        how = keep_object(partial, object_path(workspace, sha256))
    finally:
        partial.unlink(missing_ok=True)
    return sha256, how


def _copy(path: Path, partial: Path) -> str:
    """SHA-256 of the copy: what is hashed is what is kept. It is hashed as it grows, beside the copying."""
    sha256 = hashlib.sha256()
    # Emptied before it is read: a process that died may have left something under the same name.
    with partial.open("w+b") as growing, ThreadPoolExecutor(1) as beside:
        copying, is_whole = beside.submit(_copied, path, partial), False
        while not is_whole:
            # Asked before reading: once it is, what is read is all the rest.
            is_whole = copying.done()
            while piece := growing.read(PIECE_BYTES):
                sha256.update(piece)
            wait([copying], timeout=GROWING_SECONDS)
        copying.result()
    return sha256.hexdigest()


def _copied(path: Path, partial: Path) -> None:
    """The copy, safe on disk."""
    shutil.copyfile(path, partial)
    with partial.open("rb") as copied:
        os.fsync(copied.fileno())


def incoming_path(workspace: Workspace, name: str) -> Path:
    """Where a file lies while it is being taken in; no other process writes there."""
    incoming = workspace.evidence / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    return incoming / f"{os.getpid()}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def check_store(workspace: Workspace) -> None:
    """Raises OSError where nothing can be written into the store."""
    tried = incoming_path(workspace, "")
    try:
        tried.write_bytes(b"?")
    finally:
        tried.unlink(missing_ok=True)


def declaration_beside(name: str, workspace: Workspace) -> dict[str, Any]:
    """What the source.toml nearest to an inbox file (same folder, then upwards within the inbox) states.

    name: of the file, below the inbox. Raises InputFault.
    """
    *folders, own = name.split("/")
    if own == DECLARATION_NAME:
        return {}
    for depth in range(len(folders), -1, -1):
        place = "/".join([*folders[:depth], DECLARATION_NAME])
        beside = workspace.inbox / place
        if _kind(beside) == stat.S_IFREG:
            return read_declaration(beside.read_bytes(), place=place)
    return {}


def read_declaration(content: bytes, *, place: str) -> dict[str, Any]:
    """A declaration as plain values, unknown keys refused. Raises InputFault."""
    try:
        return dict(_plain(content))
    except InputFault as fault:
        raise InputFault(f"{place}: {fault}") from fault


@lru_cache(64)
def _plain(content: bytes) -> dict[str, Any]:
    """Read once for all files that lie beside one that says so. Raises InputFault, without its place."""
    try:
        says, _ = read_toml(content)
        _check_keys(says)
        declared = Declaration(**says)
        _check_words(declared)
        _check_headers(declared)
        _check_period(declared)
        check_zone(declared.time_zone)
    except (TypeError, ValueError) as error:
        raise InputFault(f"说明文件读不懂：{error}") from error
    plain = {key: value for key, value in asdict(declared).items() if value is not None}
    for key in INSTANTS:
        if key in plain:
            plain[key] = _instant(plain[key], key=key)
    return plain


def _check_keys(says: dict[str, Any]) -> None:
    known = [each.name for each in fields(Declaration)]
    unknown = [name for name in says if name not in known]
    if unknown:
        raise TypeError(f"没有 {'、'.join(unknown)} 这一项；可写的：{'、'.join(known)}")


def _check_words(declared: Declaration) -> None:
    wrong = [key for key in WORDS if not isinstance(getattr(declared, key), str | None)]
    if wrong:
        raise TypeError(f"{'、'.join(wrong)} 须写成加引号的文本")


def _check_period(declared: Declaration) -> None:
    period = declared.sample_period_seconds
    if period is not None and not (type(period) is int and 1 <= period <= DAY_S):
        raise TypeError(f"sample_period_seconds 须为 1 至 {DAY_S} 的整数")


def _check_headers(declared: Declaration) -> None:
    headers = declared.headers
    if headers is not None and not (
        isinstance(headers, dict) and all(isinstance(name, str) for name in headers.values())
    ):
        raise TypeError('headers 须为 表头 = "名称" 的表')


def _instant(value: object, *, key: str) -> str:
    """ISO instant with offset; a naive one is Asia/Shanghai."""
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise InputFault(f"{key} “{value}” 不是时刻") from error
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise InputFault(f"{key} “{value}” 不在 {FIRST_YEAR} 至 {LAST_YEAR} 年")
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(ZONE))).isoformat()


def ledger_path(workspace: Workspace) -> Path:
    return workspace.evidence / "intake.jsonl"


def ledger(workspace: Workspace) -> list[Intake]:
    """Every intake so far, oldest first. A last batch cut off by a crash was never an intake."""
    entries = read_entries(ledger_path(workspace), title_zh=TITLE_ZH)
    try:
        return [Intake(**entry["intake"]) for entry in entries]
    except (TypeError, KeyError) as error:
        raise EvidenceFault(f"evidence/intake.jsonl: {TITLE_ZH}损坏：{error}") from error


def record(
    intakes: list[Intake], workspace: Workspace, unread: Collection[str] = frozenset()
) -> list[Intake]:
    """Append what does not stand under its name yet (same content and declaration) as one batch; returns it.

    What stood there before something else did is an intake again; so is a file moved back to where it lay before.
    unread: the names of what lies in the inbox and could not be read.
    """
    known = ledger(workspace)
    stands = {intake.name: _says(intake) for intake in known}
    moved = _moved(intakes, known, unread)
    batch = 1 + max((intake.batch for intake in known), default=0)
    fresh = [i for i in intakes if stands.get(i.name) != _says(i) or i.sha256 in moved]
    dated = [replace(intake, batch=batch) for intake in sorted(fresh, key=lambda i: (i.name, i.sha256))]
    append_batch("intake", [_entry(intake) for intake in dated], ledger_path(workspace))
    return dated


def declaring(known: list[Intake]) -> dict[str, Intake]:
    """By content the intake whose declaration stands: of the latest batch that it came in, the first by name."""
    found: dict[str, Intake] = {}
    for intake in known:
        if intake.sha256 not in found or intake.batch > found[intake.sha256].batch:
            found[intake.sha256] = intake
    return found


def _moved(intakes: list[Intake], known: list[Intake], unread: Collection[str]) -> set[str]:
    """Contents of which no file says what stands for them, nor is the one that said it there unread."""
    said = {_says(intake) for intake in intakes}
    return {
        sha256
        for sha256, stands in declaring(known).items()
        if _says(stands) not in said and stands.name not in unread
    }


def _says(intake: Intake) -> tuple[str, str]:
    return intake.sha256, intake.said


def _entry(intake: Intake) -> dict[str, Any]:
    """As the ledger keeps it."""
    others = ("back_batch", "back_on", "declared_on", "formers", "found", "is_just_kept")
    return {name: value for name, value in asdict(intake).items() if name not in others}
