"""Nothing changes silently: every figure that differs from the run before is listed with what made it so."""

from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.before.differing import Difference
from hesuan.flows.explaining import explained
from hesuan.flows.explaining.claim import _change_lines
from hesuan.flows.outcome import Outcome
from hesuan.flows.stages.report import report
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from hesuan.schemas.policy import Policy
from tests.city import APPLICANTS, City
from tests.night import after_first_night, of_one_reading, tally

SECOND_PROVIDER = APPLICANTS[6]
Row = dict[str, Any]


def amended(policy: Policy, key: str, value: str) -> Policy:
    changed = tuple(replace(p, value=Decimal(value)) if p.key == key else p for p in policy.parameters)
    return replace(policy, parameters=changed, sha256=f"{policy.sha256} with {key} = {value}")


def changes(workspace: Workspace) -> list[Row]:
    with connect(workspace.published, read_only=True) as connection:
        rows = connection.execute("select * from published.change order by all").fetchall()
        return [dict(zip((c[0] for c in connection.description or []), row, strict=True)) for row in rows]


def of(listed: list[Row], claim_id: str) -> dict[str, Row]:
    return {row["figure"]: row for row in listed if row["claim_id"] == claim_id}


def kinds(listed: list[Row], claim_id: str) -> set[str]:
    return {row["cause_kind"] for row in of(listed, claim_id).values()}


def hand_in(workspace: Workspace, name: str, city: City) -> None:
    """More files, as a later night finds them in the inbox."""
    for table in city.rows:
        path = workspace.inbox / "submissions" / f"{name}-{table}.csv"
        path.write_text(city.csv(table), encoding="utf-8")


def standing_city() -> City:
    """One claim for each thing that will happen, each of its own applicant as far as there are any."""
    city = City().with_register()
    for table, row in [("provider", {"provider_name": "第二算力有限公司"}), ("device", {}), ("tariff", {})]:
        city.add(table, **{**city.rows[table][0], "provider_id": SECOND_PROVIDER, **row})
    names = ["red", "log", "exit", "black", "contract", "cap"]
    for place, name in enumerate(names):
        hours = 80000 if name == "cap" else 6000
        city.honest(name, hours=hours, applicant=APPLICANTS[place], at=f"10:00:0{place}")
    city.honest("decided", hours=7000, applicant=APPLICANTS[0], at="11:00:00")
    city.honest("still", hours=8000, applicant=APPLICANTS[1], at="12:00:00")
    _let_the_second_provider_serve(city, "exit")
    return city


def _let_the_second_provider_serve(city: City, name: str) -> None:
    for rows in city.rows.values():
        for row in rows:
            if f"K-{name}" in row.values():
                row.update({k: SECOND_PROVIDER for k in ("provider_id", "seller_id") if k in row})


@dataclass(frozen=True)
class Nights:
    """A workspace after two nights; first, second, again: what each and a rerun of the second published."""

    workspace: Workspace
    first: list[Row]
    second: list[Row]
    again: list[Row]
    outcome_of_first: Outcome
    outcome: Outcome


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    city = standing_city()
    late = city.row("usage_interval", contract_no="K-log")
    city.rows["usage_interval"].remove(late)
    workspace = city.hand_in(tmp_path_factory.mktemp("nights"))
    policy = of_one_reading()
    outcome_of_first = tally(workspace, policy)
    first = changes(workspace)
    more = City({"usage_interval": [late]})
    more.add(
        "blacklist", subject_id=APPLICANTS[3], subject_name="x", list_name="失信", listed_on="2026-01-02"
    )
    add_red_letter(more, city.row("invoice", contract_no="K-red"))
    more.add("provider", **{**city.row("provider", provider_id=SECOND_PROVIDER), "delisted_on": "2026-02-10"})
    corrected = {**city.row("contract", contract_no="K-contract"), "amount_yuan": "53000.00"}
    more.add("contract", **corrected)
    more.add("decision", **approval(workspace, "C-decided"))
    hand_in(workspace, "two", more)
    policy = amended(policy, "cap.applicant_year_yuan", "300000")
    outcome = tally(workspace, policy)
    second = changes(workspace)
    tally(workspace, policy)
    return Nights(workspace, first, second, changes(workspace), outcome_of_first, outcome)


def add_red_letter(city: City, blue: Row) -> None:
    """Half of the blue invoice is taken back."""
    gross = -(blue["gross_yuan"] / 2).quantize(Decimal("0.01"))
    net = -(blue["net_yuan"] / 2).quantize(Decimal("0.01"))
    sums = {"gross_yuan": gross, "net_yuan": net, "tax_yuan": gross - net}
    number = f"{blue['invoice_number'][:-3]}999"
    red = {"status": "red", "original_invoice_number": blue["invoice_number"], "issued_on": "2026-10-25"}
    city.add("invoice", **{**blue, **sums, **red, "invoice_number": number})


