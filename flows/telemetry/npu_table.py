"""The rows of the tables that `npu-smi info` prints: two lines a chip. When, and which card, is not told there.

Written after npu-smi's own source (in the Ascend driver), tables that users pasted in issues of vllm-ascend, and the
documents of hiascend.com: 23.0.rc3, 24.1.rc1 to 25.5 and 26.0, of 910B, 910_93 (alone with Phy-ID), 310P and 310B
(Device, no HBM-Usage). Columns are told by name, so that other widths do not matter; 950's header is not read.
"""

import polars as pl

from hesuan.flows.telemetry.npu_log import HEADER

_SECOND = r"^\s*\|\s*Chip\b[^|]*\|\s*Bus-Id\s*\|\s*AICore\(%\)\s+Memory-Usage\(MB\)"
_FIRST = r"^\s*\|\s*NPU\s+Name\s*\|\s*Health\s*\|\s*Power\(W\)\s+Temp\(C\)"
_END = r"^\s*\|.*\bProcess id\b|^\s*\|\s*npu-smi\b"
_ROW = r"^\s*\|"
_BUS = r"^(?:[0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f]+|NA|N/A|-)$"
UNKNOWN = ("", "NA", "N/A", "-", "--")
# The template of a vNPU ends its name: 310Pvir01.
_VIRTUAL = r"vir[0-9]"
_NUMBER = r"^-?[0-9]{1,9}(?:\.[0-9]{1,6})?$"
# `used / total`, or one word for both.
_SHARE = r"(\S+?)(?:\s*/\s*(\S+))?"
_POWER = r"^(\S+)\s+(\S+)(?:\s+\S+(?:\s*/\s*\S+)?)?$"
_USAGE = rf"^(\S+)\s+{_SHARE}(?:\s+{_SHARE})?$"
FAULT_ZH = {
    "NO_HEADER": "表格没有表头（日志从表的中间开始），不知道各列是什么",
    "BAD_LAYOUT": "npu-smi 的这种表头没有见过，不知道各列是什么",
    "CUT_TABLE": "表格在此中断，一个芯片的两行只有一行",
    "BAD_LINE": "此行读不懂，或列数与表头不符",
    "BAD_VALUE": "值不是数",
    "OUT_OF_RANGE": "利用率超过 100，单位不明，未采用",
    "PART_OF_CARD": "是虚拟卡（名称含 vir）的读数，不是整卡的",
}
READ = ("util_percent", "power_watts", "memory_used_mib", "temperature_c")


def chips(lines: pl.DataFrame) -> pl.DataFrame:
    """One row per chip and table from lines (row_no, raw) that begin where a table does.

    row_no, raw, table_no (row of the header, null above the first), npu, chip, bus, is_die (of a board of two:
    npu-smi prints Phy-ID of 910_93 alone), READ in thousandths, null where npu-smi has no value, and fault.
    A line that lacks its other is a row too. The rows are the lines that are left when the others are filtered out.
    """
    rows = _rows(lines)
    follows = pl.col("row_no").shift(-1) == pl.col("row_no") + 1
    has_second = (~pl.col("is_second") & pl.col("is_second").shift(-1) & follows).fill_null(False)
    below = {
        f"second_{name}": pl.when(has_second).then(pl.col(name).shift(-1))
        for name in ("cell", "raw", "is_three")
    }
    paired = rows.with_columns(has_second=has_second, **below)
    is_taken = paired["has_second"].shift(1, fill_value=False)
    return _read(paired.filter(~is_taken)).select(
        *("row_no", "table_no", "npu", "chip", "bus", "is_die", *READ),
        raw=pl.concat_str("raw", "second_raw", separator="\n", ignore_nulls=True),
        fault=_fault(),
    )


