"""One file's rows → spell.parquet in its set: the spells of its cards, sorted by the card's slot.

Spells reach at least as far as what will count: whole days, older versions of a row too, and jobs that run too long.
To the second that is worked out in `reconciled.device_elsewhere`; here it is only told which cards need not be looked at.
"""

from pathlib import Path

import pyarrow.parquet as pq

from hesuan.flows.lake.file_set import parts_of
from hesuan.flows.occupancy.occupy import bounded
from hesuan.flows.spell.card import SLOT, UNBROKEN, card_macros
from hesuan.flows.warehouse import parquet, quoted

RECORDS = "usage_interval"
SPELLS = "spell.parquet"
# Days of Asia/Shanghai, counted from 1970-01-01, the last one included: a log of a million records comes to few spells.
OF_SAMPLES = """
    select provider_id, device_uuid, day_no as from_day, day_no as to_day, false as is_record
    from {span}
"""
OF_RECORDS = """
    select distinct
        provider_id,
        device_uuid,
        (begin_s + 28800) // 86400 as from_day,
        (stop_s - 1 + 28800) // 86400 as to_day,
        true as is_record,
    from (
        select
            *,
            epoch_us(started_at) // 1000000 as begin_s,
            epoch_us(coalesce(ended_at, exported_at, try_cast({exported_at} as timestamptz))) // 1000000 as stop_s,
        from {records}
        where device_uuid is not null
    )
    where stop_s > begin_s
"""
WRITTEN = """
    copy (
        with used as ({used}),
        named as (
            select device_uuid, main.card_of(device_uuid) as card
            from (select distinct device_uuid from used)
        ),
        slotted as (
            select device_uuid, card, {slot} as slot
            from named
            where main.is_global(card) and card not like 'mig-%'
        ),
        spells as (
            select distinct slot, card, provider_id, is_record, from_day, to_day
            from used
            join slotted using (device_uuid)
            where provider_id is not null
        ),
        {unbroken}
        select slot, card, provider_id, is_record, from_day, to_day
        from unbroken
        order by slot, card, provider_id, is_record, from_day
    ) to {path} (format parquet, compression lz4)
"""


def keep_spells(folder: Path, *, exported_at: str | None) -> None:
    """Write them into the set that is being made; no file where it holds nobody's card.

    exported_at: as declared for the file; until then a job runs of which the row says neither end nor export.
    """
    used = _used(folder, exported_at=exported_at)
    if not used:
        return
    path = folder / SPELLS
    with bounded(folder) as connection:
        connection.execute(card_macros("main"))
        rows = " union all ".join(used)
        connection.execute(WRITTEN.format(used=rows, slot=SLOT, unbroken=UNBROKEN, path=quoted(str(path))))
    if not pq.read_metadata(path).num_rows:
        path.unlink()


def _used(folder: Path, *, exported_at: str | None) -> list[str]:
    """SELECTs of what the set says of devices."""
    declared = "null" if exported_at is None else quoted(exported_at)
    span, records = folder / "span.parquet", [p for p in parts_of(folder, RECORDS) if _names_devices(p)]
    of_samples = [OF_SAMPLES.format(span=parquet([span]))] if span.exists() else []
    of_records = [OF_RECORDS.format(records=parquet(records), exported_at=declared)] if records else []
    return of_samples + of_records


def _names_devices(path: Path) -> bool:
    """Most schedulers name none: the file's own statistics tell, at no cost."""
    metadata = pq.read_metadata(path)
    at = metadata.schema.names.index("device_uuid")
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    told = [(group.num_rows, group.column(at).statistics) for group in groups]
    return any(said is None or not said.has_null_count or said.null_count < rows for rows, said in told)
