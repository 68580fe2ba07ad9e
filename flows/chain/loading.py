"""The chains of all sets as relations of the lake, and the root of each day that comes of them."""

from datetime import date
from pathlib import Path

from hesuan.flows.chain.record import DIGEST
from hesuan.flows.chain.tree import Head, day_root
from hesuan.flows.lake.file_set import parts_of
from hesuan.flows.warehouse import Connection, comment, parquet

STREAM = {
    "provider_id": ("varchar", "服务机构代码"),
    "cluster_id": ("varchar", "集群"),
    "device_uuid": ("varchar", "设备编号"),
    "boot_id": ("varchar", "启动编号"),
    "usage_on": ("date", "日期（北京时间）"),
}
EXTENT = {
    "first_s": ("bigint", "最早的采样时刻，UTC 秒"),
    "last_s": ("bigint", "最晚的采样时刻，UTC 秒"),
    "record_count": ("bigint", "采样行数"),
    "broken_count": ("bigint", "摘要与本行不符，或不接上一行的行数"),
    "run_row_no": ("bigint", "该段第一行的行号"),
}
FILE = {"file_sha256": ("varchar", "来源文件的 SHA-256")}
RELATIONS = {
    "chain_run": {
        **STREAM,
        **EXTENT,
        "last_row_no": ("bigint", "该段最后一行的行号"),
        "first_prev_hash": ("varchar", "该段第一行的上条摘要"),
        "last_record_hash": ("varchar", "该段最后一行的本条摘要"),
        **FILE,
    },
    "chain": {
        **STREAM,
        "tenant": ("varchar", "租户"),
        "contract_no": ("varchar", "行内写的合同编号"),
        **EXTENT,
        "chained_count": ("bigint", "自该段第一行起接续完好的行数"),
        "first_row_no": ("bigint", "第一行的行号"),
        "first_broken_row_no": ("bigint", "第一处不接的行号；没有的为空"),
        **FILE,
    },
    "chain_root": {
        "provider_id": STREAM["provider_id"],
        "cluster_id": STREAM["cluster_id"],
        "usage_on": STREAM["usage_on"],
        "device_count": ("bigint", "各卡（各次启动）当日最后一条摘要的条数"),
        "root_sha256": ("varchar", "按交来的采样算出的当日根摘要；有一条摘要不是摘要的为空"),
    },
}
TITLES = {
    "chain_run": "摘要链的一段（文件一块中，一张卡一次启动一天一行）",
    "chain": "摘要链逐日（一段之内，一个租户、一份合同一行）",
    "chain_root": "日志的当日根摘要（一个集群一天一行）",
}


def load_chain(connection: Connection, folders: list[Path], as_of: date | None) -> None:
    """Make lake.chain_run, lake.chain and lake.chain_root; days after the run's day are not yet known."""
    for name, columns in RELATIONS.items():
        types = ", ".join(f"{column} {kind}" for column, (kind, _) in columns.items())
        connection.execute(f"create table lake.{name} ({types})")
        meanings = {column: meaning for column, (_, meaning) in columns.items()}
        comment(connection, f"lake.{name}", TITLES[name], meanings)
    for name in ("chain_run", "chain"):
        _load(connection, name, [path for folder in folders for path in parts_of(folder, name)], as_of)
    _load_roots(connection)


def _load(connection: Connection, name: str, found: list[Path], as_of: date | None) -> None:
    if found:
        known = "true" if as_of is None else f"usage_on <= date '{as_of.isoformat()}'"
        connection.execute(
            f"insert into lake.{name} select {', '.join(RELATIONS[name])} from {parquet(found)} where {known}"
        )


def _load_roots(connection: Connection) -> None:
    """However its letters are written, a cluster is one, and so is a card; a leaf has the name of its last record."""
    heads = connection.execute("""
        select provider_id, lower(cluster_id), usage_on, min(cluster_id),
            arg_max(device_uuid, (last_s, f.newest_rank, last_row_no)),
            boot_id,
            arg_max(coalesce(last_record_hash, ''), (last_s, f.newest_rank, last_row_no))
        from lake.chain_run
        join (select file_sha256, min(newest_rank) as newest_rank from lake.input_file group by all) as f using (file_sha256)
        group by provider_id, lower(cluster_id), usage_on, lower(device_uuid), boot_id
        order by all
    """).fetchall()
    days: dict[tuple[str, str, date], list[Head]] = {}
    names: dict[tuple[str, str, date], str] = {}
    for provider_id, place, usage_on, cluster_id, *head in heads:
        day = (provider_id, place, usage_on)
        days.setdefault(day, []).append(Head(*head))
        names.setdefault(day, cluster_id)
    rows = [(day[0], names[day], day[2], len(found), _root(found)) for day, found in days.items()]
    if rows:
        connection.executemany("insert into lake.chain_root values (?, ?, ?, ?, ?)", rows)


def _root(heads: list[Head]) -> str | None:
    return day_root(heads) if all(DIGEST.fullmatch(head.record_hash) for head in heads) else None
