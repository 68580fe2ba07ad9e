"""`hesuan sql`: nothing but the published rows can be reached, and every shape keeps what stands in them."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import fastexcel
import pyarrow.parquet
import pytest
from rich.cells import cell_len

from hesuan.flows.workspace import Workspace
from tests.city import City
from tests.night import run

MEAN = "=1+1"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = City().with_register().honest("a", hours=6000).hand_in(tmp_path_factory.mktemp("ask"))
    run(workspace)
    return workspace.root


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_csv('{file}')",
        "select * from read_text('{file}')",
        "from '{file}'",
        "select * from glob('{folder}/*')",
        "copy (select 1) to '{folder}/out.csv'",
        "attach '{folder}/other.duckdb'",
        "export database '{folder}/all'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "set timezone = 'UTC'",
        "create table published.x as select 1",
        "drop view published.v_证据",
        "delete from published.claim",
        "update published.claim set claim_id = 'x'",
        "select * from frame",
    ],
)
def test_a_query_reaches_nothing_but_the_rows(hesuan, ran: Path, tmp_path: Path, query: str) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    before = Workspace(ran).newest().read_bytes()
    code, out, err = hesuan("sql", query.format(file=tmp_path / "secret.csv", folder=tmp_path), "-w", ran)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret.csv"]
    assert Workspace(ran).newest().read_bytes() == before


def test_a_table_lines_up_whatever_the_width(hesuan, ran: Path) -> None:
    query = "select '算力券' as 名称, 1.50 as 金额 union all select 'a', 12345.00 order by 2"
    _, out, _ = hesuan("sql", query, "-w", ran)
    lines = out.splitlines()
    assert lines[2] == "| 算力券 |     1.50 |"
    assert {cell_len(line) for line in lines} == {cell_len(lines[0])}
    assert out.isascii() is False
    assert all(ord(c) < 0x2500 or ord(c) > 0x257F for c in out)


def test_a_long_value_is_neither_wrapped_nor_cut(hesuan, ran: Path) -> None:
    _, out, _ = hesuan("sql", "select repeat('长', 900) as 值", "-w", ran)
    assert "长" * 900 in out


def test_no_value_can_steer_the_terminal(hesuan, ran: Path) -> None:
    _, out, _ = hesuan(
        "sql", "select chr(27) || '[31m[bold]x' || chr(8238) || chr(10) || 'y' as v", "-w", ran
    )
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert r"\x1b[31m[bold]x\x202e\x0ay" in out
    assert len(out.splitlines()) == 3


def test_a_file_cannot_steer_the_terminal(hesuan, tmp_path: Path) -> None:
    """By what `hesuan check` prints of it: its name, and a cell."""
    file = tmp_path / "bad\x1b[31m.csv"
    file.write_text("合同编号,租户\nK-1,\x1b[2J\u202elab\n", "utf-8")
    for more in ([], ["--json"], ["--format", "full"]):
        _, out, err = hesuan("check", file, *more)
        assert "bad" in out + err
        assert not {"\x1b", "\u202e", "\x9b"} & set(out + err)


def test_json_keeps_places_and_nulls(hesuan, ran: Path) -> None:
    query = "select 30000.00::decimal(18, 2) as 元, null as 空"
    assert json.loads(hesuan("sql", query, "-w", ran, "--format", "json")[1]) == [
        {"元": "30000.00", "空": None}
    ]
    assert (
        hesuan("sql", query, "-w", ran, "--json")[1] == hesuan("sql", query, "-w", ran, "--format", "json")[1]
    )
    code, _, err = hesuan("sql", "select 1 as a, 2 as a", "-w", ran, "--json")
    assert code == 2
    assert "列名重复" in err


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ("json", [{"rules": ["CON-002", None, "1.50"], "held": True, "pair": {"a": "1"}, "none": []}]),
        ("csv", "rules,held,pair,none\nCON-002、、1.50,true,{'a': 1},\n"),
    ],
)
def test_lists_and_truth_values_are_no_words_of_a_program(
    hesuan, ran: Path, shape: str, told: object
) -> None:
    query = "select ['CON-002', null, '1.50'] as rules, true as held, {'a': 1} as pair, [] as none"
    out = hesuan("sql", query, "-w", ran, "--format", shape)[1]
    assert (json.loads(out) if shape == "json" else out) == told


def test_csv_holds_no_formula_and_opens_in_a_spreadsheet(hesuan, ran: Path, tmp_path: Path) -> None:
    query = f"select '{MEAN}' as 名, -1.50 as 元, '@x' as 她, '-' as 划, 'a,\"b' as 引"
    _, out, _ = hesuan("sql", query, "-w", ran, "--format", "csv")
    assert list(csv.reader(io.StringIO(out)))[1] == [f"'{MEAN}", "-1.50", "'@x", "'-", 'a,"b']
    code, out, err = hesuan("sql", query, "-w", ran, "--format", "csv", "-o", tmp_path / "x.csv")
    assert (code, out) == (0, "")
    assert "1 行" in err
    assert (tmp_path / "x.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    "query", ["select repeat('长', 40000) as v", "select 1 as v from range(1048576)"], ids=["cell", "rows"]
)
def test_a_workbook_loses_nothing_silently(hesuan, ran: Path, tmp_path: Path, query: str) -> None:
    path = tmp_path / "x.xlsx"
    code, _, err = hesuan("sql", query, "-w", ran, "--format", "xlsx", "-o", path)
    assert code == 2
    assert "工作表装不下" in err
    assert not any(tmp_path.iterdir())


def test_what_cannot_be_written_leaves_what_stood_there(hesuan, ran: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(b"old")
    query = "select interval 3 month + interval 2 day as v"
    code, _, err = hesuan("sql", query, "-w", ran, "--format", "parquet", "-o", path)
    assert code == 2
    assert err.count("\n") == 1
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("x.parquet", b"old")]


def test_parquet_keeps_the_types(hesuan, ran: Path, tmp_path: Path) -> None:
    query = "select claim_id, proposed_subsidy_yuan from published.claim"
    assert hesuan("sql", query, "-w", ran, "--format", "parquet", "-o", tmp_path / "x.parquet")[0] == 0
    table = pyarrow.parquet.read_table(tmp_path / "x.parquet")
    assert table.to_pylist() == [{"claim_id": "C-a", "proposed_subsidy_yuan": Decimal("30000.00")}]


def test_a_workbook_holds_text_only(hesuan, ran: Path, tmp_path: Path) -> None:
    query = f"select '{MEAN}' as 名, '26517283226699660847' as 号码, 1.50 as 元"
    assert hesuan("sql", query, "-w", ran, "--format", "xlsx", "-o", tmp_path / "x.xlsx")[0] == 0
    [row] = fastexcel.read_excel(tmp_path / "x.xlsx").load_sheet("查询").to_polars().rows()
    assert row == (MEAN, "26517283226699660847", "1.50")


@pytest.mark.parametrize("shape", ["parquet", "xlsx"])
def test_a_file_shape_needs_a_file(hesuan, ran: Path, tmp_path: Path, shape: str) -> None:
    code, out, err = hesuan("sql", "select 1", "-w", ran, "--format", shape)
    assert (code, out) == (2, "")
    assert "--out" in err
    code, _, err = hesuan("sql", "select 1 as a", "-w", ran, "--format", shape, "-o", tmp_path / "no" / "x")
    assert code == 2
    assert "写不下" in err


def test_the_examples_are_printed(hesuan) -> None:
    code, out, _ = hesuan("sql", "--examples")
    assert code == 0
    assert "published.合同详情" in out