def approval(workspace: Workspace, claim_id: str) -> Row:
    with connect(workspace.published, read_only=True) as connection:
        code = connection.execute(
            "select check_code from published.claim_state where claim_id = ?", [claim_id]
        ).fetchall()[0][0]
    reason = "三方一致，算力赋能效益显著，同意兑付"
    said = {"panellist": "专家甲", "decision": "通过", "reason": reason, "figures_sha256": code}
    return {"claim_id": claim_id, "decided_at": "2026-11-20 10:00:00", **said}


def test_the_first_run_has_nothing_to_compare(nights: Nights) -> None:
    assert nights.first == []


def test_every_change_is_explained(nights: Nights) -> None:
    assert [row for row in nights.second if row["cause_kind"] == "unexplained"] == []


@pytest.mark.parametrize(
    ("claim", "figure", "before", "after", "kind", "names"),
    [
        ("red", "invoiced_gross_yuan", "63600.00", "31800.00", "red_letter", "two-invoice.csv（发票 1 行"),
        ("log", "metered_gpu_hours", None, "6000.0000", "new_file", "two-usage_interval.csv（用量区间 1 行"),
        ("log", "disposition", "hold", "approve", "new_file", "two-usage_interval.csv"),
        ("exit", "metered_gpu_hours", "6000.0000", "0.0000", "register", "two-provider.csv（服务机构名单 1 行"),
        ("black", "disposition", "approve", "reject", "register", "two-blacklist.csv（信用名单 1 行"),
        ("contract", "contract_amount_yuan", "63600.00", "53000.00", "superseded", "two-contract.csv（合同 1 行"),
        ("cap", "applicant_cap_cut_yuan", "0.00", "100000.00", "policy", "500000 → 300000"),
        ("cap", "proposed_subsidy_yuan", "400000.00", "300000.00", "policy", "cap.applicant_year_yuan"),
        ("decided", "payable_yuan", None, "35000.00", "decision", "two-decision.csv（专家意见 1 行"),
        ("decided", "decision", None, "approve", "decision", "two-decision.csv"),
    ],
)  # fmt: skip
def test_a_change_names_its_cause(
    nights: Nights, claim: str, figure: str, before: str | None, after: str, kind: str, names: str
) -> None:
    row = of(nights.second, f"C-{claim}")[figure]
    assert (row["before"], row["after"], row["cause_kind"]) == (before, after, kind)
    assert names in row["cause_zh"]
    assert row["is_own_cause"]


def test_a_difference_of_money_is_printed_to_the_cent(nights: Nights) -> None:
    row = of(nights.second, "C-red")["invoiced_gross_yuan"]
    assert row["difference_yuan"] == Decimal("-31800.00")
    assert of(nights.second, "C-log")["metered_gpu_hours"]["difference_yuan"] is None


def test_what_nothing_touched_has_no_row(nights: Nights) -> None:
    assert of(nights.second, "C-still") == {}


def test_beside_a_decision_no_parameter_is_named(nights: Nights) -> None:
    """The cap was amended the same night: it bears on no opinion of the panel."""
    said = {row["figure"]: row["cause_zh"] for row in nights.second if row["cause_kind"] == "decision"}
    assert set(said) == {"decision", "payable_yuan"}
    assert [cause for cause in said.values() if "办法参数" in cause] == []


def test_explain_says_what_changed_and_why(nights: Nights) -> None:
    said = explained(nights.workspace.published, "C-contract")
    assert (
        "    认定的实际发生费用  60000.00 → 50000.00  取代：submissions/two-contract.csv（合同 1 行，取代先前的行）"
        in said.lines
    )
    assert [row["figure"] for row in said.facts["changes"]] == sorted(of(nights.second, "C-contract"))
    assert not any("自上次运行" in line for line in explained(nights.workspace.published, "C-still").lines)


def test_a_run_counts_the_claims_that_changed_by_cause(nights: Nights) -> None:
    assert nights.outcome.changed["all"] == 7
    assert nights.outcome.changed["register"] == 2
    assert any("自上次运行以来变动 7 笔（" in line for line in nights.outcome.lines(lang="zh"))
    assert not any("自上次运行" in line for line in nights.outcome_of_first.lines(lang="zh"))


