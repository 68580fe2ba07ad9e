"""The command line: what it prints, one line for a fault, and the exit codes of interface.md §1."""

import json
import re
from importlib.resources import files
from pathlib import Path

import fastexcel
import pytest

from hesuan.flows.before.earlier import run_id_in
from hesuan.flows.progress import STEPS
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from hesuan.schemas.policy import default_policy_id
from tests.city import City
from tests.night import after_first_night, run, tally
from tests.test_language import HAN


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("cli") / "w"
    City().with_register().honest("a", hours=6000).honest("b", hours=4999, at="09:00:01").hand_in(root)
    return root


@pytest.fixture(scope="module")
def ran(city: Path) -> Path:
    """The city after one run."""
    run(Workspace(city))
    return city


def test_init_makes_a_workspace_that_runs(hesuan, tmp_path: Path) -> None:
    code, out, _ = hesuan("init", "-w", tmp_path / "w")
    assert code == 0
    assert "模板" in out
    templates = tmp_path / "w" / "templates"
    assert len(list(templates.glob("*.xlsx"))) == len(list(templates.glob("*.csv"))) == 30
    assert hesuan("run", "-q", "-w", tmp_path / "w")[0::2] == (0, "")


@pytest.mark.parametrize(
    ("policy", "said"),
    [("dazhou-2026", "（第四条）"), ("hangzhou-2025", "（《达州市算力券管理办法》第四条）")],
)
def test_the_templates_name_the_instrument_whose_article_they_cite(
    hesuan, tmp_path: Path, policy: str, said: str
) -> None:
    """The workspace's own policy, as hesuan.toml has it when the templates are written (again)."""
    hesuan("init", "-w", tmp_path)
    (tmp_path / "hesuan.toml").write_text(f'policy = "{policy}"\n', encoding="utf-8")
    assert hesuan("init", "-w", tmp_path)[0] == 0
    book = fastexcel.read_excel(tmp_path / "templates" / "applicant_申领单位.xlsx")
    rows = book.load_sheet("说明", header_row=None, dtypes="string").to_polars().rows()
    [meaning] = [row[4] for row in rows if row[1] == "operates_in_city"]
    assert meaning == f"是否在本市开展生产经营活动{said}"


def test_run_a_line_a_step_then_explain_then_ask(hesuan, city: Path) -> None:
    code, out, err = hesuan("run", "-w", city, "--json")
    facts = json.loads(out)
    assert code == 0
    progress = err.splitlines()
    assert [line.split("]")[0] for line in progress] == [
        f"[{n}/{len(STEPS)}" for n in range(1, len(STEPS) + 1)
    ]
    assert "15 个文件  51 行" in progress[3]
    assert facts["totals"]["approve"] == {"claim_count": 1, "proposed_subsidy_yuan": "30000.00"}
    assert Path(facts["report"]).is_file()
    code, out, _ = hesuan("explain", "C-b", "-w", city)
    assert code == 0
    assert "PRG-003:C-b" in out
    assert "claim.csv 第 3 行" in out
    code, out, _ = hesuan(
        "sql",
        "select proposed_subsidy_yuan from published.claim where claim_id = 'C-a'",
        "-w",
        city,
        "--json",
    )
    assert json.loads(out) == [{"proposed_subsidy_yuan": "30000.00"}]
    assert hesuan("report", "-w", city)[0] == 0


def test_the_published_database_cannot_be_changed(hesuan, ran: Path) -> None:
    code, _, err = hesuan("sql", "delete from published.claim", "-w", ran)
    assert code == 2
    assert "read-only" in err


def test_check_says_what_a_file_is_and_changes_nothing(hesuan, city: Path, tmp_path: Path) -> None:
    claims = city / "inbox" / "registry" / "claim.csv"
    bent = tmp_path / "claims.csv"
    bent.write_text(claims.read_text(encoding="utf-8").replace("60000.00", "6万"), encoding="utf-8")
    code, out, _ = hesuan("check", bent, "-w", tmp_path / "nowhere")
    assert code == 0
    assert "claim，2 行，接受 1，退回 1" in out
    assert "第 2 行" in out
    assert "BAD_YUAN" in out
    assert not (tmp_path / "nowhere").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["claims.csv"]


