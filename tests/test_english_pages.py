"""The pages in English: nothing of ours left in Chinese, nothing of a file translated, every figure the same."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from urllib.parse import unquote

import duckdb
import pytest

from hesuan.flows.before.earlier import DECIDED, SUMS, WORDS
from hesuan.flows.command.language import said
from hesuan.flows.ground import reported
from hesuan.flows.mapped import spoiled
from hesuan.flows.scheduler import slurm_reject
from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.telemetry.die import HALF_CARD
from hesuan.flows.telemetry.npu_card import REASON_ZH
from hesuan.flows.telemetry.sample import FAULT_ZH
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from hesuan.reports import docket, rendition
from hesuan.reports.book import write_report
from hesuan.reports.page import arrival, flow_chart, rule_page
from hesuan.reports.wording import english, word
from hesuan.reports.wording.article import in_english
from hesuan.reports.wording.catalogue import catalogue, sentences, text_of
from hesuan.schemas.card import rule_card
from hesuan.schemas.fault import CardFault, InputFault, ReportFault
from hesuan.schemas.policy import load_policy, policy_ids
from hesuan.schemas.tables import tables
from hesuan.validators.gate import _sentences
from hesuan.validators.judge import rule_cards
from tests.night import after_first_night
from tests.report_city import city
from tests.test_language import raised

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "reports" / "templates"
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\u3001-\u3003\u3008-\u3011\uff01-\uffef]")
PLACE = re.compile(r"\{(\d+)(?:\|[^|}]*\|[^}]*)?\}")
MONEY = re.compile(r"(?<![\d.,])−?\d[\d,]*\.\d\d(?!\d)")
# What a reader hears or sees of an attribute; data-v is sorted by and exported, names and all.
SPOKEN = ("aria-label", "placeholder", "title", "alt", "content")
# The decision file goes back to the office it came from.
STAYS = {"审核意见-"}
VOID = {"meta", "br", "input", "rect", "line", "path"}


class Walk(HTMLParser):
    """Text of a page with the language of the element it stands in."""

    def __init__(self, page: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, str]] = []
        self.lang = ""
        self.unmarked: list[str] = []
        self.marked: list[str] = []
        self.script = ""
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.unmarked += [str(said[name]) for name in SPOKEN if HAN.search(said.get(name) or "")]
        inherited = self.open[-1][1] if self.open else ""
        if tag == "html":
            self.lang = said.get("lang") or ""
        if tag not in VOID:
            self.open.append((tag, said.get("lang") or inherited))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tag, lang = self.open[-1] if self.open else ("", "")
        if tag == "script":
            self.script += data
        elif tag != "style" and HAN.search(data):
            (self.marked if lang.startswith("zh") else self.unmarked).append(data.strip())


@pytest.fixture(scope="module")
def published() -> Iterator[duckdb.DuckDBPyConnection]:
    """The hostile city, one of its providers named like a word of ours."""
    with city() as connection:
        connection.execute("update published.claim set provider_name = '暂缓' where provider_id = 'P2'")
        yield connection


@pytest.fixture(scope="module")
def report(published: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("english")
    write_report(published, folder, langs=("zh", "en"), official=["专家意见.xlsx"])
    return folder


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return after_first_night(tmp_path_factory.mktemp("night") / "w")


@pytest.fixture(scope="module")
def of_night(workspace: Workspace) -> Path:
    return reported(workspace.root, None, lang="en")


def pages(report: Path) -> list[Path]:
    return sorted((report / "en").rglob("*.html"))


def messages() -> set[str]:
    found: set[str] = set()

    def kept(message: str) -> str:
        found.add(message)
        return message

    for path in TEMPLATES.iterdir():
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if path.suffix == ".j2":
            rendition.template_in_english(text, kept)
        elif path.suffix == ".js":
            rendition.script_in_english(text, kept)
    return found


def test_every_message_of_a_template_or_script_has_english_and_none_is_left_over() -> None:
    """When this fails: add what is missing to reports/templates/english.toml, or take out what is not used."""
    listed = set(catalogue()["text"])
    assert messages() - listed == set()
    assert listed - messages() == set()


def test_english_fills_in_what_the_chinese_does() -> None:
    for chinese, words in catalogue()["text"].items():
        assert {p[1] for p in PLACE.finditer(chinese)} == {p[1] for p in PLACE.finditer(words)}, chinese
        plain = re.findall(r"\{(\d+)\}", words)
        assert sorted(plain) == sorted(re.findall(r"\{(\d+)\}", chinese)), chinese
    filled = {chinese: words for chinese, words in sentences().items() if "{}" in chinese}
    for chinese, words in filled.items():
        places = [name for _, name, _, _ in Formatter().parse(words) if name is not None]
        assert len(places) == chinese.count("{}"), chinese


def test_english_holds_chinese_only_as_a_term_in_brackets() -> None:
    for part in catalogue().values():
        for chinese, words in part.items():
            bare = re.sub(r"\([^)]*\)", "", words).replace("v_核验发现", "")
            assert chinese in STAYS or not HAN.search(bare), chinese
            assert words.strip() or not chinese.strip(), chinese


def test_every_sentence_of_the_catalogue_is_said_somewhere() -> None:
    """Its fixed stretches stand in the code, a query or a policy."""
    rooms = [
        p for room in ("reports", "flows", "schemas", "validators", "data") for p in (ROOT / room).rglob("*")
    ]
    kinds = {".py", ".sql", ".toml"}
    text = "".join(
        p.read_text(encoding="utf-8") for p in rooms if p.suffix in kinds and p.name != "english.toml"
    ).replace("{{", "{")
    silent = [
        chinese
        for chinese in sentences()
        if any(part.strip() and part not in text for part in re.split(r"\{\}|[，；：（）《》“”]", chinese))
    ]
    assert silent == []


def test_harmless_explanations_are_english_where_the_card_has_them() -> None:
    """A card without them is shown in Chinese; one that has some has all."""
    with_english = [card for card in rule_cards() if card.innocent_en]
    assert len(with_english) > 60
    assert [card.id for card in with_english if any(map(HAN.search, card.innocent_en))] == []
    assert [card.id for card in rule_cards() if any(map(HAN.search, card.unknown_en))] == []
    half = with_english[0].text.replace("innocent_en = [", 'innocent_en = ["One more.", ', 1)
    with pytest.raises(CardFault, match="innocent_en 须与 innocent_zh 逐条对应"):
        rule_card(half, place="half.sql")


def test_every_family_of_rules_has_a_word() -> None:
    assert {card.id.split("-")[0] for card in rule_cards()} - set(word.FAMILIES) == set()


def test_every_fixed_word_of_the_pages_has_english() -> None:
    said = [
        *word.FAMILIES.values(),
        *(text for pair in word.PROPOSALS.values() for text in pair),
        *(formula.format(n=3) for formula in word.FORMULAS.values()),
        *flow_chart.TITLES.values(),
        *(text for _, text in arrival.STATES.values()),
        *rule_page.VERDICTS.values(),
    ]
    assert [text for text in said if HAN.search(str(english.told(text)))] == []


@pytest.mark.parametrize("chosen", ["report", "of_night"])
def test_no_chinese_stands_unmarked_on_an_english_page(chosen: str, request: pytest.FixtureRequest) -> None:
    listed = pages(request.getfixturevalue(chosen))
    assert {p.parent.name for p in listed} == {"en", "claim", "provider", "rule"}
    for page in listed:
        walked = Walk(page)
        assert walked.lang == "en"
        assert walked.unmarked == [], page.name
        left = [text for text in re.findall(r'"([^"\n]*)"', walked.script) if HAN.search(text)]
        assert set(left) <= STAYS, page.name


def test_the_reasons_to_tick_are_named_in_english(tmp_path: Path) -> None:
    with city() as connection:
        connection.execute("update published.rule set title_en = 'the title of ' || rule_id")
        write_report(connection, tmp_path, langs=("zh", "en"), official=["专家意见.xlsx"])
    page = (tmp_path / "en" / "index.html").read_text(encoding="utf-8")
    said = re.findall(r'value="r:(?!none).*?"><span>(.*?)</span>', page)
    assert sorted(said) == [
        f"{rule} the title of {rule}" for rule in ("CON-002", "MTR-004", "MTR-015", "REC-003")
    ]


def test_a_fact_told_in_two_languages_is_told_once_on_each_page() -> None:
    """x and x_zh are one fact, and so are y_zh and y_en; what the card calls 同上 is called what stands above."""
    evidence = (
        '{"test":"any","test_zh":"二者之一","said_zh":"甲 61056.00 元","said_en":"A 61056.00 yuan","count":1}'
    )
    meanings = '{"test":"属地标准：any 二者之一","test_zh":"同上的中文","said_zh":"所说","count":"个数"}'
    with city() as connection:
        connection.execute("alter table published.rule add column evidence_zh varchar")
        connection.execute("update published.rule set evidence_zh = ?", [meanings])
        connection.execute("update published.finding set evidence = ? where rule_id = 'REC-003'", [evidence])
        [item] = [
            item
            for item in docket.items(connection, docket.rule_cards(connection))
            if item.finding["rule_id"] == "REC-003"
        ]
    told = [
        ("属地标准", "二者之一", "any"),
        ("所说", "甲 61,056.00 元", "A 61,056.00 yuan"),
        ("个数", "1", "1"),
    ]
    assert [(meaning, value) for _, meaning, value in item.facts] == [(zh, value) for zh, value, _ in told]
    assert [(meaning, value) for _, meaning, value in item.facts_in_english] == [
        (zh, en) for zh, _, en in told
    ]
    assert [name for name, _, _ in item.facts_in_english] == ["test", "said", "count"]


def test_a_fact_whose_meaning_says_when_it_is_empty_is_not_called_unknown() -> None:
    meanings = '{"earlier":"往期的编号；没有的为空","hours":"计量卡时","rest":"其余；没有的为空"}'
    with city() as connection:
        connection.execute("alter table published.rule add column evidence_zh varchar")
        connection.execute("update published.rule set evidence_zh = ?", [meanings])
        connection.execute(
            "update published.finding set evidence = ? where rule_id = 'REC-003'",
            ['{"earlier":null,"hours":null,"rest":"未知"}'],
        )
        [item] = [
            item
            for item in docket.items(connection, docket.rule_cards(connection))
            if item.finding["rule_id"] == "REC-003"
        ]
    assert [value for _, _, value in item.facts] == ["空", "未知", "未知"]
    assert [value for _, _, value in item.facts_in_english] == ["empty", "unknown", "未知"]


def test_what_the_program_says_of_a_night_is_english(workspace: Workspace) -> None:
    """Steps, notes, grades, causes and quantities as the database has them."""
    with connect(workspace.newest(), read_only=True) as connection:
        said = connection.execute("""
            select title_zh from published.waterfall
            union select note_zh from published.waterfall
            union select grade_because_zh from published.claim
            union select variance_cause_zh from published.reconciliation
            union select unnest([title_zh, meaning_zh, formula_zh]) from published.quantity
            union select title_zh from published.parameter
        """).fetchall()
    assert len(said) > 100
    assert [text for (text,) in said if text is not None and HAN.search(str(english.told(text)))] == []


def test_every_text_that_a_step_an_opinion_or_a_grade_puts_down_is_in_the_catalogue() -> None:
    """Whatever the night: the fixed stretches of their queries, each within a sentence that has English."""
    listed = catalogue()["said"]
    for name in ("published/waterfall", "published/decision", "decided/evidence_grade"):
        _, _, query = (ROOT / "flows" / "sql" / f"{name}.sql").read_text(encoding="utf-8").partition("*/")
        said = {
            part.strip() for text in re.findall(r"'([^'\n]*)'", query) for part in re.split("[；，]", text)
        }
        lacking = [
            text
            for text in said
            if HAN.search(text)
            and not text.startswith("第")
            and not any(text in sentence for sentence in listed)
        ]
        assert lacking == [], name


@pytest.mark.parametrize("chosen", ["report", "of_night"])
def test_the_figures_of_an_english_page_are_those_of_the_chinese(
    chosen: str, request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue(chosen)
    counts = []
    for page in pages(folder):
        twin = folder / page.relative_to(folder / "en")
        assert sums(page) == sums(twin), page.name
        counts.append(len(sums(page)))
    assert sum(counts) > 100


def sums(page: Path) -> list[str]:
    """Every sum of money in its order, those of attributes too; the sentence of a finding has an order of its own."""
    text = re.sub(
        r"<(style|script|template)\b.*?</\1>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    return MONEY.findall(re.sub(r"</h3>\n<p>.*?</p>", "", text))


def test_each_page_leads_to_the_same_page_in_the_other_language(report: Path) -> None:
    for page in pages(report):
        twin = report / page.relative_to(report / "en")
        assert led_to(page, "zh-CN") == twin
        assert led_to(twin, "en") == page


def led_to(page: Path, lang: str) -> Path:
    found = re.findall(rf'href="([^"]*)" lang="{lang}" hreflang="{lang}"', page.read_text(encoding="utf-8"))
    assert len(found) == 1
    return (page.parent / unquote(found[0])).resolve()


def test_the_chinese_pages_are_the_same_but_for_that_link(
    published: duckdb.DuckDBPyConnection, report: Path, tmp_path: Path
) -> None:
    for page in write_report(published, tmp_path):
        beside = (report / page.relative_to(tmp_path)).read_text(encoding="utf-8")
        assert re.sub(r'<a class="tongue".*?</a>', "", beside) == page.read_text(encoding="utf-8")


def test_what_changed_of_a_claim_is_named_in_english() -> None:
    """Every figure that two runs are compared by, under the name that the overview gives it, and lists of them."""
    meanings = {
        ("claim", name): meaning
        for name, meaning in sql_cards("published")["published.claim"].columns.items()
    }
    compared = [name for _, name in meanings if name.endswith(SUMS)] + [*WORDS, *DECIDED, "claim"]
    named = [word.figure(name, meanings) for name in compared]
    assert len(named) > 15
    assert [text for text in named if HAN.search(english.plainly(text))] == []
    assert english.plainly("处理建议、因年度总额核减") == "proposal, cut by the pool"
    assert english.plainly("甲、因年度总额核减") == "甲、因年度总额核减"


def test_every_unit_of_a_policy_has_english() -> None:
    units = {parameter.unit for name in policy_ids() for parameter in load_policy(name).parameters}
    assert [unit for unit in units if HAN.search(english.plainly(unit))] == []


def test_a_name_is_not_translated_whatever_it_says(report: Path) -> None:
    page = (report / "en" / "index.html").read_text(encoding="utf-8")
    assert '<span lang="zh">暂缓</span><em>P2</em>' in page
    assert "◆</span> hold" in page


def test_a_sentence_keeps_what_is_filled_in_and_nothing_in_it_runs() -> None:
    assert english.told("合同 1060000.00 元") == "contract 1060000.00 CNY"
    assert english.told("3个文件没有读出数据，其一为“<b>甲</b>.csv”。") == (
        'Files that gave no data: 3; one is “&lt;b&gt;<span lang="zh">甲</span>&lt;/b&gt;.csv”.'
    )
    assert english.told("没有这样的一句") == '<span lang="zh">没有这样的一句</span>'
    assert english.told("申请所报；没有这样的一句") == 'as claimed; <span lang="zh">没有这样的一句</span>'


@pytest.mark.parametrize(
    ("chinese", "said"),
    [
        ("第七条", "article 7"),
        ("第十二条、第十五条", "article 12, article 15"),
        ("第十二条第（四）项", "article 12 (4)"),
        ("第二十条第二款", "article 20 paragraph 2"),
    ],
)
def test_an_article_is_named_by_its_number(chinese: str, said: str) -> None:
    assert in_english(chinese) == said


def test_a_message_without_english_stops_the_page_and_is_named() -> None:
    with pytest.raises(ReportFault, match="没有这样的一句"):
        rendition.template_in_english("<p>没有这样的一句</p>", text_of)


def test_a_number_takes_its_word() -> None:
    source = rendition.template_in_english("<p>{{ n|count }} 份申请</p>", text_of)
    assert source == '<p>{{ n|count }} {{ "claim" if (n|count) == "1" else "claims" }}</p>'


def test_the_report_of_a_workspace_is_in_chinese_until_asked(workspace: Workspace, of_night: Path) -> None:
    assert (of_night / "en" / "index.html").is_file()
    assert "Official papers" in (of_night / "en" / "index.html").read_text(encoding="utf-8")
    assert not (reported(workspace.root, None) / "en").exists()


def test_the_command_says_where_the_english_report_lies(hesuan, workspace: Workspace) -> None:
    code, out, _ = hesuan("report", "-w", workspace.root, "--lang", "en")
    assert code == 0
    assert Path(out.removeprefix("report: ").splitlines()[0]).parts[-2:] == ("en", "index.html")


def test_a_language_that_is_not_there_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "hesuan.toml").write_text('report_language = "en"\n', encoding="utf-8")
    with pytest.raises(InputFault, match="report_language 须为 zh、both 之一，实为 'en'"):
        Workspace(tmp_path).settings()
    (tmp_path / "hesuan.toml").write_text('report_language = "both"\n', encoding="utf-8")
    assert Workspace(tmp_path).settings().languages() == ("zh", "en")


def test_every_fault_of_a_file_has_english() -> None:
    """When this fails: add the text to [intake] of reports/templates/english.toml, {} for what is filled in."""
    faults = raised({"InputFault"})
    assert len(faults) > 100
    chinese = {place: text for place, text in faults.items() if re.search("[\u4e00-\u9fff]", text)}
    assert [place for place, text in chinese.items() if HAN.search(spoken(text))] == []


def spoken(text: str) -> str:
    """In English, x for what is filled in; a text that is nothing else is said where it is made."""
    return english.plainly(text.replace("{}", "x").removeprefix("x: "))


def test_every_reason_of_the_gate_has_english() -> None:
    columns = [column for table in tables().values() for column in table.all_columns]
    said = {f"{c.zh} “x” 不是{c.kind.zh}" for c in columns}
    for column in columns:
        sentences = _sentences(column)
        said.add(sentences["EMPTY"])
        bounds = {"NOT_A_CHOICE": column.choices, "TOO_SMALL": column.at_least is not None}
        bounds["TOO_BIG"] = column.at_most is not None
        said |= {f"{sentences[code]}：“x”" for code, is_set in bounds.items() if is_set}
    # The words that a choice may have are those of the file.
    left = [text for text in said if HAN.search(re.sub("one of .*?:", "", english.plainly(text)))]
    assert left == []


def test_every_reason_of_a_log_or_a_sample_has_english() -> None:
    reasons = [f"“123.batch”{sentence}" for _, sentence in slurm_reject.REASONS.values()]
    reasons += [sentence.format("contract_no") for sentence in spoiled._SENTENCES.values()]
    reasons += [*FAULT_ZH.values(), HALF_CARD, f"{HALF_CARD}（共 12 个点）"]
    reasons += REASON_ZH.values()
    assert len(reasons) > 15
    assert [text for text in reasons if HAN.search(english.plainly(text))] == []


def test_a_fault_keeps_its_place_letter_for_letter() -> None:
    line = "a  （1）<b>.csv 第 3 行: 引号没有闭合"
    assert english.plainly(line) == "a  （1）<b>.csv line 3: a quote is not closed"
    assert said(line, "en") == english.plainly(line)
    assert said(line, "zh") == line


def test_a_provider_is_told_in_english_why_a_row_is_refused(hesuan, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(
        "凭证号,付款日期,付款方代码,收款方代码,付款金额\nP1,昨天,U1,P1,1.00\n", "utf-8"
    )
    code, out, _ = hesuan("check", tmp_path / "p.csv", "--lang", "en")
    assert code == 0
    assert "row 2: paid on “昨天” is not a date (Asia/Shanghai); write it like 2026-03-01 (BAD_DATE)" in out
