"""The published file: commented, readable by older clients, flipped under open readers, the newest seven kept."""

import os
import stat
from pathlib import Path

import pytest

from hesuan.flows.stages import publish
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from tests.city import City
from tests.night import tally


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = City().with_register().honest("a", hours=6000).hand_in(tmp_path_factory.mktemp("publish"))
    tally(workspace)
    return workspace


def ask(path: Path, query: str) -> list[tuple]:
    with connect(path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_every_relation_and_column_says_what_it_is(published: Workspace) -> None:
    silent = "select count(*) from {} where schema_name = 'published' and coalesce(comment, '') = ''"
    for catalogue in ("duckdb_tables()", "duckdb_views()", "duckdb_columns()"):
        assert ask(published.published, silent.format(catalogue)) == [(0,)]
    assert ask(published.published, "select count(*) from published.v_数据字典 where 说明 is null") == [(0,)]


def test_money_and_hours_have_the_types_of_the_interface(published: Workspace) -> None:
    columns = ask(
        published.published,
        "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'published'",
    )
    due = {"_yuan": "DECIMAL(18,2)", "_gpu_hours": "DECIMAL(18,4)", "_card_seconds": "BIGINT"}
    due |= {"_at": "TIMESTAMP WITH TIME ZONE", "_on": "DATE"}
    assert [c for c in columns for end, kind in due.items() if c[1].endswith(end) and c[2] != kind] == []


def test_the_file_is_written_for_duckdb_1_2_and_later(published: Workspace) -> None:
    tags = ask(published.published, "select tags from duckdb_databases() where path like '%.duckdb'")
    assert tags[0][0]["storage_version"].startswith("v1.2.0")


def test_people_ask_in_chinese(published: Workspace) -> None:
    assert ask(published.published, "select 申请编号, 建议补贴::varchar from published.v_兑现汇总") == [
        ("C-a", "30000.00")
    ]
    assert len(ask(published.published, "select * from published.合同详情('K-a')")) > 1
    assert ask(published.published, "select published.万元(30000.00)::varchar") == [("3.000000",)]


def test_every_relation_of_the_file_opens(published: Workspace) -> None:
    relations = ask(
        published.published,
        """
        select schema_name, table_name from duckdb_tables() where not internal
        union all
        select schema_name, view_name from duckdb_views() where not internal
        """,
    )
    assert {schema for schema, _ in relations} >= {"lake", "reconciled", "decided", "published"}
    for schema, name in relations:
        ask(published.published, f'select * from {schema}."{name}" limit 1')


@pytest.mark.parametrize(
    "asked",
    [
        "from published.合同详情('K-a')",
        "from published.发现(null)",
        "from published.复算('C-a')",
        "from published.截至('2026-12-31')",
        "select published.万元(30000.00)",
    ],
)
def test_every_macro_for_people_answers_in_the_file_attached_by_another(
    published: Workspace, asked: str
) -> None:
    macros = ask(
        published.published,
        "select function_name from duckdb_functions() where schema_name = 'published' and not internal",
    )
    assert len(macros) == 5
    with connect() as connection:
        connection.execute(f"attach '{published.published}' as city (read_only)")
        connection.execute("use city")
        assert connection.execute(asked).description


def test_the_file_is_copied_whole_into_another(published: Workspace, tmp_path: Path) -> None:
    with connect(tmp_path / "copy.duckdb") as connection:
        connection.execute(f"attach '{published.published}' as city (read_only)")
        connection.execute("copy from database city to copy")
        assert connection.execute("from published.复算('C-a')").fetchall() == ask(
            published.published, "from published.复算('C-a')"
        )
        assert len(connection.execute("from published.v_三方比对").fetchall()) == len(
            ask(published.published, "from published.v_三方比对")
        )


def test_no_path_of_this_machine_is_published(published: Workspace) -> None:
    assert ask(
        published.published, "select count(*) from duckdb_views() where sql like '%read_parquet%'"
    ) == [(0,)]


def test_an_open_reader_keeps_its_file(published: Workspace) -> None:
    extra = City().honest("b", hours=7000, at="09:00:01")
    folder = published.inbox / "registry"
    with connect(published.published, read_only=True) as reader:
        assert reader.execute("select count(*) from published.claim").fetchall() == [(1,)]
        for table in extra.rows:
            (folder / f"{table}-b.csv").write_text(extra.csv(table), encoding="utf-8")
        tally(published)
        assert reader.execute("select count(*) from published.claim").fetchall() == [(1,)]
        assert ask(published.published, "select count(*) from published.claim") == [(2,)]


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o444), (0o027, 0o440), (0o077, 0o400)])
def test_what_is_kept_may_be_read_by_whom_the_umask_lets_and_written_by_nobody(
    tmp_path: Path, umask: int, mode: int
) -> None:
    before = os.umask(umask)
    try:
        workspace = City().with_register().honest("a", hours=6000).hand_in(tmp_path / "w")
        tally(workspace)
    finally:
        os.umask(before)
    objects = [path for path in (workspace.evidence / "objects").rglob("*") if path.is_file()]
    kept = [workspace.published.resolve(), *objects]
    assert len(kept) > 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {mode}


def test_the_newest_seven_are_kept(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"hesuan-2026-01-0{number + 1}-{number}.duckdb").touch()
    newest = tmp_path / "hesuan-2026-01-09-8.duckdb"
    publish._forget(tmp_path / "hesuan.duckdb", newest, 7)
    assert len(list(tmp_path.glob("*.duckdb"))) == 7
    assert newest.exists()


def test_the_run_before_is_kept_however_often_a_run_is_repeated(tmp_path: Path) -> None:
    names = ["2026-01-01-a", "2026-01-02-b", "2026-01-03-b", "2026-01-04-b"]
    for name in names:
        (tmp_path / f"hesuan-{name}.duckdb").touch()
    newest = tmp_path / "hesuan-2026-01-04-b.duckdb"
    publish._forget(tmp_path / "hesuan.duckdb", newest, 1)
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["hesuan-2026-01-01-a", "hesuan-2026-01-04-b"]
