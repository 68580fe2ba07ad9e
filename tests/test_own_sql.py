"""SQL of the program's own: read once, the same for every connection."""

import duckdb
import pytest

from hesuan.schemas import own_sql
from hesuan.schemas.own_sql import carried_out

TEXT = "create or replace temp table kept as select max(amount) + 1 as amount from handed; select amount from kept"


def connection_with(amount: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"create table handed as select {amount} as amount")
    return connection


def test_a_text_is_read_once_and_means_what_each_database_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_sql, "_read", {})
    first = connection_with("1::bigint")
    assert carried_out(first, TEXT).fetchall() == [(2,)]
    [statements] = own_sql._read.values()
    first.close()
    second = connection_with("0.5::decimal(4, 2)")
    assert [str(row[0]) for row in carried_out(second, TEXT).fetchall()] == ["1.50"]
    assert carried_out(second, TEXT).description[0][0] == "amount"
    assert list(own_sql._read.values()) == [statements]


def test_a_text_that_cannot_be_read_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_sql, "_read", {})
    with pytest.raises(duckdb.ParserException):
        carried_out(duckdb.connect(), "selekt 1")
    assert own_sql._read == {}
