"""What `hesuan verify` says of a folder: that the files kept are the files taken in, and the figures those published.

Works on a workspace, a copy of one, or its evidence folder alone; needs nothing else and changes nothing. It proves
that these files led to these figures, never that what a file says is true.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hesuan.flows import code
from hesuan.flows.intake.evidence import ledger, ledger_path, object_path
from hesuan.flows.intake.kept_object import DAMAGED_HOME
from hesuan.flows.ledger.book import book_path, read_batches, read_book
from hesuan.flows.stages.publish import figure_digest, input_digest
from hesuan.flows.verify.answer import Run, Verified
from hesuan.flows.verify.book import book_amiss
from hesuan.flows.verify.inputs import inputs_amiss, is_of_this_code
from hesuan.flows.verify.lake import looked_at_lake
from hesuan.flows.verify.noted import looked_at_inbox
from hesuan.flows.verify.remade import remade_amiss
from hesuan.flows.warehouse import Connection, QueryTrouble, connect
from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import EvidenceFault, UsageFault, WarehouseFault

BLOCK_BYTES = 1 << 20
SM3_TOO = ("sha256", "sm3")
"""The hashes read where a run is to be compared; where none is, the first alone."""


@dataclass(frozen=True)
class Kept:
    """A file of the evidence store as it was found. hashes: of its content, by SM3_TOO or the first of them."""

    place: str
    byte_count: int
    hashes: tuple[str, ...]
    is_link: bool = False


@dataclass(frozen=True)
class _EvidenceAlone(Workspace):
    """An evidence folder, under whatever name it was copied."""

    folder: Path

    @property
    def evidence(self) -> Path:  # type: ignore[override]
        return self.folder


def verify_folder(folder: Path) -> Verified:
    """Everything read again, hash by hash. Raises UsageFault where no evidence lies there."""
    folder = folder.resolve()
    workspace = Workspace(folder)
    if (folder / "intake.jsonl").exists():
        workspace = _EvidenceAlone(folder.parent, folder)
    has_run = folder == workspace.root and workspace.published.exists()
    # A run over an empty inbox takes nothing in.
    if not ledger_path(workspace).exists() and not has_run:
        raise UsageFault(f"{folder}: 没有收录台账（evidence/intake.jsonl），不是证据文件夹，也不是工作区")
    found = sorted(path for path in (workspace.evidence / "objects").rglob("*") if not path.is_dir())
    kept = [_kept(path, workspace, SM3_TOO if has_run else SM3_TOO[:1]) for path in found]
    place = workspace.published.relative_to(workspace.root).as_posix()
    run: tuple[Run | None, list[str]] = (None, [])
    if has_run:
        run = published(workspace.published, kept, workspace, place=place)
    elif folder == workspace.root and workspace.published.is_symlink():
        run = None, [f"{place}: {workspace.published.readlink()} 不在，它曾公布"]
    elif folder == workspace.root and (dated := workspace.dated()):
        run = None, [f"{place}: 不在，旁边却有 {dated[-1].name}"]
    damaged_count = sum(1 for path in (workspace.evidence / DAMAGED_HOME).glob("*") if path.is_file())
    answer = verified(kept, workspace, run, damaged_count=damaged_count)
    if folder != workspace.root:
        return answer
    return answer.with_rest(looked_at_inbox(workspace), looked_at_lake(workspace))


def verified(
    kept: list[Kept],
    workspace: Workspace,
    run: tuple[Run | None, list[str]],
    *,
    damaged_count: int,
) -> Verified:
    """What was kept against the workspace's ledger and against its own names. run: as of `published`."""
    intake_count, lost, unrecorded = _intakes(workspace, {one.place: one for one in kept})
    entry_count, torn = _entries(workspace)
    amiss = {"objects": list(_objects_amiss(kept)), "intakes": lost, "book": torn, "run": run[1]}
    byte_count = sum(one.byte_count for one in kept)
    return Verified(
        len(kept),
        byte_count,
        intake_count,
        entry_count,
        run[0],
        amiss,
        unrecorded=unrecorded,
        damaged_count=damaged_count,
    )


def hashes(blocks: Iterable[bytes], names: tuple[str, ...]) -> tuple[str, ...]:
    """Of one content, read once."""
    made = [hashlib.new(name) for name in names]
    for block in blocks:
        for one in made:
            one.update(block)
    return tuple(one.hexdigest() for one in made)


def _kept(path: Path, workspace: Workspace, names: tuple[str, ...]) -> Kept:
    place = f"evidence/{path.relative_to(workspace.evidence).as_posix()}"
    if not path.is_file():
        return Kept(place, 0, ("",) * len(names), is_link=True)
    with path.open("rb") as file:
        read = hashes(iter(lambda: file.read(BLOCK_BYTES), b""), names)
    return Kept(place, path.stat().st_size, read, path.is_symlink())


def _place(sha256: str) -> str:
    """Where the evidence store keeps a content."""
    return object_path(Workspace(Path()), sha256).as_posix()


