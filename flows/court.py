"""The court: which cards judge, in what order, and which of them a reading can move."""

from dataclasses import dataclass
from functools import cached_property

from hesuan.schemas.card import Card, RuleCard, build_order
from hesuan.schemas.fault import CardFault

DISPOSING = ("block", "hold")
VERDICTS = "decided.verdict"
OPEN_READINGS = "decided.open_reading"


@dataclass(frozen=True)
class Court:
    """The cards that judge: relations before the verdicts, relations that rest on them, and the rules between.

    on_readings: rules that ask which readings a claim turns on. last: rules about the award.
    """

    early: dict[str, Card]
    late: dict[str, Card]
    rules: tuple[RuleCard, ...]
    on_readings: tuple[RuleCard, ...]
    last: tuple[RuleCard, ...]

    @cached_property
    def in_order(self) -> tuple[Card | RuleCard, ...]:
        """Rules that can neither block nor hold change no disposition; they are left out."""
        weighty = [rule for rule in self.rules if rule.severity in DISPOSING]
        return (*build_order(self.early), *weighty, *build_order(self.late))

    @cached_property
    def compared(self) -> frozenset[str]:
        """Relations that anything worked out in a world rests on: the others need not be compared."""
        read = frozenset().union(*(card.references for card in self.in_order))
        return frozenset(
            name for name, card in (self.early | self.late).items() if name in read and not card.is_view
        )


def court_of(cards: dict[str, Card], judging: tuple[RuleCard, ...]) -> Court:
    late = resting_on_verdicts(cards)
    rules, last = rules_in_order(judging, late)
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
        if card.severity in DISPOSING:
            raise CardFault(
                f"{card.id}: severity {card.severity} 的规则不能读取由结论得出的 {', '.join(card.references & late)}"
            )
    return [card for card in cards if card not in last], last
