"""The lake as relations: every contract table from its Parquet sets, each fact once, the newest version of it.

A row identical to an earlier one is a counted duplicate; a row with the key of an earlier one supersedes it,
and both are listed. The order of files is: batch a file last came in, export time, content hash.
"""

from datetime import date
from pathlib import Path

import polars as pl

from hesuan.flows.adapters import full_row_count
from hesuan.flows.chain.loading import load_chain
from hesuan.flows.chain.sealed import load_signatures
from hesuan.flows.intake.evidence import Intake, file_order, first_order
from hesuan.flows.lake.cluster import in_named_cluster, make_unclear
from hesuan.flows.lake.file_set import parts_of, staged_of
from hesuan.flows.lake.key import CLUSTER, RECORD, key_of
from hesuan.flows.lake.model_spelling import load_spellings, respelled
from hesuan.flows.lake.redeclared import make_redeclared
from hesuan.flows.lake.rewritten import keep_rewritten, make_rewritten
from hesuan.flows.warehouse import Connection, comment, drop, parquet, quoted
from hesuan.schemas.table import Table
from hesuan.schemas.tables import tables

PLACE = {
    "file_sha256": "来源文件的 SHA-256",
    "sheet": "来源工作表；文本文件为空",
    "row_no": "来源行号，自 1 起",
    "file_row": "来源文件此表内的序号，自 0 起",
}
FATE = {
    "table_name": "表",
    **{name: PLACE[name] for name in ("file_sha256", "sheet", "row_no")},
    "by_file_sha256": "保留下来的那一行的文件",
    "by_row_no": "保留下来的那一行的行号",
    "row_count": "行数：采样按设备、使用方、自然日合为一行，其余每行为一",
}
# Of a copy also the sheet of the row it repeats.
COPIED = {"by_sheet": "保留下来的那一行的工作表；文本文件为空"}
# Of a superseded row also its key, and the row that took its place first: where the newest copy of that lies.
REPLACED = {
    "key_text": "键的各列，以“、”相连；空的略去",
    "next_file_sha256": "紧接着取代它的那一版的文件；同一内容交过几次的，取最后交来的",
    "next_sheet": "同上，工作表",
    "next_row_no": "同上，行号",
    "differing_zh": "与紧接着取代它的那一版不同的列，以“、”相连",
}
# Columns of lake.input_file.
FILES: dict[str, type[pl.DataType] | pl.DataType] = {
    **dict.fromkeys(("file_sha256", "sm3", "file_name", "taken_on", "exported_at"), pl.String),
    **dict.fromkeys(("byte_count", "batch", "sample_period_seconds", "step_seconds"), pl.Int64),
    **dict.fromkeys(("finality", "status", "adapter", "kind", "reason_zh"), pl.String),
    **dict.fromkeys(
        ("row_count", "accepted_count", "rejected_count", "formula_count", "emptied_count"), pl.Int64
    ),
    **{"full_row_count": pl.Int64, "file_rank": pl.Int64},
    **{"newest_batch": pl.Int64, "newest_on": pl.String, "newest_rank": pl.Int64, "declared_on": pl.String},
    **{"told_at": pl.String, "declaration": pl.String, "unread_columns": pl.List(pl.String)},
}
# What a row says: an ended job fetched again is the same row, whenever it was exported; one that runs counts until then.
CONTENT = {"exported_at": "case when ended_at is null then exported_at end"}
# A record's number and its cluster, which versions of it may write in other ways.
NAME = (RECORD, CLUSTER)
# Read where it lies while the facts are worked out from it, and left in the lake: reconciled.interval holds every row.
LEFT_IN_LAKE = "usage_interval"
ON_THE_WAY = "reconciled.attributed"
# Never loaded row by row: `flows.lake.hour` loads what they come to hour by hour.
IN_HOURS = "usage_sample"


