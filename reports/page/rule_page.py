"""What the page of one rule shows: what it says and why, an example of this run, what it leaves out, how often it spoke."""

import re
from collections.abc import Iterator
from typing import Any

import duckdb

from hesuan.reports import docket, published
from hesuan.reports.docket import Item
from hesuan.reports.published import Row, grouped
from hesuan.reports.wording import word, words

LISTED = 20
VERDICTS = words.CHINESE["verdict"]
_SLOT = re.compile(r"\{(\w+)\}")
_COMMENT = re.compile(r"--[^\n]*")
_WORDS = re.compile(r"\s+")
_BRANCH = re.compile(r"\bwhen\b(.*?)\bthen\s+'(\w+)'|\belse\s+'(\w+)'", re.DOTALL)


def rule_pages(
    connection: duckdb.DuckDBPyConnection, *, rules: dict[str, Row], items: list[Item]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rule and the context of templates/rule.html.j2, by rule. items: every finding, the weightiest first."""
    counted = {row["rule_id"]: row for row in published.rows(connection, published.COVERAGE)}
    facts = grouped(_facts(connection), "rule_id")
    parameters = grouped(published.rows(connection, published.PARAMETER), "key")
    of_rule: dict[str, list[Item]] = {}
    for item in items:
        of_rule.setdefault(item.finding["rule_id"], []).append(item)
    for rule_id, card in rules.items():
        found = of_rule.get(rule_id, [])
        yield (
            rule_id,
            {
                "card": card,
                "is_named": card["article"].startswith("《"),
                "counted": counted.get(rule_id),
                "facts": facts.get(rule_id, []),
                "consequence": _consequence(facts.get(rule_id, [])),
                "sentence": _said(card["because_zh"], card["because_en"], facts.get(rule_id, [])),
                "unknown": [
                    _said(chinese, english, facts.get(rule_id, []))
                    for chinese, english in zip(
                        card["unknown_zh"] or [], card["unknown_en"] or [], strict=True
                    )
                ],
                "parameters": [row for key in card["policy_keys"] or [] for row in parameters.get(key, [])],
                "branches": branches(card["select_sql"]),
                "example": example(found),
                "found": found[:LISTED],
                "found_total": len(found),
            },
        )


def _consequence(facts: list[Row]) -> str | None:
    """What decides it, of a rule that says its consequence finding by finding."""
    return next((row["meaning_zh"] for row in facts if row["fact"] == "severity"), None)


def example(found: list[Item]) -> Item | None:
    """The weightiest that was found; one that could not be told where nothing was found."""
    return next((item for item in found if item.finding["verdict"] == "flag"), found[0] if found else None)


def meanings_of(facts: list[Row]) -> dict[str, str]:
    """Fact → the first words of what it means."""
    return {row["fact"]: re.split("[，；：（]", row["meaning_zh"])[0] for row in facts}


def names_of(facts: list[Row]) -> dict[str, str]:
    return {row["fact"]: row["fact"].replace("_", " ") for row in facts}


def _said(chinese: str | None, english: str | None, facts: list[Row]) -> dict[str, list[tuple[str, bool]]]:
    """One sentence of the rule in both languages, each in pieces."""
    return {
        "pieces_zh": sentence(chinese, meanings_of(facts)),
        "pieces_en": sentence(english, names_of(facts)),
    }


def sentence(template: str | None, meanings: dict[str, str]) -> list[tuple[str, bool]]:
    """The rule's sentence in pieces; True marks a place where a fact goes, told by its meaning or else by its name."""
    pieces = _SLOT.split(template or "")
    told = [(meanings.get(piece, piece) if n % 2 else piece, n % 2 == 1) for n, piece in enumerate(pieces)]
    return [piece for piece in told if piece[0]]


def branches(select_sql: str | None) -> list[tuple[str, str]]:
    """The query's own conditions (without comments) and the verdict each leads to; '' is every other case.

    Empty where the verdict is not one plain `case`: the page then has the whole query only.
    """
    head, told, _ = (select_sql or "").partition(" as verdict")
    start = head.rfind("\n    case\n")
    if not told or start < 0:
        return []
    text = _COMMENT.sub("", head[start:])
    if len(re.findall(r"\bcase\b", text)) != 1:
        return []
    found = [(_WORDS.sub(" ", when).strip(), then or other) for when, then, other in _BRANCH.findall(text)]
    return [(when, VERDICTS[verdict]) for when, verdict in found if verdict in VERDICTS]


def _facts(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """None in a file of an older version."""
    if not published.is_published(connection, published.RULE_FACT.name):
        return []
    return published.rows(connection, published.RULE_FACT)


def rule_list(connection: duckdb.DuckDBPyConnection, rules: dict[str, Row]) -> list[tuple[Row, Row | None]]:
    """Each rule card with its counts, None where it never ran, by consequence and number."""
    counted = {row["rule_id"]: row for row in published.rows(connection, published.COVERAGE)}
    for rule_id in counted:
        docket.cited(rules, rule_id, place="published.coverage")
    ranked = sorted(
        rules.values(), key=lambda card: (list(word.SEVERITIES).index(card["severity"]), card["rule_id"])
    )
    return [(card, counted.get(card["rule_id"])) for card in ranked]
