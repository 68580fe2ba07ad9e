"""What `hesuan verify` says of a folder: that the files kept are the files taken in, and the figures those published.

Works on a workspace, a copy of one, or its evidence folder alone; needs nothing else and changes nothing. It proves
that these files led to these figures, never that what a file says is true.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hesuan.flows import code
from hesuan.flows.evidence import ledger, ledger_path, object_path, sha256_of, sm3_of
from hesuan.flows.stages.publish import figure_digest, input_digest
from hesuan.flows.warehouse import Connection, QueryTrouble, connect
from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import EvidenceFault, UsageFault, WarehouseFault

WORDS = {
    "zh": {
        "objects": "文件 {object_count} 份，{byte_count} 字节：内容的 SHA-256 与名称",
        "intakes": "收录台账 {intake_count} 条：所记的文件",
        "run": "运行 {run_id}，输入 {input_count} 份：SHA-256 与 SM3，数字指纹 {figure_sha256}",
        "other_code": "运行 {run_id}，输入 {input_count} 份：SHA-256 与 SM3（数字由别的版本公布，未重算指纹）",
        "all": "逐一相符",
        "some": "有不符，见上",
        "no_run": "旁边没有公布的数据库：没有核对数字",
        "limit": "核验说明这些文件得出这些数字，不说明文件所载属实。",
    },
    "en": {
        "objects": "{object_count} files, {byte_count} bytes: SHA-256 of the content against the name",
        "intakes": "{intake_count} entries of the intake ledger: the files they name",
        "run": "run {run_id}, {input_count} inputs: SHA-256 and SM3, figure digest {figure_sha256}",
        "other_code": (
            "run {run_id}, {input_count} inputs: SHA-256 and SM3 (published by other code, its figure digest was not"
            " worked out again)"
        ),
        "all": "all agree",
        "some": "some do not, see above",
        "no_run": "no published database beside them: figures were not compared",
        "limit": "This shows that these files led to these figures, not that what the files say is true.",
    },
}


@dataclass(frozen=True)
class Run:
    """What the database beside the evidence says of itself. is_same_code: its digest could be worked out again."""

    run_id: str
    input_count: int
    figure_sha256: str
    is_same_code: bool


@dataclass(frozen=True)
class Verified:
    """amiss: of the objects, the intakes and the run, one line per thing that does not agree."""

    object_count: int
    byte_count: int
    intake_count: int
    run: Run | None
    amiss: dict[str, list[str]]

    @property
    def troubles(self) -> list[str]:
        return [line for lines in self.amiss.values() for line in lines]

    def facts(self) -> dict[str, Any]:
        return {"agrees": not self.troubles, **asdict(self)}

    def lines(self, *, lang: str) -> list[str]:
        words = WORDS[lang]
        counts = asdict(self) | (asdict(self.run) if self.run else {})
        told = {"objects": "objects", "intakes": "intakes"}
        if self.run:
            told["run"] = "run" if self.run.is_same_code else "other_code"
        colon = "：" if lang == "zh" else ": "
        lines = [
            words[sentence].format(**counts) + colon + words["some" if self.amiss[part] else "all"]
            for part, sentence in told.items()
        ]
        return [*lines, *([] if self.run else [words["no_run"]]), words["limit"]]


def verify_folder(folder: Path) -> Verified:
    """Everything read again, hash by hash. Raises UsageFault where no evidence lies there."""
    workspace = Workspace(folder.parent if (folder / "intake.jsonl").exists() else folder)
    if not ledger_path(workspace).exists():
        raise UsageFault(f"{folder}: 没有收录台账（evidence/intake.jsonl），不是证据文件夹，也不是工作区")
    kept = sorted(path for path in (workspace.evidence / "objects").rglob("*") if not path.is_dir())
    intake_count, lost = _intakes(workspace)
    has_run = folder == workspace.root and workspace.published.exists()
    run, differing = _published(workspace) if has_run else (None, [])
    amiss = {"objects": list(_objects_amiss(kept, workspace)), "intakes": lost, "run": differing}
    return Verified(len(kept), sum(path.stat().st_size for path in kept), intake_count, run, amiss)


def _intakes(workspace: Workspace) -> tuple[int, list[str]]:
    """How many entries the ledger has, and which files it names that are not there, or are not as long."""
    try:
        intakes = ledger(workspace)
    except EvidenceFault as fault:
        return 0, [str(fault)]
    amiss = []
    for intake in intakes:
        path = object_path(workspace, intake.sha256)
        told = f"evidence/intake.jsonl: {intake.name}"
        if not path.is_file():
            amiss.append(f"{told}（{intake.sha256[:12]}…）不在证据库中")
        elif (size := path.stat().st_size) != intake.byte_count:
            amiss.append(f"{told} 记作 {intake.byte_count} 字节，实为 {size}")
    return len(intakes), amiss


def _objects_amiss(kept: list[Path], workspace: Workspace) -> Iterator[str]:
    for path in kept:
        place = path.relative_to(workspace.root).as_posix()
        if path.is_symlink() or path != object_path(workspace, path.name):
            yield f"{place}: 不是证据库放文件的地方，或是一个链接"
        elif (found := sha256_of(path)) != path.name:
            yield f"{place}: 内容的 SHA-256 是 {found}，与名称不符"


def _published(workspace: Workspace) -> tuple[Run | None, list[str]]:
    """The newest database, and what in it does not agree with the evidence or with itself."""
    place = workspace.published.relative_to(workspace.root).as_posix()
    try:
        with connect(workspace.published, read_only=True) as connection:
            return _compared(connection, workspace, place)
    except (QueryTrouble, WarehouseFault) as trouble:
        return None, [f"{place}: 读不了：{str(trouble).splitlines()[0]}"]


def _compared(connection: Connection, workspace: Workspace, place: str) -> tuple[Run, list[str]]:
    columns = "run_id, input_count, input_sha256, figure_sha256, code_sha256"
    [(run_id, count, inputs, figures, coded)] = connection.execute(
        f"select {columns} from published.run"
    ).fetchall()
    amiss = []
    files = connection.execute("select file_sha256, sm3, file_name from published.input_file order by all")
    for sha256, sm3, name in files.fetchall():
        path = object_path(workspace, sha256)
        if not path.is_file():
            amiss.append(f"{place}: 输入 {name}（{sha256[:12]}…）不在证据库中")
        elif sm3_of(path) != sm3:
            amiss.append(f"{place}: 输入 {name} 的 SM3 与公布的不符")
    if input_digest(connection) != inputs:
        amiss.append(f"{place}: 输入清单与 run.input_sha256 不符")
    is_same_code = coded == code.code_digest()
    if is_same_code and figure_digest(connection) != figures:
        amiss.append(f"{place}: 公布的数字与 run.figure_sha256 不符")
    return Run(run_id, count, figures, is_same_code), amiss
