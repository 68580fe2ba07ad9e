"""The only door to DuckDB: connections with safe settings, and relations built from cards."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from hesuan.schemas.card import Card, build_order
from hesuan.schemas.fault import CardFault, WarehouseFault
from hesuan.schemas.kind import ZONE
from hesuan.schemas.own_sql import carried_out

Connection = duckdb.DuckDBPyConnection
QueryTrouble = duckdb.Error
STORAGE_VERSION = "v1.2.0"
DISK_FULL = tuple(os.strerror(number) for number in (errno.ENOSPC, errno.EDQUOT))
DISK_TROUBLE = tuple(os.strerror(number) for number in (errno.EIO, errno.EFBIG, errno.EROFS))
COLUMNS = """
    select schema_name || '.' || table_name as relation, list(column_name order by column_index)
    from duckdb_columns()
    where database_name = current_database() and not internal
    group by relation
"""


@contextmanager
def connect(
    path: Path | None = None, *, read_only: bool = False, keep_order: bool = True, memory: str | None = None
) -> Iterator[Connection]:
    """A connection in the session zone Asia/Shanghai; extensions are never fetched.

    keep_order: rows lie in a table as they were selected; without it large tables are written by all threads.
    memory: at most so much, as 1500MB; what does not fit spills beside the file. Without it, most of the machine's.
    A file made here has storage version v1.2.0, so that DuckDB 1.2 and later clients open it.
    Raises WarehouseFault when the file cannot be opened, and when the disk is full or fails.
    """
    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "storage_compatibility_version": STORAGE_VERSION,
    }
    try:
        connection = duckdb.connect(
            ":memory:" if path is None else str(path), read_only=read_only, config=settings
        )
    except duckdb.Error as error:
        raise WarehouseFault(f"{path}: 数据库打不开：{_first_line(error)}") from error
    try:
        connection.execute(f"set timezone = '{ZONE}'")
        connection.execute("set enable_progress_bar = false; set parquet_metadata_cache = true")
        # Text is kept this way in the end; without it every other way is tried first, which takes as long as keeping it.
        connection.execute("set force_compression = 'fsst'")
        # These two are tried on every column, and make no file of ours smaller by more than one block.
        connection.execute("set disabled_compression_methods = 'rle,roaring'")
        connection.execute(f"set preserve_insertion_order = {str(keep_order).lower()}")
        if memory is not None:
            connection.execute(f"set memory_limit = {quoted(memory)}")
        yield connection
    except (duckdb.Error, CardFault) as error:
        # DuckDB has no error of its own for it; whatever was being made, this is why it was not.
        if any(words in str(error) for words in DISK_FULL):
            raise WarehouseFault(f"{path}: 磁盘已满，写不下；请腾出空间后再运行") from error
        if told := next((words for words in DISK_TROUBLE if words in str(error)), None):
            raise WarehouseFault(f"{path}: 系统读写出错（{told}）；请看此处是否还在、可读写") from error
        raise
    finally:
        connection.close()


@contextmanager
def attached(connection: Connection, path: Path, catalog: str) -> Iterator[None]:
    """Another database beside the open one, read-only, for as long as the block lasts.

    Raises WarehouseFault when it cannot be opened.
    """
    try:
        connection.execute(f"attach {quoted(str(path))} as {catalog} (read_only)")
    except duckdb.Error as error:
        raise WarehouseFault(f"{path.name}: 数据库打不开：{_first_line(error)}") from error
    try:
        yield
    finally:
        connection.execute(f"detach {catalog}")


@contextmanager
def whole(connection: Connection) -> Iterator[None]:
    """Everything inside is one transaction: one sync to disk, all or nothing."""
    connection.execute("begin transaction")
    yield
    connection.execute("commit")


def build(connection: Connection, cards: dict[str, Card]) -> None:
    """Make every relation of the cards as a commented table, in the order their references ask for."""
    stock, ordered = Stock(connection), build_order(cards)
    for card in ordered:
        row_count = remake(connection, card, has_rows=not stock.lacks_rows(card.no_rows_without))
        if not card.is_view:
            stock.told(card.name, row_count)
    _described(connection, ordered)


class Stock:
    """Which relations hold rows, each asked for once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_empty: dict[str, bool] = {}

    def lacks_rows(self, relations: Iterable[str]) -> bool:
        """Whether any of them has no rows."""
        return any(self._lacks(relation) for relation in relations)

    def told(self, relation: str, row_count: int) -> None:
        self._is_empty[relation] = row_count == 0

    def _lacks(self, relation: str) -> bool:
        if relation not in self._is_empty:
            any_row = self._connection.execute(f"select 1 from {relation} limit 1").fetchall()
            self._is_empty[relation] = not any_row
        return self._is_empty[relation]


