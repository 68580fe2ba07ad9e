"""What every explanation is made of: rows of the published file as text, and the words around them."""

from dataclasses import dataclass
from typing import Any

from hesuan.flows.warehouse import Connection
from hesuan.reports.wording.article import in_english_plainly
from hesuan.reports.wording.english import plainly
from hesuan.reports.wording.words import short, word_of

Row = dict[str, Any]
SHOWN_ROWS = 30
CODED = ("disposition", "severity", "verdict")
# Texts of ours that are published in Chinese alone; what the law says is quoted as it stands.
TEXTS = (
    "title_zh",
    "note_zh",
    "cause_zh",
    "meaning_zh",
    "formula_zh",
    "variance_cause_zh",
    "house_reason_zh",
    "unit",
)
# What the Chinese of the program parts and joins, and English.
MARKS = {
    "zh": {"list": "、", "sentences": "；", "colon": "："},
    "en": {"list": ", ", "sentences": "; ", "colon": ": "},
}
WORDS = {
    "zh": {
        "unknown": "未知",
        "none": "无",
        "claim": "申请 {claim_id}：{disposition}，{sum} {proposed_subsidy_yuan} 元",
        "finding": "  {finding_id}（{severity}，{verdict}）{sentence_zh}",
        "since": "  自上次运行（{before_run_id}）以来的变动：",
        "contract": "合同 {contract_no}：申请 {claims}",
        "agreed": "  约定  {contract_gpu_hours} 卡时",
        "month": "  {month}  计费 {billed_gpu_hours}  计量 {metered_gpu_hours} 卡时"
        "  开票 {invoiced_gross_yuan}  付款 {paid_yuan} 元  {cause}",
        "result": "  第 {step_no} 步得此数：{title_zh}（{article}）{note_zh}",
        "cut": "  第 {step_no} 步所减：{title_zh}（{article}）{note_zh}",
        "head": "{rule_id} {title_zh}（{severity}，{article}）",
        "because": "  {because_zh}",
        "where_unknown": "  资料不足时：{sentence}",
        "counts": "  通过 {pass_count}，指出 {flag_count}，资料不足 {unknown_count}，不适用 {not_applicable_count}",
        "harmless": "  可能的正常原因：{innocent_zh}",
        "of_rule": "  {finding_id}（{verdict}）{sentence_zh}",
        "more": "  …… 另有 {count} 项（--json 列出全部）",
        "figure": "published.claim.{column_name}：{meaning_zh}",
        "formula": "  {symbol} {title_zh} = {formula_zh}；{meaning_zh}",
        "one_finding": "{finding_id}（{severity}，{article}）",
        "value": "{key} = {value}{unit}（自 {valid_from}）{ground}：{text}",
        "own": "自定",
        "place": "  {finding_id} ← {file_name} {sheet}第 {row_no} 行",
        "sheet": "工作表“{}” ",
        "lines": "  ← {table}：{file_name} {sheet}第 {row_nos} 行",
    },
    "en": {
        "unknown": "unknown",
        "none": "none",
        "claim": "claim {claim_id}: {disposition}, {proposed_subsidy_yuan} CNY {sum}",
        "finding": "  {finding_id} ({severity}, {verdict}) {sentence_en}",
        "since": "  changed since the run before ({before_run_id}):",
        "contract": "contract {contract_no}: claims {claims}",
        "agreed": "  agreed  {contract_gpu_hours} card-hours",
        "month": "  {month}  billed {billed_gpu_hours}  metered {metered_gpu_hours} card-hours"
        "  invoiced {invoiced_gross_yuan}  paid {paid_yuan} CNY  {cause}",
        "result": "  the result of step {step_no}: {title_zh} ({article}) {note_zh}",
        "cut": "  cut off by step {step_no}: {title_zh} ({article}) {note_zh}",
        "head": "{rule_id} {title_en} ({severity}, {article})",
        "because": "  {because_en}",
        "where_unknown": "  where it cannot tell: {sentence}",
        "counts": "  pass {pass_count}, found {flag_count}, cannot tell {unknown_count},"
        " not applicable {not_applicable_count}",
        "harmless": "  harmless explanations: {innocent_en}",
        "of_rule": "  {finding_id} ({verdict}) {sentence_en}",
        "more": "  … and {count} more (--json lists all)",
        "figure": "published.claim.{column_name}: {meaning_zh}",
        "formula": "  {symbol} {title_zh} = {formula_zh}; {meaning_zh}",
        "one_finding": "{finding_id} ({severity}, {article})",
        "value": "{key} = {value}{unit} (from {valid_from}) {ground}: {text}",
        "own": "the house's own",
        "place": "  {finding_id} ← {file_name} {sheet}row {row_no}",
        "sheet": "sheet “{}” ",
        "lines": "  ← {table}: {file_name} {sheet}rows {row_nos}",
    },
}


@dataclass(frozen=True)
class Explained:
    """`facts` for --json, `lines` for people."""

    facts: Row
    lines: list[str]


def rows_of(connection: Connection, query: str, *parameters: str) -> list[Row]:
    """Every value as text, null as None; of a list its members."""
    answer = connection.execute(query, list(parameters)).fetchall()
    names = [column[0] for column in connection.description or []]
    return [dict(zip(names, map(_text, row), strict=True)) for row in answer]


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        return "；".join(str(member) for member in value)
    return None if value is None else str(value)


def known(value: str | None, lang: str) -> str:
    return WORDS[lang]["unknown"] if value is None else value or WORDS[lang]["none"]


def in_words(row: Row, lang: str) -> Row:
    """With disposition, severity and verdict said in words, where the row has them; for English, our own texts in English."""
    coded = {name: row[name] for name in CODED if row.get(name) is not None}
    said = row | {name: short(word_of(name, str(code), lang)) for name, code in coded.items()}
    if lang == "en":
        said |= {name: plainly(said[name]) for name in TEXTS if said.get(name)}
        said |= {"article": in_english_plainly(said["article"])} if said.get("article") else {}
    return said


def first_lines(lines: list[str], lang: str) -> list[str]:
    """The first ones, and how many more there are."""
    more = len(lines) - SHOWN_ROWS
    return [*lines[:SHOWN_ROWS], WORDS[lang]["more"].format(count=more)] if more > 0 else lines


def evidence_of(connection: Connection, condition: str, identifier: str) -> list[Row]:
    return rows_of(
        connection, f"select * from published.evidence_row where {condition} order by all", identifier
    )


def evidence_lines(rows: list[Row], lang: str) -> list[str]:
    return first_lines(
        [WORDS[lang]["place"].format(**{**row, "sheet": sheet_of(row, lang)}) for row in rows], lang
    )


def sheet_of(row: Row, lang: str) -> str:
    return WORDS[lang]["sheet"].format(row["sheet"]) if row["sheet"] else ""
