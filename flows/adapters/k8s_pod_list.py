"""Kubernetes pods as a CSV list in the layout of Alibaba's openb trace: num_gpu, gpu_milli, seconds from an origin.

What a pod's times and states mean is judged in `flows.pod.row`; here are only lines and cells.
"""

import csv
import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hesuan.flows.mapped.second_header import other_header
from hesuan.flows.pod.request import Cards, UnusablePod
from hesuan.flows.pod.row import NO_INSTANT, Row, life_of, part_of, refusal, row_of, state_of
from hesuan.flows.source import Declaration, Reading, Source, in_utc
from hesuan.schemas.fault import InputFault
from hesuan.schemas.format import Format
from hesuan.schemas.kind import EARLIEST_S

NAME = "k8s_pod_list"
FORMATS = (
    Format(
        title_zh="openb 式 Pod 清单（CSV）",
        seen_zh="阿里巴巴 cluster-trace-gpu-v2023 一份，8,152 个 Pod",
        proves=("allocated",),
        cannot_zh="卡是否在用；实际分到的型号（只写申请的）",
    ),
)

TIMES = ("creation_time", "scheduled_time", "deletion_time")
REQUIRED = ("name", "num_gpu", "gpu_milli", "pod_phase", *TIMES)
OPTIONAL = ("uid", "namespace", "node", "cpu_milli")
_COUNT = re.compile(r"\d{1,9}")
_SECONDS = re.compile(r"\d{1,10}")

Cells = dict[str, str]


def claims(source: Source) -> bool:
    """A comma-separated header with the trace's columns, in any order."""
    return _is_header(source.head.lstrip().split("\n", 1)[0])


def read(source: Source) -> Reading:
    """Read one list of pods.

    One accepted row per pod, row_no is the physical line. card_count is num_gpu, of a single card gpu_milli
    thousandths. Times are seconds: from time_origin where source.toml declares it, else since 1970. Without it
    a list that counts from nought is refused, for a date would have to be made up. record_id is the uid where
    there is one, else name and creation. device_model stays null: gpu_spec is what was asked for.
    Raises InputFault where no tenant is named (a column namespace, or tenant in source.toml), where a column is
    there twice, for a second header of other columns, and for broken text.
    Source: alibaba/clusterdata, cluster-trace-gpu-v2023/README.md; metering.md §2.4.
    """
    lines = _lines(source)
    names = _names(lines[0][1])
    _check(names, source)
    split = [(number, line, _cells(line, names)) for number, line in lines[1:]]
    _check_origin([cells for *_, cells in split if cells], source)
    rows: list[Row] = []
    refused: list[Row] = []
    for row_no, raw, cells in split:
        try:
            rows.append({"row_no": row_no, "raw": raw} | _row(cells, len(names), source.declaration))
        except UnusablePod as unusable:
            refused.append(refusal(unusable, row_no=row_no, raw=raw))
    for row in refused:
        if _is_header(row["raw"]) and _names(row["raw"]) != names:
            raise other_header(source.name, row["row_no"])
    whole = part_of(len(lines) - 1, rows, refused, declaration=source.declaration)
    return Reading((lambda: whole,))


def _is_header(line: str) -> bool:
    return set(REQUIRED) <= set(_names(line))


def _names(header: str) -> list[str]:
    return [name.strip().strip('"').lower() for name in header.split(",")]


def _lines(source: Source) -> list[tuple[int, str]]:
    if source.text is None:
        raise InputFault(f"{source.name}: 不是 UTF-8，全文也不是 GB18030；请以 UTF-8 重新导出")
    return [(n, line) for n, line in enumerate(source.text.split("\n"), start=1) if line.strip()]


def _check(names: list[str], source: Source) -> None:
    twice = sorted({name for name in (*REQUIRED, *OPTIONAL) if names.count(name) > 1})
    if twice:
        raise InputFault(f"{source.name} 第 1 行: 表头列重复：{'、'.join(twice)}")
    if "namespace" not in names and not source.declaration.tenant:
        raise InputFault(f"{source.name}: 没有 namespace 列，不知道是谁的；请在 source.toml 写明 tenant")


