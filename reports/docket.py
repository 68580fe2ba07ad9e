"""Findings as they are laid before a reader: by consequence, each with its rule card and source rows."""

import re
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from hesuan.reports import published
from hesuan.reports.figure import EMPTY, MINUS, coded_cells, separated
from hesuan.reports.page import address
from hesuan.reports.published import Row, grouped
from hesuan.reports.wording import evidence_word, word
from hesuan.schemas.fault import ReportFault

EVIDENCE_LISTED = 200
Fact = tuple[str, str, str]
PARTIES = ("contract_no", "provider_id", "applicant_id")
AT_RISK = "amount_at_risk_yuan"
# A fact whose meaning says when it is empty is told as empty: there may be nothing to know.
SAYS_EMPTY = re.compile("为空|空为")


@dataclass(frozen=True)
class Item:
    """One finding, at `anchor` on its page. facts: (name, meaning, value) of its evidence, in the order of the rule's card.

    `evidence` holds at most EVIDENCE_LISTED rows, `evidence_total` counts all of them.
    """

    finding: Row
    rule: Row
    action: str
    facts: list[Fact]
    evidence: list[Row]
    evidence_total: int

    @property
    def facts_in_english(self) -> list[Fact]:
        """The same, with the English text of a fact that has one: of x_zh it is x_en, or plain x."""
        said = dict(coded_cells(self.finding["evidence"], unknown="unknown", yes="yes", no="no"))
        empty = _empty(self.finding)
        plain = [(name.removesuffix("_zh"), name, meaning) for name, meaning, _ in self.facts]
        return [
            (stem, meaning, "empty")
            if name in empty and SAYS_EMPTY.search(meaning)
            else (stem, meaning, _measured(name, said.get(f"{stem}_en", said.get(stem, said[name]))))
            for stem, name, meaning in plain
        ]

    @property
    def has_sum(self) -> bool:
        """Whether a sum at risk belongs to it; where none does, there is nothing unknown to tell of."""
        return self.finding[AT_RISK] is not None or self.rule["works_out_sum"]

    @property
    def anchor(self) -> str:
        return address.anchor(self.finding["finding_id"])


@dataclass(frozen=True)
class Docket:
    """Findings by the page they stand on: a claim's own, or (`loose`) the overview, at their places in that list."""

    of_claim: dict[str, list[Item]]
    loose: list[Item]
    loose_of_party: dict[tuple[str, str], list[int]]

    def touching(self, claim: Row) -> list[Item]:
        """Loose findings on the claim's contract or parties, in the order of the overview."""
        places = {n for name in PARTIES for n in self.loose_of_party.get((name, claim[name]), [])}
        return [self.loose[place] for place in sorted(places)]


def rule_cards(connection: duckdb.DuckDBPyConnection) -> dict[str, Row]:
    """Each with `works_out_sum`: whether its findings tell a sum at risk; of an older file that does not say, yes."""
    cards = {row["rule_id"]: row for row in published.rows(connection, published.RULE)}
    for rule_id, card in cards.items():
        word.known(word.SEVERITIES, card["severity"], place=f"published.rule {rule_id} 的 severity")
        meanings = dict(coded_cells(card["evidence_zh"]))
        card["works_out_sum"] = not meanings or AT_RISK in meanings
    return cards


def items(connection: duckdb.DuckDBPyConnection, rules: dict[str, Row]) -> list[Item]:
    """Every finding: block → adjust → hold → note, found before undecided, the larger sum at risk first."""
    evidence = grouped(
        published.first_rows(connection, published.EVIDENCE_ROW, each="finding_id", limit=EVIDENCE_LISTED),
        "finding_id",
    )
    findings = published.rows(connection, published.FINDING)
    return sorted((_item(row, rules, evidence) for row in findings), key=_weight)


