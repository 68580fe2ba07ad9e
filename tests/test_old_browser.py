"""The pages on the oldest browser of the offices, Chromium 92: they come up whole, narrow, and hand over an opinion.

Such a browser is no package of Debian's; HESUAN_OLD_CHROMIUM names its executable (the npm package chrome-aws-lambda
10.1.0 holds one). Playwright's own clicking is newer than it: everything is done from within the page.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.panel.sheet import read_panel_sheet
from hesuan.reports.book import write_report
from hesuan.reports.page.address import page_names
from tests.browser import Opened, launched, opened
from tests.report_city import HOSTILE_CLAIM, city

EXECUTABLE = os.environ.get("HESUAN_OLD_CHROMIUM")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not EXECUTABLE, reason="HESUAN_OLD_CHROMIUM 未指明旧版浏览器：未试"),
]
IDS = ["DZ2026-0001", "DZ2026-0002", HOSTILE_CLAIM, "DZ2026-0004"]
SHOWN = """() => [...document.querySelectorAll("#claim-list tbody tr")]
    .filter(row => row.offsetHeight).map(row => row.cells[1].innerText.trim())"""
FILL = """([where, text]) => {
    const box = document.querySelector(where);
    box.value = text;
    box.dispatchEvent(new Event("input", {bubbles: true}));
    box.dispatchEvent(new Event("change", {bubbles: true}));
}"""
CLICK = "where => document.querySelector(where).click()"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("old") / "报告"
    with city() as connection:
        write_report(connection, made)
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched(EXECUTABLE, "--no-zygote", "--disable-gpu") as found:
        yield found


@pytest.fixture
def shows(browser: Any, folder: Path) -> Iterator[Any]:
    """Opens a page of the report; at the end nothing may have left it and nothing may have complained."""
    seen: list[Opened] = []

    def show(name: str) -> Any:
        seen.append(opened(browser, folder / name))
        return seen[-1].page

    yield show
    for each in seen:
        assert each.watch.outside(folder) == []
        assert each.watch.troubles == []
        each.page.close()


def test_it_is_as_old_as_that(browser: Any) -> None:
    assert browser.browser.version.startswith("92.")


def test_every_page_comes_up(shows: Any, folder: Path) -> None:
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))
    assert {"index.html", "findings.html", "dictionary.html", "rules.html"} <= set(names)
    for name in names[:: max(1, len(names) // 25)]:
        assert shows(name).evaluate("document.body.innerText.length") > 200, name


def test_facets_and_search_narrow_the_overview(shows: Any) -> None:
    page = shows("index.html")
    page.evaluate(CLICK, "input[value='d:hold']")
    assert page.evaluate(SHOWN) == [HOSTILE_CLAIM]
    page.evaluate(CLICK, "#list-clear")
    page.evaluate(FILL, ["#list-search", "ht-2026-001 0004"])
    assert page.evaluate(SHOWN) == ["DZ2026-0004"]


def test_the_findings_are_unpacked_and_listed(shows: Any) -> None:
    page = shows("findings.html")
    page.wait_for_function("document.querySelectorAll('#list .row, #list tr').length > 0")


def test_an_opinion_is_exported_as_decide_reads_it(shows: Any, tmp_path: Path) -> None:
    page = shows(f"claim/{page_names(IDS)['DZ2026-0002']}")
    page.evaluate(CLICK, "input[value='approve']")
    page.evaluate(FILL, ["#reason", "三方一致，算力赋能效益显著"])
    page.evaluate(FILL, ["#panellist", "专家甲"])
    with page.expect_download() as waiting:
        page.evaluate(CLICK, "#opinion-export")
    path = tmp_path / waiting.value.suggested_filename
    path.write_bytes(Path(waiting.value.path()).read_bytes())
    (line,) = read_panel_sheet(path).lines
    assert (line.claim_id, line.decision, line.panellist) == ("DZ2026-0002", "approve", "专家甲")