def _rows(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines between a table's header and its processes, with their cells, and of which header they are."""
    raw = pl.col("raw")
    is_header, is_second_header = raw.str.contains(HEADER), raw.str.contains(_SECOND)
    marks = lines.with_columns(
        table_no=pl.when(is_header).then("row_no").forward_fill(),
        is_inside=pl.when(is_header).then(True).when(raw.str.contains(_END)).then(False).forward_fill(),
        is_known=pl.when(is_header)
        .then(raw.str.contains(_FIRST) & is_second_header.shift(-1))
        .forward_fill(),
        has_hbm=pl.when(is_second_header).then(raw.str.contains(r"\bHBM-Usage\(MB\)")).forward_fill(),
        is_die=pl.when(is_second_header).then(raw.str.contains(r"\bPhy-ID\b")).forward_fill(),
        is_heading=is_header | is_header.shift(1, fill_value=False) | is_second_header,
    )
    whole = raw.str.strip_chars().str.strip_prefix("|")
    cells = marks.with_columns(cell=whole.str.split("|").list.eval(pl.element().str.strip_chars()))
    # A whole line ends in `|`: its last cell is empty. Above the first header three cells are a chip's, not a process's.
    is_three = (pl.col("cell").list.len() == 4) & (pl.col("cell").list.last() == "")
    is_row = raw.str.contains(_ROW) & ~pl.col("is_heading") & pl.col("is_inside").fill_null(is_three)
    is_second = pl.col("cell").list.get(1, null_on_oob=True).str.contains(_BUS)
    return cells.filter(is_row).with_columns(is_three=is_three, is_second=is_second.fill_null(False))


def _read(rows: pl.DataFrame) -> pl.DataFrame:
    """With what the cells say, and is_… for what they do not."""
    name, place = (pl.col(column).list.get(0, null_on_oob=True) for column in ("cell", "second_cell"))
    numbers = rows.with_columns(**_numbers())
    is_there = pl.col("hbm_used").is_not_null() | ~pl.col("has_hbm")
    return numbers.with_columns(
        npu=name.str.extract(r"^([0-9]+)\s+\S"),
        chip=place.str.extract(r"^([0-9]+)(?:\s+[0-9]+)?$"),
        bus=pl.col("second_cell").list.get(1, null_on_oob=True).str.to_uppercase(),
        is_virtual=name.str.contains(_VIRTUAL),
        is_split=pl.col("power_watts").is_not_null() & pl.col("util_percent").is_not_null() & is_there,
        is_legible=pl.all_horizontal(_is_legible(pl.col(column)) for column in READ),
        **{column: _thousandths(pl.col(column)) for column in READ},
    )


def _numbers() -> dict[str, pl.Expr]:
    """READ and hbm_used as they are written; memory is HBM where the chip has any."""
    cell, second_cell = (pl.col(column).list.get(2, null_on_oob=True) for column in ("cell", "second_cell"))
    first, second = cell.str.extract_groups(_POWER).struct, second_cell.str.extract_groups(_USAGE).struct
    hbm = pl.when("has_hbm").then(second.field("4"))
    # 310P under a header with HBM-Usage has a total of 0 there: its memory is the other column.
    is_hbm = hbm.is_not_null() & (second.field("5") != "0").fill_null(True)
    return {
        "power_watts": first.field("1"),
        "temperature_c": first.field("2"),
        "util_percent": second.field("1"),
        "hbm_used": hbm,
        "memory_used_mib": pl.when(is_hbm).then(hbm).when(second.field("3") != "0").then(second.field("2")),
    }


def _is_legible(text: pl.Expr) -> pl.Expr:
    return text.is_null() | text.is_in(UNKNOWN) | text.str.contains(_NUMBER)


def _thousandths(text: pl.Expr) -> pl.Expr:
    number = pl.when(text.str.contains(_NUMBER)).then(text).cast(pl.Float64)
    return (number * 1000).round().cast(pl.Int64)


def _fault() -> pl.Expr:
    is_named = pl.col("npu").is_not_null() & pl.col("chip").is_not_null()
    is_whole = is_named & pl.col("is_split") & pl.col("is_three") & pl.col("second_is_three")
    return (
        pl.when(pl.col("table_no").is_null())
        .then(pl.lit("NO_HEADER"))
        .when(~pl.col("is_known").fill_null(False))
        .then(pl.lit("BAD_LAYOUT"))
        .when(~pl.col("has_second"))
        .then(pl.lit("CUT_TABLE"))
        .when(~is_whole.fill_null(False))
        .then(pl.lit("BAD_LINE"))
        .when("is_virtual")
        .then(pl.lit("PART_OF_CARD"))
        .when(~pl.col("is_legible"))
        .then(pl.lit("BAD_VALUE"))
        .when(pl.col("util_percent") > 100_000)
        .then(pl.lit("OUT_OF_RANGE"))
    )
