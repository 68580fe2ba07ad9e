"""SQL of the program's own, read once in a process: reading a card's text takes a third of the time that it runs."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_read: "dict[str, list[duckdb.Statement]]" = {}


def carried_out(connection: "duckdb.DuckDBPyConnection", sql: str) -> "duckdb.DuckDBPyConnection":
    """Every statement of a text, in order; the connection, to fetch what the last one gave.

    The same text serves any connection. Not for text that is made of what came in: every text is kept.
    """
    for statement in read_ahead(connection, sql):
        connection.execute(statement)
    return connection


def read_ahead(connection: "duckdb.DuckDBPyConnection", sql: str) -> "list[duckdb.Statement]":
    """The statements of such a text, from any thread."""
    statements = _read.get(sql)
    if statements is None:
        statements = _read[sql] = connection.extract_statements(sql)
    return statements
