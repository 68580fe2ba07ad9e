"""Rows that have come or gone since the run before: told by place (file, sheet, line), never by a guess.

A row comes with a new file, because its day has come, or because a copy of it was handed in again;
it goes because a newer version stands in its place, or because the run's day is an earlier one.
"""

from hesuan.flows.lake.loading import IN_HOURS, LEFT_IN_LAKE, column_names
from hesuan.flows.warehouse import Connection
from hesuan.schemas.table import Table
from hesuan.schemas.tables import tables

# What names a paper, and what names a party: a row bears on the claims that share one.
PAPERS = {
    "claim_id": "claim",
    "voucher_id": "voucher",
    "contract_no": "contract",
    "parent_contract_no": "contract",
    "invoice_number": "invoice",
    "original_invoice_number": "invoice",
}
SUBJECTS = (
    "applicant_id",
    "provider_id",
    "subject_id",
    "subject_name",
    "seller_id",
    "buyer_id",
    "payer_id",
    "payee_id",
)
# Too many to be listed line by line: counted per file, contract and tenant.
COUNTED = {LEFT_IN_LAKE: "reconciled.interval", IN_HOURS: "reconciled.sample_source"}
NEEDED = ("lake.input_file", "lake.later", "lake.superseded", "reconciled.interval")
# before_kind: what the run before took the file for; of a new one nothing.
FRESH = """
    create or replace temp table fresh_file as
    with declared as (
        select n.file_sha256, regexp_replace(n.file_name, '[^/]*$', '') as folder
        from lake.input_file as n
        left join earlier.input_file as e using (file_sha256)
        where n.status = 'declaration'
            and (e.file_sha256 is null or n.newest_batch <> e.newest_batch)
    )
    select n.file_sha256, n.file_sha256 as source_sha256, null as before_kind
    from lake.input_file as n
    where n.file_sha256 not in (select file_sha256 from earlier.input_file)
    union
    select
        n.file_sha256,
        coalesce(arg_max(d.file_sha256, (length(d.folder), d.file_sha256)), n.file_sha256),
        e.kind,
    from lake.input_file as n
    join earlier.input_file as e using (file_sha256)
    left join declared as d on starts_with(n.file_name, d.folder)
    where n.declaration <> e.declaration
    group by n.file_sha256, e.kind
"""
# In which tables to look for what; all others are as they were.
STIRRED = """
    select 'new' as how, unnest(string_split(f.kind, '、')) as table_name
    from lake.input_file as f semi join fresh_file using (file_sha256)
    union
    select 'redeclared', unnest(string_split(before_kind, '、')) from fresh_file
    union
    select 'known', table_name from {catalog}.lake.later
    union
    select 'restored', table_name from {catalog}.lake.superseded
    union
    select 'replaced', table_name from lake.superseded
    union
    select 'unknown_again', table_name from lake.later
    order by all
"""


def moved_rows(connection: Connection, catalog: str, lacking: list[str]) -> None:
    """Fill earlier.moved_row; what the earlier file lacks for it is added to `lacking`."""
    held = _held(connection, catalog)
    absent = [name for name in NEEDED if name not in held]
    lacking += absent
    if absent:
        return
    connection.execute(FRESH)
    lacking += sorted({_relation(table) for table in tables().values()} - held - set(absent))
    for how, name in connection.execute(STIRRED.format(catalog=catalog)).fetchall():
        if how in ("redeclared", "replaced", "unknown_again") and _relation(tables()[name]) not in held:
            continue
        query = _listed(tables()[name], **_sought(tables()[name], how, catalog))
        connection.execute(f"insert into earlier.moved_row {query}")
    connection.execute("drop table fresh_file")


def _held(connection: Connection, catalog: str) -> set[str]:
    rows = connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables where table_catalog = ?",
        [catalog],
    ).fetchall()
    return {row[0] for row in rows}


def _relation(table: Table) -> str:
    return COUNTED.get(table.name, f"lake.{table.name}")


def _sought(table: Table, how: str, catalog: str) -> dict[str, str]:
    """The rows (as r) of one table that came or went in that way, what to call it, and the file that made it so.

    new, known, restored: rows of now that the run before did not count; replaced, unknown_again: the other way round.
    redeclared: rows that it counted of a file which is declared otherwise, or lies elsewhere, since.
    """
    now, then, place = _relation(table), f"{catalog}.{_relation(table)}", _same_place(table)
    if how == "new":
        was = f"list_contains(string_split(f.before_kind, '、'), '{table.name}')"
        replacing = f"case when {was} or exists ({_replaced_by(table)}) then 'replacing' else 'new' end"
        rows = f"{now} as r join fresh_file as f using (file_sha256)"
        return {"how": replacing, "rows": rows, "source": "f.source_sha256"}
    if how == "restored":
        rows = f"{now} as r semi join {catalog}.lake.superseded as x on {place}"
        return {"how": "'replacing'", "rows": rows, "source": f"coalesce(({_copied(table)}), r.file_sha256)"}
    if how == "redeclared":
        rows = f"{then} as r join fresh_file as f using (file_sha256)"
        return {"how": "'replaced'", "rows": rows, "source": "f.source_sha256"}
    if how == "replaced":
        rows = f"{then} as r join lake.superseded as x on {place}"
        return {"how": "'replaced'", "rows": rows, "source": "x.by_file_sha256"}
    held, later = (now, f"{catalog}.lake.later") if how == "known" else (then, "lake.later")
    rows = f"{held} as r semi join {later} as x on {place}"
    return {"how": f"'{how}'", "rows": rows, "source": "r.file_sha256"}


def _replaced_by(table: Table) -> str:
    return f"""
        from lake.superseded as x
        where x.table_name = '{table.name}' and x.by_file_sha256 = r.file_sha256 and x.by_row_no = r.row_no
    """


def _copied(table: Table) -> str:
    """The new file that hands an older version in again."""
    return f"""
        select min(d.file_sha256) from lake.duplicate as d join fresh_file as f on f.file_sha256 = d.file_sha256
        where d.table_name = '{table.name}' and d.by_file_sha256 = r.file_sha256 and d.by_row_no = r.row_no
    """


def _same_place(table: Table) -> str:
    return (
        f"x.table_name = '{table.name}' and x.file_sha256 = r.file_sha256"
        " and x.sheet is not distinct from r.sheet and x.row_no = r.row_no"
    )


def _listed(table: Table, *, how: str, rows: str, source: str) -> str:
    names = column_names(table)
    papers = [f"'{word}:' || r.{name}" for name, word in PAPERS.items() if name in names]
    subjects = [f"r.{name}" for name in SUBJECTS if name in names]
    line = "null, null" if table.name in COUNTED else "r.sheet, r.row_no"
    count = "sum(r.sample_count)" if table.name == IN_HOURS else "count(*)"
    red = "reconciled.is_red_letter(r.status, r.gross_yuan)" if table.name == "invoice" else "false"
    return f"""
        select
            '{table.name}', '{table.zh}', {red}, {how}, r.file_sha256, {line},
            {source}, {_set(papers)}, {_set(subjects)}, {count}
        from {rows}
        group by all
        order by all
    """


def _set(cells: list[str]) -> str:
    return f"list_filter([{', '.join(cells)}]::varchar[], lambda cell: cell is not null)"
