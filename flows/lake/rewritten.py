"""Usage that a later version says otherwise: what stood in both, so that reconcile can tell when it was changed.

lake.superseded lists every version replaced; here are only those of which a value once stated is another now.
"""

from hesuan.flows.lake.key import key_of
from hesuan.flows.warehouse import Connection, comment
from hesuan.schemas.table import Table
from hesuan.schemas.tables.usage_interval import NOT_BILLABLE, NOT_OVER

# Columns that measure, or that decide what hours are worth and whose they are.
STATED = ("started_at", "card_count", "device_uuid", "device_model", "tenant", "contract_no")
# Of a run that was not over at its export these are no statement: they may be completed.
ENDING = ("ended_at", "elapsed_seconds", "suspended_seconds")
INTERVALS = "usage_interval"
COLUMNS = {
    "table_name": "表",
    "provider_id": "服务机构代码",
    "cluster_id": "集群",
    "tenant": "租户，以新的为准",
    "contract_no": "行内写的合同编号，以新的为准",
    "usage_at": "原来的开始（采样）时刻",
    "before_unit_seconds": "原来可计费的卡秒，单位为二万一千分之一卡秒；不知道的为空",
    "after_unit_seconds": "后来可计费的卡秒，单位为二万一千分之一卡秒；不知道的为空",
    "file_sha256": "原来那一行的文件",
    "sheet": "原来那一行的工作表；文本文件为空",
    "row_no": "原来那一行的行号",
    "by_file_sha256": "后来那一行的文件",
    "by_sheet": "后来那一行的工作表；文本文件为空",
    "by_row_no": "后来那一行的行号",
}
TYPES = {
    "usage_at": "timestamptz",
    "before_unit_seconds": "hugeint",
    "after_unit_seconds": "hugeint",
    "row_no": "bigint",
    "by_row_no": "bigint",
}


def make_rewritten(connection: Connection) -> None:
    """lake.rewritten, empty."""
    columns = ", ".join(f"{name} {TYPES.get(name, 'varchar')}" for name in COLUMNS)
    connection.execute(f"create table lake.rewritten ({columns})")
    comment(connection, "lake.rewritten", "改写的用量（旧版一行，所载数值与新版不同）", COLUMNS)


def keep_rewritten(connection: Connection, table: Table) -> None:
    """Adds what `versions` (the versions of keys that occur more than once, the newest as version 1) says otherwise.

    For samples `flows.occupancy.repeat` tells it.
    """
    if table.name != INTERVALS:
        return
    pairs = zip(key_of(table, "o"), key_of(table, "n"), strict=True)
    key = " and ".join(f"({old}) is not distinct from ({new})" for old, new in pairs)
    billed = f"{is_billable('o.state')} <> {is_billable('n.state')}"
    connection.execute(f"""
        insert into lake.rewritten
        select '{table.name}', o.provider_id, o.cluster_id, coalesce(n.tenant, o.tenant),
            coalesce(n.contract_no, o.contract_no), o.started_at, {unit_seconds("o")}, {unit_seconds("n")},
            o.file_sha256, o.sheet, o.row_no, n.file_sha256, n.sheet, n.row_no
        from versions as o
        join versions as n on n.version_no = 1 and {key}
        where o.version_no > 1 and coalesce(upper(o.state) <> 'PENDING', true)
            and ({_differ(STATED)} or ({is_over("o")} and ({_differ(ENDING)} or {billed})))
    """)


def _differ(names: tuple[str, ...]) -> str:
    return " or ".join(f"(o.{name} is not null and o.{name} is distinct from n.{name})" for name in names)


def is_over(version: str) -> str:
    """The SQL of whether a run was over at its export: until then its end is no statement."""
    return f"({version}.ended_at is not null and coalesce(upper({version}.state) not in {NOT_OVER}, true))"


def is_billable(state: str) -> str:
    """The SQL of whether a run that ended in that state is billable; reconciled.is_billable, which is made later, says it too."""
    return f"coalesce(upper({state}) not in {NOT_BILLABLE}, true)"


def unit_seconds(version: str) -> str:
    """The SQL of a row's card-seconds; of a run that is not billable zero."""
    v = version
    seconds = (
        f"(epoch_us({v}.ended_at) - epoch_us({v}.started_at)) // 1000000 - coalesce({v}.suspended_seconds, 0)"
    )
    units = f"case when {is_billable(f'{v}.state')} then cast({v}.card_count * 21000 as hugeint) else 0 end"
    # greatest() would take what is not known as zero.
    return f"""case
        when {v}.ended_at < {v}.started_at then 0
        when {v}.ended_at >= {v}.started_at then greatest(0, least({seconds}, {v}.elapsed_seconds)) * {units}
    end"""
