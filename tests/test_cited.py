"""Under another city's instrument the articles that rules and steps name stand with the instrument they are of."""

import re
from pathlib import Path

import pytest

from hesuan.flows.reference.cited import cited_cards
from hesuan.flows.warehouse import connect
from hesuan.reports.wording.article import in_english
from hesuan.schemas.policy import default_policy_id, load_policy, policy_ids
from hesuan.validators.judge import rule_cards
from tests.city import City
from tests.night import of_one_reading, tally

HOME = load_policy(default_policy_id())
NAMED = f"《{HOME.title_zh}》"
OTHERS = [policy_id for policy_id in policy_ids() if policy_id != HOME.id]
# An article that neither its instrument nor another article stands before.
BARE = re.compile(
    r"(?<![》、])第[一二三四五六七八九十]+条|\b[Aa]rticles? \d++(?! of 《| and \d| to \d|, \d| \(\d|, item)"
)


@pytest.mark.parametrize("policy_id", OTHERS)
def test_no_rule_names_an_article_without_its_instrument(policy_id: str) -> None:
    cards = cited_cards(load_policy(policy_id))
    assert [card.id for card in cards] == [card.id for card in rule_cards()]
    for card in cards:
        assert card.article.startswith(f"{NAMED}第")
        texts = (card.because_zh, card.because_en, *card.innocent_zh, *card.innocent_en)
        assert [text for text in texts if BARE.search(text)] == []
    assert sum(NAMED in card.because_zh for card in cards) > 10


def test_under_its_own_instrument_an_article_stands_alone() -> None:
    assert cited_cards(HOME) == rule_cards()


def test_a_night_under_another_instrument_publishes_no_bare_article(tmp_path: Path) -> None:
    made = City().with_register().honest("a", hours=6000)
    made.rows["material"] = [row for row in made.rows["material"] if row["material_code"] != "invoice"]
    outcome = tally(made.hand_in(tmp_path), of_one_reading(OTHERS[0]))
    with connect(outcome.database, read_only=True) as connection:
        articles = connection.execute("""
            select article from published.finding union all select article from published.rule
            union all select article from published.waterfall
        """).fetchall()
        [sentence] = connection.execute(
            "select sentence_zh from published.finding where rule_id = 'ELG-008'"
        ).fetchone()
    assert len(articles) > len(rule_cards())
    assert [article for (article,) in articles if not article.startswith(f"{NAMED}第")] == []
    assert f"{NAMED}第十一条、第十二条所列" in sentence


def test_an_article_with_its_instrument_is_said_in_english() -> None:
    assert re.sub("<[^>]+>", "", in_english(f"{NAMED}第七条")) == f"article 7 of {NAMED}"
