"""A figure explained: a column of published.claim alone (what it means), or of one claim (CLAIM/column)."""

from hesuan.flows.explaining.answer import WORDS, Explained, in_words, known, rows_of
from hesuan.flows.explaining.source import source_lines, source_rows
from hesuan.flows.warehouse import Connection

MEANING = """
    select relation, column_name, data_type, meaning_zh from published.dictionary
    where relation = 'claim' and column_name = ?
"""
FORMULA = "select * from published.quantity where column_name = 'claim.' || ? order by quantity_no"
# The step that a figure is the result of, or that cuts it off. Other steps may come to the same sum by chance.
STEP_OF = {
    "claimed_cost_yuan": "claimed",
    "invoiced_gross_yuan": "invoiced",
    "recognised_cost_yuan": "recognised",
    "subsidy_before_caps_yuan": "face",
    "applicant_cap_cut_yuan": "applicant_cap",
    "pool_cut_yuan": "pool",
    "proposed_subsidy_yuan": "proposed",
}
CUTS = ("applicant_cap_cut_yuan", "pool_cut_yuan")
STEP = "select * from published.waterfall where claim_id = ? and step = ?"


def explain_figure(connection: Connection, name: str, lang: str) -> Explained | None:
    """What it is, and by which formula."""
    meanings = rows_of(connection, MEANING, name)
    if not meanings:
        return None
    formulas = rows_of(connection, FORMULA, name)
    words = WORDS[lang]
    lines = [words["figure"].format(**in_words(meanings[0], lang))]
    lines += [words["formula"].format(**in_words(formula, lang)) for formula in formulas]
    return Explained({"figure": meanings[0], "formulas": formulas}, lines)


def explain_figure_of_claim(connection: Connection, identifier: str, lang: str) -> Explained | None:
    """The value, its formula, the step that it comes of, and the rows it is taken from."""
    claim_id, _, name = identifier.rpartition("/")
    told = explain_figure(connection, name, lang) if claim_id else None
    found = rows_of(connection, "select * from published.claim where claim_id = ?", claim_id)
    if told is None or not found:
        return None
    claim = found[0]
    steps = rows_of(connection, STEP, claim_id, STEP_OF[name]) if name in STEP_OF else []
    sources = source_rows(connection, claim_id=claim_id, contract_no=claim["contract_no"], figure=name)
    lines = [f"{identifier} = {known(claim[name], lang)}", *(f"  {line.strip()}" for line in told.lines)]
    lines += [
        WORDS[lang]["cut" if name in CUTS else "result"].format(**in_words(step, lang)) for step in steps
    ]
    facts = {"claim_id": claim_id, "value": claim[name], "steps": steps, "sources": sources}
    return Explained(told.facts | facts, [*lines, *source_lines(sources, lang)])
