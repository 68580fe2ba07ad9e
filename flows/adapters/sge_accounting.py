"""Accounting files of Grid Engine (SGE, Son of Grid Engine, UGE): colon-separated, one run a line, `#` comments."""

import re

from hesuan.flows.scheduler.job_log import first_lines, reading_of
from hesuan.flows.scheduler.job_run import (
    BOOT_FAIL,
    CANCELLED,
    CARD_MENTION,
    COMPLETED,
    FAILED,
    NODE_FAIL,
    REQUEUED,
    Run,
    Unusable,
    card_evidence,
    first_said,
    instant,
    whole,
)
from hesuan.flows.source import Reading, Source
from hesuan.schemas.format import Format

NAME = "sge_accounting"
FORMATS = (
    Format(
        title_zh="SGE accounting",
        seen_zh="Open XDMoD 测试集的 2 行（2011 年）；6.1、6.2 依 accounting(5)",
        proves=("occupied",),
        cannot_zh="分到几张卡（文件只写申请）；卡是否在用",
    ),
    Format(
        title_zh="UGE accounting",
        seen_zh="Open XDMoD 测试集的 2 行（2011、2022 年）；8 依 accounting(5)",
        proves=("occupied",),
        cannot_zh="分到几张卡（文件只写申请）；卡是否在用",
    ),
)

_LINE = re.compile(r"(?:[^:]*:){5}\d+:[^:]*:-?\d+:(?:\d+:){4}-?\d+:[\d.]+:(?:[^:]*:){28}")
# accounting(5); 6.2 adds two fields behind maxvmem, UGE up to thirty more. Those between are not looked at.
_PLACES = {
    **{"hostname": 1, "group": 2, "owner": 3, "job_number": 5, "account": 6, "submission_time": 8},
    **{"start_time": 9, "end_time": 10, "failed": 11, "exit_status": 12, "ru_wallclock": 13, "project": 31},
    **{"granted_pe": 33, "slots": 34, "task_number": 35, "category": 39, "iow": 40, "pe_taskid": 41},
    "maxvmem": 42,
}
_LEAST_FIELDS = 43
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_NONE = "NONE"
# What stands behind the category, in which a colon would move it.
_FORMS = {"iow": _NUMBER, "pe_taskid": re.compile(r"NONE||[0-9]+\.[^\s]+"), "maxvmem": _NUMBER}
# What qsub writes where nobody gave -A.
_NO_ACCOUNT = "sge"
_RAN = "0"
# accounting(5) and sge_diagnostics(1), `failed`: why the run ended other than by the job's own exit.
_FAILURES = {
    **dict.fromkeys((*range(1, 12), 26, 27, 28, 29, *range(31, 37), 38), BOOT_FAIL),
    **dict.fromkeys((12, 13, 14, 15, 16, 17, 30, 37, 100), FAILED),
    **dict.fromkeys((18, 19, 20, 21, 23), NODE_FAIL),
    **{22: CANCELLED, 24: REQUEUED, 25: REQUEUED},
}
_LIMIT = re.compile(r"(?:^|[\s,])h_rt=([0-9]{1,9})(?=[\s,]|$)")
Fields = dict[str, str]


def claims(source: Source) -> bool:
    """Lines of 43 fields or more, in which those of accounting(5) that are numbers are numbers."""
    return any(_LINE.match(line) for line in first_lines(source))


def read(source: Source) -> Reading:
    """Read one accounting file.

    One accepted row per run of a job or of an array's task; reruns differ by their start. Lines of the tasks
    of a parallel job (pe_taskid) repeat what the job's own line counts and are rejects, like lines with too
    few fields. Times are epoch seconds, milliseconds in UGE, cut to seconds; no zone is needed; 0 means that
    it never ran. The file states requests of cards, not what was granted, and not whether a request counts
    per slot, per host or per job: the count is unknown and the evidence `requested`.
    Raises InputFault for text that is neither UTF-8 nor GB18030.
    Source: accounting(5) of SGE 6.2 and UGE 8; metering.md §2.7.
    """
    return reading_of(source, run_of)