def test_what_a_file_holds_cannot_steer_the_screen(hesuan, tmp_path: Path) -> None:
    """Line ends, escape sequences and marks that turn letters around are written out, in rows and in headers."""
    (tmp_path / "cell.csv").write_text(
        'month,kwh,provider_id\n2026-03,"1\n\x1b[2J\u202e2",P\n', encoding="utf-8"
    )
    (tmp_path / "head.csv").write_text('payment_id,"\x1b[2J",paid_on,payer_id,payee_id\n', encoding="utf-8")
    code, out, _ = hesuan("check", tmp_path / "cell.csv", tmp_path / "head.csv")
    assert code == 10
    assert r"1\n\x1b[2J\u202e2" in out
    assert "缺少必填列 付款金额" in out
    assert r"payment_id、\x1b[2J、" in out
    assert not set("\x1b\u202e") & set(out)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "x.csv: 文件是空的"),
        (b'{"x": "' + b"y" * 70_000 + b'"}\n', "x.csv: 认不出是什么文件：第一行长过 64 KiB，只看了开头"),
        (b"a,b\n1,2\n", "x.csv: 认不出是什么文件（表头和结构都不符合任何一种格式）"),
        (
            "payment_id,payer_name\nF1,Müller\n".encode("latin-1"),
            "x.csv: 不是 XLSX、Parquet，也不是完整的 UTF-8",
        ),
        (
            b"payment_id,payer_name\nF1,a\0b\n" + b"F2,ab\n" * 9,
            "x.csv: 不是 XLSX、Parquet，也不是完整的 UTF-8",
        ),
        (b"PK\x03\x04" + b"\0" * 40, "x.csv: 是压缩包（ZIP），不解开；请解开后"),
        (b"PK\x03\x04" + b"\0" * 26 + b"OFD.xml", "x.csv: 是版式文件（OFD），不读取；其中的数请另交表格"),
        (b"PK\x03\x04" + b"\0" * 26 + b"word/document.xml", "x.csv: 是 Word 文档，不读取"),
        (b"PK\x03\x04" + b"\0" * 26 + b"ppt/presentation.xml", "x.csv: 是演示文稿，不读取"),
        (b"Rar!\x1a\x07\x01\0" + b"\0" * 40, "x.csv: 是压缩包（RAR），不解开；请解开后"),
        (b"7z\xbc\xaf\x27\x1c\0\x04" + b"\0" * 40, "x.csv: 是压缩包（7z），不解开；请解开后"),
    ],
)
def test_check_blames_the_header_only_where_there_is_one_to_read(
    hesuan, tmp_path: Path, content: bytes, says: str
) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    code, out, _ = hesuan("check", tmp_path / "x.csv")
    assert (code, says in out) == (10, True), out
    english = hesuan("check", tmp_path / "x.csv", "--lang", "en")[1]
    assert not HAN.search(english)


