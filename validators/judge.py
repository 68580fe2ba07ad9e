"""The judge: runs rule cards over a database it is handed and keeps every verdict, finding and its source rows."""

import json
import re
from collections import Counter
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import duckdb

from hesuan.schemas.card import NONE, RuleCard, Trace, rule_card
from hesuan.schemas.fault import CardFault
from hesuan.schemas.own_sql import carried_out

FOUND = ("flag", "unknown")
SLOT = re.compile(r"\{(\w+)\}")
VERDICTS = ("pass", "not_applicable", *FOUND)
# Where a row stands, and numbers that hold only within one build: no values of the row.
PLACE = ("file_sha256", "sheet", "row_no", "file_row", "interval_no")
WORDS = {
    "zh": {"unknown": "未知", "none": "无", "lead": "凭现有资料无法判断："},
    "en": {"unknown": "unknown", "none": "none", "lead": "Cannot be judged from what is on file: "},
}

Connection = duckdb.DuckDBPyConnection
Row = tuple[str | None, ...]


@cache
def rule_cards() -> tuple[RuleCard, ...]:
    """Every rule of rules/<family>/<ID>_<slug>.sql, by id. Raises CardFault where a file's name belies its id."""
    found = []
    for family in sorted(files("hesuan.validators.rules").iterdir(), key=lambda f: f.name):
        if family.is_dir() and family.name != "__pycache__":
            found += [_card(file, family.name) for file in family.iterdir() if file.name.endswith(".sql")]
    return tuple(sorted(found, key=lambda card: card.id))


def _card(file: Traversable, family: str) -> RuleCard:
    card = rule_card(file.read_text(encoding="utf-8"), place=f"rules/{family}/{file.name}")
    if not file.name.startswith(f"{card.id}_") or family != card.id.split("-")[0].lower():
        raise CardFault(f"rules/{family}/{file.name}: 文件名与编号 {card.id} 不符")
    return card


def open_court(connection: Connection) -> None:
    """Empty decided.verdict, decided.finding and decided.evidence_row."""
    connection.execute("""
        create table decided.verdict (
            rule_id varchar, severity varchar, status varchar, subject_kind varchar, subject_id varchar,
            claim_id varchar, verdict varchar
        );
        create table decided.finding (
            finding_id varchar, rule_id varchar, severity varchar, verdict varchar, subject_kind varchar,
            subject_id varchar, claim_id varchar, contract_no varchar, provider_id varchar, applicant_id varchar,
            amount_at_risk_yuan decimal(18, 2), sentence_zh varchar, sentence_en varchar, evidence json, article varchar
        );
        create table decided.evidence_row (
            finding_id varchar, file_sha256 varchar, sheet varchar, row_no bigint, "values" json
        );
    """)


def judge(connection: Connection, card: RuleCard) -> None:
    """Run one rule: every subject's verdict, and for what is not a pass the finding and its source rows."""
    verdicts = _verdicts(connection, card)
    _insert(connection, "decided.verdict", verdicts)
    if any(row[-1] in FOUND for row in verdicts):
        _find(connection, card)


def judge_again(connection: Connection, card: RuleCard) -> bool:
    """The rule's verdicts anew, in place of those it gave before; findings stay as they are. Whether any changed."""
    before = connection.execute("select * from decided.verdict where rule_id = ?", [card.id]).fetchall()
    after = _verdicts(connection, card)
    if sorted(after, key=str) == sorted(before, key=str):
        return False
    connection.execute("delete from decided.verdict where rule_id = ?", [card.id])
    _insert(connection, "decided.verdict", after)
    return True


def _verdicts(connection: Connection, card: RuleCard) -> list[Row]:
    """The rule's rows of decided.verdict. Raises CardFault unless each subject has exactly one of the verdicts."""
    try:
        rows: list[Row] = carried_out(
            connection,
            f"select '{card.id}', {_severity(card)}, '{card.status}', '{card.subject}', subject_id, {_claim(card)}, verdict"
            f" from ({_select(card)})",
        ).fetchall()
    except duckdb.Error as error:
        raise CardFault(f"{card.id}: {_first_line(error)}") from error
    count = Counter(row[4] for row in rows)
    for *_, subject, _claim_id, verdict in rows:
        if subject is None or count[subject] > 1 or verdict not in VERDICTS:
            raise CardFault(
                f"{card.id}: 对象 {subject} 有 {count[subject]} 行，结论 {verdict}；每个对象应恰有一行"
            )
    return rows


def _insert(connection: Connection, relation: str, rows: list[Row]) -> None:
    """Rows of text, cast to what the relation's columns are."""
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        cells = ", ".join(["unnest(?::varchar[])"] * len(columns))
        connection.execute(f"insert into {relation} select {cells}", columns)


def _severity(card: RuleCard) -> str:
    """The SQL of a row's severity: where a reading decides it, the rule says it row by row."""
    return "severity" if "severity" in card.evidence else f"'{card.severity}'"


def _select(card: RuleCard) -> str:
    return card.text.rstrip().rstrip(";")


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


