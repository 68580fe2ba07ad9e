"""A usage record handed in without its cluster beside the same record that names one: one fact, in the named cluster.

Two clusters of a provider may both have a job 1001, so a number alone tells nothing. Samples need no such look: a card is
told by its own number, and what several files say of one instant of it counts once.
"""

from pathlib import Path

from hesuan.flows.lake.key import CLUSTER, RECORD, key_of
from hesuan.flows.warehouse import Connection, comment, parquet
from hesuan.schemas.table import Table

UNCLEAR = "lake.unclear_cluster"
COLUMNS = {
    "file_sha256": "来源文件的 SHA-256",
    "sheet": "来源工作表；文本文件为空",
    "row_no": "来源行号，自 1 起",
    "named_cluster_id": "记录编号、租户、开始时刻相同而结束时刻、卡数或合同不同的记录所在的集群",
}
# Told by what the files say of their columns, so that no row is read where all name their cluster, or none does.
MIXED = f"""
    with cells as (
        select
            any_value(row_group_num_rows) as row_count,
            any_value(stats_min_value) filter (path_in_schema = 'provider_id') as low,
            any_value(stats_max_value) filter (path_in_schema = 'provider_id') as high,
            any_value(stats_null_count) filter (path_in_schema = '{CLUSTER}') as unnamed_count,
        from parquet_metadata(?)
        where path_in_schema in ('provider_id', '{CLUSTER}')
        group by file_name, row_group_id
    ),
    spans as (
        select
            low,
            high,
            bool_or(coalesce(unnamed_count > 0, true)) as is_unnamed,
            bool_or(coalesce(unnamed_count < row_count, true)) as is_named,
        from cells
        group by low, high
    )
    select count(*) > 0
    from spans as u
    join spans as n
        on u.is_unnamed and n.is_named and coalesce(u.low <= n.high and n.low <= u.high, true)
"""
# What an adapter names after a scheduler's job or a pod tells the run with its start and tenant; a table's own number may be
# the line of a list, and is the same record only where the figures are the same.
PAIRS = """
    create temp table cluster_pair as
    with unnamed as (select *, {run} as run from {rows} where {cluster} is null),
    named as (select *, {run} as run from {rows} where {cluster} is not null)
    select
        u.provider_id,
        u.run,
        u.file_sha256,
        u.sheet,
        u.row_no,
        n.{cluster} as named_cluster_id,
        u.contract_no is not distinct from n.contract_no
            and (
                regexp_matches(u.{record}, '^(slurm|pbs|lsf|sge|k8s):')
                or (u.ended_at is not distinct from n.ended_at and u.card_count is not distinct from n.card_count)
            ) as is_same,
    from unnamed as u
    join named as n
        on n.run = u.run
        and n.provider_id is not distinct from u.provider_id
        and n.tenant = u.tenant
        and n.started_at = u.started_at
    where coalesce(n.node_id = u.node_id, true) and coalesce(lower(n.device_uuid) = lower(u.device_uuid), true)
"""
# By the record and not by the row: its older versions go with it.
NAMED = """
    create temp table named_record as
    select provider_id, run, min(named_cluster_id) filter (is_same) as named_cluster_id
    from cluster_pair
    group by provider_id, run
"""


def make_unclear(connection: Connection) -> None:
    """lake.unclear_cluster, empty."""
    columns = ", ".join(f"{name} {'bigint' if name == 'row_no' else 'varchar'}" for name in COLUMNS)
    connection.execute(f"create table {UNCLEAR} ({columns})")
    comment(connection, UNCLEAR, "不知是否同一记录（未写集群的一行，每个对得上的集群各一行）", COLUMNS)


def in_named_cluster(connection: Connection, table: Table, paths: list[Path], rows: str) -> str:
    """The SQL of a table's rows, each record that names no cluster in the one that a copy of it names.

    What may be the same record, and says other figures, stays and is listed. rows: SQL of what lies in the paths.
    """
    if not {CLUSTER, RECORD} <= set(table.key) or not _is_mixed(connection, paths):
        return rows
    run = key_of(table)[table.key.index(RECORD)]
    connection.execute(PAIRS.format(run=run, rows=parquet(paths), cluster=CLUSTER, record=RECORD))
    connection.execute(NAMED)
    connection.execute(f"""
        insert into {UNCLEAR}
        select distinct p.file_sha256, p.sheet, p.row_no, p.named_cluster_id
        from cluster_pair as p
        join named_record as n on n.run = p.run and n.provider_id is not distinct from p.provider_id
        where n.named_cluster_id is null
    """)
    connection.execute("drop table cluster_pair")
    return f"""(
        select r.* replace (coalesce(r.{CLUSTER}, n.named_cluster_id) as {CLUSTER})
        from {rows} as r
        left join named_record as n
            on r.{CLUSTER} is null and n.run = {run} and n.provider_id is not distinct from r.provider_id
    )"""


def _is_mixed(connection: Connection, paths: list[Path]) -> bool:
    """Whether rows of one provider may lie among these of which some name their cluster and some do not."""
    return bool(connection.execute(MIXED, [[str(path) for path in paths]]).fetchall()[0][0])
