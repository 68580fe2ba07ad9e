"""A finding, a rule or a policy key explained: the fact and its rows; how often; where the value is written."""

import json
from importlib.resources import files

from hesuan.flows.explaining.answer import (
    MARKS,
    WORDS,
    Explained,
    Row,
    evidence_lines,
    evidence_of,
    first_lines,
    in_words,
    rows_of,
)
from hesuan.flows.warehouse import Connection
from hesuan.reports import published
from hesuan.reports.page.rule_page import meanings_of, names_of, sentence

OF_RULE = """
    select finding_id, verdict, sentence_zh, sentence_en from published.finding where rule_id = ? order by finding_id
"""
FACTS = "select fact, meaning_zh from published.rule_fact where rule_id = ? order by fact_no"


def explain_finding(connection: Connection, finding_id: str, lang: str) -> Explained | None:
    findings = rows_of(connection, "select * from published.finding where finding_id = ?", finding_id)
    if not findings:
        return None
    rows = evidence_of(connection, "finding_id = ?", finding_id)
    found = findings[0]
    lines = [
        WORDS[lang]["one_finding"].format(**in_words(found, lang)),
        f"  {found[f'sentence_{lang}']}",
        f"  {evidence_in(str(found['evidence']), lang)}",
    ]
    return Explained({"finding": found, "rows": rows}, [*lines, *evidence_lines(rows, lang)])


def evidence_in(evidence: str, lang: str) -> str:
    """The evidence as it is published; in English without what is Chinese and stands there in English or by its code too."""
    if lang == "zh":
        return evidence
    facts = json.loads(evidence)
    twins = {f"{name.removesuffix('_en')}_zh" for name in facts}
    return json.dumps({n: v for n, v in facts.items() if n not in twins}, ensure_ascii=False)


def explain_rule(connection: Connection, rule_id: str, lang: str) -> Explained | None:
    rules = rows_of(
        connection,
        "select * from published.rule join published.coverage using (rule_id) where rule_id = ?",
        rule_id,
    )
    if not rules:
        return None
    words = WORDS[lang]
    findings = rows_of(connection, OF_RULE, rule_id)
    # A card, or a database of an older version, may have no English.
    said = rules[0] | {"innocent_en": rules[0].get("innocent_en") or rules[0]["innocent_zh"]}
    said |= {f"because_{lang}": _with_meanings(connection, rule_id, said[f"because_{lang}"], lang)}
    unknown = _unknown(connection, rule_id, lang)
    said = in_words(said, lang) | {
        "innocent_en": (said["innocent_en"] or "").replace(MARKS["zh"]["sentences"], MARKS["en"]["sentences"])
    }
    lines = [words[part].format(**said) for part in ("head", "because")]
    lines += [words["where_unknown"].format(sentence=each) for each in unknown]
    lines += [words[part].format(**said) for part in ("counts", "harmless")]
    told = first_lines([words["of_rule"].format(**in_words(found, lang)) for found in findings], lang)
    return Explained({"rule": rules[0], "findings": findings}, [*lines, *told])


def _unknown(connection: Connection, rule_id: str, lang: str) -> list[str]:
    """What the rule says where it cannot tell, with meanings; a database of an older version has none."""
    said = published.rows(connection, published.RULE)
    told = next(row[f"unknown_{lang}"] for row in said if row["rule_id"] == rule_id) or []
    return [_with_meanings(connection, rule_id, each, lang) for each in told]


def _with_meanings(connection: Connection, rule_id: str, because: str | None, lang: str) -> str:
    """The rule's sentence, what goes into it told by its meaning as on the rule's page."""
    facts = rows_of(connection, FACTS, rule_id) if published.is_published(connection, "rule_fact") else []
    meanings = meanings_of(facts) if lang == "zh" else names_of(facts)
    return "".join(f"〔{piece}〕" if is_slot else piece for piece, is_slot in sentence(because, meanings))


def explain_parameter(connection: Connection, key: str, lang: str) -> Explained | None:
    """By its key, or all that read one ambiguity of the text, by its number (R09)."""
    asked = "select * from published.parameter where ? in (key, reading) order by key, valid_from"
    found = rows_of(connection, asked, key)
    if not found:
        return None
    words = WORDS[lang]
    lines = [words["value"].format(**_value(parameter, lang)) for parameter in found]
    [run] = rows_of(connection, "select policy_id from published.run")
    keys = dict.fromkeys(str(p["key"]) for p in found)
    places = [place for each in keys for place in policy_places(str(run["policy_id"]), each)]
    lines += [f"  ← {name}:{number}" for name, number in places]
    return Explained({"parameter": found, "places": [{"file": f, "line": n} for f, n in places]}, lines)


def _value(parameter: Row, lang: str) -> Row:
    said = in_words(parameter, lang)
    quote = f"“{said['quote_zh']}”" if said["quote_zh"] else said["house_reason_zh"]
    unit = f" {said['unit']}" if said["unit"] else ""
    return said | {"unit": unit, "ground": said["article"] or WORDS[lang]["own"], "text": quote}


def policy_places(policy_id: str, key: str) -> list[tuple[str, int]]:
    """File and line where a value is written; the policy's own file before the house's."""
    heads = (f"[parameter.{key}]", f"[[parameter.{key}]]")
    shelf = files("hesuan.data")
    names = (f"policy/{policy_id}.toml", "house.toml")
    return [
        (f"data/{name}", number)
        for name in names
        if shelf.joinpath(name).is_file()
        for number, line in enumerate(shelf.joinpath(name).read_text(encoding="utf-8").splitlines(), 1)
        if line.split("#")[0].strip() in heads
    ]