def load_lake(
    connection: Connection, intakes: list[Intake], folders: list[Path], bound: list[Path], as_of: date | None
) -> None:
    """Make schema lake: one table per contract, plus input_file, reject, duplicate, superseded, later, old_usage,
    model_spelling, unclear_cluster.

    folders: one set per intake. bound: where their rows are read, fewer folders of the same rows (`flows.lake.volume`).
    """
    connection.execute("create schema lake")
    _load_files(connection, intakes, folders)
    for fate, meanings in (("duplicate", FATE | COPIED), ("superseded", FATE | REPLACED), ("later", FATE)):
        columns = ", ".join(
            f"{name} {'bigint' if name.endswith(('row_no', 'row_count')) else 'varchar'}" for name in meanings
        )
        connection.execute(f"create table lake.{fate} ({columns})")
        comment(connection, f"lake.{fate}", f"{fate} 行", meanings)
    _load_rejects(connection, bound)
    make_rewritten(connection)
    make_redeclared(connection)
    make_unclear(connection)
    _make_old_usage(connection)
    found = {
        name: [path for folder in bound for path in parts_of(folder, name)]
        for name in tables()
        if name != IN_HOURS
    }
    load_spellings(connection, found)
    for name, paths in found.items():
        _load_table(connection, tables()[name], paths, as_of)
    load_chain(connection, bound, as_of)
    load_signatures(connection)


def leave_in_lake(connection: Connection) -> None:
    """Drop what only led to reconciled.interval, so that the published file names no path of a machine."""
    connection.execute(f"drop view {ON_THE_WAY}")
    drop(connection, f"lake.{LEFT_IN_LAKE}")


def column_names(table: Table) -> list[str]:
    """Columns as the lake holds them: user names are already hashes."""
    names = [column.name for column in table.all_columns]
    return [*(name for name in names if name != "user"), *(["user_hash"] if "user" in names else [])]


def _load_files(connection: Connection, intakes: list[Intake], folders: list[Path]) -> None:
    """lake.input_file: one per content and declaration; newest_rank is its place in the order of files.

    file_rank, batch, taken_on: as it first came; newest_rank, newest_batch, newest_on: as it came back, if it did.
    declared_on: the day on which what source.toml says of it came.
    told_at: the instant by which files of one batch are put in order: of its export, else the last that its usage tells of.
    declaration: what source.toml said of it, as JSON with sorted keys.
    """
    rows = []
    told = [(intake, staged_of(folder)) for intake, folder in zip(intakes, folders, strict=True)]
    pairs = sorted(told, key=lambda pair: first_order(pair[0], pair[1].latest))
    newest = sorted(range(len(pairs)), key=lambda n: file_order(pairs[n][0], pairs[n][1].latest))
    newest_ranks = {place: rank for rank, place in enumerate(newest, start=1)}
    for file_rank, (intake, staged) in enumerate(pairs, start=1):
        rows.append(
            {
                "file_sha256": intake.sha256,
                "sm3": staged.sm3,
                "file_name": intake.name,
                "byte_count": intake.byte_count,
                "batch": intake.batch,
                "taken_on": intake.taken_on,
                "declared_on": intake.declared_on or intake.taken_on,
                "exported_at": intake.declaration.get("exported_at", ""),
                "finality": intake.declaration.get("finality"),
                "sample_period_seconds": intake.declaration.get("sample_period_seconds"),
                "step_seconds": staged.step_seconds,
                "status": staged.status,
                "adapter": staged.adapter,
                "kind": "、".join(staged.tables) or None,
                "row_count": staged.row_count,
                "accepted_count": staged.accepted_count,
                "rejected_count": staged.rejected_count,
                "formula_count": staged.formula_count,
                "emptied_count": staged.emptied_count,
                "unread_columns": staged.unread_columns,
                "full_row_count": full_row_count(staged.adapter, staged.row_count),
                "reason_zh": staged.reason_zh,
                "file_rank": file_rank,
                "newest_batch": intake.newest_batch,
                "newest_on": intake.newest_on,
                "newest_rank": newest_ranks[file_rank - 1],
                "told_at": first_order(intake, staged.latest)[1].isoformat(),
                "declaration": intake.said,
            }
        )
    connection.register("intake_rows", pl.DataFrame(rows, schema=FILES))
    connection.execute("create table lake.input_file as select * from intake_rows order by file_rank")
    connection.unregister("intake_rows")


