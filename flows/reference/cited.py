"""The articles that rules and steps name are those of the house's own instrument; under another they are named with it."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial

from hesuan.schemas.card import RuleCard
from hesuan.schemas.policy import Policy, default_policy_id, load_policy
from hesuan.validators.judge import rule_cards

_ARTICLES = re.compile("第[一二三四五六七八九十]+条(?:(?:、?第（?[一二三四五六七八九十]+）?[条款项])*)")
_ARTICLES_EN = re.compile(r"\b[Aa]rticles? \d+(?: \(\d+\))?(?:(?:, | and | to )\d+)*(?:, item \d+)?")


def foreign_instrument(policy: Policy) -> str | None:
    """《…办法》, whose articles the cards name; None where it is the one in force."""
    home = _home_title()
    return None if policy.title_zh == home else f"《{home}》"


@cache
def _home_title() -> str:
    """Read once in a process: a policy file takes as long to read as a few rules to judge."""
    return load_policy(default_policy_id()).title_zh


def citing(policy_id: str) -> Callable[[str], str]:
    """What becomes of a Chinese text of ours under a policy: the articles that it names stand with the one that has them."""
    named = foreign_instrument(load_policy(policy_id))
    return str if named is None else partial(_ARTICLES.sub, rf"{named}\g<0>")


def cited_cards(policy: Policy) -> tuple[RuleCard, ...]:
    """Every rule; under another instrument each article it names stands with the one that has it."""
    named = foreign_instrument(policy)
    return rule_cards() if named is None else tuple(_cited(card, named) for card in rule_cards())


def _cited(card: RuleCard, named: str) -> RuleCard:
    return replace(
        card,
        article=f"{named}{card.article}",
        because_zh=_ARTICLES.sub(rf"{named}\g<0>", card.because_zh),
        because_en=_ARTICLES_EN.sub(rf"\g<0> of {named}", card.because_en),
        unknown_zh=tuple(_ARTICLES.sub(rf"{named}\g<0>", text) for text in card.unknown_zh),
        unknown_en=tuple(_ARTICLES_EN.sub(rf"\g<0> of {named}", text) for text in card.unknown_en),
        innocent_zh=tuple(_ARTICLES.sub(rf"{named}\g<0>", text) for text in card.innocent_zh),
        innocent_en=tuple(_ARTICLES_EN.sub(rf"\g<0> of {named}", text) for text in card.innocent_en),
    )
