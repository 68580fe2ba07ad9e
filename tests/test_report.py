"""The printed report: what it shows, what it refuses to print, and what a hostile file cannot do to it."""

import base64
import hashlib
import re
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote, urldefrag

import duckdb
import pytest

from hesuan.reports.book import write_report
from hesuan.reports.figure import yuan
from hesuan.reports.page.address import anchor
from hesuan.schemas.fault import ReportFault
from tests.report_city import CLAIM_COUNT, HOSTILE_CLAIM, city

VOID = {"meta", "br", "img", "link", "input", "line", "rect", "path"}
ADVICE = "供专家组参考，以专家组审核意见为准"
VERSION = "《达州市算力券管理办法》（征求意见稿）"


class Paper(HTMLParser):
    """A page as a browser understands it: tags with attributes, ids, text (cells end in |), style sheet."""

    def __init__(self, page: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.pieces: list[str] = []
        self.style = ""
        self.script = ""
        self.feed(page.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag
        if tag in {"td", "th"}:
            self.pieces.append("|")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            self.style += data
        elif self.open and self.open[-1] == "script":
            self.script += data
        else:
            self.pieces.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.pieces))

    @property
    def ids(self) -> set[str | None]:
        return {attributes["id"] for _, attributes in self.tags if "id" in attributes}

    def links(self) -> list[str]:
        return [attributes["href"] or "" for tag, attributes in self.tags if tag == "a"]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """The city, for tests that change it."""
    with city() as opened:
        yield opened