def test_the_overview_lists_changed_claims_with_links(nights: Nights, tmp_path: Path) -> None:
    page = report(nights.workspace.published, tmp_path, "again", nights.workspace.settings()) / "index.html"
    text = page.read_text(encoding="utf-8")
    section = text[text.index("自上次运行以来的变动<small>") : text.index("一、申请")]
    assert "7 份申请" in section
    assert "名册 2 份" in section
    assert section.count('<a href="claim/') == 7
    assert "two-contract.csv（合同 1 行，取代先前的行）" in section
    assert "C-still" not in section


def test_the_overview_is_silent_when_nothing_changed(tmp_path: Path) -> None:
    workspace = City().with_register().honest("a", hours=6000).hand_in(tmp_path)
    tally(workspace)
    text = (
        report(workspace.published, tmp_path / "pages", "first", workspace.settings()) / "index.html"
    ).read_text("utf-8")
    assert "自上次运行" not in text


def test_a_rerun_publishes_the_same_changes(nights: Nights) -> None:
    assert nights.again == nights.second


@pytest.mark.slow
def test_a_red_letter_whose_status_was_not_kept_is_told_as_one(tmp_path: Path) -> None:
    workspace, more = after_first_night(tmp_path), City()
    add_red_letter(more, City().with_register().honest("a", hours=6000).rows["invoice"][0])
    more.rows["invoice"][0]["status"] = "normal"
    hand_in(workspace, "two", more)
    tally(workspace)
    told = of(changes(workspace), "C-a")["invoiced_net_yuan"]
    assert (told["after"], told["cause_kind"]) == ("30000.00", "red_letter")
    assert told["cause_zh"] == "submissions/two-invoice.csv（发票 1 行，红字发票）"


def test_a_claim_that_comes_first_moves_those_behind(tmp_path: Path) -> None:
    """The pool holds 3,000,000: seven claims of 400,000 leave the last of them 200,000, six the whole."""
    city = City().with_register()
    for place, applicant in enumerate(APPLICANTS):
        city.honest(f"c{place}", hours=80000, applicant=applicant, at=f"10:00:0{place}")
    workspace = city.hand_in(tmp_path)
    policy = of_one_reading()
    tally(workspace, amended(policy, "pool.amount_yuan", "2600000"))
    early = City().honest("early", hours=20000, applicant=APPLICANTS[0], at="09:00:00")
    hand_in(workspace, "early", early)
    tally(workspace, amended(policy, "pool.amount_yuan", "2600000"))
    listed = changes(workspace)
    assert of(listed, "C-early")["claim"]["difference_yuan"] == Decimal("100000.00")
    last = of(listed, "C-c6")
    assert {f: (row["before"], row["after"]) for f, row in last.items()} == {
        "pool_cut_yuan": ("200000.00", "300000.00"),
        "proposed_subsidy_yuan": ("200000.00", "100000.00"),
        "queue_position": ("7", "8"),
    }
    assert {row["cause_zh"] for row in last.values()} == {"在先的申请 C-early（新出现，位次 1）变动"}
    assert kinds(listed, "C-c6") == {"queue"}
    assert not any(row["is_own_cause"] for row in last.values())


def test_what_is_ahead_of_a_cut_is_what_shares_the_cap(tmp_path: Path) -> None:
    """Of two firms under one controller each has its own cap (R18): only the applicant's own claim ahead moves the cut."""
    own, kin = APPLICANTS[:2]
    city = City().with_register().honest("late", hours=80000, applicant=own, at="10:00:00")
    for firm in (own, kin):
        city.add("party", subject_id=firm, subject_name=firm, attribute="controller", value="某控制人")
    workspace = city.hand_in(tmp_path)
    tally(workspace, of_one_reading())
    ahead = City().honest("kin", hours=40000, applicant=kin, at="08:00:00")
    hand_in(workspace, "ahead", ahead.honest("own", hours=40000, applicant=own, at="09:00:00"))
    tally(workspace, of_one_reading())
    cut = of(changes(workspace), "C-late")["applicant_cap_cut_yuan"]
    assert (cut["before"], cut["after"]) == ("0.00", "100000.00")
    assert cut["cause_zh"] == "在先的申请 C-own（新出现，位次 2）变动"


@pytest.mark.parametrize(
    ("code", "kind"), [("code_sha256", "unexplained"), ("repeat('0', 64)", "code")], ids=["the same", "other"]
)
@pytest.mark.slow
def test_what_only_other_code_can_have_moved_is_said_so(code: str, kind: str, tmp_path: Path) -> None:
    """A sum of the run before is bent by hand; under the same code nothing explains it, and that is said."""
    workspace = after_first_night(tmp_path)
    database = workspace.published.resolve()
    database.chmod(0o644)
    with connect(database) as connection:
        connection.execute(f"update published.run set code_sha256 = {code}")
        connection.execute("update published.claim set recognised_cost_yuan = 59999.99")
    stranger = City()
    stranger.add("blacklist", subject_name="无关单位二", list_name="失信", listed_on="2026-01-02")
    hand_in(workspace, "stranger", stranger)
    tally(workspace)
    [row] = changes(workspace)
    assert (row["figure"], row["cause_kind"]) == ("recognised_cost_yuan", kind)
    assert row["difference_yuan"] == Decimal("0.01")


