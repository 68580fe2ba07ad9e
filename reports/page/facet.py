"""The facets of the overview's list of claims: values with counts, the twelve most frequent of each."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from hesuan.reports.published import Row
from hesuan.reports.wording import word

MOST_VALUES = 12
NO_REASON = "none"


@dataclass(frozen=True)
class Value:
    """rule: the card of a rule, which has its title in every language; its text is then the id."""

    key: str
    text: str
    number: int
    rule: Row | None = None


@dataclass(frozen=True)
class Facet:
    """left_out: values beyond the twelve; their claims are found by the search."""

    title_zh: str
    values: list[Value]
    left_out: int


def facets(claims: list[Row], rules: dict[str, Row]) -> list[Facet]:
    named = {_key("p", c["provider_id"]): c["provider_name"] or c["provider_id"] or "未知" for c in claims}
    dispositions = {_key("d", code): said for code, (said, _) in word.DISPOSITIONS.items()}
    cards = {_key("r", rule_id): card for rule_id, card in rules.items()}
    reasons = {key: card["rule_id"] for key, card in cards.items()} | {
        _key("r", code): said
        for code, said in ((NO_REASON, "无"), *((s, s) for s in word.NOTHING_LEFT.values()))
    }
    grades = {_key("g", c["evidence_grade"]): c["evidence_grade"] or "未知" for c in claims}
    return [
        _facet("结论", claims, "d", dispositions),
        _facet("服务机构", claims, "p", named),
        _facet("理由", claims, "r", reasons, cards),
        _facet("证据等级", claims, "g", grades),
    ]


def keys_of(claim: Row) -> list[str]:
    """What the list's row carries, so that a ticked value finds it: no key holds a space."""
    left = word.nothing_left(claim)
    reasons = [*(claim["reasons"] or []), *([left] if left else [])] or [NO_REASON]
    return [
        _key("d", claim["disposition"]),
        _key("p", claim["provider_id"]),
        *(_key("r", reason) for reason in reasons),
        _key("g", claim["evidence_grade"]),
    ]


def _key(family: str, value: str | None) -> str:
    return f"{family}:{quote(value or '', safe='')}"


def _facet(
    title_zh: str,
    claims: list[Row],
    family: str,
    texts: dict[str, str],
    cards: Mapping[str, Row] = MappingProxyType({}),
) -> Facet:
    counted = Counter(key for claim in claims for key in keys_of(claim) if key.startswith(f"{family}:"))
    ordered = sorted(counted, key=lambda key: (-counted[key], key))
    values = [Value(key, texts[key], counted[key], cards.get(key)) for key in ordered[:MOST_VALUES]]
    return Facet(title_zh, values, max(len(ordered) - MOST_VALUES, 0))