@pytest.fixture(scope="module")
def untouched() -> Iterator[duckdb.DuckDBPyConnection]:
    with city() as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(untouched: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return overview_and_dossiers(write_report(untouched, tmp_path_factory.mktemp("city") / "report"))


def overview_and_dossiers(written: list[Path]) -> list[Path]:
    """The pages of this file's tests; the pages beside them have tests/test_pages.py."""
    return [page for page in written if page.name == "index.html" or page.parent.name == "claim"]


def page_of(pages: list[Path], claim_id: str) -> Paper:
    """The page whose head names the claim."""
    return next(paper for paper in map(Paper, pages[1:]) if f"申请编号|{claim_id}|" in paper.text)


def test_there_is_an_overview_and_one_page_a_claim(pages: list[Path]) -> None:
    assert pages[0].name == "index.html"
    assert [page.parent.name for page in pages[1:]] == ["claim"] * CLAIM_COUNT
    assert all(page.is_file() for page in pages)


def test_every_page_says_who_decides_and_by_which_text(pages: list[Path]) -> None:
    for paper in map(Paper, pages):
        assert ADVICE in paper.text
        assert VERSION in paper.text


def test_the_overview_names_the_run_and_a_dossier_its_own_figures(pages: list[Path]) -> None:
    assert "批次 3f9a0c41d7e2 数据：截至 2026-09-16" in Paper(pages[0]).text
    for paper in map(Paper, pages[1:]):
        assert "3f9a0c41d7e2" not in paper.text
        assert "2026-09-16" not in paper.text
    assert "核对码 12e4567890123456 依据" in page_of(pages, "DZ2026-0002").text


def test_a_run_that_left_nothing_out_for_its_day_says_so(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    connection.execute("update published.run set as_of = null")
    assert "数据：全部已收录资料" in Paper(write_report(connection, tmp_path)[0]).text


def test_a_reason_in_the_list_of_claims_is_told_and_not_only_numbered(pages: list[Path]) -> None:
    listed = pages[0].read_text(encoding="utf-8")
    said = re.search('<td data-v="([^"]*CON-002[^"]*)">(.*?)</td>', listed)
    assert said is not None
    assert said.group(1).split("、") == re.findall('<span class="keep">(.*?)</span>', said.group(2))
    assert '<span class="keep">CON-002</span><em>' in said.group(2)
    titles = re.findall("<em>(.*?)</em>", said.group(2))
    assert len(titles) == len(said.group(1).split("、"))
    assert all(title for title in titles)


def test_the_overview_says_in_words_what_a_file_holds(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    connection.execute(
        "update published.input_file set kind = 'invoice、invoice_line' where file_name = '兑现申请.xlsx'"
    )
    connection.execute("update published.input_file set kind = 'evidence' where file_name = 'usage.log'")
    told = Paper(write_report(connection, tmp_path)[0]).text
    assert "发票、发票明细" in told
    assert "证据材料" in told
    assert not re.search("invoice_line|evidence(?!_row)", told)


def test_the_overview_names_the_columns_of_a_file_that_nothing_read(pages: list[Path]) -> None:
    told = Paper(pages[0]).text
    assert "2 列不认得，未读取备注、<u>卡</u>" in told
    assert told.count("列不认得，未读取") == 1


def test_a_file_that_was_corrected_needs_no_attention_any_more(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    before = Paper(write_report(connection, tmp_path / "before")[0]).text
    assert "1个文件没有读出数据，其一为“巴渠/日志截图.zip”。" in before
    connection.execute("update published.input_file set corrected_by_sha256 = 'e' where status = 'refused'")
    after = Paper(write_report(connection, tmp_path / "after")[0]).text
    assert "1个文件没有读出数据" not in after
    assert after.count("已更正：同名的文件后来收下") == 2


def test_steps_of_jobs_are_no_refusal_to_look_at(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """Their job was counted: beside other refused rows they are named apart, alone they need no attention."""
    connection.execute("""
        insert into published.reject
        select repeat('b', 64), 'usage.log', null, i, 'usage_interval', 'STEP_ROW', '是步骤行，作业主行已计', '1.batch'
        from range(3) t(i)
    """)
    others, steps = connection.execute(
        "select count(*) filter (reason_code <> 'STEP_ROW'), count(*) filter (reason_code = 'STEP_ROW') from published.reject"
    ).fetchall()[0]
    told = Paper(write_report(connection, tmp_path / "beside")[0]).text
    assert f"{others:,}行退回，附原因与原文；另有{steps}行是作业的步骤，作业主行已计。" in told
    assert "STEP_ROW|是步骤行，作业主行已计|3|1|" in told
    connection.execute("delete from published.reject where reason_code <> 'STEP_ROW'")
    assert "行退回，附原因与原文" not in Paper(write_report(connection, tmp_path / "alone")[0]).text


def test_a_bill_that_may_have_been_cut_is_among_what_to_look_at(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    line = "1份账单恰有该格式一次导出至多的行数，其后可能还有，须看是否交齐；其一为“usage.log”（50,000行）。"
    assert line not in Paper(write_report(connection, tmp_path)[0]).text
    connection.execute("alter table published.input_file add column full_row_count bigint")
    connection.execute("update published.input_file set full_row_count = 50000 where file_name = 'usage.log'")
    assert line in Paper(write_report(connection, tmp_path)[0]).text


def test_a_file_told_of_a_day_after_it_came_is_among_what_to_look_at(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    line = (
        "1份文件的导出时刻（没有写的看用量最后的时刻）晚于收到之日，须核对 exported_at、时区与时钟，"
        "或是以 --as-of 收进的；其一为“usage.log”（2026-12-31）。"
    )
    assert line not in Paper(write_report(connection, tmp_path)[0]).text
    connection.execute("alter table published.input_file add column ahead_on date")
    connection.execute(
        "update published.input_file set ahead_on = '2026-12-31' where file_name = 'usage.log'"
    )
    assert line in Paper(write_report(connection, tmp_path)[0]).text


def test_names_and_rows_out_of_files_stay_text(pages: list[Path]) -> None:
    allowed = (
        "html head meta title style body a table caption thead tbody tr th td div span main nav section h1 h2"
    )
    allowed += " h3 p small b i em ul li code br figure figcaption footer svg defs pattern rect line path text g desc"
    allowed += " script details summary dl dt dd tfoot fieldset legend label input textarea button"
    for paper in map(Paper, pages):
        assert {tag for tag, _ in paper.tags} <= set(allowed.split())
        assert paper.open == []
    assert '<script>alert("甲")</script>' in page_of(pages, HOSTILE_CLAIM).text
    assert "</td><script>x</script>" in page_of(pages, HOSTILE_CLAIM).text


def test_a_character_that_turns_the_line_round_is_shown_by_number(pages: list[Path]) -> None:
    assert all("\u202e" not in page.read_text(encoding="utf-8") for page in pages)
    assert "‹U+202E›公司" in page_of(pages, HOSTILE_CLAIM).text


def test_nothing_is_fetched_and_only_the_script_of_the_report_runs(pages: list[Path]) -> None:
    folder = files("hesuan.reports") / "templates"
    script = "".join((folder / name).read_text(encoding="utf-8") for name in ("page.js", "report.js"))
    assert not re.search(
        r"fetch\(|XMLHttp|Socket|Beacon|import\b|Worker|Storage|eval\(|Function\(|HTML\b|https?:", script
    )
    for paper in map(Paper, pages):
        assert paper.script == script
        assert [tag for tag, _ in paper.tags].count("script") == 1
        for tag, attributes in paper.tags:
            assert tag not in {"link", "img", "iframe", "object", "base", "form"}
            assert not [name for name in attributes if name.startswith("on") or name in {"src", "style"}]
            assert not (attributes.get("href") or "").lower().startswith(("http", "//", "javascript", "data"))
        assert "url(" not in paper.style
        assert "@import" not in paper.style


def test_the_policy_of_a_page_admits_its_own_style_sheet_and_script_only(pages: list[Path]) -> None:
    for paper in map(Paper, pages):
        policy = next(a["content"] for _, a in paper.tags if a.get("http-equiv") == "Content-Security-Policy")
        style, script = (
            base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            for text in (paper.style, paper.script)
        )
        assert policy == (
            f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}';"
            " base-uri 'none'; form-action 'none'"
        )


def test_a_claim_id_cannot_leave_the_folder(pages: list[Path]) -> None:
    report = pages[0].parent
    written = {path for path in pages[0].parents[1].rglob("*") if path.is_file()}
    assert {path for path in written if path.parent == report / "claim"} == set(pages[1:])
    assert {path.parent for path in written} <= {
        report,
        *(report / name for name in ("claim", "rule", "provider")),
    }
    assert all(re.fullmatch(r"[A-Za-z0-9_%~-]+\.html", page.name) for page in pages)


def test_every_link_leads_to_a_page_and_a_place(pages: list[Path]) -> None:
    ids = {page: Paper(page).ids for page in pages[0].parent.rglob("*.html")}
    for page in pages:
        for link in Paper(page).links():
            target, place = urldefrag(link)
            found = (page.parent / unquote(target)).resolve() if target else page
            assert found in ids
            if place.startswith("f="):
                assert place.removeprefix("f=") in {a.get("value") for _, a in Paper(found).tags}
            else:
                assert not place or place in ids[found]
    assert len([link for link in Paper(pages[0]).links() if link.startswith("claim/")]) == CLAIM_COUNT


def test_sums_on_the_overview_equal_the_database_to_the_cent(
    untouched: duckdb.DuckDBPyConnection, pages: list[Path]
) -> None:
    text = Paper(pages[0]).text
    cells = ["合计", "4"]
    for name in (
        "claimed_cost_yuan",
        "claimed_subsidy_yuan",
        "recognised_cost_yuan",
        "proposed_subsidy_yuan",
    ):
        listed = untouched.execute(f"select {name} from published.claim where {name} is not null").fetchall()
        cells.append(yuan(sum((row[0] for row in listed), Decimal(0))))
    assert "|".join(cells) in text.replace("另有 1 份未知，未计入", "")
    assert "4 份申请：建议兑现 2 份，506,603.77 元；暂缓 1 份，保留 45,000.00 元；不予兑现 1 份。" in text


def test_the_pool_says_what_its_bars_count(pages: list[Path]) -> None:
    text = Paper(pages[0]).text
    assert text.count("本次建议：建议兑现与暂缓保留的合计。尚余：年度总额减已兑现、减本次建议；") == 1
    assert "2026 年度算力券总额 3,000,000.00 元" in text
    assert all(value in text for value in ("1,765,203.77", "1,213,600.00", "551,603.77", "1,234,796.23"))


def test_the_adapter_of_a_file_is_named_in_chinese_beside_its_code(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    connection.execute("update published.input_file set adapter = 'slurm_text' where adapter = 'sacct'")
    text = Paper(write_report(connection, tmp_path)[0]).text
    assert "用量区间Slurm sacct 日志 slurm_text" in text
    assert "兑现申请mapped" in text


def test_a_rule_has_its_usual_consequence_and_a_finding_its_own(pages: list[Path]) -> None:
    """INV-002 holds, and of a red letter that is plainly the claim's it reduces: the two tables do not contradict."""
    text = Paper(pages[0]).text
    assert "后果|规则|依据|指出|" in text
    assert "规则|通常后果|依据|对象|" in text


def test_a_policy_without_a_pool_has_its_sums_and_no_limit(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    connection.execute("update published.pool set amount_yuan = null, remaining_yuan = null")
    connection.execute(
        "update published.parameter set key = 'pool.limited', value = 'false' where key = 'pool.amount_yuan'"
    )
    text = Paper(write_report(connection, tmp_path)[0]).text
    shown = text[text.index("年度：办法未设总额") : text.index("已生效券面：")]
    assert all(value in shown for value in ("1,765,203.77", "1,213,600.00", "551,603.77"))
    assert "尚余" not in shown
    assert "未知" not in shown


def test_a_sum_says_how_many_it_leaves_out(pages: list[Path]) -> None:
    assert "1,219,811.32另有 1 份未知，未计入" in Paper(pages[0]).text


def test_claims_stand_in_queue_order(pages: list[Path]) -> None:
    text = Paper(pages[0]).text
    places = [
        text.index(claim_id) for claim_id in ("DZ2026-0001", "DZ2026-0002", HOSTILE_CLAIM, "DZ2026-0004")
    ]
    assert places == sorted(places)


def test_the_waterfall_ends_at_the_sum_of_the_verdict(pages: list[Path]) -> None:
    text = page_of(pages, "DZ2026-0002").text
    assert "系统建议：√ 建议兑现 补贴 450,000.00 元" in text
    assert "人民币肆拾伍万元整" in text
    assert "6|建议补贴|第5行；不予兑现的为零|第七条|450,000.00|" in text


def test_what_is_not_known_prints_as_unknown_and_never_as_zero(pages: list[Path]) -> None:
    text = page_of(pages, HOSTILE_CLAIM).text
    assert "用量／金额|未知|6,000.0000|未知|未知|未知|90,000.00|未知|" in text
    assert "2|再以计量为限|第1行与计量可支持的金额，取小|第十二条|未知|" in text
    assert "|0.0000|" not in text


def test_a_month_without_metering_is_no_month_without_use(pages: list[Path]) -> None:
    text = page_of(pages, HOSTILE_CLAIM).text
    assert (
        "2026-05|1 智算租用 A800（卡时）原因：没有计量日志|—|3,000.0000|未知|未知|未知|45,000.00|—|—|" in text
    )
    assert "2026-06|开票、付款|—|—|—|—|—|—|90,000.00|—|" in text
    assert "约定|1 智算租用 A800（卡时）|6,000.0000|—|—|" in text


def test_findings_stand_in_order_of_consequence(pages: list[Path]) -> None:
    text = page_of(pages, "DZ2026-0002").text
    assert 0 < text.index("▼ 核减 REC-003") < text.index("○ 提示 PRC-001")
    held = page_of(pages, HOSTILE_CLAIM).text
    assert 0 < held.index("◆ 暂缓待核 MTR-004") < held.index("？ 资料不足 MTR-015")


def test_a_finding_shows_its_article_its_rows_and_harmless_reasons(pages: list[Path]) -> None:
    text = page_of(pages, HOSTILE_CLAIM).text
    assert "数字 1 项 overlap_seconds|1800|" in text
    assert "依据：第十二条、第十五条" in text
    assert "MIG切分" in text
    assert f"巴渠/<b>a</b>.csvSHA-256 {'c' * 64}|1024|" in text
    assert "租户 </td>" in text


def test_a_finding_of_no_claim_stands_on_the_overview_and_is_linked(pages: list[Path]) -> None:
    assert "GPU-f001 在 2026-06-01" in Paper(pages[0]).text
    place = f"../index.html#{anchor('MTR-004:GPU-f001')}"
    assert place in page_of(pages, "DZ2026-0001").links()
    assert place not in page_of(pages, HOSTILE_CLAIM).links()


def test_a_citizen_id_in_a_source_row_is_masked(pages: list[Path]) -> None:
    text = page_of(pages, HOSTILE_CLAIM).text
    assert "110101199003071233" not in text
    assert "11**************33" in text


def test_law_and_house_assumptions_are_two_tables(pages: list[Path]) -> None:
    text = Paper(pages[0]).text
    law, house = text.index("（一）办法规定"), text.index("（二）本系统设定")
    assert law < text.index("“每年发放算力券总额不超过300万”") < house < text.index("进项税可抵扣")
    assert "3,000,000.00 元" in text


def test_what_was_not_judged_is_listed(pages: list[Path]) -> None:
    text = Paper(pages[0]).text
    listed = text[text.index("七、未作判断的事项") :]
    assert "由专家组判断，系统不作评价" in listed
    assert "CAP-001 用量超过设备清单|未知|规则状态：停用；本批次没有运行。" in listed
    assert "MTR-015 计量日志缺失|1 个对象" in listed
    assert "日志截图.zip|未知 行" in listed


def test_a_city_without_rules_does_not_look_clean(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for relation in ("rule", "coverage", "provider_coverage", "finding", "evidence_row", "claim_check"):
        connection.execute(f"delete from published.{relation}")
    connection.execute("update published.claim set reasons = []")
    pages = write_report(connection, tmp_path)
    assert "无核验发现" not in Paper(pages[0]).text
    assert "核验规则|0 条|" in Paper(pages[0]).text
    assert "本批次没有任何规则，未作核验。" in page_of(pages, "DZ2026-0001").text


def test_a_rule_that_saw_nothing_is_listed_as_not_judged(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    connection.execute("insert into published.coverage values ('CAP-001', 0, 0, 0, 0)")
    text = Paper(write_report(connection, tmp_path)[0]).text
    assert "CAP-001 用量超过设备清单|0 个对象|规则状态：停用；本批次没有看过任何对象。" in text


def test_a_month_without_a_bill_is_no_unknown_bill(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    connection.execute("""
        update published.reconciliation
        set billed_gpu_hours = null, billed_yuan = null, variance_gpu_hours = null
        where contract_no = 'HT-2026-002' and month = '2026-04'
    """)
    text = page_of(write_report(connection, tmp_path), "DZ2026-0002").text
    assert "2026-04|1 智算租用 A800（卡时）|—|—|28,500.0000|未知|—|—|—|—|" in text


def test_the_signature_block_cannot_be_moved_to_another_claim(pages: list[Path]) -> None:
    text = page_of(pages, "DZ2026-0001").text
    block = text[text.index("六、专家组审核意见") :]
    assert (
        f"申请编号 DZ2026-0001 系统建议 建议兑现 56,603.77 元 依据{VERSION} 核对码 0000000000000001" in block
    )


def test_the_same_rows_in_another_order_give_the_same_bytes(
    connection: duckdb.DuckDBPyConnection, pages: list[Path], tmp_path: Path
) -> None:
    for relation in (
        "claim",
        "waterfall",
        "finding",
        "evidence_row",
        "reconciliation",
        "reject",
        "rule",
        "parameter",
    ):
        connection.execute(f"create temp table held as from published.{relation} order by all desc")
        connection.execute(f"delete from published.{relation}")
        connection.execute(f"insert into published.{relation} from held")
        connection.execute("drop table held")
    again = overview_and_dossiers(write_report(connection, tmp_path / "again"))
    assert [page.read_bytes() for page in again] == [page.read_bytes() for page in pages]
    assert [page.name for page in again] == [page.name for page in pages]


def test_a_list_that_is_cut_says_so(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    connection.execute("""
        insert into published.reject
        select repeat('b', 64), 'usage.log', null, i, 'usage_interval', 'BAD_AT', '不是时刻', 'x'
        from range(1200) t(i)
    """)
    connection.execute("""
        insert into published.evidence_row
        select 'REC-003:DZ2026-0002', repeat('b', 64), 'usage.log', i, '{}' from range(300) t(i)
    """)
    pages = write_report(connection, tmp_path)
    assert "此处列出前 1,000 行，其余 202 行见 published.reject" in Paper(pages[0]).text
    assert "证据 301 行，此处列出前 200 行" in page_of(pages, "DZ2026-0002").text


def test_a_city_without_claims_gets_an_overview(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for relation in ("claim", "finding", "reject", "input_file", "pool", "evidence_row"):
        connection.execute(f"delete from published.{relation}")
    pages = overview_and_dossiers(write_report(connection, tmp_path))
    assert [page.name for page in pages] == ["index.html"]
    assert "本批次没有兑现申请。" in Paper(pages[0]).text
    assert "本批次无核验发现。" in Paper(pages[0]).text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            "delete from published.waterfall where claim_id = 'DZ2026-0002'",
            "waterfall DZ2026-0002: 没有计算步骤",
        ),
        (
            "update published.waterfall set amount_yuan = 1 where claim_id = 'DZ2026-0002' and step_no = 6",
            "与建议金额 450000.00 不一致",
        ),
        (
            "update published.waterfall set amount_yuan = null where step_no = 6",
            "末步 None",
        ),
        ("update published.claim set proposed_subsidy_yuan = null", "缺少建议金额"),
        ("update published.claim set disposition = 'maybe'", "'maybe'"),
        ("delete from published.rule where rule_id = 'MTR-004'", "引用的规则 MTR-004 不在"),
        ("delete from published.run", "应恰有一行，实有 0 行"),
        ("update published.run set policy_status = null", "缺少办法名称或版本"),
        ("update published.pool set amount_yuan = null", "缺少年度总额"),
        ("update published.parameter set house_reason_zh = null", "既无条款原文又无自定理由"),
        ("alter table published.claim drop column recognised_cost_yuan", "列不存在：recognised_cost_yuan"),
        ("delete from published.claim_state where claim_id = 'DZ2026-0001'", "DZ2026-0001: 缺少核对码"),
        ("update published.claim_check set verdict = 'fine'", "实为 'fine'"),
        ("drop table published.coverage", "published.coverage: 报告引用的关系不存在"),
    ],
)
def test_a_missing_figure_stops_the_report(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, wrong: str, says: str
) -> None:
    connection.execute(wrong)
    with pytest.raises(ReportFault, match=re.escape(says)):
        write_report(connection, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_names_of_the_parties_are_printed_where_they_are_published(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    connection.execute("alter table published.claim drop column applicant_name")
    connection.execute("alter table published.claim drop column provider_name")
    assert "U1 算力券兑现核验档案" in page_of(write_report(connection, tmp_path), "DZ2026-0001").text
