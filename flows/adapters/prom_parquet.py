"""Samples in long form as Parquet: the columns of `prom_csv`, typed or as text."""

from collections.abc import Iterator

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from hesuan.flows.mapped.canonical import as_text
from hesuan.flows.mapped.parquet_file import is_cell, is_parquet, opened, series_of
from hesuan.flows.scheduler import slurm
from hesuan.flows.source import Reading, Source
from hesuan.flows.telemetry.cell import instants_of
from hesuan.flows.telemetry.point import Points, reading
from hesuan.flows.telemetry.profile import EXPORTERS
from hesuan.flows.telemetry.sample import POINT
from hesuan.flows.telemetry.table import LongForm, long_form, points_of, series_in
from hesuan.flows.text.library_word import cause
from hesuan.schemas.fault import InputFault
from hesuan.schemas.format import Format
from hesuan.schemas.kind import EARLIEST, INSTANT_TYPE, ZONE
from hesuan.schemas.tables.usage_sample import LATEST

NAME = "prom_parquet"
FORMATS = (
    Format(
        title_zh="采样长表 Parquet",
        seen_zh="未见真件",
        proves=("metered", "active"),
        cannot_zh="两次采样之间；不带时区的时间以声明为准",
    ),
    *EXPORTERS,
)
BATCH_ROWS = 500_000


def claims(source: Source) -> bool:
    """Parquet whose columns are the long form's. A file that cannot be opened is left to mapped_table to refuse."""
    if not is_parquet(source):
        return False
    try:
        return long_form(opened(source).schema_arrow.names, source.declaration, place=source.name) is not None
    except InputFault:
        return False


def read(source: Source) -> Reading:
    """Read one export in batches; row_no is the 1-based number of the record.

    Instants without zone are of source.toml's zone, else Asia/Shanghai; numbers are epoch seconds or
    milliseconds. Page checksums are verified where the writer made them.
    Raises InputFault for a damaged file and for nested columns: labels are handed in as text.
    """
    file = opened(source)
    form = long_form(file.schema_arrow.names, source.declaration, place=source.name)
    if form is None:
        raise InputFault(f"{source.name}: Parquet 的列不是采样长表的列")
    _check_cells(file, form, place=source.name)
    zone = slurm.zone_of(source.declaration, ZONE, name=source.name)
    known: dict[str, int] = {}
    named = _named(file, form)
    frames, before = [pl.DataFrame(schema=POINT)], 0
    for table in _batches(file, form, place=source.name):
        rows, instants = _rows(table, named, before, zone=zone, place=source.name)
        frames.append(points_of(rows, known, instants=instants, metric=source.declaration.sample_metric))
        before += rows.height
    found = Points(series_in(known, form), pl.concat(frames), file.metadata.num_rows)
    return reading(found, source.declaration, lambda row_no: _raw(opened(source), form, row_no))


def _check_cells(file: pq.ParquetFile, form: LongForm, *, place: str) -> None:
    for at in form.named.values():
        field = file.schema_arrow.field(at)
        if not is_cell(field.type):
            raise InputFault(
                f'{place}: 列“{field.name}”的类型 {field.type} 不是单元格类型；标签请写成文本，如 {{uuid="…"}}'
            )


def _batches(file: pq.ParquetFile, form: LongForm, *, place: str) -> Iterator[pa.Table]:
    """Tables of the form's columns."""
    try:
        for batch in file.iter_batches(BATCH_ROWS, columns=list(_named(file, form).values())):
            table = pa.Table.from_batches([batch])
            # polars takes text for granted that it is UTF-8.
            table.validate(full=True)
            yield table
    except (pa.ArrowException, OSError) as error:
        raise InputFault(f"{place}: Parquet 数据页已损坏（{cause(error)}），请重新导出") from error


def _rows(
    table: pa.Table, named: dict[str, str], before: int, *, zone: str, place: str
) -> tuple[pl.DataFrame, pl.Series]:
    """What `points_of` takes: the rows as text, and their instants."""
    columns = {name: series_of(table.column(written)) for name, written in named.items()}
    times = columns["time"]
    if isinstance(times.dtype, pl.Datetime) and times.dtype.time_zone is not None:
        at = times.cast(INSTANT_TYPE)
        instants = at.set(~at.is_between(EARLIEST, LATEST), None)
    else:
        instants = instants_of(as_text(times).fill_null(""), zone=zone, place=place)
    rows = pl.DataFrame({name: _text(series) for name, series in columns.items()})
    row_no = pl.int_range(pl.len(), dtype=pl.Int64) + before + 1
    return rows.with_columns(row_no=row_no, is_whole=pl.lit(True)), instants


def _named(file: pq.ParquetFile, form: LongForm) -> dict[str, str]:
    """Name in LongForm.named → name in the file."""
    return {name: file.schema_arrow.names[at] for name, at in form.named.items()}


def _text(series: pl.Series) -> pl.Series:
    return series.cast(pl.String) if series.dtype.is_float() else as_text(series)


def _raw(file: pq.ParquetFile, form: LongForm, row_no: pl.Series) -> pl.Series:
    """The records of these numbers as text, in the columns of the form."""
    asked = row_no.cast(pl.Int64).to_frame("row_no")
    found, before = [pl.DataFrame(schema={"row_no": pl.Int64, "raw": pl.String})], 0
    for table in _batches(file, form, place="") if asked.height else ():
        texts = [
            as_text(series_of(column)).fill_null("").alias(str(at)) for at, column in enumerate(table.columns)
        ]
        shown = pl.DataFrame(texts).select(raw=pl.concat_str(pl.all(), separator=","))
        numbered = shown.with_columns(row_no=pl.int_range(pl.len(), dtype=pl.Int64) + before + 1)
        found.append(numbered.join(asked.unique(), on="row_no", how="semi").select("row_no", "raw"))
        before += table.num_rows
    return asked.join(pl.concat(found), on="row_no", how="left", maintain_order="left")["raw"]