def _intakes(workspace: Workspace, kept: dict[str, Kept]) -> tuple[int, list[str], tuple[str, ...]]:
    """How many entries the ledger has, which files it names that are not there, or are not as long, and which it does not."""
    try:
        intakes = ledger(workspace)
    except EvidenceFault as fault:
        return 0, [str(fault)], ()
    amiss = []
    for intake in intakes:
        found = kept.get(_place(intake.sha256))
        told = f"evidence/intake.jsonl: {intake.name}"
        if found is None:
            amiss.append(f"{told}（{intake.sha256[:12]}…）不在证据库中")
        elif found.byte_count != intake.byte_count:
            amiss.append(f"{told} 记作 {intake.byte_count} 字节，实为 {found.byte_count}")
    named = {_place(intake.sha256) for intake in intakes}
    return len(intakes), amiss, tuple(sorted(kept.keys() - named))


def _entries(workspace: Workspace) -> tuple[int, list[str]]:
    """How many entries the voucher ledger has, and why it cannot be read."""
    try:
        return len(read_book(book_path(workspace))), []
    except EvidenceFault as fault:
        return 0, [str(fault)]


def _objects_amiss(kept: list[Kept]) -> Iterator[str]:
    for one in kept:
        name = one.place.rsplit("/", 1)[-1]
        if one.is_link or one.place != _place(name):
            yield f"{one.place}: 不是证据库放文件的地方，或是一个链接"
        elif one.hashes[0] != name:
            yield f"{one.place}: 内容的 SHA-256 是 {one.hashes[0]}，与名称不符"


def published(
    database: Path, kept: list[Kept], workspace: Workspace, *, place: str
) -> tuple[Run | None, list[str]]:
    """The run of a database, and what in it does not agree with the evidence or with itself.

    workspace: whose two ledgers are asked, after the database. place: what the database is called.
    """
    try:
        with connect(database, read_only=True) as connection:
            run, amiss = _compared(connection, {one.place: one for one in kept}, workspace)
    except (QueryTrouble, WarehouseFault) as trouble:
        return None, [f"{place}: 读不了：{str(trouble).splitlines()[0]}"]
    return run, [f"{place}: {line}" for line in amiss]


def _compared(
    connection: Connection, kept: dict[str, Kept], workspace: Workspace
) -> tuple[Run | None, list[str]]:
    columns = "run_id, input_count, input_sha256, figure_sha256, code_sha256"
    runs = connection.execute(f"select {columns} from published.run").fetchall()
    if len(runs) != 1:
        return None, [f"published.run 有 {len(runs)} 行，应为一行"]
    [(run_id, count, inputs, figures, coded)] = runs
    amiss = tried("输入清单", lambda: list(_contents_amiss(connection, kept, inputs)))
    is_same_code = coded == code.code_digest()
    if not is_same_code and _is_of_this_code(connection, workspace):
        is_same_code = True
        amiss.append("run.code_sha256 不是本程序的，运行编号却由本程序得出")
    if is_same_code and figure_digest(connection) != figures:
        amiss.append("公布的数字与 run.figure_sha256 不符")
    amiss += _lists_amiss(connection, workspace, is_same_code=is_same_code)
    return Run(run_id, count, figures, is_same_code), amiss


def _is_of_this_code(connection: Connection, workspace: Workspace) -> bool:
    with suppress(EvidenceFault, LookupError, TypeError, ValueError):
        return is_of_this_code(connection, ledger(workspace))
    return False


def _contents_amiss(connection: Connection, kept: dict[str, Kept], inputs: str) -> Iterator[str]:
    files = connection.execute("select file_sha256, sm3, file_name from published.input_file order by all")
    for sha256, sm3, name in files.fetchall():
        found = kept.get(_place(sha256))
        if found is None:
            yield f"输入 {name}（{sha256[:12]}…）不在证据库中"
        elif found.hashes[-1] != sm3:
            yield f"输入 {name} 的 SM3 与公布的不符"
    if input_digest(connection) != inputs:
        yield "输入清单与 run.input_sha256 不符"


def _lists_amiss(connection: Connection, workspace: Workspace, *, is_same_code: bool) -> Iterator[str]:
    """Of the inputs and the vouchers. A ledger that is damaged is told elsewhere, and nothing compared with it."""
    with suppress(EvidenceFault):
        known = ledger(workspace)
        yield from tried("输入清单", lambda: inputs_amiss(connection, known, is_same_code=is_same_code))
    with suppress(EvidenceFault):
        batches = read_batches(book_path(workspace))
        yield from tried("券台账", lambda: book_amiss(connection, batches, is_same_code=is_same_code))
    if is_same_code:
        yield from remade_amiss(connection)


def tried(what: str, compared: Callable[[], list[str]]) -> list[str]:
    """A cell that this code never writes, as an empty one where none may be, is a difference and no end of the rest."""
    try:
        return compared()
    except (LookupError, TypeError, ValueError) as trouble:
        return [f"{what}里有本程序写不出的值，不能比对：{trouble}"]