def filed(listed: list[Item], claim_ids: set[str]) -> Docket:
    of_claim: dict[str, list[Item]] = {}
    loose: list[Item] = []
    loose_of_party: dict[tuple[str, str], list[int]] = {}
    for item in listed:
        if item.finding["claim_id"] in claim_ids:
            of_claim.setdefault(item.finding["claim_id"], []).append(item)
            continue
        loose.append(item)
        for name in PARTIES:
            if item.finding[name] is not None:
                loose_of_party.setdefault((name, item.finding[name]), []).append(len(loose) - 1)
    return Docket(of_claim, loose, loose_of_party)


def cited(rules: dict[str, Row], rule_id: str, *, place: str) -> Row:
    """Raises ReportFault where no card says what the rule is."""
    if rule_id not in rules:
        raise ReportFault(f"{place}：引用的规则 {rule_id} 不在 published.rule 中")
    return rules[rule_id]


def _item(finding: Row, rules: dict[str, Row], evidence: dict[str, list[Row]]) -> Item:
    place = f"published.finding {finding['finding_id']}"
    severity = word.known(word.SEVERITIES, finding["severity"], place=f"{place} 的 severity")
    if finding["verdict"] not in {"flag", "unknown"}:
        raise ReportFault(f"{place} 的 verdict：应为 flag 或 unknown，实为 {finding['verdict']!r}")
    listed = evidence.get(finding["finding_id"], [])
    is_undecided = finding["verdict"] == "unknown"
    return Item(
        finding,
        cited(rules, finding["rule_id"], place=place),
        action=word.UNKNOWN_ACTIONS[severity] if is_undecided else word.ACTIONS[severity],
        facts=_facts(finding, rules[finding["rule_id"]]),
        evidence=listed,
        evidence_total=listed[0]["row_total"] if listed else 0,
    )


def _facts(finding: Row, rule: Row) -> list[Fact]:
    """Text of the other language is left out, and what the card does not name; of an older file, the columns' names.

    x beside x_zh is a code or the English text: the Chinese one is told, as what x means.
    """
    known = [(name, evidence_word.spoken(name, value)) for name, value in coded_cells(finding["evidence"])]
    twins = {name.removesuffix("_zh") for name, _ in known if name.endswith("_zh")}
    said = [(name, value) for name, value in known if not name.endswith("_en") and name not in twins]
    meanings = dict(coded_cells(rule["evidence_zh"]))
    if not meanings:
        return [(name, word.header(name), value) for name, value in said]
    empty = _empty(finding)
    told = [(name, _meaning(name, meanings), value) for name, value in said if name in meanings]
    return [
        (name, meaning, EMPTY if name in empty and SAYS_EMPTY.search(meaning) else _measured(name, value))
        for name, meaning, value in told
    ]


def _empty(finding: Row) -> set[str]:
    return {name for name, value in coded_cells(finding["evidence"], unknown="") if not value}


def _measured(name: str, value: str) -> str:
    """Sums and hours with separators, in sentences of ours too; the digits are those of the finding."""
    if name.endswith(("_zh", "_en")):
        return separated(value)
    is_figure = name.endswith(("_yuan", "_hours")) and re.fullmatch(r"-?[0-9]+\.[0-9]+", value)
    return f"{Decimal(value):,}".replace("-", MINUS) if is_figure else value


def _meaning(name: str, meanings: dict[str, str]) -> str:
    """Of a text that the card calls 同上, what stands above: without the codes that are listed there."""
    stem = name.removesuffix("_zh")
    if stem == name or stem not in meanings or not meanings[name].startswith("同上"):
        return meanings[name]
    return re.split("[：；]", meanings[stem])[0]


def _weight(item: Item) -> tuple[int, bool, bool, Decimal, str]:
    at_risk = item.finding[AT_RISK]
    return (
        list(word.SEVERITIES).index(item.finding["severity"]),
        item.finding["verdict"] == "unknown",
        at_risk is None,
        -(at_risk or Decimal(0)),
        item.finding["finding_id"],
    )
