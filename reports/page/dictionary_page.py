"""The data dictionary: every published relation and column with what the database itself says of it."""

from typing import Any

import duckdb

from hesuan.reports import published
from hesuan.reports.published import Row, grouped

RELATIONS = """
select relation, is_view, meaning_zh
from (
    select table_name as relation, false as is_view, comment as meaning_zh
    from duckdb_tables()
    where database_name = current_database() and schema_name = 'published'
    union all
    select view_name, true, comment
    from duckdb_views()
    where database_name = current_database() and schema_name = 'published' and not internal
)
order by is_view, relation
"""
COLUMNS = """
select table_name as relation, column_index, column_name, data_type, comment as meaning_zh
from duckdb_columns()
where database_name = current_database() and schema_name = 'published' and not internal
order by relation, column_index
"""
MACROS = """
select distinct function_name, array_to_string(parameters, '、') as parameters
from duckdb_functions()
where database_name = current_database() and schema_name = 'published' and not internal
order by function_name
"""
PARTS = (("tables", False), ("views", True))


def dictionary(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Context of templates/dictionary.html.j2: tables, then views for people, each with its columns in order."""
    columns = grouped(published.answers(connection, COLUMNS), "relation")
    relations = published.answers(connection, RELATIONS)
    told: dict[str, list[tuple[Row, list[Row]]]] = {
        name: [(row, columns.get(row["relation"], [])) for row in relations if row["is_view"] == is_view]
        for name, is_view in PARTS
    }
    return {
        **told,
        "macros": published.answers(connection, MACROS),
        "column_total": sum(len(listed) for part in told.values() for _, listed in part),
    }
