"""The published database as comparable bytes, and reports as a map of bytes."""

import hashlib
from pathlib import Path

from hesuan.flows.warehouse import connect


def dump(database: Path) -> dict[str, str]:
    """Relation → SHA-256 over all its rows, sorted, every column as text."""
    with connect(database, read_only=True) as connection:
        relations = [
            row[0]
            for row in connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'published' order by 1"
            ).fetchall()
        ]
        found = {}
        for relation in relations:
            rows = connection.execute(f"select * from published.{relation}").fetchall()
            lines = sorted(repr([None if v is None else str(v) for v in row]) for row in rows)
            found[relation] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        return found


def pages(folder: Path) -> dict[str, str]:
    """Path below the report's folder → SHA-256 of the page."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