def run_of(line: str) -> Run:
    fields = _fields(line.strip())
    if fields["pe_taskid"] not in (_NONE, ""):
        raise Unusable("STEP_ROW", f"“{fields['pe_taskid']}”是并行作业的任务行，作业主行已计")
    start, end = (
        _instant(fields[name], zh) for name, zh in (("start_time", "开始时刻"), ("end_time", "结束时刻"))
    )
    has_run = start is not None
    return Run(
        record_id=_record_id(fields, start),
        tenant=_tenant(fields),
        state=_state(fields),
        started_at=start,
        ended_at=end if has_run else None,
        card_evidence=card_evidence(None, is_asked=_asks_cards(fields["requests"])),
        account=first_said(fields["account"]),
        user=fields["owner"],
        node_id=fields["hostname"],
        # Of a parallel job only the first host is named.
        node_count=1 if fields["granted_pe"] == _NONE or fields["slots"] == "1" else None,
        cpu_cores=whole(fields["slots"], "槽数"),
        elapsed_seconds=_elapsed(fields["ru_wallclock"], start, end),
        time_limit_seconds=_limit(fields["category"]),
    )


def _fields(line: str) -> Fields:
    """By name; `requests` is the category and what UGE adds at the end, where it repeats the requests."""
    cells = line.split(":")
    if len(cells) < _LEAST_FIELDS:
        raise Unusable("RAGGED", f"本行有 {len(cells)} 个字段，至少应为 {_LEAST_FIELDS}")
    found = {name: cells[place] for name, place in _PLACES.items()}
    if not all(form.fullmatch(found[name]) for name, form in _FORMS.items()):
        raise Unusable(
            "RAGGED", "字段错位：第 41、43 个字段应为数，第 42 个应为任务或 NONE（前面某个字段里有冒号）"
        )
    return found | {"requests": ":".join([found["category"], *cells[_LEAST_FIELDS:]])}


def _instant(text: str, what: str) -> int | None:
    """Seconds of an epoch in seconds or milliseconds; None for 0."""
    if text == "0":
        return None
    return instant(text[:-3] if re.fullmatch(r"[0-9]{12,13}", text) else text, what)


def _record_id(fields: Fields, start: int | None) -> str:
    """sge:<job>[.<array task>]:<submission>:<start>: job numbers wrap."""
    job, task = whole(fields["job_number"], "作业编号"), whole(fields["task_number"], "任务编号")
    submit = _instant(fields["submission_time"], "提交时刻")
    return f"sge:{job}{f'.{task}' if task else ''}:{submit or 0}:{start or 0}"


def _tenant(fields: Fields) -> str | None:
    """The project, which the operator assigns; else the account; else the group."""
    project, account = fields["project"], fields["account"]
    return first_said(
        None if project == _NONE else project,
        None if account in (_NO_ACCOUNT, _NONE) else account,
        fields["group"],
    )


def _state(fields: Fields) -> str:
    failed = fields["failed"]
    if failed == _RAN:
        return COMPLETED if fields["exit_status"] == "0" else FAILED
    if not re.fullmatch(r"[0-9]{1,3}", failed) or int(failed) not in _FAILURES:
        raise Unusable("BAD_STATE", f"failed 代码 “{failed}”不在 accounting(5) 之列")
    return _FAILURES[int(failed)]


def _elapsed(wallclock: str, start: int | None, end: int | None) -> int | None:
    """Whole seconds. A fraction of a second cannot contradict times that are cut to seconds."""
    seconds, point, _ = wallclock.partition(".")
    if not re.fullmatch(r"[0-9]{1,10}(?:\.\d+)?", wallclock):
        raise Unusable("BAD_DURATION", f"时长 “{wallclock}”不是秒数")
    if point and start is not None and end is not None and abs(end - start - int(seconds)) <= 1:
        return end - start
    return int(seconds)


def _asks_cards(requests: str) -> bool:
    """`-l gpu=1` asks for cards, `-l gpu=0` for none; `-q gpu_queue` names a queue."""
    items = (item.partition("=") for item in re.split(r"[\s,:]", requests))
    return any(
        mark and CARD_MENTION.search(name) and value.lower() not in ("0", "false")
        for name, mark, value in items
    )


def _limit(category: str) -> int | None:
    found = _LIMIT.search(category)
    return int(found.group(1)) if found else None
