"""What a log of `npu-smi info` says outside the rows of its tables: when each was printed, and which chip is where.

The tables' rows are read in `flows.telemetry.npu_table`.
"""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import polars as pl

from hesuan.flows.telemetry.clock_line import clock_lines
from hesuan.flows.text.line_block import LineBlock
from hesuan.schemas.fault import InputFault
from hesuan.schemas.kind import INSTANT_TYPE

# The first line of a table's own header; every version and chip has it (950: `NPU ID`).
HEADER = r"^\s*\|\s*NPU\b[^|]*\|.*\bHealth\b"
WATCH = r"^\s*NpuID\(Idx\)\s+ChipId\(Idx\)"
# Cut of `npu-smi info -t board -i N -c M`; 310P calls the number Die ID.
_NAMES = ("NPU ID", "Chip ID", "VDie ID", "Die ID", "PCIe Bus Info")
_STATED = rf"^\s*({'|'.join(_NAMES)})\s*:\s*(.*?)\s*$"
_DIE = r"^(?:V\d,)?([0-9A-Fa-f]{8}(?:[ -][0-9A-Fa-f]{8}){4})$"
_NO_DIE = r"^[0-]+$|^[F-]+$"
NO_BUS = ("", "NA", "N/A", "-")
HOW = "请先逐个芯片执行一次 npu-smi info -t board -i N -c M，之后每轮 date; npu-smi info，输出到同一文件"
# A clock is set back by less; a log that goes back by more is another node's, or was pieced together.
_SET_BACK = timedelta(minutes=5)


def scanned(blocks: list[LineBlock], *, zone: str, place: str) -> dict[str, pl.DataFrame]:
    """The lines of a log that its tables hang on, in order.

    header: row_no. clock: row_no, sampled_at. stated: row_no, name, value.
    Raises InputFault for the rows of `npu-smi info watch`: they carry no time, nor which moment a row is of.
    """
    found: dict[str, list[pl.DataFrame]] = {"header": [], "clock": [], "stated": []}
    raw = pl.col("raw")
    for block in blocks:
        lines = block.lines()
        free = lines.filter(~raw.str.contains(r"^\s*[|+]"))
        watched = free.filter(raw.str.contains(WATCH))
        if watched.height:
            line = watched["row_no"][0]
            raise InputFault(f"{place} 第 {line} 行: npu-smi info watch 的输出没有时间；{HOW}")
        said = raw.str.extract_groups(_STATED).struct
        found["header"].append(lines.filter(raw.str.contains(HEADER)).select("row_no"))
        found["clock"].append(clock_lines(free, zone=zone, place=place))
        found["stated"].append(
            free.select("row_no", name=said.field("1"), value=said.field("2")).drop_nulls("name")
        )
    return {name: pl.concat(frames) for name, frames in found.items()}


def cut_above(blocks: list[LineBlock], rows: pl.Series) -> list[LineBlock]:
    """The same lines in blocks that are cut above the last of these rows in each, so that what begins there is whole."""
    edges = [blocks[0]]
    for block, following in pairwise(blocks):
        first, last = block.line_offset + 1, block.line_offset + block.line_count
        inside = rows.filter(rows.is_between(first, last)).tail(1).to_list()
        edge = block.without(inside[0] - first) if inside else following
        edges = [each for each in edges if each.start != edge.start] + [edge]
    last_line = blocks[-1].line_offset + blocks[-1].line_count
    ends = [(edge.start, edge.line_offset) for edge in edges[1:]] + [(blocks[-1].stop, last_line)]
    return [
        replace(edge, stop=stop, line_count=line - edge.line_offset)
        for edge, (stop, line) in zip(edges, ends, strict=True)
    ]


def turns(headers: pl.DataFrame, clocks: pl.DataFrame) -> pl.DataFrame:
    """One row per table: table_no (row of its header), is_timed, sampled_at, trusted_from.

    A time is of the first table below it, and of no other. trusted_from: the row before which nothing that was
    stated holds for this table, for time went back in between.
    """
    timed = headers.sort("row_no").join_asof(
        clocks.sort("row_no").with_columns(clock_row="row_no"), on="row_no", coalesce=True
    )
    before = pl.col("row_no").shift(1).fill_null(0)
    is_timed = (pl.col("clock_row") > before).fill_null(False)
    at = pl.when(is_timed).then("sampled_at").cast(INSTANT_TYPE)
    told = timed.select("row_no", is_timed=is_timed, sampled_at=at, before=before)
    last = pl.col("sampled_at").forward_fill().shift(1)
    is_back = pl.col("sampled_at") < last - _SET_BACK
    return told.select(
        "is_timed",
        "sampled_at",
        table_no="row_no",
        trusted_from=pl.when(is_back).then("before").forward_fill().fill_null(0),
    )


def statements(stated: pl.DataFrame, tables: pl.DataFrame) -> pl.DataFrame:
    """One row per chip and change: row_no, npu, chip, trusted_from, die (as npu-exporter writes vdie_id), die_bus.

    What is stated twice alike is one row, so that a log may state it at every turn.
    """
    # A table ends what was said of a chip above it.
    ends = tables.select(row_no="table_no", name=pl.lit("NPU ID"), value=pl.lit(None, dtype=pl.String))
    lines = pl.concat([stated, ends]).sort("row_no")
    said = {name: pl.col("value").filter(pl.col("name") == name).first() for name in _NAMES}
    cards = lines.group_by(card_no=(pl.col("name") == "NPU ID").cum_sum(), maintain_order=True)
    read = cards.agg(pl.col("row_no").min(), **said)
    number = pl.coalesce("VDie ID", "Die ID").str.extract(_DIE).str.to_uppercase().str.replace_all(" ", "-")
    bus = pl.col("PCIe Bus Info")
    known = read.select(
        "row_no",
        npu="NPU ID",
        chip="Chip ID",
        die=pl.when(~number.str.contains(_NO_DIE)).then(number),
        die_bus=pl.when(~bus.is_in(NO_BUS)).then(bus.str.to_uppercase()),
    ).drop_nulls(["npu", "chip"])
    since = tables.select("trusted_from").unique().sort("trusted_from")
    placed = known.join_asof(since, left_on="row_no", right_on="trusted_from", coalesce=False)
    text = pl.concat_str(pl.col("die", "die_bus").fill_null(""), separator=" ")
    is_new = text.ne_missing(text.shift(1).over("npu", "chip", "trusted_from"))
    return placed.filter(is_new)