def _claim(card: RuleCard) -> str:
    """The SQL of the claim a row bears on."""
    if card.subject == "claim":
        return "subject_id"
    return "claim_id" if "claim_id" in card.evidence else "null"


def _find(connection: Connection, card: RuleCard) -> None:
    """A finding for every subject that did not pass, and the source rows it rests on."""
    table = _judged(connection, card)
    cells = ", ".join(f"cast({name} as varchar)" for name in card.evidence)
    rows = connection.execute(
        f"select subject_id, verdict, {_severity(card)}, {_claim(card)}, {cells} from {table} order by subject_id"
    ).fetchall()
    _insert(connection, "decided.finding", [_finding(card, row) for row in rows])
    connection.execute(
        """
        update decided.finding as f
        set contract_no = coalesce(f.contract_no, c.contract_no),
            provider_id = coalesce(f.provider_id, c.provider_id),
            applicant_id = coalesce(f.applicant_id, c.applicant_id)
        from reconciled.claim_paper as c
        where c.claim_id = f.claim_id and f.rule_id = ?
        """,
        [card.id],
    )
    traced = [_traced(connection, card, table, trace) for trace in _traces(card)]
    if traced:
        connection.execute(f"insert into decided.evidence_row {' union '.join(traced)}")
    connection.execute(f"drop table {table}")


def _judged(connection: Connection, card: RuleCard) -> str:
    """The name of a new table of the rule's rows that are not a pass.

    Raises CardFault where the SELECT's columns are not the card's.
    """
    table = f"judged_{card.id.replace('-', '_').lower()}"
    connection.execute(
        f"create temp table {table} as select * from ({_select(card)}) where verdict in {FOUND}"
    )
    made = [row[0] for row in connection.execute(f"describe {table}").fetchall()]
    promised = ["subject_id", "verdict", *card.evidence]
    if made != promised:
        raise CardFault(f"{card.id}: 查询的列 {made} 与说明的列 {promised} 不一致")
    return table


def _finding(card: RuleCard, row: Row) -> Row:
    subject_id, verdict, severity, claim_id, *cells = row
    evidence = {
        name: NONE if cell is None and card.may_be_none(name) else cell
        for name, cell in zip(card.evidence, cells, strict=True)
    }
    return (
        f"{card.id}:{subject_id}",
        card.id,
        severity,
        verdict,
        card.subject,
        subject_id,
        claim_id,
        evidence.get("contract_no"),
        evidence.get("provider_id"),
        evidence.get("applicant_id"),
        evidence.get("amount_at_risk_yuan"),
        _sentence(card, "zh", evidence, verdict),
        _sentence(card, "en", evidence, verdict),
        json.dumps(evidence, ensure_ascii=False),
        card.article,
    )


def _sentence(card: RuleCard, lang: str, evidence: dict[str, str | None], verdict: str | None) -> str:
    """The card's sentence: what is null is unknown; where the card says that “—” is none, so does the sentence."""
    words = WORDS[lang]

    def told(slot: re.Match[str]) -> str:
        cell = evidence.get(slot[1])
        return words["none"] if cell == NONE and card.may_be_none(slot[1]) else cell or words["unknown"]

    if verdict == "unknown":
        return words["lead"] + SLOT.sub(told, _template(card, lang, evidence))
    return SLOT.sub(told, card.because_zh if lang == "zh" else card.because_en)


def _template(card: RuleCard, lang: str, evidence: dict[str, str | None]) -> str:
    """What the card says of an unknown: both languages go by the facts of the Chinese sentences."""
    plain, several = (
        (card.because_zh, card.unknown_zh) if lang == "zh" else (card.because_en, card.unknown_en)
    )
    for chinese, said in zip(card.unknown_zh, several, strict=True):
        if all(evidence.get(name) not in (None, "", NONE) for name in SLOT.findall(chinese)):
            return said
    return several[-1] if several else plain


def _traces(card: RuleCard) -> tuple[Trace, ...]:
    """The card's own, and the claim's row wherever a claim is concerned."""
    if card.subject == "claim" or "claim_id" in card.evidence:
        return (Trace("lake.claim", ("claim_id",)), *card.trace)
    return card.trace


def _traced(connection: Connection, card: RuleCard, table: str, trace: Trace) -> str:
    """The SQL of the rows that a trace leads to; several traces of a rule may lead to the same."""
    columns = [row[0] for row in connection.execute(f"describe {trace.relation}").fetchall()]
    cells = ", ".join(f"'{name}', cast(r.\"{name}\" as varchar)" for name in columns if name not in PLACE)
    sheet = "r.sheet" if "sheet" in columns else "null"
    agree = " and ".join(f"r.{name} = {_key(card, name)}" for name in trace.using) or "true"
    return f"""
        select '{card.id}:' || j.subject_id, r.file_sha256, {sheet}, r.row_no, json_object({cells})
        from {table} as j
        join {trace.relation} as r on {agree}
        where r.row_no is not null and ({trace.where})
    """


def _key(card: RuleCard, name: str) -> str:
    """The judged column that a trace's key name means: the subject itself, or an evidence column."""
    return f"j.{name}" if name in card.evidence else "j.subject_id"
