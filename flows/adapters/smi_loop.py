"""Logs of `nvidia-smi --query-gpu=… --format=csv -l`: one row per card and turn, often with the header before each.

`npu-smi info` is read in `npu_smi_loop`; hy-smi prints a table without a time that names cards by index: it is not read.
"""

import re
from functools import partial

import polars as pl

from hesuan.flows.mapped.second_header import other_header
from hesuan.flows.scheduler import slurm
from hesuan.flows.source import Declaration, Part, Reading, Source
from hesuan.flows.telemetry.cell import instants_of
from hesuan.flows.telemetry.point import TABLE
from hesuan.flows.text.line_block import LineBlock, blocks_of
from hesuan.flows.text.twice import twice
from hesuan.schemas.fault import InputFault
from hesuan.schemas.format import Format
from hesuan.schemas.header import plain
from hesuan.schemas.kind import ZONE
from hesuan.validators.gate import REJECT_SCHEMA

NAME = "smi_loop"
FORMATS = (
    Format(
        title_zh="nvidia-smi --query-gpu 循环日志",
        seen_zh="真件一份，224 行（RTX 2070，未导出 uuid，全部退回）；依 --help-query-gpu",
        proves=("metered", "active"),
        cannot_zh="是谁在用（日志不写租户；整份归一个租户的，可在 source.toml 写明）；卡分给谁；未导出 uuid 的卡",
    ),
)

# Field of --query-gpu → column of usage_sample, and the unit that may stand in the header and in each cell. Of several
# fields of one column the first that has a value is read: power.draw is itself a mean over a second on newer cards.
FIELDS = {
    "utilization.gpu": ("util_percent", "%"),
    "power.draw": ("power_watts", "W"),
    "power.draw.average": ("power_watts", "W"),
    "power.draw.instant": ("power_watts", "W"),
    "memory.used": ("memory_used_mib", "MiB"),
    "temperature.gpu": ("temperature_c", "C"),
}
COLUMNS = tuple(dict.fromkeys(column for column, _ in FIELDS.values()))
DEVICE = ("uuid", "gpu_uuid")
# nvidia-smi(1) and what it was seen to print.
UNKNOWN = (
    *("N/A", "[N/A]", "[Not Supported]", "[Not Found]", "[Unknown Error]", "[Insufficient Permissions]"),
    *("[GPU is lost]", "[GPU requires reset]"),
)
_HEAD = re.compile(r"^([A-Za-z_.]+)(?:\s*\[(.*)\])?$")
# nvidia-smi's own, and those of a spreadsheet that has stored the log anew.
SEPARATORS = (",", ";", "\t")
_QUOTED = r'^"(.*)"$'
ASK = "请以 --query-gpu=timestamp,uuid,utilization.gpu,power.draw,memory.used,temperature.gpu --format=csv 重新采集"
# A line of column names, of which the time is always one.
_NAMES = r'(?i)(?:^|[,;\t])\s*"?timestamp"?\s*(?:[,;\t]|$)'


def claims(source: Source) -> bool:
    """A header of nvidia-smi's field names, `timestamp` and at least one that can be measured among them."""
    names = [name for name, _ in _fields(_header(source))]
    return "timestamp" in names and not FIELDS.keys().isdisjoint(names) and "value" not in names


def read(source: Source) -> Reading:
    """Read one log, in blocks.

    One accepted row per card and turn; row_no is the line; headers and blank lines are no rows, what others wrote
    in between is refused line by line. Cells may stand in quotes, and between semicolons or tabs; a separator within
    a cell makes the line ragged. Times carry no zone: it comes from source.toml, else Asia/Shanghai. Units
    stand in the cells (22 %) or, with nounits, only in the header. Power is power.draw, else power.draw.average,
    else power.draw.instant.
    A log names no tenant: it is the one of source.toml, else unknown.
    Rows without the card's uuid are rejected: index and pci.bus_id are places, not cards. So are rows without any
    reading, as of a card that is lost or must be reset: a sample covers time in which the card was seen.
    Raises InputFault for a unit in the header that is not the column's, and for text that is no UTF-8.
    Source: nvidia-smi --help-query-gpu; metering.md §2.5.
    """
    header = _header(source)
    for name, unit in _fields(header):
        if unit is not None and name in FIELDS and unit.lower() != FIELDS[name][1].lower():
            raise InputFault(f"{source.name}: 列 {name} 的单位是 {unit}，须为 {FIELDS[name][1]}；{ASK}")
    names = [name for name, _ in _fields(header)]
    repeated = sorted(name for name in twice(names) if name)
    if repeated:
        raise InputFault(f"{source.name}: 表头列重复：{'、'.join(repeated)}；{ASK}")
    zone = slurm.zone_of(source.declaration, ZONE, name=source.name)
    part = partial(_part, header=header, zone=zone, declaration=source.declaration, place=source.name)
    return Reading(tuple(partial(part, block) for block in blocks_of(source)))


def _header(source: Source) -> str:
    """The first line that names the time; above it a shell may have written (nohup: ignoring input), or nvidia-smi failed."""
    return next((line.strip() for line in source.head.split("\n") if re.search(_NAMES, line)), "")


def _separator(header: str) -> str:
    return max(SEPARATORS, key=header.count)