def _check_origin(rows: list[Cells], source: Source) -> None:
    """Refuses a list of which every time is counted from an origin that nobody named: none is as great as a calendar's."""
    if source.declaration.time_origin is not None:
        return
    said = [row[name] for row in rows for name in TIMES if row[name]]
    if said and all(_SECONDS.fullmatch(time) and int(time) < EARLIEST_S for time in said):
        raise InputFault(
            f"{source.name}: 时间是自某一起点的秒数（如“{said[-1]}”），不是日历时间；"
            "请在 source.toml 写明 time_origin（如 2023-01-01T00:00:00+08:00）"
        )


def _cells(line: str, names: list[str]) -> Cells | None:
    """None where the line has more or fewer cells than the header."""
    try:
        [cells] = csv.reader([line], strict=True)
    except (csv.Error, ValueError):
        return None
    return (
        {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
        if len(cells) == len(names)
        else None
    )


def _row(cells: Cells | None, width: int, declaration: Declaration) -> Row:
    if cells is None:
        raise UnusablePod("RAGGED", f"本行应有 {width} 个字段")
    if not cells["name"]:
        raise UnusablePod("BAD_ID", "没有 name")
    exported_at = in_utc(declaration.exported_at)
    created, scheduled, deleted = (_instant(cells[name], declaration) for name in TIMES)
    if created is None:
        raise UnusablePod("BAD_AT", "没有 creation_time")
    state = state_of(cells["pod_phase"])
    life = life_of(state, scheduled=scheduled, finished=None, deleted=deleted, exported_at=exported_at)
    return row_of(
        Cards(_cards(cells), "allocated"),
        life,
        record_id=f"k8s:{cells.get('uid') or ':'.join((cells['name'], cells['creation_time']))}",
        tenant=cells.get("namespace", declaration.tenant),
        node_id=cells.get("node") or None,
        cpu_cores=_cores(cells.get("cpu_milli", "")),
        exported_at=exported_at,
    )


def _instant(written: str, declaration: Declaration) -> datetime | None:
    """Seconds, from the declared origin or since 1970; or a printed time. Null where the cell is empty."""
    if not written:
        return None
    origin = in_utc(declaration.time_origin)
    if _SECONDS.fullmatch(written):
        seconds = int(written)
        if (origin is None) == (seconds < EARLIEST_S):
            raise UnusablePod("BAD_AT", f"“{written}”秒与本表的起点不合：既有纪元秒，又有自起点的秒数")
        return (origin or datetime.fromtimestamp(0, UTC)) + timedelta(seconds=seconds)
    try:
        at = in_utc(datetime.fromisoformat(written), declaration.time_zone)
    except NO_INSTANT as error:
        raise UnusablePod("BAD_AT", f"“{written}”不是时刻") from error
    if at is None or at.timestamp() < EARLIEST_S:
        raise UnusablePod("BAD_AT", f"“{written}”早于 2000 年，不是可信的时刻")
    return at


def _cards(cells: Cells) -> Fraction:
    """num_gpu cards; gpu_milli says how much of a single one, and is a whole card where there are several."""
    if not all(_COUNT.fullmatch(cells[name]) for name in ("num_gpu", "gpu_milli")):
        raise UnusablePod(
            "BAD_CARDS", f"num_gpu“{cells['num_gpu']}”、gpu_milli“{cells['gpu_milli']}”不是整数"
        )
    count, milli = int(cells["num_gpu"]), int(cells["gpu_milli"])
    if milli > 1000 or (count > 1 and milli != 1000) or (count == 0) != (milli == 0):
        raise UnusablePod(
            "BAD_CARDS", f"num_gpu {count} 与 gpu_milli {milli} 不合（一卡以内 1–1000，多卡须为 1000）"
        )
    return Fraction(count * milli, 1000)


def _cores(milli: str) -> int | None:
    """Whole cores; a part of one is not rounded, and is left out."""
    if milli and not _COUNT.fullmatch(milli):
        raise UnusablePod("BAD_QUANTITY", f"cpu_milli“{milli}”不是整数")
    return int(milli) // 1000 if milli and int(milli) % 1000 == 0 else None
