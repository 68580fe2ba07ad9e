"""Slurm `sacct -P`: the recommended layout with header, and Open XDMoD's 26-column layout without.

What a row means is judged in `flows.scheduler.slurm`; here are only lines, headers and fields.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import polars as pl

from hesuan.flows.mapped.second_header import other_header
from hesuan.flows.scheduler import slurm
from hesuan.flows.scheduler.slurm_reject import TABLE, refused_for
from hesuan.flows.source import Part, Reading, Source
from hesuan.flows.text.line_block import LineBlock, blocks_of, regular_cells
from hesuan.flows.text.twice import twice
from hesuan.schemas.fault import InputFault
from hesuan.schemas.format import Format
from hesuan.schemas.kind import ZONE

NAME = "slurm_text"
FORMATS = (
    Format(
        title_zh="Slurm sacct -P（带表头）",
        seen_zh="OSC 的真件一份，269 行（缺必需的列，退回）；依 sacct 手册",
        proves=("allocated",),
        cannot_zh="卡是否在用；是哪张卡；AllocTRES 里没有 gres 的作业几张卡",
    ),
    Format(
        title_zh="Open XDMoD 的 sacct 日志（26 列、无表头）",
        seen_zh="Open XDMoD 的匿名真件一份，11,704 行，及其测试集",
        proves=("allocated",),
        cannot_zh="卡是否在用；是哪张卡；挂起了多久（没有这一列）",
    ),
)
TRAIL = ""
# So many filled lines tell what a file is.
FIRST_LINES = 20
OTHER_SEPARATORS = (",", ";", "\t")

# Open XDMoD docs/resource-manager-slurm.md; its times are UTC by convention.
XDMOD = (
    *("jobid", "jobidraw", "cluster", "partition", "qos", "account", "group", "gid", "user", "uid", "submit"),
    *("eligible", "start", "end", "elapsed", "exitcode", "state", "nnodes", "ncpus", "reqcpus", "reqmem"),
    *("reqtres", "alloctres", "timelimit", "nodelist", "jobname"),
)
# Written by users, so they may hold the separator; in constraints and licenses it means “or”.
FREE_TEXT = (
    *("jobname", "submitline", "comment", "admincomment", "systemcomment", "extra"),
    *("constraints", "licenses", "workdir", "stdin", "stdout", "stderr", "container", "wckey"),
)
ASK = "请用 sacct -a -X -D -P --noconvert 并以 -o 列出所需字段重新导出（JobName 放最后）"

# Columns have names of letters; a job has a number and times, whatever it is called.
_NAMES = r"^[A-Za-z |]+$"
_JOB = r"\d+(_(\d+|\[[^|]*\]))?(\+\d+)?(\.\w+)?"
_AT = r"(\d{4}-\d\d-\d\dT[\d:]{8}|\d{9,10}|Unknown|None)\|"
_ANY = r"[^|]*\|"
_XDMOD_LINE = re.compile(
    rf"^{_JOB}\|\d+\|({_ANY}){{8}}{_AT}{_ANY}{_AT}{_AT}({_ANY}){{2}}[A-Z_]+[^|]*\|({_ANY}){{8}}"
)


@dataclass(frozen=True)
class Layout:
    """names: field names in lower case, in order. header: the header line, None where the file has none."""

    names: tuple[str, ...]
    header: str | None
    is_trailed: bool = False
    """`sacct -p` ends every line with one more separator."""

    @property
    def free(self) -> range:
        """The columns from the first that may hold the separator to the last; what lies outside is told by its place."""
        found = [place for place, name in enumerate(self.names) if name in FREE_TEXT]
        return range(found[0], found[-1] + 1) if found else range(0)

    @property
    def is_cut_one_way(self) -> bool:
        """Whichever column holds the separators of a longer line, the columns that slurm looks at are the same."""
        within = [self.names[place] in slurm.CELLS for place in self.free]
        return len(within) == 1 or (len(within) > 1 and not any(within))


def claims(source: Source) -> bool:
    """A header with JobID and State, `|`-separated, dashed, or cut otherwise; or lines of the 26-column layout."""
    lines = [line for line in source.head.split("\n") if line.strip()][:FIRST_LINES]
    return bool(_from_header(lines)) or any(_XDMOD_LINE.match(line) for line in lines)


def read(source: Source) -> Reading:
    """Read one sacct export.

    One accepted row per job, never per step; row_no is the physical line number, raw the line. Blank lines
    and repeated headers are no rows. Printed times carry no zone: it comes from source.toml, else
    Asia/Shanghai with a header and UTC for the 26-column layout; they leave as UTC instants. Lines above the header,
    of too few fields, or of too many where it cannot be told which column holds the separator, step rows, unknown states
    and unreadable times are returned as rejects.
    Raises InputFault for fixed-width output, for another separator, for a header that lacks a required column or
    names one twice, for a second header of other columns, and for text that is neither UTF-8 nor GB18030.
    Source: `man sacct`; metering.md §2.1.
    """
    found = blocks_of(source)
    lines = source.head.split("\n")
    first = [line for line in lines if line.strip()][:FIRST_LINES]
    head = _from_header(first)
    layout = _layout(head, source.name, lines.index(head[0]) + 1) if head else Layout(XDMOD, None)
    zone = slurm.zone_of(source.declaration, "UTC" if layout.header is None else ZONE, name=source.name)
    intervals = partial(slurm.intervals, zone=zone, declaration=source.declaration)
    if layout.header == first[0]:
        found[0] = found[0].without(lines.index(layout.header) + 1)
    part = partial(_part, layout=layout, intervals=intervals, place=source.name)
    return Reading(tuple(partial(part, block) for block in found))


Intervals = Callable[..., tuple[pl.DataFrame, pl.DataFrame]]
"""`slurm.intervals` for one file."""


def _part(block: LineBlock, *, layout: Layout, intervals: Intervals, place: str) -> Part:
    """Regular lines are split by a CSV reader; with an odd one among them, the block is read line by line."""
    cells = _regular(block, layout)
    if cells is None:
        part = _line_by_line(block, layout, intervals)
    else:
        accepted, rejected = intervals(cells, line_of=block.line_of)
        part = Part(block.line_count, {TABLE: accepted}, rejected, block.line_offset, block.line_of)
    _check_other_header(part.rejected, layout, place=place)
    return part


def _check_other_header(rejected: pl.DataFrame, layout: Layout, *, place: str) -> None:
    """Raises InputFault where a line names columns, and other ones than the lines are read by: a header is never a job."""
    maybe = rejected.filter(pl.col("raw").str.contains(_NAMES))
    for row_no, raw in maybe.select("row_no", "raw").iter_rows():
        names = _names(raw.removesuffix("|") if layout.is_trailed else raw)
        if _is_header([raw]) and names != layout.names:
            raise other_header(place, row_no)


def _regular(block: LineBlock, layout: Layout) -> pl.DataFrame | None:
    """The columns slurm looks at; None where a line is odd, a header, or goes on behind the last separator."""
    trail = [TRAIL] if layout.is_trailed else []
    wanted = [name for name in layout.names if name in slurm.CELLS]
    cells = regular_cells(block, [*layout.names, *trail], [*wanted, *trail], "|", as_words=True)
    if cells is None or (trail and (cells[TRAIL].cast(pl.String) != "").any()):
        return None
    if layout.header is not None:
        head = layout.header.split("|")[layout.names.index("jobid")]
        if (cells["jobid"] == head).any():
            return None
    return cells.select("row_no", "raw", *wanted)


def _line_by_line(block: LineBlock, layout: Layout, intervals: Intervals) -> Part:
    lines = block.lines()
    filled = lines.filter(pl.col("raw").str.contains(r"\S"))
    rows = filled if layout.header is None else filled.filter(pl.col("raw") != layout.header)
    cells, ragged = _fields(rows, layout)
    accepted, rejected = intervals(cells)
    return Part(
        block.line_count - (lines.height - rows.height),
        {TABLE: accepted},
        pl.concat([ragged, rejected]).sort("row_no"),
        block.line_offset,
    )


def _from_header(lines: list[str]) -> list[str]:
    """From the header on, what a shell or a login wrote above it left out; none where there is no header."""
    return next(
        (lines[at:] for at in range(len(lines)) if _is_header(lines[at:]) or _is_cut_otherwise(lines[at])), []
    )


def _is_cut_otherwise(line: str) -> bool:
    """A header of sacct with --delimiter: lists of TRES and nodes hold commas, names of jobs anything."""
    cut = [line.replace(other, "|") for other in OTHER_SEPARATORS if other in line]
    return any("alloctres" in _names(each) and _is_header([each]) for each in cut)


def _is_header(lines: list[str]) -> bool:
    names = _names(lines[0]) if "|" in lines[0] else tuple(lines[0].lower().split())
    known = {"jobid", "jobidraw"} & set(names) and len({*slurm.CELLS, *XDMOD} & set(names)) >= 3
    return bool(known) and ("|" in lines[0] or _is_dashed(lines))


def _is_dashed(lines: list[str]) -> bool:
    return len(lines) > 1 and re.fullmatch(r"-{2,}[-\s|]*", lines[1]) is not None


def _names(header: str) -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in header.split("|"))


def _layout(first: list[str], name: str, header_no: int) -> Layout:
    """first: the header, and what stands below it. header_no: its line."""
    if not _is_header(first):
        raise InputFault(
            f"{name} 第 {header_no} 行: sacct 的表头不是以“|”分隔，列里会有别的分隔符，分不开；{ASK}"
        )
    if _is_dashed(first):
        raise InputFault(f"{name} 第 {header_no + 1} 行: 是定宽输出（虚线行），长字段已被截断；{ASK}")
    names = _names(first[0])
    is_trailed = names[-1] == ""
    names = names[:-1] if is_trailed else names
    repeated = sorted(twice(names))
    if repeated:
        raise InputFault(f"{name} 第 {header_no} 行: 表头列重复：{'、'.join(repeated)}")
    _require(names, f"{name} 第 {header_no} 行")
    return Layout(names, first[0], is_trailed)


def _require(names: tuple[str, ...], place: str) -> None:
    missing = [
        column for column in ("JobID", "Start", "End", "State", "AllocTRES") if column.lower() not in names
    ]
    if "submit" not in names and "jobidraw" not in names:
        missing.append("Submit 或 JobIDRaw")
    if missing:
        raise InputFault(f"{place}: sacct 表头缺少列 {'、'.join(missing)}；{ASK}")


def _fields(rows: pl.DataFrame, layout: Layout) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cells (row_no, raw, the columns slurm looks at) and lines that have too few fields or cannot be cut, as rejects."""
    line = pl.col("raw")
    if layout.is_trailed:
        line = pl.when(line.str.ends_with("|")).then(line.str.strip_suffix("|"))
    surplus = (pl.col("fields").list.len().cast(pl.Int64) - len(layout.names)).fill_null(-1)
    is_ragged = surplus != 0
    if layout.is_cut_one_way:
        is_ragged = surplus < 0
    wanted = [
        _cell(place, layout).alias(name) for place, name in enumerate(layout.names) if name in slurm.CELLS
    ]
    split = rows.lazy().with_columns(fields=line.str.split("|"))
    cells = split.select("row_no", "raw", *wanted, is_ragged=is_ragged, is_long=surplus > 0).collect()
    ragged = cells.filter("is_ragged")
    whole = cells.filter(~pl.col("is_ragged")) if ragged.height else cells
    return whole.drop("is_ragged", "is_long"), _ragged(ragged, layout)


def _cell(place: int, layout: Layout) -> pl.Expr:
    """Left of the columns that may hold the separator counted from the left, right of them from the right."""
    count, fields = len(layout.names), pl.col("fields").list
    if layout.free and place >= layout.free.stop:
        return fields.get(place - count, null_on_oob=True)
    if len(layout.free) == 1 and place in layout.free:
        return fields.slice(place, fields.len().cast(pl.Int64) - (count - 1)).list.join("|")
    return fields.get(place, null_on_oob=True)


def _ragged(rows: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    count = len(layout.names)
    found = pl.col("raw").str.count_matches("|", literal=True) + 1
    said = pl.format("本行有 {} 个字段，应为 {} 个", found, pl.lit(count))
    names = [layout.names[place] for place in layout.free if layout.names[place] in FREE_TEXT]
    unclear = pl.format(
        "{}；多出的分隔符在哪一列里看不出（{} 都可能有），请只留其中一列重新导出",
        said,
        pl.lit("、".join(names)),
    )
    is_unclear = pl.col("is_long") & (len(names) > 1)
    return refused_for(rows, pl.lit("RAGGED"), pl.when(is_unclear).then(unclear).otherwise(said))