def _load_rejects(connection: Connection, folders: list[Path]) -> None:
    found = [str(folder / "reject.parquet") for folder in folders if (folder / "reject.parquet").exists()]
    if found:
        connection.execute(
            "create table lake.reject as select * exclude (file_row) from read_parquet(?)", [found]
        )
    else:
        connection.execute(
            "create table lake.reject (sheet varchar, row_no bigint, table_name varchar, reason_code varchar,"
            " reason_zh varchar, raw varchar, file_sha256 varchar)"
        )


def _load_table(connection: Connection, table: Table, found: list[Path], as_of: date | None) -> None:
    is_view = False
    if found:
        rows = in_named_cluster(connection, table, found, respelled(connection, table, parquet(found)))
        staged = f"(select * from {rows} where {_known(table, as_of)})"
        _set_later_aside(connection, table, parquet(found), as_of)
        is_view = _keep_each_fact_once(connection, table, staged)
    else:
        _make_empty(connection, table)
    meanings = {c.name: f"{c.zh}；{c.meaning_zh or c.kind.zh}" for c in table.all_columns}
    columns = {name: meanings.get(name, "用户名的散列") for name in column_names(table)}
    kind = "view" if is_view else "table"
    comment(
        connection, f"lake.{table.name}", f"{table.zh}（{table.grain_zh}）", {**columns, **PLACE}, kind=kind
    )


def _make_empty(connection: Connection, table: Table) -> None:
    connection.register("nothing", _no_rows(table))
    connection.execute(f"create table lake.{table.name} as select * from nothing")
    connection.unregister("nothing")


def _no_rows(table: Table) -> pl.DataFrame:
    types = {c.name: c.kind.dtype for c in table.all_columns}
    columns = {name: types.get(name, pl.String()) for name in column_names(table)}
    place = {**dict.fromkeys(PLACE, pl.Int64()), "file_sha256": pl.String(), "sheet": pl.String()}
    return pl.DataFrame(schema={**columns, **place})


def _make_old_usage(connection: Connection) -> None:
    """lake.old_usage: the superseded versions of usage records whole; nothing else remembers what they said."""
    more = {"version_no": "第几新的一版；现行的为 1", "is_restored": "取代它的内容比它更早交过，后来又交来"}
    connection.register("nothing", _no_rows(tables()[LEFT_IN_LAKE]))
    connection.execute(f"""
        create table lake.old_usage as
        select *, null::bigint as version_no, null::boolean as is_restored, {_nulls(REPLACED)} from nothing
    """)
    connection.unregister("nothing")
    comment(connection, "lake.old_usage", "被取代的用量记录（每版一行）", {**PLACE, **more, **REPLACED})


def _nulls(columns: dict[str, str]) -> str:
    return ", ".join(
        f"null::{'bigint' if name.endswith('row_no') else 'varchar'} as {name}" for name in columns
    )


def _known(table: Table, as_of: date | None) -> str:
    """The SQL that says a fact was known on the run's day; an undated one always was."""
    if as_of is None or table.dated_by is None:
        return "true"
    return f"""coalesce(cast("{table.dated_by}" as date) <= date '{as_of.isoformat()}', true)"""


def _set_later_aside(connection: Connection, table: Table, handed_in: str, as_of: date | None) -> None:
    """Facts dated after the run's day are not yet known on that day; they are counted, not used."""
    connection.execute(f"""
        insert into lake.later
        select '{table.name}', file_sha256, sheet, row_no, null, null, 1 from {handed_in}
        where not {_known(table, as_of)}
    """)


def _keep_each_fact_once(connection: Connection, table: Table, staged: str) -> bool:
    """lake.<table> from what is staged; whether it was left a view. Only repeated keys take the slow path."""
    names = ", ".join(f'"{name}"' for name in column_names(table))
    key = ", ".join(key_of(table))
    connection.execute(
        f"create temp table repeated as select hash({key}) as key_hash from {staged} group by key_hash having count(*) > 1"
    )
    if not connection.execute("select count(*) from repeated").fetchall()[0][0]:
        is_view = table.name == LEFT_IN_LAKE
        kind = "view" if is_view else "table"
        connection.execute(
            f"create {kind} lake.{table.name} as select {names}, {', '.join(PLACE)} from {staged}"
        )
        connection.execute("drop table repeated")
        return is_view
    _rank_versions(connection, table, staged)
    keep_rewritten(connection, table)
    connection.execute(f"""
        create table lake.{table.name} as
        select {names}, {", ".join(PLACE)} from {staged}
        where hash({key}) not in (select key_hash from repeated)
        union all
        select {names}, {", ".join(PLACE)} from versions where version_no = 1
    """)
    connection.execute("drop table versions; drop table ranked; drop table repeated")
    return False


