"""The samples that occupancy is made from, as one relation `sample` over Parquet sets of the lake.

What varies within a set is read; what does not is said once, so that no hash table holds it a million times.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow.parquet as pq

from hesuan.flows.intake.evidence import Intake
from hesuan.flows.lake.file_set import parts_of
from hesuan.flows.source import AsItLies
from hesuan.flows.warehouse import Connection, parquet, quoted
from hesuan.schemas.tables import tables

TABLE = "usage_sample"
# Who used which card: what the hours are told apart by, beside the card, the file and the hour.
KEYS = ("provider_id", "cluster_id", "device_uuid", "tenant", "contract_no", "boot_id")
# What an hour keeps of readings that only their least, greatest and number are asked of, at any pace of sampling:
# name → aggregate and the column it is of.
EXTREMES = {
    "power_peak_watts": ("max", "power_watts"),
    "memory_peak_mib": ("max", "memory_used_mib"),
    "temperature_low_c": ("min", "temperature_c"),
    "temperature_high_c": ("max", "temperature_c"),
    "energy_low_joules": ("min", "energy_joules"),
    "energy_high_joules": ("max", "energy_joules"),
    "seq_first": ("min", "seq_no"),
    "seq_last": ("max", "seq_no"),
    "seq_count": ("count", "seq_no"),
    "seq_sum": ("sum", "seq_no"),
    "first_row_no": ("min", "row_no"),
}
# Beside the samples of a set that are the provider's own file: how its columns are read.
HOW = "usage_sample.json"


@dataclass(frozen=True)
class SampleSet:
    """The staged samples of one file. rank: its place in the order of files. period_seconds: as declared."""

    folder: Path
    file_sha256: str
    rank: int
    period_seconds: int | None

    @property
    def parts(self) -> list[Path]:
        return parts_of(self.folder, TABLE)

    @property
    def as_it_lies(self) -> AsItLies | None:
        """How the file is read where it is the provider's own."""
        how = self.folder / HOW
        return AsItLies(**json.loads(how.read_text("utf-8"))) if how.exists() else None


def sample_set(intake: Intake, folder: Path, *, rank: int = 0) -> SampleSet:
    return SampleSet(folder, intake.sha256, rank, intake.declaration.get("sample_period_seconds"))


def extremes(absent: frozenset[str] = frozenset()) -> str:
    """SELECT items of an hour's EXTREMES. absent: columns of which no row says anything; they are not asked."""
    nothing = {"count": "0"}
    told = {
        name: nothing.get(how, "null") if column in absent else f"{how}({column})"
        for name, (how, column) in EXTREMES.items()
    }
    return "".join(f"{value} as {name}, " for name, value in told.items())


def has_samples(folder: Path) -> bool:
    return bool(parts_of(folder, TABLE))


def say_how(lies: AsItLies, folder: Path) -> None:
    """Beside samples that are the provider's own file."""
    (folder / HOW).write_text(json.dumps(asdict(lies), ensure_ascii=False, sort_keys=True), "utf-8")


def open_samples(connection: Connection, sets: Iterable[SampleSet], *, day_no: int | None = None) -> None:
    """View `sample`: the columns of usage_sample and their place, file_rank and period_seconds.

    day_no: only that day of Asia/Shanghai, counted from 1970-01-01.
    """
    day = "" if day_no is None else f" where {_within(day_no)}"
    parts = [f"select * from ({_rows(each)}){day}" for each in sets]
    connection.execute(f"create view sample as {' union all by name '.join(parts)}")


def _within(day_no: int) -> str:
    return (
        f"sampled_at >= to_timestamp({day_no * 86400 - 28800})"
        f" and sampled_at < to_timestamp({day_no * 86400 + 57600})"
    )


def _rows(samples: SampleSet) -> str:
    period = "null" if samples.period_seconds is None else str(samples.period_seconds)
    lies = samples.as_it_lies
    if lies is None:
        cells = ", ".join([*(column.name for column in tables()[TABLE].all_columns), "sheet", "row_no"])
    else:
        cells = ", ".join(f"{expression} as {name}" for name, expression in lies.columns.items())
        cells += ", null::varchar as sheet, file_row_number + 1 as row_no"
    return f"""
        select {cells}, {quoted(samples.file_sha256)} as file_sha256,
            {samples.rank} as file_rank, cast({period} as bigint) as period_seconds
        from {parquet(samples.parts, numbered=lies is not None)}
    """


def constants(samples: SampleSet) -> dict[str, str]:
    """Of KEYS and file_sha256 those that have one value in all of a set, as SQL; told by the file's statistics."""
    said = {"file_sha256": quoted(samples.file_sha256)}
    files = [pq.ParquetFile(path).metadata for path in samples.parts]
    lies = samples.as_it_lies
    for name in KEYS:
        if lies is not None and name not in lies.written:
            said[name] = lies.columns[name]
            continue
        written = name if lies is None else lies.written[name]
        found = {value for metadata in files for value in _values(metadata, written)}
        if len(found) == 1:
            [value] = found
            said[name] = "null::varchar" if value is None else quoted(value)
    return said


def _values(metadata: pq.FileMetaData, name: str) -> Iterator[str | None]:
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
