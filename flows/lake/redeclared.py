"""Usage of which a file says the same as ever, and source.toml beside it something else: both versions of such rows.

Every row is compared with its own line under a former declaration, also where another file's version of it stands by now.
What the former one left open, the later may complete.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hesuan.flows.intake.evidence import Former, Intake
from hesuan.flows.lake.file_set import parts_of
from hesuan.flows.lake.rewritten import INTERVALS, is_over, unit_seconds
from hesuan.flows.warehouse import Connection, comment, parquet, quoted

COLUMNS = {
    "table_name": "表",
    "is_former": "按从前的说明；否则按现行的",
    "provider_id": "服务机构代码",
    "cluster_id": "集群",
    "tenant": "租户",
    "contract_no": "行内写的合同编号",
    "usage_at": "开始时刻；采样为整点",
    "row_count": "行数：采样按设备、使用方、整点合为一行",
    "unit_seconds": "可计费的卡秒，采样为覆盖的卡秒，单位为二万一千分之一卡秒；不知道的为空",
    "file_sha256": "文件",
    "row_no": "行号；采样为其中最先一行",
    "from_on": "从前的说明收进之日",
    "until_on": "换成另一说明之日",
}
TYPES = {
    "is_former": "boolean",
    "usage_at": "timestamptz",
    "row_count": "bigint",
    "unit_seconds": "hugeint",
    "row_no": "bigint",
    "from_on": "date",
    "until_on": "date",
}
# What a declaration may say of a run; the rest of it stands in the file.
SAID = ("{v}.provider_id", "lower({v}.cluster_id)", "{v}.tenant", "{v}.started_at")
DIFFERS = "({former} is not null and {former} is distinct from {now})"
CHANGED_RUNS = """
    create temp table changed_run as
    with o as (
        select *, row_number() over (partition by sheet, row_no order by file_row) as place_no from {former}
    ),
    n as (
        select
            r.* replace (coalesce(r.cluster_id, s.cluster_id) as cluster_id),
            row_number() over (partition by r.sheet, r.row_no order by r.file_row) as place_no,
        from {now} as r
        left join lake.usage_interval as s on s.file_sha256 = r.file_sha256 and s.file_row = r.file_row
        where {known}
    )
    select o, n, c.file_sha256 is not null as is_copy
    from o
    join n on o.sheet is not distinct from n.sheet and o.row_no = n.row_no and o.place_no = n.place_no
    left join (
        select distinct file_sha256, sheet, row_no from lake.duplicate where table_name = 'usage_interval'
    ) as c on c.file_sha256 = n.file_sha256 and c.sheet is not distinct from n.sheet and c.row_no = n.row_no
    where coalesce(upper(o.state) <> 'PENDING', true) and ({differs})
"""
RUNS = """
    insert into lake.redeclared by name
    select
        'usage_interval' as table_name,
        {is_former} as is_former,
        {v}.provider_id, {v}.cluster_id, {v}.tenant, {v}.contract_no,
        {v}.started_at as usage_at,
        1 as row_count,
        {unit_seconds} as unit_seconds,
        {v}.row_no,
        {place},
    from changed_run
    where {is_former} or not is_copy
"""
# Of an hour: its card, instant and first line; and what is the same, or was left open by the former declaration.
SAME_HOUR = ("device_uuid", "hour_s", "first_row_no", "sample_count")
SAME_OR_OPEN = (
    *("provider_id", "cluster_id", "tenant", "contract_no"),
    *("last_util_percent", "power_peak_watts", "memory_peak_mib"),
)
HOURS = """
    insert into lake.redeclared by name
    select
        'usage_sample' as table_name,
        {is_former} as is_former,
        provider_id, cluster_id, tenant, contract_no,
        to_timestamp(hour_s) as usage_at,
        sample_count as row_count,
        cast(covered_seconds as hugeint) * 21000 as unit_seconds,
        first_row_no as row_no,
        {place},
    from {rows} as {v}
    where {known} and not exists (from {others} as {w} where {same})
