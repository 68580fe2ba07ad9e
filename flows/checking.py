"""What `hesuan check` says of a file: what it is, rows accepted and refused, and why. Changes nothing."""

import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from hesuan.flows.adapters import full_row_count, npu_smi_loop, slurm_text, smi_loop
from hesuan.flows.contract_number import NearNumber, Numbers, near_numbers, numbers_in
from hesuan.flows.intake.evidence import DECLARATION_NAME, files_below, take_in
from hesuan.flows.lake.file_set import staged_of
from hesuan.flows.stages.stage import stage
from hesuan.flows.state_word import strange_states
from hesuan.flows.workspace import Workspace
from hesuan.reports.wording.english import plainly
from hesuan.reports.wording.word import FILE_STATES
from hesuan.schemas.fault import UsageFault, visible
from hesuan.schemas.tables import tables

# Tools that print the time of their own clock, without its zone.
LOCAL_CLOCKS = (slurm_text.NAME, smi_loop.NAME, npu_smi_loop.NAME)
SHOWN_ROWS = 20
SHOWN_COLUMNS = 30
# How the row of sums below a table begins.
SUMS = ("合计", "总计", "小计", "共计", "本页合计", "total", "subtotal", "sum")
# What --json gives stays as it is published, in Chinese; the code of a reason is the same in every language.
WORDS = {
    "zh": {
        "head": "{kind}，{row_count} 行，接受 {accepted_count}，退回 {rejected_count}",
        "sheet": "工作表“{sheet}” ",
        "row": "第 {row_no} 行：",
        "reason": "{reason}（{code}）",
        "refused": "退回",
        "near": "合同编号 {written_no}（{row_count} 行）不在合同表；"
        "与 {contract_no} 只差全半角、大小写或空格，不会当作同一份合同",
        "colon": "：",
        "comma": "，",
        "where": "位置：",
        "raw": "内容：",
        "advice": "处理：更正后重交；其余的行照收。",
        "more": "另有 {count} 行，共：",
        "comma_of_list": "、",
        "unread": "不认得的列，未读取：{columns}（认得的列见 hesuan init 的模板）",
        "zone": "没有时区的时间按北京时间读（Open XDMoD 的 26 列按世界时）；不是的请在 source.toml 写 time_zone",
        "in_all": "……共 {count} 列",
        "empty": "只有表头，没有数据",
        "formulas": "有 {formula_count} 格是公式：取文件里存下的结果，不重算；请看过结果，或改为数值再交",
        "emptied": "有 {emptied_count} 格文字写作 NA、null、无 之类，按没有填读；真是这个名字的，请更名再交",
        "full": "恰有 {full_row_count} 行，是该格式一次导出至多的行数：其后可能还有，请看是否另有文件，一并交来",
        "states": "状态里不认得的词：{states}；照收，都按可计费计。机构原因失败、重排的请写 NODE_FAIL、BOOT_FAIL、REQUEUED",
        "kept": "图片与 PDF 只作证据保存，其中的数不读取；用量、合同、发票须另交表格或日志",
        "sum_row": "此行像是合计行，请删去；",
        "example": "；写法如 {example}",
    },
    "en": {
        "head": "{kind}, {row_count} rows, {accepted_count} accepted, {rejected_count} refused",
        "sheet": "sheet “{sheet}” ",
        "row": "row {row_no}: ",
        "reason": "{reason} ({code})",
        "refused": "refused ",
        "near": "contract number {written_no} ({row_count} rows) is not in the contract table; it differs from"
        " {contract_no} only in width, case or blanks and will not be taken for the same contract",
        "colon": ": ",
        "comma": ", ",
        "where": "where: ",
        "raw": "found: ",
        "advice": "to do: correct and hand in again; the other rows are accepted.",
        "more": "and {count} more rows, in all: ",
        "comma_of_list": ", ",
        "unread": "columns not known and not read: {columns} (the known ones stand in the templates of hesuan init)",
        "zone": "times without a zone are read as UTC+8 (the 26 columns of Open XDMoD as UTC); where they are not,"
        " state time_zone in source.toml",
        "in_all": " … {count} columns in all",
        "empty": "a header and no data",
        "formulas": "{formula_count} cells are formulas: the results stored in the file are taken, nothing is"
        " calculated; look at them, or hand in values",
        "emptied": "{emptied_count} cells of text say NA, null or the like and are read as not filled in; where it is a"
        " name, write it otherwise",
        "full": "just {full_row_count} rows, as many as one export of this format has at most: there may be more, see whether"
        " there is another file, and hand it in too",
        "states": "states not known: {states}; accepted, and all taken as billable. Write NODE_FAIL, BOOT_FAIL or"
        " REQUEUED for runs that the provider's own trouble ended",
        "kept": "pictures and PDF are kept as evidence and no figure is read from them; hand in usage, contracts and"
        " invoices as tables or logs",
        "sum_row": "this looks like a row of sums, leave it out; ",
        "example": "; write it like {example}",
    },
}