def test_check_exits_10_for_a_file_of_no_use(hesuan, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("甲,乙\n1,2\n")
    code, out, _ = hesuan("check", tmp_path / "x.csv")
    assert code == 10
    assert "认不出" in out


def test_check_of_a_folder_is_of_every_file_in_it(hesuan, city: Path, tmp_path: Path) -> None:
    """With the source.toml beside them, as the night would read them."""
    folder = tmp_path / "handed in"
    (folder / "march").mkdir(parents=True)
    (folder / "source.toml").write_text('time_zone = "Asia/Shanghai"\n', encoding="utf-8")
    (folder / "march" / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    code, out, _ = hesuan("check", folder, "--json")
    assert code == 10
    told = [(Path(one["name"]).relative_to(folder).as_posix(), one["status"]) for one in json.loads(out)]
    assert told == [("march/x.csv", "unrecognised"), ("source.toml", "declaration")]
    (tmp_path / "nothing").mkdir()
    code, _, err = hesuan("check", tmp_path / "nothing")
    assert (code, err.count("\n")) == (2, 1)
    assert "文件夹里没有文件" in err


def test_check_tells_two_files_of_one_name_apart(hesuan, tmp_path: Path) -> None:
    for folder, text in (("甲", "户,数\n1,2\n"), ("乙", "数,户\n1,2\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.csv").write_text(text, "utf-8")
    paths = [str(tmp_path / folder / "x.csv") for folder in ("甲", "乙")]
    lines = hesuan("check", *paths)[1].splitlines()
    assert [line.partition(": ")[0] for line in lines if not line.startswith(" ")] == paths


def test_in_english_a_header_is_quoted_as_the_file_has_it(hesuan, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("凭证号,付款日期,付款金额\nF1,2026-01-01,1.00\n", "utf-8")
    out = hesuan("check", tmp_path / "x.csv", "--lang", "en")[1]
    assert "the header is: 凭证号、付款日期、付款金额 (" in out
    header = "凭证号,付款日期,付款方代码,收款方代码,付款金额,付款金额(元)"
    (tmp_path / "x.csv").write_text(f"{header}\nF1,2026-01-01,U1,P1,1.00,1.00\n", "utf-8")
    out = hesuan("check", tmp_path / "x.csv", "--lang", "en")[1]
    assert "the headers “付款金额” and “付款金额(元)” both mean amount yuan (amount_yuan)" in out


def test_what_was_published_comes_out_once_more_of_the_evidence(hesuan, ran: Path) -> None:
    code, out, err = hesuan("verify", "--rerun", "-w", ran)
    assert (code, err) == (0, "")
    [line] = [line for line in out.splitlines() if "重算" in line]
    assert line.endswith("逐一相符")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("run", "-w", "{tmp}/none"), 2, "不是工作区"),
        (("run", "-w", "{city}", "--policy", "atlantis-2026"), 11, "不存在"),
        (("run", "-w", "{city}", "--engine", "prefect"), 2, "没有可用的 Prefect 服务"),
        (("explain", "nobody", "-w", "{city}"), 2, "没有这个"),
        (("sql", "select", "-w", "{city}"), 2, "查询有误"),
        (("policy", "--check", "{tmp}/none.toml"), 11, "没有这个文件"),
        (("check", "{tmp}/none.csv"), 2, "没有这个文件"),
        (("walk",), 2, "没有 'walk' 这个命令"),
        (("run", "--engine", "magic"), 2, "--engine"),
        (("run", "--wrong"), 2, "--wrong"),
        (("explain",), 2, "缺少参数"),
        (("verify", "{tmp}"), 2, "没有收录台账"),
        (("diff", "zz", "latest", "-w", "{city}"), 2, "没有这次运行"),
        (("report", "--run", "zz", "-w", "{city}"), 2, "没有这次运行"),
    ],
)
def test_a_fault_is_one_line_and_a_code(
    hesuan, ran: Path, tmp_path: Path, words: tuple[str, ...], code: int, says: str
) -> None:
    found, out, err = hesuan(*(word.format(city=ran, tmp=tmp_path) for word in words))
    assert found == code
    assert says in err
    assert "Traceback" not in err
    assert out == ""
    assert len(err.strip().splitlines()) == 1


def test_a_fault_in_full_says_where_and_what_to_do(hesuan, tmp_path: Path) -> None:
    code, _, err = hesuan("run", "-w", tmp_path / "none", "--format", "full")
    what, where, advice = err.splitlines()
    assert code == 2
    assert what.startswith("错误（用法，退出码 2）：不是工作区")
    assert where == f"  位置：{tmp_path / 'none'}"
    assert advice.startswith("  处理：")


def test_without_a_command_the_help_is_shown(hesuan) -> None:
    code, _, err = hesuan()
    assert code == 2
    assert "explain" in err


def test_explain_leads_to_file_and_line(hesuan, ran: Path) -> None:
    found = {
        name: hesuan("explain", name, "-w", ran)[1]
        for name in (
            "C-a",
            "K-a",
            "PRG-003:C-b",
            "C-a/metered_gpu_hours",
            "metered_gpu_hours",
            "PRG-003",
            "threshold.amount_yuan",
            "R09",
        )
    }
    assert "兑现申请：registry/claim.csv 第 2 行" in found["C-a"]
    assert "用量区间：" in found["K-a"]
    assert "  约定  6000.0000 卡时\n" in found["K-a"]
    assert "  2026-03  计费 6000.0000  计量 6000.0000 卡时  开票 —  付款 — 元\n" in found["K-a"]
    assert "未知" not in found["K-a"]
    assert "claim.csv 第 3 行" in found["PRG-003:C-b"]
    figure = found["C-a/metered_gpu_hours"]
    assert figure.startswith("C-a/metered_gpu_hours = 6000.0000\n")
    assert "usage_interval.csv 第 2" in figure
    assert "发票：" not in figure
    assert "Σ 卡数" in found["metered_gpu_hours"]
    assert "PRG-003:C-b" in found["PRG-003"]
    assert found["C-a"].startswith("申请 C-a：建议兑现，")
    assert "PRG-003:C-b（建议不予，指出）" in hesuan("explain", "C-b", "-w", ran)[1]
    _, english, _ = hesuan("explain", "C-a", "-w", ran, "--lang", "en")
    assert english.startswith("claim C-a: propose redemption, 30000.00 CNY proposed\n")
    assert "← claim: registry/claim.csv rows 2" in english
    assert "cut to the cent (reading R15)" in english
    assert "article 7, article 13" in english
    assert "found" in hesuan("explain", "PRG-003", "-w", ran, "--lang", "en")[1]
    assert f"← data/policy/{default_policy_id()}.toml:" in found["threshold.amount_yuan"]
    assert found["R09"].startswith("base.measure")


def test_only_quotations_and_names_are_chinese_in_english(hesuan, ran: Path) -> None:
    """What the law says stays as it is written; the words around it are English."""
    for asked in (
        "C-a",
        "C-b",
        "PRG-003",
        "PRG-003:C-b",
        "C-a/recognised_cost_yuan",
        "threshold.amount_yuan",
    ):
        told = hesuan("explain", asked, "-w", ran, "--lang", "en")[1]
        own = re.sub(r"“[^”]*”|^ *\{.*\}$|sheet .*|registry/.*|submissions/.*", "", told, flags=re.MULTILINE)
        assert not HAN.search(own), own
    assert not HAN.search(hesuan("rules", "-w", ran, "--lang", "en")[1])
    lines = hesuan("policy", "-w", ran, "--lang", "en")[1].splitlines()
    own = [re.sub("“.*”|the house's own: .*| = .*  ", "", line) for line in lines]
    assert [line for line in own if HAN.search(line) and not line.startswith("达州市")] == []


@pytest.mark.parametrize(
    ("figure", "steps"),
    [
        ("claimed_cost_yuan", ["  第 1 步得此数：申报实际费用"]),
        ("recognised_cost_yuan", ["  第 6 步得此数：认定的实际发生费用"]),
        ("subsidy_before_caps_yuan", ["  第 9 步得此数：以券面金额为限"]),
        ("pool_cut_yuan", ["  第 11 步所减：年度总额之后"]),
        ("proposed_subsidy_yuan", ["  第 12 步得此数：建议补贴"]),
        # As much as the sum that is proposed, and claimed by the applicant all the same.
        ("claimed_subsidy_yuan", []),
    ],
)
def test_a_figure_names_the_step_it_comes_of_and_no_other_of_that_sum(
    hesuan, ran: Path, figure: str, steps: list[str]
) -> None:
    _, out, _ = hesuan("explain", f"C-a/{figure}", "-w", ran)
    named = [line.split("（")[0] for line in out.splitlines() if line.startswith("  第 ")]
    assert named == steps


def test_a_rule_is_explained_in_words_without_slots_or_lists_of_a_program(hesuan, ran: Path) -> None:
    for lang, harmless in (("zh", "可能的正常原因："), ("en", "harmless explanations: ")):
        _, because, _, innocent, *_ = hesuan("explain", "PRG-001", "-w", ran, "--lang", lang)[1].splitlines()
        assert not set("{}_") & set(because)
        assert innocent.startswith(f"  {harmless}")
        assert not set("[]") & set(innocent)
    assert "〔年度〕" in hesuan("explain", "PRG-001", "-w", ran)[1]
    assert hesuan("explain", "C-a/reasons", "-w", ran)[1].startswith("C-a/reasons = 无\n")
    assert hesuan("explain", "C-b/reasons", "-w", ran)[1].startswith("C-b/reasons = PRG-003；PRG-008\n")


def test_a_rule_is_explained_with_what_it_says_where_it_cannot_tell(hesuan, ran: Path) -> None:
    chinese = hesuan("explain", "INV-001", "-w", ran)[1]
    assert "  资料不足时：没有收到合同 〔合同编号〕 的本申请所用的发票" in chinese
    english = hesuan("explain", "INV-001", "-w", ran, "--lang", "en")[1]
    assert (
        "  where it cannot tell: No invoice of this claim on contract 〔contract no〕 is on file" in english
    )
    assert "资料不足时：" not in hesuan("explain", "PRG-001", "-w", ran)[1]


def test_a_run_says_in_english_what_it_says_in_chinese(hesuan, tmp_path: Path) -> None:
    workspace = after_first_night(tmp_path / "w")
    (workspace.inbox / "a.csv").write_text("甲,乙\n1,2\n")
    (workspace.inbox / "b.csv").write_text("单号,凭证号,付款金额（万元）\n1,2,3\n")
    head = "凭证号,付款日期,付款方代码,收款方代码,付款金额,amount_yuan\n"
    (workspace.inbox / "c.csv").write_text(head)
    (workspace.inbox / "d.csv").write_text(head.replace(",amount_yuan", "").replace("金额", "金额（万元）"))
    code, english, _ = hesuan("run", "-q", "-w", workspace.root, "--lang", "en")
    told = json.loads(hesuan("run", "-q", "-w", workspace.root, "--json")[1])
    assert (
        f"{told['input_count']} files (4 new), {told['row_count']} rows, {told['rejected_count']} refused\n"
        in english
    )
    assert f"  {told['finding_count']} findings\n" in english
    assert "cannot be read: a.csv: not recognised (neither header nor structure fits any format)\n" in english
    assert "both mean amount yuan (amount_yuan); keep one column\n" in english
    assert "may change what the values mean" in english
    assert code == 10
    names = ["a.csv", "b.csv", "c.csv", "d.csv"]
    assert (sorted(told["unread"]), len(told["refused"])) == (names, 4)
    assert english.splitlines()[-1] == "published without 4 files: a.csv, b.csv, c.csv, d.csv"
    _, chinese, _ = hesuan("run", "-q", "-w", workspace.root, "--lang", "zh")
    assert chinese.splitlines()[-1] == "已公布，但缺 4 个文件的数据：a.csv、b.csv、c.csv、d.csv"


def test_a_run_ends_with_10_until_what_it_could_not_read_is_mended(hesuan, tmp_path: Path) -> None:
    """Replaced or taken away it is mended; what is in evidence stays there, and in the report."""
    workspace = after_first_night(tmp_path / "w")
    (workspace.inbox / "a.csv").write_text("甲,乙\n1,2\n")
    (workspace.inbox / "b.csv").write_text("丙,丁\n1,2\n")
    nights = [hesuan("run", "-q", "-w", workspace.root, "--json") for _ in range(2)]
    assert [(code, json.loads(out)["unread"]) for code, out, _ in nights] == [(10, ["a.csv", "b.csv"])] * 2
    (workspace.inbox / "a.csv").write_text(
        "统一社会信用代码,月份,用电量\n91330000142942095H,2026-03,1\n", encoding="utf-8"
    )
    (workspace.inbox / "b.csv").unlink()
    code, out, _ = hesuan("run", "-q", "-w", workspace.root, "--json")
    told = json.loads(out)
    assert (code, told["unread"], told["refused"]) == (0, [], [])
    with connect(workspace.newest(), read_only=True) as connection:
        kept = connection.execute(
            "select file_name, status, corrected_by_sha256 is not null from published.input_file"
            " where file_name in ('a.csv', 'b.csv') order by all"
        ).fetchall()
    assert kept == [
        ("a.csv", "read", False),
        ("a.csv", "unrecognised", True),
        ("b.csv", "unrecognised", False),
    ]


def test_check_in_full_shows_what_stood_there(hesuan, city: Path, tmp_path: Path) -> None:
    bent = (city / "inbox" / "registry" / "claim.csv").read_text(encoding="utf-8").replace("60000.00", "6万")
    (tmp_path / "claims.csv").write_text(bent, encoding="utf-8")
    _, out, _ = hesuan("check", tmp_path / "claims.csv", "--format", "full")
    assert "退回[BAD_YUAN]" in out
    assert f"位置：{tmp_path / 'claims.csv'}，第 2 行" in out
    assert "内容：" in out
    _, out, _ = hesuan("check", tmp_path / "claims.csv", "--lang", "en")
    assert "2 rows, 1 accepted, 1 refused" in out


def test_an_old_report_written_again_is_not_the_latest(hesuan, tmp_path: Path) -> None:
    workspace = after_first_night(tmp_path / "w")
    first = run_id_in(workspace.newest().resolve())
    (workspace.inbox / "registry" / "note.txt").write_text("来函", encoding="utf-8")
    tally(workspace)
    assert hesuan("report", "-w", workspace.root)[0] == 0
    newest = run_id_in(workspace.newest().resolve())
    code, out, _ = hesuan("report", "--run", first, "-w", workspace.root, "--json")
    assert (code, Path(json.loads(out)["report"]).parent.name) == (0, first)
    assert (workspace.reports / "latest").resolve().name == newest != first


def test_settings_that_cannot_be_read_exit_10(hesuan, city: Path, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "hesuan.toml").write_text("surprise = 1\n")
    code, _, err = hesuan("run", "-w", tmp_path)
    assert code == 10
    assert err.startswith("InputFault: hesuan.toml: 没有 surprise 这项设置；已有：policy、")
    (tmp_path / "hesuan.toml").write_text("[digest]\nwebhok = 'x'\n")
    assert "hesuan.toml: [digest]: 没有 webhok 这项设置；已有：webhook、" in hesuan("run", "-w", tmp_path)[2]
    (tmp_path / "hesuan.toml").write_text("digest = 5\n")
    assert "digest 应写作一节 [digest]，不是 5" in hesuan("run", "-w", tmp_path)[2]
    (tmp_path / "hesuan.toml").write_text("x = \n")
    assert (
        hesuan("run", "-w", tmp_path)[2]
        == "InputFault: hesuan.toml: 设置读不懂：第 1 行“x =”不是合法的 TOML\n"
    )
    (tmp_path / "hesuan.toml").write_text("x = 2026-13-01\n")
    told = hesuan("run", "-w", tmp_path, "--lang", "en")[2]
    assert (
        told
        == "InputFault: hesuan.toml: settings cannot be read: line 1, “x = 2026-13-01”, is not valid TOML\n"
    )


def test_rules_and_policy_are_listed(hesuan) -> None:
    code, out, _ = hesuan("rules", "--json")
    assert code == 0
    assert len(json.loads(out)) >= 30
    code, out, _ = hesuan("policy")
    assert "50000" in out
    assert "第七条" in out
    assert "base.before_voucher = true " in out


def test_rules_and_policy_in_json_name_the_article_and_quote_it(hesuan) -> None:
    rules = {rule["id"]: rule for rule in json.loads(hesuan("rules", "--json")[1])}
    assert rules["CON-002"]["article"] == "第七条"
    asked = {each["key"]: each for each in json.loads(hesuan("policy", "--json")[1])}
    assert asked["threshold.amount_yuan"] | {"alternatives": []} == {
        "key": "threshold.amount_yuan",
        "title_zh": "实际发生费用门槛（含）",
        "value": "50000",
        "unit": "元",
        "article": "第七条",
        "quote_zh": "实际发生费用5万元以上（含）",
        "house_reason_zh": None,
        "reading": None,
        "alternatives": [],
    }
    assert asked["base.before_voucher"]["value"] == "true"
    assert asked["base.before_voucher"]["house_reason_zh"] == "以用券前价格计，否则基数循环。"


def test_the_policy_in_force_is_the_one_that_the_settings_name(hesuan, ran: Path, tmp_path: Path) -> None:
    """A run follows it; what the last run asked under another policy is not asked of this one."""
    code, out, _ = hesuan("policy", "-w", ran)
    assert (code, out.startswith("待主管部门明确的解读")) == (0, True)
    (tmp_path / "hesuan.toml").write_text('policy = "henan-2025"\n', encoding="utf-8")
    code, out, _ = hesuan("policy", "-w", tmp_path)
    assert (code, out.startswith("河南省算力券办法")) == (0, True)
    code, out, _ = hesuan("policy", "-w", ran, "--policy", "henan-2025")
    assert (code, out.startswith("河南省算力券办法")) == (0, True)


def test_every_trouble_of_a_policy_file_is_a_line(hesuan, tmp_path: Path) -> None:
    text = (files("hesuan.data") / "policy" / f"{default_policy_id()}.toml").read_text(encoding="utf-8")
    (tmp_path / "p.toml").write_text(text, encoding="utf-8")
    assert hesuan("policy", "--check", tmp_path / "p.toml")[0] == 0
    worse = text.replace("value = 0.50", "value = 1.50", 1).replace(
        "[parameter.base.tax]", "[parameter.base.txa]"
    )
    (tmp_path / "p.toml").write_text(worse, encoding="utf-8")
    code, out, err = hesuan("policy", "--check", tmp_path / "p.toml")
    assert (code, out) == (11, "")
    assert [line.split(": ")[0] for line in err.splitlines()] == ["PolicyFault"] * 3
    for words in (
        "rate.subsidy_ratio: 值 1.50 越界",
        "base.txa: 不认得的参数，是否为 base.tax",
        "base.tax: 缺少",
    ):
        assert words in err