"""


@dataclass(frozen=True)
class Redeclared:
    """A file's set under a former declaration beside that under the one that stands."""

    file_sha256: str
    former: Former
    former_folder: Path
    folder: Path


def redeclared_sets(
    intakes: list[Intake], folders: list[Path], former_folders: Sequence[Path]
) -> list[Redeclared]:
    """former_folders: one for each former declaration, in the order of the intakes."""
    pairs = [
        (intake, folder, former)
        for intake, folder in zip(intakes, folders, strict=True)
        for former in intake.formers
    ]
    return [
        Redeclared(intake.sha256, former, former_folder, folder)
        for (intake, folder, former), former_folder in zip(pairs, former_folders, strict=True)
    ]


def make_redeclared(connection: Connection) -> None:
    """lake.redeclared, empty."""
    columns = ", ".join(f"{name} {TYPES.get(name, 'varchar')}" for name in COLUMNS)
    connection.execute(f"create table lake.redeclared ({columns})")
    comment(connection, "lake.redeclared", "说明改动的用量（每行从前、现行各一行）", COLUMNS)


def load_redeclared(connection: Connection, sets: Iterable[Redeclared], as_of: date | None) -> None:
    """Fill lake.redeclared. Asks for lake.usage_interval; usage of after the run's day is left out."""
    for one in sets:
        _compare_runs(connection, one, as_of)
        _compare_hours(connection, one, as_of)


def _compare_runs(connection: Connection, one: Redeclared, as_of: date | None) -> None:
    """A copy of another file's row is counted there: of such a row there is only what it was."""
    former, now = (parts_of(folder, INTERVALS) for folder in (one.former_folder, one.folder))
    if not former or not now:
        return
    upto = "true" if as_of is None else f"coalesce(cast(r.started_at as date) <= date '{as_of}', true)"
    pairs = [(said.format(v="o"), said.format(v="n")) for said in SAID]
    differs = [DIFFERS.format(former=old, now=new) for old, new in pairs]
    differs.append(f"({is_over('o')} and {DIFFERS.format(former='o.ended_at', now='n.ended_at')})")
    connection.execute(
        CHANGED_RUNS.format(
            former=parquet(former), now=parquet(now), known=upto, differs=" or ".join(differs)
        )
    )
    for version, is_former in (("o", True), ("n", False)):
        connection.execute(
            RUNS.format(v=version, is_former=is_former, unit_seconds=unit_seconds(version), place=_place(one))
        )
    connection.execute("drop table changed_run")


def _compare_hours(connection: Connection, one: Redeclared, as_of: date | None) -> None:
    former, now = (folder / "occupancy.parquet" for folder in (one.former_folder, one.folder))
    if not former.exists() or not now.exists():
        return
    # Where no period was declared, what a sample covers is no statement.
    open_too = ("covered_seconds",) if "sample_period_seconds" in one.former.declaration else ()
    same = [f"o.{name} = n.{name}" for name in SAME_HOUR]
    same += [
        f"coalesce(lower(o.{name}::varchar) = lower(n.{name}::varchar), o.{name} is null)"
        for name in (*SAME_OR_OPEN, *open_too)
    ]
    upto = "true" if as_of is None else f"(hour_s + 28800) // 86400 <= {(as_of - date(1970, 1, 1)).days}"
    for is_former, v, w in ((True, "o", "n"), (False, "n", "o")):
        rows, others = (former, now) if is_former else (now, former)
        connection.execute(
            HOURS.format(
                is_former=is_former,
                v=v,
                w=w,
                rows=parquet([rows]),
                others=parquet([others]),
                known=upto,
                same=" and ".join(same),
                place=_place(one),
            )
        )


def _place(one: Redeclared) -> str:
    return (
        f"{quoted(one.file_sha256)} as file_sha256, date {quoted(one.former.from_on)} as from_on,"
        f" date {quoted(one.former.until_on)} as until_on"
    )
