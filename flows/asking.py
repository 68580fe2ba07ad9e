"""Read-only questions to the published database, answered as a table."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table as RichTable

from hesuan.flows.warehouse import connect
from hesuan.schemas.fault import UsageFault


@dataclass(frozen=True)
class Answer:
    columns: list[str]
    rows: list[tuple[Any, ...]]

    def facts(self) -> list[dict[str, Any]]:
        """Values as text, nulls as null: money keeps its places."""
        return [
            dict(zip(self.columns, [None if v is None else str(v) for v in row], strict=True))
            for row in self.rows
        ]

    def lines(self) -> list[str]:
        console = Console(width=200)
        table = RichTable(*self.columns)
        for row in self.rows:
            table.add_row(*["" if value is None else str(value) for value in row])
        with console.capture() as captured:
            console.print(table)
        return captured.get().rstrip("\n").split("\n")


def asked(database: Path, query: str) -> Answer:
    """Raises UsageFault where the query fails."""
    with connect(database, read_only=True) as connection:
        try:
            rows = connection.execute(query).fetchall()
            columns = [column[0] for column in connection.description or []]
        except duckdb.Error as error:
            raise UsageFault(f"查询有误：{str(error).strip().splitlines()[0]}") from error
    return Answer(columns, rows)