@dataclass(frozen=True)
class Checked:
    """What became of one file, with its first refused rows. name: the path it was asked for by."""

    name: str
    status: str
    kind: str
    row_count: int
    accepted_count: int
    rejected_count: int
    reason_counts: dict[str, int]
    rejected: list[dict[str, Any]]
    near_numbers: tuple[NearNumber, ...] = ()
    unread_columns: tuple[str, ...] = ()
    is_zone_assumed: bool = False
    formula_count: int = 0
    emptied_count: int = 0
    full_row_count: int | None = None
    strange_states: tuple[str, ...] = ()

    def facts(self) -> dict[str, Any]:
        return asdict(self)

    def lines(self, *, lang: str = "zh", form: str = "concise") -> list[str]:
        """What the file is, then one line per refused row; in full with what stood there and what to do."""
        words = WORDS[lang]
        kind = _kind_zh(self.kind) if lang == "zh" else self.kind.replace("、", words["comma_of_list"])
        lines = [
            f"{self.name}: {words['head'].format(**self.__dict__ | {'kind': kind})}",
            *self._notes(words),
        ]
        lines += [f"  {words['near'].format(**asdict(near))}" for near in self.near_numbers]
        for row in self.rejected:
            reason = row["reason_zh"] if lang == "zh" else plainly(row["reason_zh"])
            reason = f"{words['sum_row'] * _is_sum(row['raw'])}{reason}{_example(row['reason_zh'], words)}"
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
        return [visible(line) for line in lines]

    def _notes(self, words: dict[str, str]) -> list[str]:
        """What was not read of a file that is not refused."""
        notes = []
        if self.status == "kept":
            notes.append(words["kept"])
        if self.status == "read" and self.row_count == 0:
            notes.append(words["empty"])
        if self.formula_count:
            notes.append(words["formulas"].format(formula_count=self.formula_count))
        if self.emptied_count:
            notes.append(words["emptied"].format(emptied_count=self.emptied_count))
        if self.full_row_count:
            notes.append(words["full"].format(full_row_count=self.full_row_count))
        if self.strange_states:
            states = words["comma_of_list"].join(self.strange_states[:SHOWN_COLUMNS])
            notes.append(words["states"].format(states=states))
        if self.unread_columns:
            columns = words["comma_of_list"].join(self.unread_columns[:SHOWN_COLUMNS])
            if len(self.unread_columns) > SHOWN_COLUMNS:
                columns += words["in_all"].format(count=len(self.unread_columns))
            notes.append(words["unread"].format(columns=columns))
        if self.is_zone_assumed:
            notes.append(words["zone"])
        return [f"  {note}" for note in notes]

    def _raw(self, row: dict[str, Any], words: dict[str, str]) -> list[str]:
        raw = [f"    {words['raw']}{row['raw']}"] if row["raw"] else []
        return [*raw, f"    {words['advice']}"]


def checked_together(paths: Iterable[Path], listed: Iterable[str] = ()) -> list[Checked]:
    """Each of the files, of a folder all in it; contract numbers are held against the contract tables among them and the listed.

    Raises UsageFault where a file is missing or a folder is empty.
    """
    found = [_checked(file) for path in paths for file in _files_of(path)]
    known = frozenset(listed).union(*(numbers.listed for _, numbers in found))
    return [replace(one, near_numbers=near_numbers(numbers.written, known)) for one, numbers in found]


def checked(path: Path) -> Checked:
    """The file by itself."""
    return checked_together([path])[0]


def _files_of(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = [file for file in files_below(path) if file.is_file()]
    if not files:
        raise UsageFault(f"{path}: 文件夹里没有文件")
    return files


def _checked(path: Path) -> tuple[Checked, Numbers]:
    """Stages the file in a throw-away workspace, with the source.toml it goes by."""
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
        numbers = numbers_in(folder)
        states = strange_states(folder)
    result = Checked(
        name=str(path),
        status=staged.status,
        kind="、".join(staged.tables) or staged.status,
        row_count=staged.row_count,
        accepted_count=staged.accepted_count,
        rejected_count=staged.rejected_count,
        reason_counts=dict(sorted(Counter(rejects["reason_code"].to_list()).items())),
        rejected=rejects.head(SHOWN_ROWS).to_dicts(),
        unread_columns=staged.unread_columns or (),
        is_zone_assumed=staged.adapter in LOCAL_CLOCKS and intake.declared.time_zone is None,
        formula_count=staged.formula_count,
        emptied_count=staged.emptied_count,
        full_row_count=full_row_count(staged.adapter, staged.row_count),
        strange_states=states,
    )
    return result, numbers


def _kind_zh(kind: str) -> str:
    """兑现申请 claim; what is no table by its state."""
    names = [
        f"{tables()[name].zh} {name}" if name in tables() else FILE_STATES.get(name, name)
        for name in kind.split("、")
    ]
    return "、".join(names)


def _is_sum(raw: str) -> bool:
    """Whether the first cell that says anything is the name of a row of sums."""
    first = re.split(r"[,;\t]", raw.lstrip(' \t,;"'))[0]
    return re.sub(r'[\s"：:]', "", first).lower() in SUMS


def _example(reason_zh: str, words: dict[str, str]) -> str:
    """How a cell that could not be read is written, where it is a column's kind that says so."""
    kinds = (column.kind for table in tables().values() for column in table.columns)
    told = next((k.example for k in kinds if not k.unread_zh and reason_zh.endswith(k.says_zh)), None)
    return "" if told is None else words["example"].format(example=told)


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
