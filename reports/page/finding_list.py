"""Every finding of a run packed for one page: columns of small numbers, words said once, deflated.

The page unpacks it by itself (templates/findings.js). Line 1 is JSON, every further line a finding: subject, tab, fact.
"""

import base64
import json
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import duckdb

from hesuan.reports import docket, figure, published
from hesuan.reports.published import Row
from hesuan.reports.wording import english, word
from hesuan.reports.wording.article import in_english
from hesuan.reports.wording.words import word_of

# Code → the sign before its word.
SIGNS = {"flag": "", "unknown": "？"}
# In the order of docket.items: consequence, found before undecided, the larger sum at risk first.
LISTED = f"""
select
    finding_id, rule_id, severity, verdict, subject_id, claim_id, contract_no, provider_id, applicant_id,
    amount_at_risk_yuan, sentence_zh, sentence_en,
from published.finding
order by
    list_position({list(word.SEVERITIES)}, severity), verdict = 'unknown', amount_at_risk_yuan desc nulls last, finding_id
"""
# What becomes of a text of ours in each language.
SAYING: dict[str, Callable[[str], str]] = {"zh": str, "en": english.plainly}
# Column of a finding → its name in the packed JSON.
CODED = {
    "severity": "severity",
    "verdict": "verdict",
    "rule_id": "rule",
    "provider_id": "provider",
    "applicant_id": "applicant",
    "contract_no": "contract",
    "claim_id": "claim",
}


def finding_list(
    connection: duckdb.DuckDBPyConnection,
    *,
    claims: list[Row],
    rules: dict[str, Row],
    links: dict[str, str],
    rule_links: dict[str, str],
    places: dict[str, str],
    lang: str = "zh",
) -> dict[str, Any]:
    """Context of templates/findings.html.j2. links: claim → address; places: finding → its anchor on the overview."""
    listed = published.answers(connection, LISTED)
    for row in listed:
        docket.cited(rules, row["rule_id"], place=f"published.finding {row['finding_id']}")
    codes, values = _coded(listed)
    head = {
        "total": len(listed),
        "codes": codes,
        "amount": [_amount(row) for row in listed],
        "loose": {
            n: places[row["finding_id"]] for n, row in enumerate(listed) if row["finding_id"] in places
        },
        "values": values | _words(claims, values, rules=rules, links=links, rule_links=rule_links, lang=lang),
    }
    lines = [json.dumps(head, ensure_ascii=False, separators=(",", ":"), sort_keys=True)]
    lines += [f"{_plain(row['subject_id'])}\t{_plain(_fact(row, lang))}" for row in listed]
    return {
        "finding_total": len(listed),
        "packed": pack("\n".join(lines)),
        "by_rule": _by_rule(listed, rules),
    }


def pack(text: str) -> str:
    """Deflated (zlib) and in base64: a browser undoes both without our help."""
    return base64.b64encode(zlib.compress(text.encode(), 6)).decode()


def _coded(listed: list[Row]) -> tuple[dict[str, list[int]], dict[str, list[Any]]]:
    """Each coded column as places in the list of its values; −1 is null."""
    codes: dict[str, list[int]] = {}
    values: dict[str, list[Any]] = {}
    for column, name in CODED.items():
        words = _order(column, {row[column] for row in listed} - {None})
        place: dict[Any, int] = {value: n for n, value in enumerate(words)} | {None: -1}
        codes[name] = [place[row[column]] for row in listed]
        values[name] = words
    return codes, values


def _order(column: str, found: Iterable[str]) -> list[str]:
    if column == "severity":
        known = [word.known(word.SEVERITIES, code, place="published.finding 的 severity") for code in found]
        return [code for code in word.SEVERITIES if code in known]
    return sorted(found)


def _words(
    claims: list[Row],
    values: dict[str, list[Any]],
    *,
    rules: dict[str, Row],
    links: dict[str, str],
    rule_links: dict[str, str],
    lang: str,
) -> dict[str, list[list[Any]]]:
    """What is printed of each value: [id, words, …]."""
    named = {
        claim[f"{kind}_id"]: claim[f"{kind}_name"] for kind in ("provider", "applicant") for claim in claims
    }
    say = SAYING[lang]
    verdicts = {code: [code, say(word_of("verdict", code)), say(sign)] for code, sign in SIGNS.items()}
    return {
        "severity": [
            [code, *map(say, (*word.SEVERITIES[code], word.ACTIONS[code], word.UNKNOWN_ACTIONS[code]))]
            for code in values["severity"]
        ],
        "verdict": [verdicts[code] for code in values["verdict"]],
        "rule": [_rule(rules[rule_id], rule_links[rule_id], lang) for rule_id in values["rule"]],
        **{
            kind: [[_plain(n), _plain(named.get(n) or "")] for n in values[kind]]
            for kind in ("provider", "applicant")
        },
        "contract": [[_plain(n)] for n in values["contract"]],
        "claim": [[_plain(n), links.get(n, "")] for n in values["claim"]],
    }


def _rule(card: Row, link: str, lang: str) -> list[Any]:
    listed, title, article = card["innocent_zh"] or [], card["title_zh"], card["article"]
    if lang == "en":
        listed = card["innocent_en"] or listed
        title, article = card["title_en"] or title, in_english(article).striptags()
    return [
        card["rule_id"],
        title,
        article,
        [_plain(reason) for reason in listed],
        link,
        card["works_out_sum"],
    ]


def _fact(row: Row, lang: str) -> str | None:
    """In the language, else in Chinese."""
    fact: str | None = row["sentence_zh"]
    return row["sentence_en"] if lang == "en" and row["sentence_en"] is not None else fact


def _by_rule(listed: list[Row], rules: dict[str, Row]) -> list[tuple[Row, int, int]]:
    """Rule, found, undecided: what a browser without script still shows."""
    counts: dict[str, list[int]] = {}
    for row in listed:
        counts.setdefault(row["rule_id"], [0, 0])[row["verdict"] == "unknown"] += 1
    return [(rules[rule_id], flags, unknowns) for rule_id, (flags, unknowns) in sorted(counts.items())]


def _amount(row: Row) -> str:
    return "" if row["amount_at_risk_yuan"] is None else figure.yuan(row["amount_at_risk_yuan"])


def _plain(text: str | None) -> str:
    """One line without a tab, nothing hidden in it."""
    return figure.UNKNOWN if text is None else figure.visible(text)
