"""The samples that occupancy is made from, as one relation `sample` over Parquet sets of the lake.

What varies within a set is read; what does not is said once, so that no hash table holds it a million times.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from hesuan.flows.lake_set import parts_of
from hesuan.flows.warehouse import Connection, quoted
from hesuan.schemas.tables import tables

TABLE = "usage_sample"
# Who used which card: what the hours are told apart by, beside the card, the file and the hour.
KEYS = ("provider_id", "cluster_id", "device_uuid", "tenant", "contract_no", "boot_id")


@dataclass(frozen=True)
class SampleSet:
    """The staged samples of one file. rank: its place in the order of files. period_seconds: as declared."""

    folder: Path
    file_sha256: str
    rank: int
    period_seconds: int | None


def has_samples(folder: Path) -> bool:
    return bool(parts_of(folder, TABLE))


def open_samples(connection: Connection, sets: Iterable[SampleSet], *, day_no: int | None = None) -> None:
    """View `sample`: the columns of usage_sample and their place, file_rank and period_seconds.

    day_no: only that day of Asia/Shanghai, counted from 1970-01-01.
    """
    day = "" if day_no is None else f" where {_within(day_no)}"
    parts = [f"select * from ({_rows(each)}){day}" for each in sets]
    connection.execute(f"create view sample as {' union all '.join(parts)}")


def _within(day_no: int) -> str:
    return (
        f"sampled_at >= to_timestamp({day_no * 86400 - 28800})"
        f" and sampled_at < to_timestamp({day_no * 86400 + 57600})"
    )


def _rows(samples: SampleSet) -> str:
    paths = ", ".join(quoted(str(path)) for path in parts_of(samples.folder, TABLE))
    period = "null" if samples.period_seconds is None else str(samples.period_seconds)
    names = [column.name for column in tables()[TABLE].all_columns]
    return f"""
        select {", ".join(names)}, {quoted(samples.file_sha256)} as file_sha256, sheet, row_no,
            {samples.rank} as file_rank, cast({period} as bigint) as period_seconds
        from read_parquet([{paths}])
    """


def constants(sets: list[SampleSet]) -> dict[str, str]:
    """Of KEYS and file_sha256 those that have one value in all the samples, as SQL; told by the files' statistics."""
    said = {"file_sha256": quoted(sets[0].file_sha256)} if len(sets) == 1 else {}
    files = [pq.ParquetFile(path).metadata for each in sets for path in parts_of(each.folder, TABLE)]
    for name in KEYS:
        found = {value for metadata in files for value in _values(metadata, name)}
        if len(found) == 1:
            [value] = found
            said[name] = "null::varchar" if value is None else quoted(value)
    return said


def _values(metadata: pq.FileMetaData, name: str) -> Iterable[str | None]:
    """Least and greatest of each row group, and None where there are empty cells; two of them where nothing is told."""
    at = next(i for i in range(metadata.num_columns) if metadata.schema.column(i).name == name)
    for group in range(metadata.num_row_groups):
        statistics = metadata.row_group(group).column(at).statistics
        if statistics is None or not statistics.has_null_count:
            yield from ("", None)
        elif statistics.null_count < metadata.row_group(group).num_rows:
            yield from (str(statistics.min), str(statistics.max)) if statistics.has_min_max else ("", None)
        if statistics is not None and statistics.null_count:
            yield None
