"""Decide: reconciled facts and policy → recognised cost, verdicts of the rules, disposition and award."""

from pathlib import Path

from hesuan.flows.policy_tables import load_policy_tables
from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import build, connect, whole
from hesuan.flows.worlds import OPEN_READINGS, VERDICTS, Court, evaluate, open_worlds
from hesuan.schemas.card import Card, RuleCard
from hesuan.schemas.fault import CardFault
from hesuan.schemas.policy import Policy
from hesuan.validators.judge import judge, open_court, rule_cards


def decide(path: Path, policy: Policy) -> Path:
    """Adds schemas policy and decided to the build file.

    Rules about facts are judged first; disposition and award follow from them. Then every reading is taken the other
    ways, and a claim refused under the default only is held. Rules about the award come last and can therefore
    neither block nor hold.
    """
    court = court_of(sql_cards("decided"))
    with connect(path) as connection:
        with whole(connection):
            load_policy_tables(connection, policy)
            connection.execute("create schema decided")
            open_worlds(connection)
            build(connection, court.early)
            open_court(connection)
            for card in court.rules:
                judge(connection, card)
            build(connection, court.late)
        evaluate(connection, court, policy)
        with whole(connection):
            for card in court.on_readings:
                judge(connection, card)
            build(connection, court.late)
            for card in court.last:
                judge(connection, card)
    return path


def court_of(cards: dict[str, Card]) -> Court:
    late = resting_on_verdicts(cards)
    rules, last = rules_in_order(rule_cards(), late)
    return Court(
        early={name: card for name, card in cards.items() if name not in late},
        late={name: card for name, card in cards.items() if name in late},
        rules=tuple(card for card in rules if OPEN_READINGS not in card.references),
        on_readings=tuple(card for card in rules if OPEN_READINGS in card.references),
        last=tuple(last),
    )


def resting_on_verdicts(cards: dict[str, Card]) -> set[str]:
    """Names of relations that read the verdicts, directly or through another."""
    late: set[str] = set()
    while True:
        more = {n for n, c in cards.items() if c.references & (late | {VERDICTS})} - late
        if not more:
            return late
        late |= more


def rules_in_order(cards: tuple[RuleCard, ...], late: set[str]) -> tuple[list[RuleCard], list[RuleCard]]:
    """Raises CardFault where a rule that may block or hold rests on the award it would change."""
    last = [card for card in cards if card.references & late]
    for card in last:
        if card.severity in ("block", "hold"):
            raise CardFault(
                f"{card.id}: severity {card.severity} 的规则不能读取由结论得出的 {', '.join(card.references & late)}"
            )
    return [card for card in cards if card not in last], last
