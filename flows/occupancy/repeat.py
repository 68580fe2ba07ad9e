"""Samples of one key handed in more than once: copies are duplicates, older versions are superseded.

The order of versions is the lake's: file, then place in the file; the newest that says something else stands.
"""

from hesuan.flows.occupancy.shape import FATE, declared
from hesuan.flows.warehouse import Connection
from hesuan.schemas.tables import tables

PLACED = "file_rank, sheet, row_no"


def set_repeats_aside(connection: Connection) -> None:
    """Table `fate`, one row per sample that is not counted; from table `odd`, which keeps the others."""
    table = tables()["usage_sample"]
    names = ", ".join(column.name for column in table.all_columns)
    key = ", ".join(table.key)
    connection.execute(f"create temp table fate ({declared(FATE)})")
    connection.execute(
        f"create temp table repeated as from (select hash({key}) as key_hash, count(*) as n from odd group by all) where n > 1"
    )
    if not connection.execute("select count(*) from repeated").fetchall()[0][0]:
        return
    connection.execute(f"""
        create temp table copied as
        select
            *,
            row_number() over copies as copy_no,
            first(file_sha256) over copies as copy_of_file,
            first(row_no) over copies as copy_of_row,
            max(file_rank) over (partition by {names}) as newest_rank,
        from odd
        where hash({key}) in (select key_hash from repeated)
        window copies as (partition by {names} order by {PLACED})
    """)
    connection.execute(f"""
        insert into fate
        select 'duplicate', provider_id, device_uuid, day_no, file_sha256, sheet, row_no, copy_of_file, copy_of_row
        from copied where copy_no > 1
        union all
        select 'superseded', provider_id, device_uuid, day_no, file_sha256, sheet, row_no, by_file, by_row
        from (
            select
                *,
                row_number() over versions as version_no,
                first(file_sha256) over versions as by_file,
                first(row_no) over versions as by_row,
            from copied
            where copy_no = 1
            window versions as (
                partition by {key} order by newest_rank desc, file_rank desc, sheet desc, row_no desc
            )
        )
        where version_no > 1
    """)
    connection.execute("""
        delete from odd using fate
        where odd.file_sha256 = fate.file_sha256 and odd.row_no = fate.row_no and odd.sheet is not distinct from fate.sheet
    """)
