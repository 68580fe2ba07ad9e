"""A claim or a contract explained: its steps, its findings, what changed, and the rows of the files it rests on."""

from hesuan.flows.before.differing import named
from hesuan.flows.explaining.answer import (
    MARKS,
    WORDS,
    Explained,
    Row,
    evidence_lines,
    evidence_of,
    in_words,
    known,
    rows_of,
)
from hesuan.flows.explaining.source import source_lines, source_rows
from hesuan.flows.warehouse import Connection
from hesuan.reports.page.match_line import kind_of
from hesuan.reports.published import is_published
from hesuan.reports.wording.words import short, word_of

FINDINGS = "select * from published.finding where claim_id = ? order by finding_id"
STEPS = "select * from published.waterfall where claim_id = ? order by step_no"
# Figures that are codes of words.py, under the name of their group.
CODES = ("disposition", "decision")
MONTHS = "select * from published.reconciliation where contract_no = ? order by month nulls first, line_no"


def explain_claim(connection: Connection, claim_id: str, lang: str) -> Explained | None:
    claims = rows_of(connection, "select * from published.claim where claim_id = ?", claim_id)
    changes = _changes(connection, claim_id)
    if not claims:
        return Explained({"changes": changes}, _change_lines(changes, lang)) if changes else None
    words = WORDS[lang]
    steps, findings = rows_of(connection, STEPS, claim_id), rows_of(connection, FINDINGS, claim_id)
    called = word_of("sum", str(claims[0]["disposition"]), lang)
    lines = [words["claim"].format(sum=called, **in_words(claims[0], lang))]
    lines += [
        f"  {s['step_no']:>2} {s['title_zh']}  {known(s['amount_yuan'], lang)}  {s['article']}  {s['note_zh']}"
        for s in (in_words(step, lang) for step in steps)
    ]
    lines += [words["finding"].format(**in_words(found, lang)) for found in findings]
    rows = evidence_of(
        connection, "finding_id in (select finding_id from published.finding where claim_id = ?)", claim_id
    )
    sources = source_rows(connection, claim_id=claim_id, contract_no=claims[0]["contract_no"])
    facts = {"claim": claims[0], "steps": steps, "findings": findings, "rows": rows, "changes": changes}
    lines += [*_change_lines(changes, lang), *evidence_lines(rows, lang), *source_lines(sources, lang)]
    return Explained(facts | {"sources": sources}, lines)


def explain_contract(connection: Connection, contract_no: str, lang: str) -> Explained | None:
    months = rows_of(connection, MONTHS, contract_no)
    if not months:
        return None
    words = WORDS[lang]
    claims = rows_of(
        connection, "select claim_id from published.claim where contract_no = ? order by 1", contract_no
    )
    named = MARKS[lang]["list"].join(str(c["claim_id"]) for c in claims) or words["none"]
    lines = [words["contract"].format(contract_no=contract_no, claims=named)]
    lines += [_month_line(month, lang) for month in months]
    sources = source_rows(connection, claim_id=None, contract_no=contract_no)
    facts = {"contract_no": contract_no, "claims": claims, "months": months, "sources": sources}
    return Explained(facts, [*lines, *source_lines(sources, lang)])


def _month_line(month: Row, lang: str) -> str:
    """A figure that is due and missing is unknown; of any other there is no record (reports.match_line)."""
    kind, due = kind_of(month)
    told = {name: known(value, lang) if value or name in due else "—" for name, value in month.items()}
    line = WORDS[lang]["agreed" if kind == "agreed" else "month"].format(
        **told | {"cause": in_words(month, lang)["variance_cause_zh"] or ""}
    )
    return line.rstrip()


def _changes(connection: Connection, claim_id: str) -> list[Row]:
    """What changed since the run before; nothing where a file of an older version does not say."""
    if not is_published(connection, "change"):
        return []
    return rows_of(connection, "select * from published.change where claim_id = ? order by figure", claim_id)


def _value(change: Row, side: str, lang: str) -> str:
    """In words where the figure is a code: what was proposed, what the panel said."""
    value, figure = change[side], str(change["figure"])
    return short(word_of(figure, value, lang)) if value and figure in CODES else known(value, lang)


def _change_lines(changes: list[Row], lang: str) -> list[str]:
    if not changes:
        return []
    colon = MARKS[lang]["colon"]
    return [
        WORDS[lang]["since"].format(**changes[0]),
        *(
            f"    {named(str(c['figure']), lang)}  {_value(c, 'before', lang)} → {_value(c, 'after', lang)}"
            f"  {word_of('change_cause', str(c['cause_kind']), lang)}{colon}{c['cause_zh']}"
            for c in (in_words(change, lang) for change in changes)
        ),
    ]
