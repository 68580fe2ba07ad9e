"""The report as a browser opens it from a stick: nothing leaves, nothing complains, and every control does what it says."""

import csv
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from hesuan.flows.panel.sheet import read_panel_sheet
from hesuan.reports.book import write_report
from hesuan.reports.figure import yuan
from hesuan.reports.page import overview as overview_page
from hesuan.reports.page.address import page_names
from tests.browser import Watch, chromium
from tests.report_city import HOSTILE_CLAIM, city

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LONG_NAME = "长" * 200
# Names as a file may hand them in: each must come through whole and do nothing.
NAMES = {
    "DZ2026-0001": "=1+1",
    "DZ2026-0002": "{{7*7}}𱕀" + LONG_NAME,
    "DZ2026-0004": "@SUM(A1)</td><script>document.title='x'</script>",
}


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with city() as connection:
        for claim_id, name in NAMES.items():
            connection.execute(
                "update published.claim set applicant_name = ? where claim_id = ?", [name, claim_id]
            )
        yield connection


@pytest.fixture(scope="module")
def folder(database: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("browser") / "报告 一"
    write_report(database, made)
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def page(browser: Any, watch: Watch, folder: Path) -> Iterator[Any]:
    """A page of its own; at the end nothing may have left the folder and nothing may have complained."""
    opened = browser.new_page()
    watch.follow(opened)
    yield opened
    opened.close()
    assert watch.outside(folder) == []
    assert watch.troubles == []


def overview(page: Any, folder: Path, state: str = "") -> Any:
    page.goto((folder / "index.html").as_uri() + state)
    return page


def dossier(page: Any, folder: Path, claim_id: str) -> Any:
    ids = ["DZ2026-0001", "DZ2026-0002", HOSTILE_CLAIM, "DZ2026-0004"]
    page.goto((folder / "claim" / page_names(ids)[claim_id]).as_uri())
    return page


def shown(page: Any) -> list[str]:
    """Claim ids of the rows that can be seen, from the top."""
    return page.eval_on_selector_all(
        "#claim-list tbody tr",
        "rows => rows.filter(r => r.offsetHeight).map(r => r.cells[1].innerText.trim())",
    )


def handed_over(page: Any, button: str) -> tuple[str, bytes]:
    with page.expect_download() as waiting:
        page.click(button)
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def violations(page: Any) -> list[str]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page, options={"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]})
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found.response["violations"]]


def test_the_overview_breaks_no_rule_of_accessibility(page: Any, folder: Path) -> None:
    assert violations(overview(page, folder)) == []


@pytest.mark.parametrize("claim_id", ["DZ2026-0002", HOSTILE_CLAIM, "DZ2026-0004"])
def test_a_dossier_breaks_no_rule_of_accessibility(page: Any, folder: Path, claim_id: str) -> None:
    dossier(page, folder, claim_id)
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    assert violations(page) == []


def test_a_request_or_a_script_that_is_not_ours_would_be_stopped(browser: Any, folder: Path) -> None:
    """The policy of the page itself, tried from within."""
    tried = browser.new_page()
    watch = Watch()
    watch.follow(tried)
    tried.goto((folder / "index.html").as_uri())
    tried.evaluate("""() => {
        const script = document.createElement('script');
        script.textContent = 'document.title = "taken"';
        document.body.appendChild(script);
        const image = document.createElement('img');
        image.src = 'https://outside.invalid/x.png';
        document.body.appendChild(image);
    }""")
    tried.wait_for_timeout(100)
    assert tried.title() != "taken"
    assert len([line for line in watch.troubles if "Content Security Policy" in line]) == 2
    tried.close()


def test_names_out_of_files_are_whole_and_do_nothing(page: Any, folder: Path) -> None:
    overview(page, folder)
    cells = page.eval_on_selector_all("#claim-list tbody tr", "rows => rows.map(r => r.cells[2].innerText)")
    listed = "\n".join(cells)
    assert all(name in listed for name in NAMES.values())
    assert "‹U+202E›公司" in listed
    assert page.title() == "算力券兑现核验总览 3f9a0c41d7e2"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_totals_on_the_screen_equal_the_database(
    page: Any, folder: Path, database: duckdb.DuckDBPyConnection
) -> None:
    overview(page, folder)
    (proposed,) = database.execute("select sum(proposed_subsidy_yuan) from published.claim").fetchone() or ()
    assert (
        page.inner_text("#list-status") == f"显示 4 份，共 4 份；建议补贴或保留额度合计 {yuan(proposed)} 元"
    )


def test_a_facet_shows_what_its_count_says(
    page: Any, folder: Path, database: duckdb.DuckDBPyConnection
) -> None:
    overview(page, folder)
    for code in ("approve", "hold", "reject"):
        label = page.locator(f"label:has(input[value='d:{code}'])")
        said = int(label.locator(".number").inner_text())
        page.check(f"input[value='d:{code}']")
        ids = database.execute(
            "select claim_id from published.claim where disposition = ? order by queue_position", [code]
        ).fetchall()
        assert shown(page) == [claim_id for (claim_id,) in ids]
        assert len(ids) == said
        page.uncheck(f"input[value='d:{code}']")
    assert len(shown(page)) == 4


def test_two_facets_narrow_each_other_and_their_counts(page: Any, folder: Path) -> None:
    overview(page, folder)
    page.check("input[value='p:P1']")
    assert page.locator("label:has(input[value='d:hold']) .number").inner_text() == "0"
    page.check("input[value='r:REC-003']")
    assert shown(page) == ["DZ2026-0002"]
    assert page.inner_text("#list-status").endswith("合计 450,000.00 元")


def test_the_search_takes_every_word(page: Any, folder: Path) -> None:
    overview(page, folder)
    page.fill("#list-search", "ht-2026-001 ０００４")
    assert shown(page) == ["DZ2026-0004"]
    page.click("#list-clear")
    assert len(shown(page)) == 4


def test_a_view_can_be_sent_on(page: Any, folder: Path) -> None:
    overview(page, folder)
    page.check("input[value='d:approve']")
    page.click("#claim-list th:nth-child(9) button")
    page.click("#claim-list th:nth-child(9) button")
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    assert shown(page) == ["DZ2026-0002", "DZ2026-0001"]
    assert page.get_attribute("#claim-list th:nth-child(9)", "aria-sort") == "descending"
    page.goto("about:blank")
    page.goto((folder / "index.html").as_uri() + "#%E4%%&q=%")
    assert page.input_value("#list-search") == "%"


def test_sorting_is_by_amount_and_the_unknown_stands_last(page: Any, folder: Path) -> None:
    overview(page, folder)
    column = "#claim-list th:nth-child(8)"
    page.focus(f"{column} button")
    page.keyboard.press("Enter")
    up = shown(page)
    assert page.get_attribute(column, "aria-sort") == "ascending"
    page.keyboard.press("Enter")
    assert up == ["DZ2026-0001", "DZ2026-0004", "DZ2026-0002", HOSTILE_CLAIM]
    assert shown(page) == ["DZ2026-0002", "DZ2026-0001", "DZ2026-0004", HOSTILE_CLAIM]


def test_the_csv_holds_what_is_shown_and_no_formula(page: Any, folder: Path) -> None:
    overview(page, folder)
    page.check("input[value='p:P1']")
    name, content = handed_over(page, "#list-csv")
    assert name == "兑现申请.csv"
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [line["申请编号"] for line in lines] == shown(page)
    assert lines[0]["申领单位"] == "'=1+1（U1）"
    assert lines[2]["申领单位"].startswith("'@SUM(A1)</td><script>")
    assert sum(Decimal(line["建议补贴"]) for line in lines) == Decimal("506603.77")
    assert not [cell for line in lines for cell in line.values() if re.match(r"[=+@\t\r-]", cell)]


@pytest.fixture
def folded(
    browser: Any, database: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """The overview of the same four claims where a list shows two rows and folds the others."""
    monkeypatch.setattr(overview_page, "SHOWN_ROWS", 2)
    write_report(database, tmp_path)
    page = browser.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    yield page
    page.close()


def rest_of(page: Any) -> list[str]:
    return page.eval_on_selector_all(
        "#claim-rest tbody tr", "rows => rows.filter(r => !r.hidden).map(r => r.cells[1].innerText.trim())"
    )


def unfold(page: Any) -> None:
    """Open the folded rows. The page puts them in order when it is told that they are open, a while after the click."""
    page.evaluate(
        """() => new Promise(done => {
            const rest = document.querySelector("#claim-rest");
            rest.addEventListener("toggle", () => done(), { once: true });
            rest.querySelector("summary").click();
        })"""
    )


def test_a_long_list_folds_what_is_beyond_the_first_rows(folded: Any) -> None:
    assert shown(folded) == ["DZ2026-0001", "DZ2026-0002"]
    assert folded.inner_text("#claim-rest summary") == "其余 2 份"
    assert folded.inner_text("#list-status").startswith("显示 4 份，共 4 份")
    folded.check("input[value='d:hold']")
    assert shown(folded) == [HOSTILE_CLAIM]
    assert not folded.is_visible("#claim-rest")
    folded.uncheck("input[value='d:hold']")
    folded.click("#claim-list th:nth-child(8) button")
    unfold(folded)
    assert [*shown(folded), *rest_of(folded)] == ["DZ2026-0001", "DZ2026-0004", "DZ2026-0002", HOSTILE_CLAIM]
    name, content = handed_over(folded, "#list-csv")
    assert name == "兑现申请.csv"
    assert len(content.decode("utf-8-sig").splitlines()) == 5


def test_a_line_that_needs_attention_leads_to_its_rows(page: Any, folder: Path) -> None:
    overview(page, folder)
    page.click(".attention a[href='#f=d:hold']")
    # The page is told of its new address after the click has been answered.
    page.wait_for_selector("input[value='d:hold']:checked")
    assert shown(page) == [HOSTILE_CLAIM]
    assert len(page.query_selector_all(".attention li")) <= 5


def test_an_opinion_is_exported_as_decide_reads_it(page: Any, folder: Path, tmp_path: Path) -> None:
    dossier(page, folder, "DZ2026-0002")
    page.check("input[value='adjust']")
    page.fill("#adjusted", "400000.01")
    page.fill("#reason", "=1+1 三方一致，“算力赋能”效益显著\n第二行")
    page.fill("#panellist", "专家/甲")
    name, content = handed_over(page, "#opinion-export")
    assert name == "审核意见-DZ2026-0002-专家_甲.json"
    (tmp_path / name).write_bytes(content)
    (line,) = read_panel_sheet(tmp_path / name).lines
    assert (line.claim_id, line.figures_sha256, line.panellist) == (
        "DZ2026-0002",
        "12e4567890123456",
        "专家/甲",
    )
    assert (line.decision, line.adjusted_yuan) == ("adjust", Decimal("400000.01"))
    assert line.proposed_subsidy_yuan == Decimal("450000.00")
    assert line.reason == "=1+1 三方一致，“算力赋能”效益显著 第二行"


def test_a_claim_id_of_any_characters_comes_back_as_it_was(page: Any, folder: Path) -> None:
    dossier(page, folder, HOSTILE_CLAIM)
    page.check("input[value='ask']")
    page.fill("#reason", "请补充五月的计量日志与说明")
    page.fill("#panellist", "专家乙")
    _, content = handed_over(page, "#opinion-export")
    assert json.loads(content)["claim_id"] == HOSTILE_CLAIM


@pytest.mark.parametrize(
    ("fill", "says"),
    [
        ({}, "请选择结论。"),
        ({"decision": "adjust", "adjusted": "100.005"}, "核减须填核定金额，形如 1234.56。"),
        ({"decision": "adjust", "adjusted": "450000.01"}, "核定金额不得高于建议补贴 450000.00 元。"),
        ({"decision": "approve", "adjusted": "1"}, "核定金额只在核减时填写。"),
        ({"decision": "approve"}, "理由不足10字。"),
        ({"decision": "approve", "reason": "三方一致效益显著可以兑付"}, "请填专家姓名。"),
    ],
)
def test_an_opinion_that_would_be_refused_is_not_exported(
    page: Any, folder: Path, fill: dict[str, str], says: str
) -> None:
    dossier(page, folder, "DZ2026-0002")
    if "decision" in fill:
        page.check(f"input[value='{fill['decision']}']")
    for name in ("adjusted", "reason"):
        page.fill(f"#{name}", fill.get(name, ""))
    page.click("#opinion-export")
    assert page.inner_text("#opinion-status") == says


def test_every_state_is_told_by_its_sign_and_word_in_grey(page: Any, folder: Path) -> None:
    """In the drawn picture without colour: no two states have the same sign and word, and each is seen on its ground."""
    overview(page, folder)
    page.emulate_media(media="print")
    chips = page.eval_on_selector_all(
        ".chip",
        """chips => chips.filter(c => c.offsetHeight).map(c => {
            const style = getComputedStyle(c);
            return [c.className, c.innerText.trim(), style.color, style.backgroundColor];
        })""",
    )
    words = {kind: text for kind, text, _, _ in chips}
    assert len(words) >= 3
    assert len(set(words.values())) == len(words)
    assert all(re.match(r"[√◆×▼○]\s*\S", text) for text in words.values())
    for _, text, ink, ground in chips:
        assert abs(_grey(ink) - _grey(ground)) > 100, text


def _grey(colour: str) -> float:
    """Luma of a CSS colour; what is transparent lies on white."""
    red, green, blue, *alpha = (float(part) for part in re.findall(r"[\d.]+", colour))
    return 255.0 if alpha and alpha[0] == 0 else 0.299 * red + 0.587 * green + 0.114 * blue


def test_printing_opens_what_is_folded(page: Any, folder: Path) -> None:
    dossier(page, folder, "DZ2026-0002")
    assert page.eval_on_selector_all("details", "parts => parts.every(part => !part.open)")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.eval_on_selector_all(
        "details", "parts => parts.length >= 3 && parts.every(part => part.open)"
    )
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.eval_on_selector_all("details", "parts => parts.every(part => !part.open)")


def test_a_dossier_prints_on_a_few_sheets(page: Any, folder: Path, tmp_path: Path) -> None:
    dossier(page, folder, "DZ2026-0002")
    content = page.pdf(prefer_css_page_size=True)
    sheets = re.findall(rb"/Type\s*/Page\b", content)
    assert 2 <= len(sheets) <= 5


def test_everything_can_be_read_without_the_script(browser: Any, folder: Path) -> None:
    bare = browser.browser.new_context(java_script_enabled=False).new_page()
    bare.goto((folder / "index.html").as_uri())
    assert bare.locator("#claim-list tbody tr").count() == 4
    assert not bare.locator("#list-tools").is_visible()
    assert bare.locator("#claim-list tbody tr").first.is_visible()
    bare.context.close()
