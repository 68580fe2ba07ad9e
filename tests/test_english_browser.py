"""The pages in English as a browser opens them: nothing complains, nothing leaves, and the scripts speak English."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hesuan.reports.book import write_report
from tests.browser import chromium, opened
from tests.report_city import city
from tests.test_english_pages import HAN, STAYS

# The templates are those of the Chinese pages, which are all looked at every day.
PAGES = [
    pytest.param(name, marks=pytest.mark.slow)
    for name in (
        "claim/DZ2026-0002.html",
        "index.html",
        "findings.html",
        "provider/P1.html",
        "rule/REC-003.html",
    )
]
# Text in sight of every element that is not inside one of another language.
SPOKEN = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
    while (walker.nextNode()) {
        const part = walker.currentNode.parentElement;
        if (!part.closest("script, style, [lang^=zh]")) { found.push(walker.currentNode.data); }
    }
    return found;
}"""


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    with city() as connection:
        connection.execute("update published.finding set sentence_en = 'Stated in English.'")
        write_report(connection, folder, langs=("zh", "en"))
    return folder / "en"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as engine:
        yield engine


@pytest.mark.parametrize("name", PAGES)
def test_an_english_page_complains_of_nothing_and_axe_finds_nothing(
    browser: Any, english: Path, name: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    shown = opened(browser, english / name)
    shown.page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    found = axe.run(shown.page).response["violations"]
    assert [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in found] == []
    assert [text for text in shown.page.evaluate(SPOKEN) if HAN.search(text)] == []
    assert shown.watch.troubles == []
    assert shown.watch.outside(english.parent) == []
    shown.page.close()


def test_the_list_of_findings_speaks_english(browser: Any, english: Path) -> None:
    shown = opened(browser, english / "findings.html", ready="html[data-ready]")
    assert shown.page.inner_text("#count") == "all 6 findings"
    shown.page.fill("#search", "MTR-004")
    assert shown.page.inner_text("#count") == "shown 2 of 6 findings"
    shown.page.click("#rows button")
    assert "at stake 12.00 CNY" in shown.page.inner_text("#detail")
    assert "Consequence: On hold until" in shown.page.inner_text("#detail")
    shown.page.close()


@pytest.mark.slow
def test_the_list_of_claims_speaks_english_and_adds_up(browser: Any, english: Path) -> None:
    shown = opened(browser, english / "index.html")
    shown.page.check("input[value='d:approve']")
    status = shown.page.inner_text("#list-status")
    assert status == "shown 2 of 4 claims; proposed or reserved in all 506,603.77 CNY"
    shown.page.close()


@pytest.mark.slow
def test_an_opinion_given_on_an_english_page_is_the_same_file(browser: Any, english: Path) -> None:
    shown = opened(browser, english / "claim" / "DZ2026-0002.html")
    page = shown.page
    page.click("#opinion-export")
    assert page.inner_text("#opinion-status") == "Choose a result."
    page.check("input[value='approve']")
    page.fill("#reason", "three-way match holds, benefit significant")
    page.fill("#panellist", "A")
    with page.expect_download() as waiting:
        page.click("#opinion-export")
    name = waiting.value.suggested_filename
    assert name == f"{next(iter(STAYS))}DZ2026-0002-A.json"
    said = json.loads(Path(waiting.value.path()).read_text(encoding="utf-8"))
    assert (said["decision"], said["proposed_subsidy_yuan"]) == ("approve", "450000.00")
    assert said["check_code"] == "12e4567890123456"
    page.close()
