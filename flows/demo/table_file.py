"""Rows of a table as people hand them in: Chinese headers, columns nobody filled left out."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from hesuan.flows.demo.dossier import Row
from hesuan.reports.sheet.workbook import write_sheets
from hesuan.schemas.tables import tables


def printed(table_name: str, rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """Headers and cells, choices written in Chinese. KeyError where the table has no such column."""
    table = tables()[table_name]
    filled = {name for row in rows for name, value in row.items() if value}
    unknown = filled - {column.name for column in table.columns}
    if unknown:
        raise KeyError(f"{table_name}: {sorted(unknown)}")
    columns = [column for column in table.columns if column.required or column.name in filled]
    words = {column.name: dict(column.choices) for column in columns}
    cells = [[words[c.name].get(row.get(c.name, ""), row.get(c.name, "")) for c in columns] for row in rows]
    return [column.zh for column in columns], cells


def write_workbook(path: Path, rows: Mapping[str, Sequence[Row]]) -> None:
    """One sheet per table, named by its Chinese title."""
    write_sheets(path, {tables()[name].zh: printed(name, rows[name]) for name in rows})


def write_csv(path: Path, table_name: str, rows: Sequence[Row], *, encoding: str = "utf-8") -> None:
    headers, cells = printed(table_name, rows)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([headers, *cells])
    path.write_bytes(text.getvalue().encode(encoding))