def _cells(line: str, separator: str) -> list[str]:
    return [re.sub(_QUOTED, r"\1", cell.strip()).strip() for cell in line.split(separator)]


def _fields(header: str) -> list[tuple[str, str | None]]:
    """Field name, in lower case, and unit of each column; an odd one is ('', None)."""
    found = (_HEAD.match(cell) for cell in _cells(header, _separator(header)))
    return [(match[1].lower(), match[2]) if match else ("", None) for match in found]


def _part(block: LineBlock, *, header: str, zone: str, declaration: Declaration, place: str) -> Part:
    lines = block.lines()
    text = pl.col("raw").str.strip_chars()
    rows = lines.filter(text != "", text != header)
    names = [name for name, _ in _fields(header)]
    bare = pl.element().str.strip_chars().str.replace(_QUOTED, "$1").str.strip_chars()
    cells = rows.with_columns(cell=text.str.split(_separator(header)).list.eval(bare))
    judged = _judged(cells, names, zone=zone, place=place)
    _check_other_header(judged.filter(pl.col("sampled_at").is_null()), header, place=place)
    kept = judged.filter(pl.col("reason_code").is_null())
    return Part(
        block.line_count - (lines.height - rows.height),
        {TABLE: _accepted(kept, names, declaration)},
        _rejected(judged.filter(pl.col("reason_code").is_not_null())),
        block.line_offset,
    )


def _check_other_header(untimed: pl.DataFrame, header: str, *, place: str) -> None:
    """Raises InputFault where a line that has no time names columns, and other ones than the header, however written."""
    separator = _separator(header)
    for row_no, raw in untimed.filter(pl.col("raw").str.contains(_NAMES)).select("row_no", "raw").iter_rows():
        if [plain(cell) for cell in _cells(raw, separator)] != [
            plain(cell) for cell in _cells(header, separator)
        ]:
            raise other_header(place, row_no)


def _judged(cells: pl.DataFrame, names: list[str], *, zone: str, place: str) -> pl.DataFrame:
    """With device_uuid, sampled_at, and the first reason against each row."""
    device = next((name for name in DEVICE if name in names), None)
    uuid = pl.lit(None, dtype=pl.String) if device is None else _cell(names, device)
    read = cells.with_columns(
        device_uuid=pl.when(~uuid.is_in([*UNKNOWN, ""])).then(uuid), at=_cell(names, "timestamp")
    )
    placed = read.with_columns(sampled_at=instants_of(read["at"].fill_null(""), zone=zone, place=place))
    width = pl.col("cell").list.len()
    measured = [_reading(names, name) for name in FIELDS if name in names]
    is_read = pl.any_horizontal((reading != "").fill_null(False) for reading in measured)
    return placed.with_columns(
        reason_code=pl.when(width != len(names))
        .then(pl.lit("RAGGED"))
        .when(pl.col("sampled_at").is_null())
        .then(pl.lit("BAD_AT"))
        .when(pl.col("device_uuid").is_null())
        .then(pl.lit("NO_DEVICE"))
        .when(~is_read)
        .then(pl.lit("NO_READING")),
        reason_zh=pl.when(width != len(names))
        .then(pl.format("此行有 {} 列，表头有 {} 列", width, pl.lit(len(names))))
        .when(pl.col("sampled_at").is_null())
        .then(pl.format("时间“{}”读不懂", pl.col("at")))
        .when(pl.col("device_uuid").is_null())
        .then(pl.lit(f"没有卡的 uuid；序号和插槽会变，不能代替；{ASK}"))
        .otherwise(pl.lit(f"没有任何读数（如 [GPU requires reset]、[N/A]），看不到卡在工作；{ASK}")),
    )


def _cell(names: list[str], name: str) -> pl.Expr:
    return pl.col("cell").list.get(names.index(name), null_on_oob=True)


def _accepted(kept: pl.DataFrame, names: list[str], declaration: Declaration) -> pl.DataFrame:
    """usage_sample's columns; readings as text without their unit, for the gate."""
    measured = {
        column: [name for name in FIELDS if name in names and FIELDS[name][0] == column] for column in COLUMNS
    }
    found = {column: fields for column, fields in measured.items() if fields}
    return kept.select(
        pl.lit(None, dtype=pl.String).alias("sheet"),
        *("row_no", "raw", "device_uuid", "sampled_at"),
        *(pl.coalesce(_reading(names, name) for name in found[column]).alias(column) for column in found),
        provider_id=pl.lit(declaration.provider_id, dtype=pl.String),
        cluster_id=pl.lit(declaration.cluster_id, dtype=pl.String),
        tenant=pl.lit(declaration.tenant, dtype=pl.String),
        metric_names=pl.lit(",".join(sorted(found))),
    )


def _reading(names: list[str], name: str) -> pl.Expr:
    cell = _cell(names, name)
    bare = cell.str.replace(rf"\s*{re.escape(FIELDS[name][1])}$", "")
    return pl.when(~cell.is_in(list(UNKNOWN))).then(bare)


def _rejected(refused: pl.DataFrame) -> pl.DataFrame:
    placed = refused.with_columns(pl.lit(None, dtype=pl.String).alias("sheet"), table_name=pl.lit(TABLE))
    return placed.select(pl.col(name).cast(dtype) for name, dtype in REJECT_SCHEMA.items())
