"""What a verification came to: counts, what does not agree, and how it is said in both languages."""

from dataclasses import asdict, dataclass, replace
from typing import Any

WORDS = {
    "zh": {
        "objects": "文件 {object_count} 份，{byte_count} 字节：内容的 SHA-256 与名称",
        "intakes": "收录台账 {intake_count} 条：所记的文件",
        "book": "券台账 {entry_count} 笔：每批齐全",
        "run": "运行 {run_id}，输入 {input_count} 份：SHA-256 与 SM3，输入清单、券台账，数字指纹 {figure_sha256}",
        "other_code": "运行 {run_id}，输入 {input_count} 份：SHA-256 与 SM3，输入清单、券台账（数字由别的版本公布，未重算指纹）",
        "inbox": "收件箱里收录之后没有变过的 {noted_count} 份文件，{noted_byte_count} 字节：内容与收录时所记",
        "lake": "湖里的 {lake_count} 份文件，{lake_byte_count} 字节：与写下时的校验值（CRC-32）",
        "rerun": "由这 {input_count} 份输入重算，数据库里的 {rerun_count} 张表、各视图与宏",
        "all": "逐一相符",
        "some": "有不符，见上",
        "unrecorded": "证据库里有 {unrecorded_count} 份文件收录台账没有记，其一 {unrecorded_first}：收录中断过，或台账少了行",
        "damaged": "evidence/damaged 里有 {damaged_count} 份坏了的文件，补回时移到那里，留作查对，不算证据",
        "copies": "没有看的：别的机器上的收录记录与湖的副本，在那里各核验一次（{copies}）",
        "no_run": "旁边没有公布的数据库：没有核对数字",
        "limit": "核验说明这些文件得出这些数字，不说明文件所载属实。",
    },
    "en": {
        "objects": "{object_count} files, {byte_count} bytes: SHA-256 of the content against the name",
        "intakes": "{intake_count} entries of the intake ledger: the files they name",
        "book": "{entry_count} entries of the voucher ledger: every batch is whole",
        "run": (
            "run {run_id}, {input_count} inputs: SHA-256 and SM3, list of inputs, voucher ledger,"
            " figure digest {figure_sha256}"
        ),
        "other_code": (
            "run {run_id}, {input_count} inputs: SHA-256 and SM3, list of inputs, voucher ledger (published by other code,"
            " its figure digest was not worked out again)"
        ),
        "inbox": (
            "{noted_count} files, {noted_byte_count} bytes of the inbox unchanged since they were taken in: the content"
            " against what was noted"
        ),
        "lake": (
            "{lake_count} files, {lake_byte_count} bytes of the lake against their sums (CRC-32) as they were written"
        ),
        "rerun": "run again from these {input_count} inputs, {rerun_count} tables of the database, its views and macros",
        "all": "all agree",
        "some": "some do not, see above",
        "unrecorded": (
            "{unrecorded_count} files of the evidence store are not in the intake ledger, one is {unrecorded_first}:"
            " an intake was cut off, or the ledger lost lines"
        ),
        "damaged": (
            "{damaged_count} damaged files lie in evidence/damaged, moved there when they were put back; kept to be"
            " looked into, no evidence"
        ),
        "copies": (
            "not looked at: what other machines noted of the inbox and copied of the lake; verify there too ({copies})"
        ),
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
class Looked:
    """What lies beside the evidence and was read: how many files and bytes, one line per thing that does not agree."""

    count: int
    byte_count: int
    amiss: list[str]


@dataclass(frozen=True)
class Verified:
    """amiss: of the objects, the intakes, the book of vouchers, the run, the inbox and the lake, one line per thing that
    does not agree.

    rerun_count: of the tables compared with what the run comes to once more, where that was asked for. unrecorded:
    places of objects that no intake names, as a run leaves them that is not through or was cut off. damaged_count: of
    objects that were put back, as they were found. noted_count: of inbox files compared with the notes of them.
    lake_count: of files of the lake compared with their sums. copies: of a workspace in a bucket, where this machine
    keeps what it has of it; what other machines keep was not looked at.
    """

    object_count: int
    byte_count: int
    intake_count: int
    entry_count: int
    run: Run | None
    amiss: dict[str, list[str]]
    rerun_count: int | None = None
    unrecorded: tuple[str, ...] = ()
    damaged_count: int = 0
    noted_count: int = 0
    noted_byte_count: int = 0
    lake_count: int = 0
    lake_byte_count: int = 0
    copies: str | None = None

    def with_rest(self, noted: Looked, lake: Looked) -> "Verified":
        """And what lies beside the evidence of a workspace: its inbox and its lake."""
        return replace(
            self,
            noted_count=noted.count,
            noted_byte_count=noted.byte_count,
            lake_count=lake.count,
            lake_byte_count=lake.byte_count,
            amiss=self.amiss | {"inbox": noted.amiss, "lake": lake.amiss},
        )

    @property
    def troubles(self) -> list[str]:
        return [line for lines in self.amiss.values() for line in lines]

    def facts(self) -> dict[str, Any]:
        return {"agrees": not self.troubles, **asdict(self)}

    def lines(self, *, lang: str) -> list[str]:
        words = WORDS[lang]
        counts = asdict(self) | (asdict(self.run) if self.run else {})
        told = {"objects": "objects", "intakes": "intakes", "book": "book"}
        if self.run:
            told["run"] = "run" if self.run.is_same_code else "other_code"
        if self.noted_count:
            told["inbox"] = "inbox"
        if self.lake_count:
            told["lake"] = "lake"
        if self.rerun_count is not None:
            told["rerun"] = "rerun"
        colon = "：" if lang == "zh" else ": "
        lines = [
            words[sentence].format(**counts) + colon + words["some" if self.amiss[part] else "all"]
            for part, sentence in told.items()
        ]
        return [*lines, *self._beside(words), *([] if self.run else [words["no_run"]]), words["limit"]]

    def _beside(self, words: dict[str, str]) -> list[str]:
        """What lies there and is no evidence, and what was not looked at."""
        told = []
        if self.unrecorded:
            first, count = self.unrecorded[0], len(self.unrecorded)
            told.append(words["unrecorded"].format(unrecorded_count=count, unrecorded_first=first))
        if self.damaged_count:
            told.append(words["damaged"].format(damaged_count=self.damaged_count))
        if self.copies:
            told.append(words["copies"].format(copies=self.copies))
        return told
