"""The pages beside the overview: what they show equals the database, and nothing in them can run or be fetched."""

import base64
import csv
import hashlib
import io
import json
import re
import zlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from hesuan.reports import docket
from hesuan.reports.book import write_report
from hesuan.reports.page import arrival, provider_chart, rule_page
from hesuan.schemas.fault import ReportFault
from tests.browser import chromium, opened
from tests.report_city import HOSTILE_NAME, city
from tests.test_report import ADVICE, VERSION, Paper

TEMPLATES = Path(__file__).parents[1] / "reports" / "templates"
SHARED = (TEMPLATES / "page.js").read_text(encoding="utf-8")
FINDINGS = SHARED + (TEMPLATES / "findings.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def published() -> Iterator[duckdb.DuckDBPyConnection]:
    with city() as connection:
        yield connection


@pytest.fixture(scope="module")
def report(published: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(published, tmp_path_factory.mktemp("city"))[0].parent


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """The city, for tests that change it."""
    with city() as opened:
        yield opened


def unpacked(report: Path) -> tuple[dict, list[list[str]]]:
    """The list of findings as its page carries it: head, and [subject, fact] of each."""
    found = re.search(r"<template[^>]*>([^<]*)</template>", (report / "findings.html").read_text("utf-8"))
    assert found is not None
    head, *lines = zlib.decompress(base64.b64decode(found[1])).decode().split("\n")
    return json.loads(head), [line.split("\t") for line in lines]


def beside(report: Path) -> list[Path]:
    return [p for p in sorted(report.rglob("*.html")) if p.name != "index.html" and p.parent.name != "claim"]


def test_there_is_a_page_for_every_rule_and_provider(report: Path) -> None:
    names = {p.relative_to(report).as_posix() for p in beside(report)}
    rules = {f"rule/{r}.html" for r in ("CAP-001", "CON-002", "MTR-004", "MTR-015", "PRC-001", "REC-003")}
    lists = {"findings.html", "providers.html", "rules.html", "dictionary.html"}
    assert names == rules | lists | {"provider/P1.html", "provider/P2.html"}


def test_every_page_says_who_decides_and_by_which_text(report: Path) -> None:
    for paper in map(Paper, beside(report)):
        assert ADVICE in paper.text
        assert VERSION in paper.text


def test_a_page_runs_one_script_of_ours_at_most_and_its_policy_names_it(report: Path) -> None:
    for page in beside(report):
        text = page.read_text(encoding="utf-8")
        scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
        assert policy is not None
        inner = [SHARED for folder in ("rule", "provider") if page.parent.name == folder]
        assert scripts == ([FINDINGS] if page.name == "findings.html" else inner)
        hashed = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
        assert re.findall(r"script-src ([^;]*)", policy[1]) == [f"'sha256-{digest}'" for digest in hashed]
        assert policy[1].startswith("default-src 'none'; style-src 'sha256-")


def test_no_page_fetches_and_no_tag_runs(report: Path) -> None:
    for page in beside(report):
        for tag, attributes in Paper(page).tags:
            assert tag not in {"link", "img", "iframe", "object", "base", "form"}
            assert not [name for name in attributes if name.startswith("on") or name in {"src", "style"}]
            assert not (attributes.get("href") or "").lower().startswith(("http", "//", "javascript", "data"))


def test_the_list_carries_every_finding_of_the_database(
    published: duckdb.DuckDBPyConnection, report: Path
) -> None:
    head, lines = unpacked(report)
    listed = published.execute(
        "select rule_id || ':' || subject_id, sentence_zh from published.finding"
    ).fetchall()
    carried = [
        f"{head['values']['rule'][head['codes']['rule'][n]][0]}:{subject}"
        for n, (subject, _) in enumerate(lines)
    ]
    assert head["total"] == len(listed) == len(lines)
    assert set(carried) == {finding_id.replace("\u202e", "‹U+202E›") for finding_id, _ in listed}


def test_what_stops_a_payment_is_listed_first_and_the_larger_sum_before_the_smaller(report: Path) -> None:
    head, lines = unpacked(report)
    severities = [head["values"]["severity"][code][0] for code in head["codes"]["severity"]]
    assert severities == ["block", "adjust", "hold", "hold", "hold", "note"]
    assert [lines[n][0] for n in (2, 3)] == ["GPU-f001", "GPU-e268"]
    assert head["amount"][:4] == ["56,603.77", "25,471.70", "12.00", "6.00"]


def test_a_sum_that_is_not_known_is_carried_as_empty(report: Path) -> None:
    head, lines = unpacked(report)
    assert [head["amount"][n] for n, (_, fact) in enumerate(lines) if "没有机器可读" in fact] == [""]


def test_a_rule_that_works_out_no_sum_leaves_none_unknown(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """PRC-001 and MTR-015 have one finding each, neither with a sum; only the latter's card promises one."""
    connection.execute("alter table published.rule add column evidence_zh varchar")
    connection.execute("""update published.rule set evidence_zh =
        if(rule_id = 'PRC-001', '{"unit_price":"单价"}', '{"amount_at_risk_yuan":"涉及金额，元"}')""")
    write_report(connection, tmp_path)
    dossiers = "".join(page.read_text("utf-8") for page in (tmp_path / "claim").iterdir())
    headings = [line for line in dossiers.splitlines() if line.startswith('<h3 class="top">')]
    assert ["涉及金额" in line for line in headings if "PRC-001" in line] == [False]
    assert ["涉及金额 未知" in line for line in headings if "MTR-015" in line] == [True]
    assert '<td class="n">—</td>' in (tmp_path / "rule" / "PRC-001.html").read_text("utf-8")
    assert '<td class="n">未知</td>' in (tmp_path / "rule" / "MTR-015.html").read_text("utf-8")
    overview = (tmp_path / "index.html").read_text("utf-8").split('id="findings"')[1]
    lines = [re.sub("<[^>]*>", " ", line).split() for line in overview.split("</table>")[0].split("</tr>")]
    assert {rule: line[-1] for line in lines for rule in ("PRC-001", "MTR-015") if rule in line} == {
        "PRC-001": "—",
        "MTR-015": "未知",
    }
    head, _ = unpacked(tmp_path)
    assert {rule[0]: rule[5] for rule in head["values"]["rule"]}["PRC-001"] is False


def test_a_finding_of_no_claim_leads_to_its_place_on_the_overview(report: Path) -> None:
    head, lines = unpacked(report)
    [(row, place)] = head["loose"].items()
    assert lines[int(row)][0] == "GPU-f001"
    assert place in Paper(report / "index.html").ids


def test_a_name_out_of_a_file_stays_text_in_the_list(report: Path) -> None:
    head, lines = unpacked(report)
    assert any('<script>alert("甲")</script>' in fact for _, fact in lines)
    assert "<script>alert" not in (report / "findings.html").read_text("utf-8")
    assert ["U3", HOSTILE_NAME.replace("\u202e", "‹U+202E›")] in head["values"]["applicant"]


def test_a_calendar_tells_arrived_late_and_missing_in_words(report: Path) -> None:
    text = Paper(report / "provider/P1.html").text
    assert "|2026-03|■到|▨迟|□缺|□缺|□缺|·无合同|■到|" in text.replace("| ", "|").replace(" |", "|")
    assert "缺：2026-03 3至5日。" in text
    assert "可能是没有人用，也可能是日志没有交" in text


def test_runs_of_days_are_spelled_as_runs() -> None:
    assert arrival.spelled([1, 3, 4, 5, 9]) == "1、3至5、9日"
    assert arrival.spelled([]) == ""


def test_a_calendar_spans_every_month_between() -> None:
    days = [
        {"log_on": date(2026, 1, 31), "state": "arrived"},
        {"log_on": date(2026, 4, 1), "state": "missing"},
    ]
    months = arrival.calendar(days)
    assert [month.month for month in months] == ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert months[1].counts == {"arrived": 0, "late": 0, "missing": 0}
    assert months[1].cells[28] is None


def test_a_state_nobody_declared_stops_the_report() -> None:
    with pytest.raises(ReportFault, match="'gone'"):
        arrival.calendar([{"log_on": date(2026, 1, 1), "state": "gone"}])


def test_days_beyond_the_installed_cards_are_told_with_both_figures(report: Path) -> None:
    text = Paper(report / "provider/P1.html").text
    assert "A8003 日有用量，其中 1 日超出装机" in text
    assert "2026-03-02 用 192.0001，装机 192.0000" in text
    assert "2026-03|3|480.0001|576.0000|8|1|" in text


def test_a_model_without_a_device_list_has_an_unknown_capacity(report: Path) -> None:
    text = Paper(report / "provider/P2.html").text
    assert "设备清单中没有这一型号，装机未知" in text
    assert "2026-04|1|10.0000|未知|未知|0|" in text


def test_bills_stand_beside_logs_contract_by_contract(report: Path) -> None:
    text = Paper(report / "provider/P1.html").text
    assert "HT-2026-002|GPU|60,000.0000|58,500.0000|1.0256|" in text
    assert "HT-2026-001|GPU|8,000.0000|8,001.5000|0.9998|" in text
    assert "HT-2026-003|GPU|6,000.0000|未知|未知|" in Paper(report / "provider/P2.html").text


@pytest.mark.parametrize(
    ("ratio", "place"),
    [("0.9899", 10), ("0.99", 11), ("1", 11), ("1.0099", 11), ("1.01", 12), ("0", 0), ("99", 22)],
)
def test_a_ratio_falls_into_the_bin_around_it(ratio: str, place: int) -> None:
    assert provider_chart.bin_of(Decimal(ratio)) == place


def test_prices_above_the_tariff_are_listed_with_both(report: Path) -> None:
    text = Paper(report / "provider/P1.html").text
    assert "A800|智算租用|卡时|2|15.00 至 18.00|16.50|1|0|" in text
    assert "HT-2026-002|1|2026-02-01|A800 智算租用（卡时）|18.00|16.50|" in text
    assert "L40S|智算租用|卡时|1|12.345678|未知|0|1|" in Paper(report / "provider/P2.html").text


def test_overlaps_are_summed_and_listed(report: Path) -> None:
    text = Paper(report / "provider/P2.html").text
    assert "共 1 段，0.5000 卡时" in text
    assert "GPU-e268|2026-05-03 11:00:00|2026-05-03 11:30:00|0.5000|HT-2026-003、t-9|" in text
    assert "没有同卡重叠的时段" in Paper(report / "provider/P1.html").text


def test_findings_of_a_provider_stand_with_what_was_looked_at(report: Path) -> None:
    text = Paper(report / "provider/P1.html").text
    assert "REC-003 账单超出计量|▼ 核减|第十二条|3|1|1|1|4|" in text
    assert "没有发现的规则 1 条" in text


def test_a_provider_that_is_on_no_list_is_said_to_be(report: Path) -> None:
    assert "名单上没有这家机构" in Paper(report / "provider/P2.html").text


def test_a_rule_page_says_how_often_it_spoke(report: Path) -> None:
    text = Paper(report / "rule/REC-003.html").text
    assert "本批次看过 4 个对象：通过 2，指出 1，资料不足 1；另有 0 个不适用。" in text
    assert "本批次没有运行：没有看过任何对象，不等于没有发现。" in Paper(report / "rule/CAP-001.html").text


def test_a_rule_page_tells_its_sentence_by_what_goes_into_it(report: Path) -> None:
    text = Paper(report / "rule/REC-003.html").text
    assert "账单 〔计费卡时〕 卡时，计量 〔计量卡时〕 卡时。" in text


def test_a_rule_page_tells_what_the_rule_says_where_too_little_is_known(report: Path) -> None:
    text = Paper(report / "rule/REC-003.html").text
    assert "资料不足时改说所需事实齐全的第一句，都不齐的说末句：" in text
    assert "账单 〔计费卡时〕 卡时，没有计量。请补交日志。" in text
    assert "没有账单。请补交账单。" in text
    assert "资料不足时改说" not in Paper(report / "rule/CAP-001.html").text


def test_a_rule_page_has_a_real_example_its_parameters_and_harmless_reasons(report: Path) -> None:
    text = Paper(report / "rule/REC-003.html").text
    assert "账单 60,000.0000 卡时，计量 58,500.0000 卡时，超出容许差 600.0000 卡时。" in text
    assert "metering.slack_ratio|0.01 比率|2026-01-01 起|本系统设定：舍入与口径差异。|" in text
    assert "时钟差" in text
    assert f"usage.logSHA-256 {'b' * 64}|1204|" in text


def test_a_rule_page_says_what_it_leaves_out_in_the_words_of_its_query(report: Path) -> None:
    text = Paper(report / "rule/REC-003.html").text.replace("| ", "|")
    assert "contract_no is null|不适用|billed > metered|指出|billed <= metered|通过|其余|资料不足|" in text


def test_a_rule_whose_consequence_is_not_always_one_says_what_decides_it(tmp_path: Path) -> None:
    """Under a policy that only holds related parties, “建议不予” would say more than can come of it."""
    with city() as connection:
        connection.execute(
            "insert into published.rule_fact values ('REC-003', 3, 'severity', '后果：甲为核减，其余为提示')"
        )
        pages = {page.name: page for page in write_report(connection, tmp_path)}
    text = Paper(pages["REC-003.html"]).text
    assert "后果逐条而定。后果：甲为核减，其余为提示。只陈述不一致、缺失、重叠与超出，不推断意图。" in text
    assert "指出之后：" not in text
    assert "指出之后：" in Paper(pages["MTR-015.html"]).text


def test_without_a_year_to_list_the_pool_is_not_called_unknown(tmp_path: Path) -> None:
    """The year's total stands in the policy: it is known, and nothing takes of it yet."""
    with city() as connection:
        connection.execute("delete from published.pool")
        [index, *_] = [page for page in write_report(connection, tmp_path) if page.name == "index.html"]
    assert "年度总额没有券、申请或往期兑现，没有可列的年度。" in Paper(index).text.replace(" ", "")


def test_a_verdict_that_is_no_plain_case_is_not_taken_apart() -> None:
    query = "select\n    1,\n    case\n        when a > 0 then 'flag' -- why\n        else 'unknown'\n    end as verdict"
    assert rule_page.branches(query) == [("a > 0", "指出"), ("", "资料不足")]
    assert rule_page.branches("select if(a, 'flag', 'pass') as verdict") == []
    assert rule_page.branches(query.replace("a > 0", "case when a then true end")) == []


def test_the_example_is_one_that_was_found_before_one_that_was_not_told(
    published: duckdb.DuckDBPyConnection,
) -> None:
    items = docket.items(published, docket.rule_cards(published))
    told = [item for item in items if item.finding["verdict"] == "unknown"]
    found = [item for item in items if item.finding["verdict"] == "flag"]
    assert rule_page.example(told + found) == found[0]
    assert rule_page.example(told) == told[0]
    assert rule_page.example([]) is None


def test_the_dictionary_says_what_the_database_says(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    connection.execute("comment on table published.pool is '年度总额（每年一行）'")
    connection.execute("comment on column published.pool.amount_yuan is '总额，<b>元</b>'")
    write_report(connection, tmp_path)
    text = Paper(tmp_path / "dictionary.html").text
    assert "published.pool年度总额（每年一行）" in text
    assert "amount_yuan|DECIMAL(18,2)|总额，<b>元</b>|" in text
    columns = connection.execute(
        "select count(*) from duckdb_columns() where schema_name = 'published'"
    ).fetchall()
    assert f"{columns[0][0]} 列" in text


def test_a_file_of_an_older_version_has_no_provider_pages_and_no_link_to_them(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for name in ("provider", "log_day", "capacity_day", "price_line", "provider_coverage", "rule_fact"):
        connection.execute(f"drop table published.{name}")
    write_report(connection, tmp_path)
    assert not (tmp_path / "providers.html").exists()
    assert "providers.html" not in Paper(tmp_path / "index.html").links()


def test_a_city_without_findings_has_an_empty_list_and_no_script(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    connection.execute("delete from published.finding")
    write_report(connection, tmp_path)
    paper = Paper(tmp_path / "findings.html")
    assert "本批次无核验发现。" in paper.text
    assert "script" not in {tag for tag, _ in paper.tags}


def test_the_same_rows_in_another_order_give_the_same_pages(
    connection: duckdb.DuckDBPyConnection, report: Path, tmp_path: Path
) -> None:
    for name in (
        "finding",
        "claim",
        "log_day",
        "capacity_day",
        "price_line",
        "provider_coverage",
        "usage_overlap",
    ):
        connection.execute(f"create temp table held as from published.{name} order by all desc")
        connection.execute(
            f"delete from published.{name}; insert into published.{name} from held; drop table held"
        )
    write_report(connection, tmp_path)
    for page in beside(report):
        assert (tmp_path / page.relative_to(report)).read_bytes() == page.read_bytes(), page.name


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as launched:
        yield launched


def test_no_page_asks_for_anything_or_complains(browser: Any, report: Path) -> None:
    for page in beside(report):
        shown = opened(browser, page, ready="html[data-ready]" if page.name == "findings.html" else None)
        assert (shown.watch.beyond(page), shown.watch.troubles) == ([], []), page.name
        shown.page.close()


def test_on_a_narrow_screen_no_page_scrolls_sideways_only_its_tables_do(browser: Any, report: Path) -> None:
    widest = (
        "[document.documentElement, document.querySelector('main')].map(e => e.scrollWidth - e.clientWidth)"
    )
    for page in sorted(report.rglob("*.html")):
        shown = opened(browser, page)
        shown.page.set_viewport_size({"width": 390, "height": 844})
        assert shown.page.evaluate(widest) == [0, 0], page.name
        shown.page.close()


def test_the_list_counts_what_the_database_counts(
    published: duckdb.DuckDBPyConnection, browser: Any, report: Path
) -> None:
    shown = opened(browser, report / "findings.html", ready="html[data-ready]")
    counted = published.execute("select rule_id, count(*) from published.finding group by all").fetchall()
    said = shown.page.evaluate(
        "Array.from(document.querySelectorAll('#facets fieldset:nth-child(3) label'))"
        ".map(label => [label.querySelector('input').value, label.querySelector('b').textContent])"
    )
    assert {rule: int(n) for rule, n in said} == dict(counted)
    assert shown.page.inner_text("#count") == "全部 6 条"


def test_choosing_narrows_the_list_and_the_address_keeps_it(browser: Any, report: Path) -> None:
    shown = opened(
        browser, report / "findings.html", ready="html[data-ready]", fragment="#rule=MTR-004&q=GPU-E268"
    )
    assert shown.page.inner_text("#count") == "显示 1 条，共 6 条"
    assert "GPU-e268 在 2026-05-03" in shown.page.inner_text("#rows")
    shown.page.click("#clear")
    shown.page.check("#facets input[value=unknown]")
    assert shown.page.inner_text("#count") == "显示 1 条，共 6 条"
    shown.page.wait_for_timeout(400)
    assert shown.page.evaluate("location.hash") == "#verdict=unknown"


def test_a_finding_is_told_in_full_with_its_harmless_reasons(browser: Any, report: Path) -> None:
    shown = opened(
        browser, report / "findings.html", ready="html[data-ready]", fragment="#rule=MTR-004&q=f001"
    )
    shown.page.click("#rows button")
    told = shown.page.inner_text("#detail")
    assert "MIG切分" in told
    assert "处理：暂缓，待补充材料或说明后再定。" in told
    assert shown.page.evaluate("document.querySelectorAll('#detail script, #detail b').length") == 0


def test_the_exported_table_holds_what_is_shown_and_starts_no_formula(
    connection: duckdb.DuckDBPyConnection, browser: Any, tmp_path: Path
) -> None:
    connection.execute("update published.finding set sentence_zh = '=1+1' where rule_id = 'REC-003'")
    write_report(connection, tmp_path)
    shown = opened(browser, tmp_path / "findings.html", ready="html[data-ready]", fragment="#rule=REC-003")
    with shown.page.expect_download() as download:
        shown.page.click("#csv")
    content = Path(download.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    header, row = csv.reader(io.StringIO(text))
    assert text.count("\r\n") == 2
    assert len(header) == len(row) == 15
    assert row[0] == "REC-003:DZ2026-0002"
    assert row[1:6] == ["REC-003", "账单超出计量", "核减", "指出", "第十二条"]
    assert row[6:10] == ["DZ2026-0002", "DZ2026-0002", "HT-2026-002", "P1"]
    assert row[-2:] == ["25471.70", "'=1+1"]


def test_sorting_by_sum_turns_round_and_says_so(browser: Any, report: Path) -> None:
    shown = opened(browser, report / "findings.html", ready="html[data-ready]")
    sums = "[...document.querySelectorAll('#rows td.n')].map(cell => cell.textContent)"
    shown.page.click("[data-sort=amount]")
    assert shown.page.evaluate(sums) == ["56,603.77", "25,471.70", "12.00", "6.00", "未知", "未知"]
    shown.page.click("[data-sort=amount]")
    assert shown.page.evaluate(sums) == ["6.00", "12.00", "25,471.70", "56,603.77", "未知", "未知"]
    assert shown.page.get_attribute("th:has([data-sort=amount])", "aria-sort") == "ascending"


@pytest.mark.parametrize(
    "name",
    [
        "findings.html",
        "providers.html",
        "rules.html",
        "dictionary.html",
        "rule/REC-003.html",
        "provider/P1.html",
    ],
)
def test_axe_finds_nothing_to_mend(browser: Any, report: Path, name: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    shown = opened(browser, report / name, ready="html[data-ready]" if name == "findings.html" else None)
    if name == "findings.html":
        shown.page.click("#rows button")
    found = axe.run(shown.page).response["violations"]
    shown.page.close()
    assert [(wrong["id"], wrong["nodes"][0]["html"]) for wrong in found] == []
