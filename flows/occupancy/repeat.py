"""Samples of one key handed in more than once: copies are duplicates, older versions are superseded.

The order of versions is the lake's: file, then place in the file; the newest that says something else stands.
"""

from hesuan.flows.occupancy.shape import FATE, declared
from hesuan.flows.warehouse import Connection
from hesuan.schemas.tables import tables

TABLE = tables()["usage_sample"]
KEY = ", ".join(TABLE.key)
NAMES = ", ".join(column.name for column in TABLE.all_columns)
# Columns that measure: where one of them is another now, something once stated was rewritten.
STATED = ("util_percent", "power_watts", "memory_used_mib", "temperature_c", "energy_joules", "seq_no")
REPEATED = f"""
    create temp table repeated as
    select hash({KEY}) as key_hash from odd group by key_hash having count(*) > 1
"""
COPIED = f"""
    create temp table copied as
    select
        *,
        row_number() over copies as copy_no,
        first(file_sha256) over copies as copy_of_file,
        first(sheet) over copies as copy_of_sheet,
        first(row_no) over copies as copy_of_row,
        max(file_rank) over (partition by {NAMES}) as newest_rank,
    from odd
    where hash({KEY}) in (select key_hash from repeated)
    window copies as (partition by {NAMES} order by file_rank, sheet, row_no)
"""
VERSIONS = f"""
    create temp table versions as
    select
        *,
        row_number() over versions as version_no,
        first(file_sha256) over versions as by_file,
        first(sheet) over versions as by_sheet,
        first(row_no) over versions as by_row,
        {" or ".join(f"({name} is not null and {name} is distinct from first({name}) over versions)" for name in STATED)}
            as is_rewritten,
    from copied
    where copy_no = 1
    window versions as (partition by {KEY} order by newest_rank desc, file_rank desc, sheet desc, row_no desc)
"""
PLACE = "provider_id, device_uuid, day_no, file_sha256, sheet, row_no, cluster_id, tenant, contract_no, sampled_at"
FATES = f"""
    insert into fate by name
    select
        'duplicate' as kind, {PLACE}, copy_of_file as by_file_sha256, copy_of_sheet as by_sheet, copy_of_row as by_row_no,
        false as is_rewritten
    from copied
    where copy_no > 1
    union all
    select 'superseded', {PLACE}, by_file, by_sheet, by_row, is_rewritten
    from versions
    where version_no > 1
"""
KEPT = """
    delete from odd using fate
    where odd.file_sha256 = fate.file_sha256 and odd.row_no = fate.row_no and odd.sheet is not distinct from fate.sheet
"""


def set_repeats_aside(connection: Connection) -> None:
    """Table `fate`, one row per sample that is not counted; from table `odd`, which keeps the others."""
    connection.execute(f"create temp table fate ({declared(FATE)})")
    connection.execute(REPEATED)
    if connection.execute("select count(*) from repeated").fetchall() != [(0,)]:
        for statement in (COPIED, VERSIONS, FATES, KEPT):
            connection.execute(statement)