def remake(connection: Connection, card: Card, *, has_rows: bool = True) -> int:
    """The relation anew from what its SELECT reads now; how many rows it has. Raises CardFault where it fails.

    has_rows: false where the SELECT is known to give none, so that only its columns are looked at.
    """
    sql = creation(card) if has_rows else _without_rows(card)
    try:
        [(made,)] = carried_out(connection, sql).fetchall() or [(0,)]
    except duckdb.Error as error:
        raise CardFault(f"{card.name}: {_first_line(error)}") from error
    return int(made)


def creation(card: Card) -> str:
    """The SQL that makes its relation, or makes it anew."""
    kind = "view" if card.is_view else "table"
    return f"create or replace {kind} {card.name} as {selection(card)}"


def _without_rows(card: Card) -> str:
    return f"create or replace table {card.name} as from ({selection(card)}\n) where false"


def selection(card: Card) -> str:
    """The SELECT of a card, without a semicolon."""
    return card.text.rstrip().rstrip(";")


def make(connection: Connection, card: Card) -> None:
    """One relation, commented. Raises CardFault where the SELECT fails or its columns differ from the header's."""
    remake(connection, card)
    _described(connection, [card])


def _described(connection: Connection, cards: list[Card]) -> None:
    """Comment relations that have been made. Raises CardFault where one's columns differ from its header's."""
    made = _columns(connection)
    for card in cards:
        found = made[card.name]
        if found != list(card.columns):
            differing = sorted(set(found) ^ set(card.columns)) or found
            raise CardFault(f"{card.name}: 查询的列与说明的列不一致：{', '.join(differing)}")
        kind = "view" if card.is_view else "table"
        comment(connection, card.name, f"{card.title_zh}（{card.grain_zh}）", card.columns, kind=kind)


def _columns(connection: Connection) -> dict[str, list[str]]:
    """Every relation of the open database and its columns, in order."""
    return {str(name): list(columns) for name, columns in connection.execute(COLUMNS).fetchall()}


def comment(
    connection: Connection, relation: str, title_zh: str, columns: dict[str, str], *, kind: str = "table"
) -> None:
    """What a relation and its columns are. Only what is published says it column by column.

    Every statement writes the whole relation's entry anew; of the others one says it all.
    """
    if relation.startswith("published."):
        says = [f"comment on {kind} {relation} is {quoted(title_zh)}"]
        says += [
            f'comment on column {relation}."{name}" is {quoted(meaning)}' for name, meaning in columns.items()
        ]
    else:
        lines = [title_zh, *(f"{name}：{meaning}" for name, meaning in columns.items())]
        says = [f"comment on {kind} {relation} is {quoted(chr(10).join(lines))}"]
    carried_out(connection, ";\n".join(says))


def drop(connection: Connection, relation: str) -> None:
    """A relation of a schema, table or view."""
    schema, name = relation.split(".")
    is_view = connection.execute(
        """
        select count(*) > 0 from duckdb_views()
        where database_name = current_database() and schema_name = ? and view_name = ?
        """,
        [schema, name],
    ).fetchall() == [(True,)]
    connection.execute(f"drop {'view' if is_view else 'table'} {relation}")


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def parquet(paths: Iterable[Path], *, numbered: bool = False) -> str:
    """SQL for the rows of files that are read where they lie. numbered: with file_row_number, from 0 in each."""
    listed = ", ".join(quoted(str(path)) for path in paths)
    return f"read_parquet([{listed}], file_row_number = {str(numbered).lower()})"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
