"""Sums and card-hours of a finding's sentence have their separators in both languages: each is followed by its unit."""

import re

import pytest

from hesuan.reports.figure import separated
from hesuan.schemas.card import RuleCard
from hesuan.validators.judge import rule_cards

MEASURE = re.compile(r"\{(\w+)_(yuan|hours)\}")
FIGURES = {"yuan": "12345.60", "hours": "12345.6000"}
# Printed as they stand on the sheet, which may count in 万元.
AS_ON_THE_SHEET = {("REC-007", "stated_cost"), ("REC-007", "stated_subsidy")}


@pytest.mark.parametrize("card", rule_cards(), ids=lambda card: card.id)
def test_every_sum_and_every_hour_of_a_sentence_gets_its_separators(card: RuleCard) -> None:
    for template in (card.because_zh, card.because_en, *card.unknown_zh, *card.unknown_en):
        measures = [
            found for found in MEASURE.finditer(template) if (card.id, found[1]) not in AS_ON_THE_SHEET
        ]
        told = separated(MEASURE.sub(lambda found: FIGURES[found[2]], template))
        assert told.count("12,345.60") == len(measures), told
