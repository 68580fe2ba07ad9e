"""The layout of an LSF JOB_FINISH record: positional fields, lists whose lengths vary, texts in quotes.

Each LSF version adds fields at the end. What they mean for a run is told in the adapter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from hesuan.flows.scheduler.job_run import Unusable, whole

FINISH = "JOB_FINISH"
Cell = tuple[str, bool]
"""A field's text, and whether it stood in quotes."""
Fields = dict[str, str]

# Inside quotes a quote is written twice.
_CELL = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^\s"]+))(?:\s+|$)')
# IBM, lsb.acct: JOB_FINISH; two lists of hosts lie between these, each behind its length.
_HEAD = (
    *(
        "event",
        "version",
        "eventTime",
        "jobId",
        "userId",
        "options",
        "numProcessors",
        "submitTime",
        "beginTime",
    ),
    *("termTime", "startTime", "userName", "queue", "resReq", "dependCond", "preExecCmd", "fromHost", "cwd"),
    *("inFile", "outFile", "errFile", "jobFile"),
)
_RUSAGE_COUNT = 19
_MIDDLE = (
    *(
        "jStatus",
        "hostFactor",
        "jobName",
        "command",
        *(f"rusage{n}" for n in range(_RUSAGE_COUNT)),
        "mailUser",
    ),
    *(
        "projectName",
        "exitStatus",
        "maxNumProcessors",
        "loginShell",
        "timeEvent",
        "idx",
        "maxRMem",
        "maxRSwap",
    ),
    *("inFileSpool", "commandSpool", "rsvId", "sla", "exceptMask", "additionalInfo", "exitInfo"),
    *("warningAction", "warningTimePeriod", "chargedSAAP", "licenseProject", "app", "postExecCmd"),
    *("runtimeEstimation", "jobGroupName", "requeueEvalues"),
)
# options2, resizeNotifyCmd, lastResizeTime, rsvId, jobDescription
_BEFORE_LISTS = 5
# runLimit, options3, avgMem, effectiveResReq, srcCluster, srcJobId, dstCluster, dstJobId, forwardTime, flow_id,
# acJobWaitTime, totalProvisionTime, outdir, runTime, subcwd: real lines of 9.11 and 10.1 have the run limit
# first, and these quotes.
_SHAPE = (False, False, False, True, True, False, True, False, False, True, False, False, True, False, True)
_RUN_LIMIT, _RESOURCES, _RUN_TIME = 0, 3, 13


@dataclass(frozen=True)
class Tail:
    """None where the record does not say. Lengths in seconds; asked: what the scheduler made of the request."""

    run_seconds: int | None = None
    limit_seconds: int | None = None
    asked: str = ""


@dataclass(frozen=True)
class Record:
    """fields: by IBM's names; hosts: the execution hosts as listed, `16*n1` or one entry per slot."""

    fields: Fields
    hosts: list[str]
    tail: Tail


def record_of(line: str) -> Record:
    """Raises Unusable for other events, for quotes that do not close and for too few fields."""
    cells = iter(cells_of(line))
    head = _named(_HEAD[:1], cells)
    if head["event"] != FINISH:
        raise Unusable("NO_USAGE", f"{head['event']} 事件不含用量；用量在 lsb.acct 的 JOB_FINISH 里")
    head |= _named(_HEAD[1:], cells)
    _listed(cells, "申请主机数")
    hosts = _listed(cells, "执行主机数")
    return Record(head | _named(_MIDDLE, cells), hosts, tail_of(cells))


def cells_of(line: str) -> list[Cell]:
    """The fields with their quotes taken off. Raises Unusable where a quote does not close."""
    text, at = line.strip(), 0
    cells: list[Cell] = []
    while at < len(text):
        match = _CELL.match(text, at)
        if match is None:
            raise Unusable("BAD_RECORD", f"第 {len(cells) + 1} 个字段的引号不成对")
        quoted, bare = match.groups()
        cells.append((bare, False) if quoted is None else (quoted.replace('""', '"'), True))
        at = match.end()
    return cells


def _named(names: tuple[str, ...], cells: Iterator[Cell]) -> Fields:
    found = {name: text for name, (text, _) in zip(names, cells, strict=False)}
    if len(found) < len(names):
        raise Unusable("RAGGED", f"字段不足：没有 {names[len(found)]}")
    return found


def _listed(cells: Iterator[Cell], what: str) -> list[str]:
    """A list behind its length."""
    length = whole(next(cells, ("", False))[0], what)
    found = [text for text, _ in islice(cells, length)]
    if len(found) < length:
        raise Unusable("RAGGED", f"字段不足：{what}为 {length}，只列出 {len(found)} 个")
    return found


def tail_of(cells: Iterator[Cell]) -> Tail:
    """The tail from options2 on. Where the fields do not lie as they should, nothing of it is believed."""
    try:
        _skip(cells, _BEFORE_LISTS)
        asked = [_taken(cells)[0] for _ in range(2 * _length(cells))]
        for _ in range(_length(cells)):
            # hostname, memory, swap, user time, system time, and pairs of further values.
            _skip(cells, 5)
            _skip(cells, 2 * _length(cells))
        found = list(islice(cells, len(_SHAPE)))
        if tuple(is_quoted for _, is_quoted in found) != _SHAPE:
            return Tail()
        limit, run = (_seconds(found[place][0]) for place in (_RUN_LIMIT, _RUN_TIME))
        return Tail(
            run_seconds=run,
            # 0 and -1 are no limit.
            limit_seconds=limit or None,
            asked=" ".join([*asked, found[_RESOURCES][0]]),
        )
    except ValueError:
        return Tail()


def _seconds(text: str) -> int | None:
    """-1 is not known."""
    if text == "-1":
        return None
    if not re.fullmatch(r"[0-9]{1,10}", text):
        raise ValueError(f"{text} is no number of seconds")
    return int(text)


def _taken(cells: Iterator[Cell]) -> Cell:
    cell = next(cells, None)
    if cell is None:
        raise ValueError("the record ends early")
    return cell


def _skip(cells: Iterator[Cell], count: int) -> None:
    for _ in range(count):
        _taken(cells)


def _length(cells: Iterator[Cell]) -> int:
    """The length of a list, in front of it; a quoted one is no length."""
    text, is_quoted = _taken(cells)
    if is_quoted or not re.fullmatch(r"\d{1,6}", text):
        raise ValueError(f"{text} is no length")
    return int(text)