def _rank_versions(connection: Connection, table: Table, staged: str) -> None:
    """Rows whose key occurs more than once: copies into lake.duplicate, older versions into lake.superseded."""
    key, key_words = ", ".join(key_of(table)), ", ".join(f'"{name}"' for name in table.key)
    content = ", ".join(CONTENT.get(name, f'"{name}"') for name in column_names(table))
    connection.execute(f"""
        create temp table ranked as
        select
            s.*,
            f.file_rank,
            row_number() over (partition by {content} order by f.file_rank, s.sheet, s.row_no) as copy_no,
            first(s.file_sha256) over (partition by {content} order by f.file_rank, s.sheet, s.row_no) as copy_of_file,
            first(s.sheet) over (partition by {content} order by f.file_rank, s.sheet, s.row_no) as copy_of_sheet,
            first(s.row_no) over (partition by {content} order by f.file_rank, s.sheet, s.row_no) as copy_of_row,
            max(f.newest_rank) over (partition by {content}) as newest_rank,
            first(s.file_sha256) over newest_copy as newest_file,
            first(s.sheet) over newest_copy as newest_sheet,
            first(s.row_no) over newest_copy as newest_row,
        from {staged} as s
        join (
            select file_sha256, min(file_rank) as file_rank, min(newest_rank) as newest_rank
            from lake.input_file
            group by all
        ) as f using (file_sha256)
        where hash({key}) in (select key_hash from repeated)
        window newest_copy as (partition by {content} order by f.newest_rank desc, s.sheet, s.row_no)
    """)
    connection.execute(f"""
        insert into lake.duplicate
        select '{table.name}', file_sha256, sheet, row_no, copy_of_file, copy_of_row, 1, copy_of_sheet
        from ranked
        where copy_no > 1
    """)
    connection.execute(f"""
        create temp table versions as
        select
            * exclude (copy_no),
            row_number() over version as version_no,
            first(file_sha256) over version as by_file,
            first(row_no) over version as by_row,
            concat_ws('、', {key_words}) as key_text,
            lag(newest_file) over version as next_file_sha256,
            lag(newest_sheet) over version as next_sheet,
            lag(newest_row) over version as next_row_no,
            lag(file_rank) over version < file_rank as is_restored,
            {_differing(table)} as differing_zh,
            {_standing() if table.name == LEFT_IN_LAKE else ""}
        from ranked
        where copy_no = 1
        window version as (partition by {key} order by newest_rank desc, file_rank desc, sheet desc, row_no desc)
    """)
    _tell_older(connection, table)


def _differing(table: Table) -> str:
    """The SQL of the columns in which a version differs from the next newer one."""
    words = {column.name: column.zh for column in table.all_columns}
    said = {name: CONTENT.get(name, f'"{name}"') for name in column_names(table)}
    cells = [
        f"case when {sql} is distinct from lag({sql}) over version then {quoted(words.get(name, '用户'))} end"
        for name, sql in said.items()
    ]
    return f"concat_ws('、', {', '.join(cells)})"


def _standing() -> str:
    return ", ".join(f"first({name}) over version as by_{name}" for name in NAME)


def _tell_older(connection: Connection, table: Table) -> None:
    """Versions that do not stand, into lake.superseded; of usage intervals whole into lake.old_usage."""
    connection.execute(f"""
        insert into lake.superseded
        select '{table.name}', file_sha256, sheet, row_no, by_file, by_row, 1, {", ".join(REPLACED)}
        from versions where version_no > 1
    """)
    if table.name == LEFT_IN_LAKE:
        # Under the name of the version that stands, by which the two are compared.
        told = ", ".join(
            f'by_{name} as "{name}"' if name in NAME else f'"{name}"' for name in column_names(table)
        )
        connection.execute(f"""
            insert into lake.old_usage
            select {told}, {", ".join(PLACE)}, version_no, is_restored, {", ".join(REPLACED)}
            from versions where version_no > 1
        """)
