"""One file's set in the lake: its folder, named by what it was made from, and how it comes to stand there whole.

What lies in a set is decided in `flows.stages.stage`.
"""

import hashlib
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from hesuan.flows import code
from hesuan.flows.intake.evidence import Intake
from hesuan.flows.intake.kept_object import PIECE_BYTES
from hesuan.flows.workspace import Workspace

MAKING = ".making"
SAYS = "staged.json"
OWN_SUM = "own_sum"


@dataclass(frozen=True)
class Staged:
    """What became of one file. status: read, kept (evidence only), declaration, refused, unrecognised.

    Of a set that is made of other sets, what it is: shared, volume, drawer.
    """

    sha256: str
    status: str
    adapter: str | None
    tables: tuple[str, ...]
    row_count: int
    accepted_count: int
    rejected_count: int
    reason_zh: str | None
    sm3: str = ""
    latest_at: str | None = None
    """ISO instant: the last that its usage intervals begin or end at."""
    formula_count: int = 0
    emptied_count: int = 0
    unread_columns: tuple[str, ...] | None = None
    step_seconds: int | None = None
    """Between two samples of the series that its usage is pieced together of."""

    @property
    def latest(self) -> datetime | None:
        return datetime.fromisoformat(self.latest_at) if self.latest_at else None


def set_folder(intake: Intake, workspace: Workspace, *, user_hash_key: str) -> Path:
    return workspace.lake / set_name(intake.sha256, intake.declaration, code.staging_digest(), user_hash_key)


def set_name(*made_from: Any) -> str:
    """Of plain values: the same, in the same order, the same name."""
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()[:32]


def is_whole(folder: Path) -> bool:
    """Whether a set is there with all its parts, each as long as it was made; what a power cut left is not."""
    try:
        says = json.loads((folder / SAYS).read_text("utf-8"))
        lengths = says["parts"].items()
        return says[OWN_SUM] == own_sum(says) and all(
            os.stat(folder / name).st_size == n for name, n in lengths
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def is_whole_of(folder: Path, sets: Iterable[Path]) -> bool:
    """The same of a set that is made of others, none of which was made anew since; one that is not so goes."""
    with suppress(OSError):
        made_ns = (folder / SAYS).stat().st_mtime_ns
        if is_whole(folder) and all((each / SAYS).stat().st_mtime_ns <= made_ns for each in sets):
            return True
    shutil.rmtree(folder, ignore_errors=True)
    return False


def is_as_made(folder: Path) -> bool:
    """Whether a set is whole and no bit of it is other than it was written: every part is read."""
    if not is_whole(folder):
        return False
    sums = json.loads((folder / SAYS).read_text("utf-8")).get("sums", {})
    return all(checked_sum(folder / name) == expected for name, expected in sums.items())


def begin(folder: Path) -> Path:
    """A folder of this process's own, in which the set is made."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(suffix=MAKING, prefix=f"{folder.name}.", dir=folder.parent))
    making.chmod(0o755)
    return making


def finish(making: Path, folder: Path, staged: Staged) -> None:
    """Say what became of the file, and put the set in place."""
    parts = {path.name: path.stat().st_size for path in making.iterdir() if path.is_file()}
    # A second name of an object of the evidence has its SHA-256 there.
    sums = {name: checked_sum(making / name) for name in parts if (making / name).stat().st_nlink == 1}
    says = {**asdict(staged), "parts": parts, "sums": sums}
    (making / SAYS).write_text(_as_text({**says, OWN_SUM: own_sum(says)}), "utf-8")
    place_set(making, folder)


def own_sum(says: dict[str, Any]) -> str:
    """CRC-32, in hex, of what a set says of itself, but for that sum."""
    return sum_of([_as_text({name: said for name, said in says.items() if name != OWN_SUM}).encode()])


def _as_text(says: dict[str, Any]) -> str:
    return json.dumps(says, ensure_ascii=False, sort_keys=True)


def checked_sum(path: Path) -> str:
    """CRC-32 of a file, in hex: tells a turned bit, and costs least."""
    with path.open("rb") as file:
        return sum_of(iter(lambda: file.read(PIECE_BYTES), b""))


def sum_of(pieces: Iterable[bytes]) -> str:
    summed = 0
    for piece in pieces:
        summed = zlib.crc32(piece, summed)
    return f"{summed:08x}"


def finish_derived(making: Path, folder: Path, *, kind: str) -> None:
    """The same for a set that no file was staged for: it is made of other sets."""
    finish(making, folder, Staged("", kind, None, (), 0, 0, 0, None))


def place_set(making: Path, folder: Path) -> None:
    """Whole or not at all. Where two processes made the same set, the first to finish keeps it: the bytes are the same."""
    try:
        making.replace(folder)
    except OSError:
        if is_whole(folder):
            shutil.rmtree(making)
            return
        # Another process may be at it too.
        shutil.rmtree(folder, ignore_errors=True)
        making.replace(folder)


def clear_unfinished(workspace: Workspace) -> None:
    """Remove what runs that died left half made, copies and sets; only for who holds the workspace."""
    for partial in (workspace.evidence / "incoming").glob("*"):
        partial.unlink()
    for making in workspace.lake.glob(f"*{MAKING}"):
        if making.is_dir():
            shutil.rmtree(making)
        else:
            making.unlink()


def drop_sets(sha256: str, workspace: Workspace) -> None:
    """Remove the sets of a content; they are made again. One may be its object itself, under a second name."""
    for says in list(workspace.lake.glob(f"*/{SAYS}")):
        # What cannot be read is made again.
        if not is_whole(says.parent) or staged_of(says.parent).sha256 == sha256:
            shutil.rmtree(says.parent)


def parts_of(folder: Path, table_name: str) -> list[Path]:
    """The Parquet files of one table in a set, in the order of the file that it was made from."""
    return sorted(folder.glob(f"{table_name}.*.parquet"), key=lambda path: int(path.name.split(".")[1]))


def staged_of(folder: Path) -> Staged:
    says = json.loads((folder / SAYS).read_text("utf-8"))
    del says["parts"], says["sums"], says[OWN_SUM]
    unread = says["unread_columns"]
    lists = {
        "tables": tuple(says["tables"]),
        "unread_columns": None if unread is None else tuple(unread),
    }
    return Staged(**{**says, **lists})