@pytest.mark.slow
def test_a_file_of_an_older_version_is_said_and_never_stops_a_run(tmp_path: Path) -> None:
    workspace = after_first_night(tmp_path)
    database = workspace.published.resolve()
    database.chmod(0o644)
    with connect(database) as connection:
        connection.execute("alter table published.claim drop column paid_yuan; drop table lake.later")
    hand_in(workspace, "b", City().honest("b", hours=7000, at="10:00:01"))
    tally(workspace)
    [told] = [row for row in changes(workspace) if row["figure"] == "database"]
    assert "published.claim.paid_yuan" in told["cause_zh"]
    assert "lake.later" in told["cause_zh"]
    assert of(changes(workspace), "C-b")["claim"]["after"] == "35000.00"


@pytest.mark.slow
def test_a_file_that_is_no_database_is_said_and_never_stops_a_run(tmp_path: Path) -> None:
    workspace = City().with_register().honest("a", hours=6000).hand_in(tmp_path)
    (workspace.warehouse / "hesuan-2026-01-01-0123456789ab.duckdb").write_text("x")
    tally(workspace)
    [told] = changes(workspace)
    assert (told["figure"], "打不开" in told["cause_zh"]) == ("database", True)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "zh",
            [
                "运行 a → b",
                "申请：1 笔不同",
                "  C  建议兑现 → 暂缓  9.00 → 4.00 元  因年度总额核减 0.00 → 5.00 元  导致该建议的规则编号 没有 → ELG-005",
                "发现：1 项不同",
                "  ELG-005:C  没有 → 资料不足  句",
                "参数：1 项不同",
                "  cap.counts（自 2026-01-01）  没有 → each_ledger",
                "原因（自前一次运行）：1 处",
                "  C 建议补贴：办法参数 x",
            ],
        ),
        (
            "en",
            [
                "runs a → b",
                "claims: 1 differ",
                "  C  propose redemption → hold  9.00 → 4.00 CNY  cut by the pool 0.00 → 5.00 CNY"
                "  rules it follows from none → ELG-005",
                "findings: 1 differ",
                "  ELG-005:C  none → cannot tell  sentence",
                "parameters: 1 differ",
                "  cap.counts (from 2026-01-01)  none → each_ledger",
                "causes (since the run before): 1",
                "  C subsidy proposed: policy values x",
            ],
        ),
    ],
)
def test_two_runs_are_compared_in_words_with_units(lang: str, said: list[str]) -> None:
    claim = {"claim_id": "C", "disposition_before": "approve", "disposition_after": "hold"}
    figures = [
        {"figure": "pool_cut_yuan", "before": "0.00", "after": "5.00"},
        {"figure": "reasons", "before": None, "after": "ELG-005"},
    ]
    finding = {"finding_id": "ELG-005:C", "verdict_before": None, "verdict_after": "unknown"}
    parameter = {
        "key": "cap.counts",
        "valid_from": "2026-01-01",
        "value_before": None,
        "value_after": "each_ledger",
    }
    cause = {"claim_id": "C", "figure": "proposed_subsidy_yuan", "cause_zh": "办法参数 x"}
    difference = Difference(
        "a",
        "b",
        [claim | {"yuan_before": "9.00", "yuan_after": "4.00", "figures": figures}],
        [finding | {"sentence_zh": "句", "sentence_en": "sentence"}],
        [parameter],
        [cause],
    )
    assert difference.lines(lang=lang) == said


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", ["    处理建议  建议兑现 → 暂缓  办法参数：x", "    专家意见  未知 → 核减  专家意见：y"]),
        ("en", ["    proposal  propose redemption → hold  ", "    the panel's opinion  unknown → reduce  "]),
    ],
)
def test_explain_tells_a_change_of_codes_in_words(lang: str, said: list[str]) -> None:
    change = {"before_run_id": "a", "figure": "disposition", "before": "approve", "after": "hold"}
    changes = [
        change | {"cause_kind": "policy", "cause_zh": "x"},
        change
        | {
            "figure": "decision",
            "before": None,
            "after": "adjust",
            "cause_kind": "decision",
            "cause_zh": "y",
        },
    ]
    assert [
        line[: len(each)] for line, each in zip(_change_lines(changes, lang)[1:], said, strict=True)
    ] == said
