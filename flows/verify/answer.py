"""What a verification came to: counts, what does not agree, and how it is said in both languages."""

from dataclasses import asdict, dataclass
from typing import Any

WORDS = {
    "zh": {
        "objects": "文件 {object_count} 份，{byte_count} 字节：内容的 SHA-256 与名称",
        "intakes": "收录台账 {intake_count} 条：所记的文件",
        "book": "券台账 {entry_count} 笔：每批齐全",
        "run": "运行 {run_id}，输入 {input_count} 份：SHA-256 与 SM3，输入清单、券台账，数字指纹 {figure_sha256}",
        "other_code": "运行 {run_id}，输入 {input_count} 份：SHA-256 与 SM3，输入清单、券台账（数字由别的版本公布，未重算指纹）",
        "rerun": "由这 {input_count} 份输入重算，公布的 {rerun_count} 张表",
        "all": "逐一相符",
        "some": "有不符，见上",
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
        "rerun": "run again from these {input_count} inputs, {rerun_count} published tables",
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
    """amiss: of the objects, the intakes, the book of vouchers and the run, one line per thing that does not agree.

    rerun_count: of the tables compared with what the run comes to once more, where that was asked for.
    """

    object_count: int
    byte_count: int
    intake_count: int
    entry_count: int
    run: Run | None
    amiss: dict[str, list[str]]
    rerun_count: int | None = None

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
        if self.rerun_count is not None:
            told["rerun"] = "rerun"
        colon = "：" if lang == "zh" else ": "
        lines = [
            words[sentence].format(**counts) + colon + words["some" if self.amiss[part] else "all"]
            for part, sentence in told.items()
        ]
        return [*lines, *([] if self.run else [words["no_run"]]), words["limit"]]
