"""What analysts open: every object says what it is, the examples run, and the Chinese views add up to the English ones."""

import re
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.before.differing import differing
from hesuan.flows.macros import MACROS
from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from tests.city import City
from tests.night import Pageless, run

# Nights of its own, looked at once a change is ready.
pytestmark = pytest.mark.slow

OWN = "schema_name in ('published', 'policy', 'decided', 'reconciled', 'earlier', 'lake') and not internal"
EMPTY = "应为空"


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two published files: one claim, then a second one."""
    workspace = City().with_register().honest("a", hours=6000).hand_in(tmp_path_factory.mktemp("people"))
    run(workspace, engine=Pageless())
    first = workspace.published.resolve()
    extra = City().honest("b", hours=4999, at="09:00:01")
    folder = workspace.inbox / "registry"
    for table in extra.rows:
        (folder / f"{table}-b.csv").write_text(extra.csv(table), encoding="utf-8")
    run(workspace, engine=Pageless())
    return first, workspace.published.resolve()


def ask(path: Path, query: str) -> list[tuple[Any, ...]]:
    with connect(path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def examples() -> list[tuple[str, str]]:
    text = (files("hesuan.data") / "examples.sql").read_text(encoding="utf-8")
    parts = re.split(r"\n\n(?=-- )", text.strip())
    return [(part.partition("\n")[0].removeprefix("-- "), part.partition("\n")[2]) for part in parts]


def test_no_object_is_silent(nights: tuple[Path, Path]) -> None:
    silent = [
        row
        for catalogue, name in (
            ("duckdb_tables()", "table_name"),
            ("duckdb_views()", "view_name"),
        )
        for row in ask(
            nights[1],
            f"select schema_name, {name} from {catalogue} where {OWN} and coalesce(comment, '') = '' order by all",
        )
    ]
    assert silent == []


def test_no_macro_is_silent(nights: tuple[Path, Path]) -> None:
    silent = (
        "select schema_name, function_name from duckdb_functions() where {} and function_type like '%macro'"
    )
    made = ask(nights[1], silent.format(OWN))
    assert len(made) > len(MACROS)
    assert ask(nights[1], f"{silent.format(OWN)} and coalesce(comment, '') = ''") == []


def test_the_dictionary_holds_the_macros(nights: tuple[Path, Path]) -> None:
    rows = ask(nights[1], "select 对象, 列 from published.v_数据字典 where 列 like '(%'")
    assert {name for name, _ in rows} == {macro.name for macro in MACROS}
    assert ("合同详情", "(编号)") in rows


@pytest.mark.parametrize(("what", "query"), examples())
def test_an_example_runs(nights: tuple[Path, Path], what: str, query: str) -> None:
    rows = ask(nights[1], query)
    assert not (what.startswith(EMPTY) and rows)


def test_every_view_and_macro_is_shown_by_an_example_or_a_card() -> None:
    text = "".join(query for _, query in examples())
    assert [macro.name for macro in MACROS if f"published.{macro.name}(" not in text] == []
    for view in ("v_日用量比对", "v_供给方", "v_批次变化"):
        assert f"published.{view}" in text
        assert f"published.{view}" in sql_cards("people", schema="published")


def test_a_recomputation_that_differs_is_seen(nights: tuple[Path, Path], tmp_path: Path) -> None:
    bent = tmp_path / "bent.duckdb"
    bent.write_bytes(nights[1].read_bytes())
    with connect(bent) as connection:
        connection.execute(
            "update published.claim set proposed_subsidy_yuan = proposed_subsidy_yuan + 0.01 where claim_id = 'C-a'"
        )
    query = "select 申请编号, 复算差额, 分步差额 from published.复算(null) where 复算差额 <> 0"
    assert ask(bent, query) == [("C-a", Decimal("0.01"), Decimal("-0.01"))]
    assert len(ask(nights[1], "from published.复算(null)")) == 2
    assert len(ask(nights[1], "from published.复算('C-a')")) == 1


def test_days_of_log_and_bill_add_up_to_the_claim(nights: tuple[Path, Path]) -> None:
    [(logged, billed, claimed)] = ask(
        nights[1],
        """
        select sum(日志卡时), sum(账单日均卡时), any_value(c.metered_gpu_hours)
        from published.v_日用量比对
        join published.claim as c on c.contract_no = 合同编号
        where 合同编号 = 'K-a'
        """,
    )
    days = ask(nights[1], "select count(*) from published.v_日用量比对 where 合同编号 = 'K-a'")[0][0]
    assert 0 <= claimed - logged <= days * Decimal("0.0001")
    assert 0 <= 6000 - billed <= days * Decimal("0.0001")


def test_a_day_with_a_record_of_unknown_cards_is_unknown_and_not_smaller(
    nights: tuple[Path, Path], tmp_path: Path
) -> None:
    bent = tmp_path / "bent.duckdb"
    bent.write_bytes(nights[1].read_bytes())
    day = "from published.v_日用量比对 where 合同编号 = 'K-a' and 日期 = date '{}'"
    said = "select 日志卡时, 日志减账单, 日志记录数, 卡数未知的记录数 "
    [(hours, _, records, unknown)] = ask(bent, said + day.format("2026-03-02"))
    assert (hours, records, unknown) == (Decimal("960.0000"), 1, 0)
    assert ask(bent, said + day.format("2026-04-02")) == [(None, None, 0, 0)]
    with connect(bent) as connection:
        for on in ("2026-03-02", "2026-04-02"):
            connection.execute(
                "insert into published.usage_day (contract_no, tenant, usage_on, record_count,"
                f" unknown_card_record_count) values ('K-a', 't-b', date '{on}', 1, 1)"
            )
    assert ask(bent, said + day.format("2026-03-02")) == [(None, None, 2, 1)]
    (query,) = [query for what, query in examples() if "当日日志没有卡时" in what]
    listed = f"select 合同编号, 日期::varchar from ({query.strip().rstrip(';')})"
    before, after = (set(ask(each, listed)) for each in (nights[1], bent))
    assert before - after == {("K-a", "2026-04-02")}, "a day with a log is no day without one"


def test_providers_add_up_to_the_claims(nights: tuple[Path, Path]) -> None:
    assert ask(nights[1], "select sum(申请数), sum(建议补贴), sum(申报费用) from published.v_供给方") == ask(
        nights[1],
        "select count(*), sum(proposed_subsidy_yuan), sum(claimed_cost_yuan) from published.claim",
    )


def test_a_day_cuts_the_queue(nights: tuple[Path, Path]) -> None:
    assert ask(nights[1], "from published.截至(date '2000-01-01')") == []
    rows = ask(nights[1], "select 申请编号, 累计建议补贴 from published.截至('2099-12-31')")
    assert [row[0] for row in rows] == ["C-a", "C-b"]
    assert rows[-1][1] == Decimal("30000.00")


def test_a_new_claim_is_a_change_of_the_batch(nights: tuple[Path, Path]) -> None:
    assert ask(nights[0], "from published.v_批次变化") == []
    query = "select 申请编号, 原结论, 现结论, 原建议补贴, 现建议补贴 from published.v_批次变化"
    assert ask(nights[1], query) == [("C-b", None, "暂缓", None, Decimal("0.00"))]
    assert ask(nights[0], "from published.finding_change") == []
    assert ("PRG-003:C-b", "new") in ask(nights[1], "select finding_id, how from published.finding_change")


def test_two_runs_differ_by_what_was_added(nights: tuple[Path, Path]) -> None:
    difference = differing(*nights)
    assert [(c["claim_id"], c["disposition_before"], c["disposition_after"]) for c in difference.claims] == [
        ("C-b", None, "hold")
    ]
    assert "PRG-003:C-b" in [f["finding_id"] for f in difference.findings]
    assert difference.parameters == []
    assert [c["figure"] for c in difference.causes if c["claim_id"] == "C-b"] == ["claim"]
    back = differing(nights[1], nights[0])
    assert [(c["claim_id"], c["disposition_after"]) for c in back.claims] == [("C-b", None)]
    assert back.causes == []
    assert "完全相同" in differing(nights[1], nights[1]).lines()[-1]


def test_a_claim_whose_sum_stands_while_another_figure_moves_differs(
    nights: tuple[Path, Path], tmp_path: Path
) -> None:
    bent = tmp_path / "hesuan-2026-11-23-bent.duckdb"
    bent.write_bytes(nights[1].read_bytes())
    with connect(bent) as connection:
        connection.execute("update published.run set run_id = 'bent'")
        connection.execute("update published.claim set paid_yuan = 63600.00 where claim_id = 'C-a'")
    difference = differing(nights[1], bent)
    [claim] = difference.claims
    assert (claim["claim_id"], claim["disposition_before"]) == ("C-a", claim["disposition_after"])
    assert claim["figures"] == [{"figure": "paid_yuan", "before": None, "after": "63600.00"}]
    assert "已付金额 没有 → 63600.00 元" in difference.lines()[-1]


def test_diff_takes_run_ids_and_latest(hesuan, nights: tuple[Path, Path]) -> None:
    root = nights[0].parents[1]
    before = nights[0].stem.rsplit("-", 1)[-1]
    code, out, _ = hesuan("diff", before[:8], "latest", "-w", root)
    assert code == 0
    assert "C-b  没有 → 暂缓  没有 → 0.00 元" in out
    code, out, _ = hesuan("diff", before, "latest", "-w", root, "--lang", "en")
    assert "claims: 1 differ" in out
    assert "C-b  none → hold" in out


def test_an_old_workspace_gives_the_newest_by_its_link(nights: tuple[Path, Path]) -> None:
    workspace = Workspace(nights[0].parents[1])
    assert workspace.run_database("latest") == nights[1]
