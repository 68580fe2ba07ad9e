"""Under another city's instrument the articles that rules and steps name stand with the instrument they are of."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import fastexcel
import pytest

from hesuan.flows.reference.cited import cited_cards
from hesuan.flows.warehouse import connect
from hesuan.reports import published
from hesuan.reports.book import write_report
from hesuan.reports.paper.book import cases
from hesuan.reports.paper.case import Setting, dossier
from hesuan.reports.sheet.panel_sheet import NOTES, write_panel_sheet
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
    r"(?<![》、])第[一二三四五六七八九十]+条|\b[Aa]rticles? \d++(?! of 《|, article| and \d| to \d|, \d| \(\d|, item)"
)


@pytest.mark.parametrize("policy_id", OTHERS)
def test_no_rule_names_an_article_without_its_instrument(policy_id: str) -> None:
    cards = cited_cards(load_policy(policy_id))
    assert [card.id for card in cards] == [card.id for card in rule_cards()]
    for card in cards:
        assert card.article.startswith(f"{NAMED}第")
        texts = (
            card.because_zh,
            card.because_en,
            *card.unknown_zh,
            *card.unknown_en,
            *card.innocent_zh,
            *card.innocent_en,
        )
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


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published file of a night under an instrument that asks the panel nothing of the benefit."""
    made = City().with_register().honest("a", hours=6000)
    made.rows["material"] = [row for row in made.rows["material"] if row["material_code"] != "invoice"]
    return tally(made.hand_in(tmp_path_factory.mktemp("w")), of_one_reading("hangzhou-2025")).database


def test_no_page_cites_an_article_of_an_instrument_that_is_not_in_force(
    elsewhere: Path, tmp_path: Path
) -> None:
    with connect(elsewhere, read_only=True) as connection:
        pages = write_report(connection, tmp_path, langs=("zh", "en"))
    found = [(page.name, bare) for page in pages for bare in BARE.findall(_read(page))]
    assert len(pages) > 2 * len(rule_cards())
    assert found == []


def test_a_panel_that_is_not_asked_of_the_benefit_finds_no_place_for_it(
    elsewhere: Path, tmp_path: Path
) -> None:
    with connect(elsewhere, read_only=True) as connection:
        pages = write_report(connection, tmp_path)
        said = [_read(page) for page in pages if page.name in ("index.html", "C-a.html")]
        [case] = cases(connection)
        asks = published.asks_benefit(connection)
    assert len(said) == 2
    assert [text for text in said if "赋能效益是否" in text or "赋能效益（" in text] == []
    assert asks is False
    setting = Setting("", "", "《杭州的办法》（正式印发）", {}, {}, "10", asks_benefit=asks)
    assert dossier(case.context, case.months, setting)["benefit"] is None
    assert replace(setting, asks_benefit=True).benefit == {"article": ""}
    at_home = replace(setting, asks_benefit=True, regulation=f"{NAMED}（正式印发）")
    assert at_home.benefit == {"article": "第七条"}


def test_the_panels_sheet_cites_only_the_instrument_in_force(elsewhere: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.xlsx"
    with connect(elsewhere, read_only=True) as connection:
        write_panel_sheet(connection, sheet)
    [first, *_] = fastexcel.read_excel(sheet).load_sheet(NOTES, header_row=None).to_polars().to_series(0)
    assert first.startswith("《杭州市算力券")
    assert "）：由专家组审核。" in first
    assert BARE.search(first) is None


def test_the_rules_listed_name_the_instrument_they_cite(hesuan, tmp_path: Path) -> None:
    (tmp_path / "hesuan.toml").write_text("policy = 'hangzhou-2025'\n", encoding="utf-8")
    told = hesuan("rules", "-w", tmp_path)[1].splitlines()
    assert len(told) == len(rule_cards())
    assert [line for line in told if f"  {NAMED}第" not in line] == []


def _read(page: Path) -> str:
    """What a reader sees of a page: no script, no style, and no SELECT word for word, whose comments are the house's."""
    text = re.sub("<(script|style|pre)[^>]*>.*?</\\1>", "", page.read_text(encoding="utf-8"), flags=re.S)
    return unescape(re.sub("<[^>]+>", "", text))


def test_an_article_with_its_instrument_is_said_in_english() -> None:
    assert re.sub("<[^>]+>", "", in_english(f"{NAMED}第七条")) == f"article 7 of {NAMED}"
