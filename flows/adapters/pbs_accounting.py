"""PBS, OpenPBS and TORQUE accounting logs: `date;type;job;key=value …`, one record a line.

Here are lines, keys and codes; what was granted is read in `flows.scheduler.pbs_resource`.
"""

import re

from hesuan.flows.scheduler.job_log import first_lines, reading_of
from hesuan.flows.scheduler.job_run import (
    BOOT_FAIL,
    COMPLETED,
    FAILED,
    NODE_FAIL,
    REQUEUED,
    Run,
    Unusable,
    first_said,
    instant,
)
from hesuan.flows.scheduler.pbs_resource import Fields, cards_of, cores_of, hosts_of, node_count_of
from hesuan.flows.source import Reading, Source
from hesuan.schemas.format import Format

NAME = "pbs_accounting"
FORMATS = (
    Format(
        title_zh="PBS、OpenPBS、TORQUE 记账日志",
        seen_zh="Open XDMoD 测试集的 9 行（未写版本）；其余依 OpenPBS 源码",
        proves=("allocated",),
        cannot_zh="卡是否在用；是哪张卡；型号；资源里没有卡数的作业",
    ),
)

# Server logs look alike, but their type is four hex digits.
_LINE = re.compile(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d(?:\.\d+)?;([A-Za-z]);([^;]*);(.*)")
# A value with spaces stands in quotes, in older versions bare; it ends where the next key begins.
_FIELD = re.compile(
    r"""([A-Za-z][\w.-]*)=("[^"]*"(?=\s|$)|'[^']*'(?=\s|$)|.*?)(?:(?<!\s)\s++(?=[A-Za-z][\w.-]*=)|$)"""
)
# openpbs, src/include/acct.h; a run's usage stands in E, that of a run lost to a rerun in R.
_USAGE = ("E", "R")
_KINDS = {
    "Q": "排队",
    "S": "开始",
    "D": "删除",
    "A": "中止",
    "L": "许可证",
    "M": "移走",
    "z": "挂起",
    "r": "继续",
}
# Of a job that gave nodes back while it ran (pbs_release_nodes). Its E record states what it had at first
# (openpbs, acct_job: exec_vnode_orig), to its end: what was given back is counted on.
_PHASES = {"u": "一段结束", "c": "下一段开始", "e": "末段结束"}
_PHASE_ZH = "中途释放节点的作业另由 E 记录按最初分到的计至结束，释放之后的多计；请附各段的卡数与起止"
# Negative statuses are the system's own, not the program's: the job could not be started (-1 to -3, -7), or
# was lost when its node came up anew (-4 to -6). From -8 on TORQUE and OpenPBS mean different things by them.
_SYSTEM_STATES = {
    **dict.fromkeys((-1, -2, -3, -7), BOOT_FAIL),
    **dict.fromkeys((-4, -5, -6), NODE_FAIL),
}
# Free texts, which older servers write without quotes: a key behind one may be a piece of it. Servers write the queue
# next, TORQUE some accounts as the very last; what was granted or used they never write in between.
_FREE = ("account", "project", "jobname")
_COUNTED = re.compile(r"exec_\w+|resource_list\..*|resources_used\..*")
# The project of every job that names none.
_NO_PROJECT = "_pbs_project_default"
_WEIGHTS = (1, 60, 3600, 86400)


def claims(source: Source) -> bool:
    """Lines of the form `12/31/2026 23:59:59;E;7.server;…`."""
    return any(_LINE.fullmatch(line.strip()) for line in first_lines(source))


def read(source: Source) -> Reading:
    """Read one accounting log.

    One accepted row per E or R record, that is per run of a job or of an array's subjob; a rerun's record_id
    differs by its start. Records of other types carry no usage, an array's own record repeats its subjobs, those of
    a job's phases repeat a part of its E record: all are rejects, as are records without start and end, and those in
    which a name with blanks may have forged a key. Times are epoch seconds, so no zone is needed.
    Records that the server wrote twice come out alike, for the key to tell.
    Raises InputFault for text that is neither UTF-8 nor GB18030.
    Source: OpenPBS src/server/accounting.c; metering.md §2.2.
    """
    return reading_of(source, run_of)


def run_of(line: str) -> Run:
    match = _LINE.fullmatch(line.strip())
    if match is None:
        raise Unusable("BAD_RECORD", "不是“月/日/年 时:分:秒;类型;作业;内容”的一行")
    kind, job_id, message = match.groups()
    if kind in _PHASES:
        raise Unusable("PHASE", f"{kind} 记录（{_PHASES[kind]}）不单独计：{_PHASE_ZH}")
    if kind not in _USAGE:
        raise Unusable("NO_USAGE", f"{kind} 记录（{_KINDS.get(kind, '其他')}）不含用量，用量在 E 与 R 记录里")
    if not job_id.strip():
        raise Unusable("BAD_ID", "没有作业编号")
    if "[]" in job_id:
        raise Unusable("ARRAY_ROW", f"{job_id} 是作业数组的总记录，各子作业另有记录")
    return _run(kind, job_id.strip(), fields_of(message))


def fields_of(message: str) -> Fields:
    """Keys in lower case. Raises Unusable where a key stands twice with different values, or where a text may have forged it."""
    text, at = message.strip(), 0
    found: Fields = {}
    order: list[str] = []
    while at < len(text):
        match = _FIELD.match(text, at)
        if match is None:
            raise Unusable("BAD_RECORD", "内容不是“键=值”的一串")
        key, value = match[1].lower(), _unquoted(match[2])
        if found.setdefault(key, value) != value:
            raise Unusable("BAD_RECORD", f"键 {key} 出现两次而值不同")
        order.append(key)
        at = match.end()
    _check_order(order)
    return found


def _check_order(keys: list[str]) -> None:
    """Raises Unusable where a key that counts stands between a free text and the queue, or behind one at the very end."""
    place = {key: at for at, key in enumerate(keys)}
    queue, end = place.get("queue", 0), place.get("end", len(keys))
    for free in _FREE:
        first = keys.index(free) if free in place else len(keys)
        behind = keys[first:queue] + (keys[first:] if first > end else [])
        whose = () if free != "jobname" else ("account", "project")
        forged = next((key for key in behind if key in whose or _COUNTED.fullmatch(key)), None)
        if forged:
            raise Unusable("BAD_RECORD", f"键 {forged} 紧跟在 {free} 之后，可能是其文字里夹带的")


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted else value


def _run(kind: str, job_id: str, fields: Fields) -> Run:
    start, end = (
        instant(fields.get(key, ""), zh) for key, zh in (("start", "开始时刻"), ("end", "结束时刻"))
    )
    count, evidence = cards_of(fields)
    return Run(
        record_id=f"pbs:{job_id}:{start}",
        tenant=_tenant(fields),
        state=REQUEUED if kind == "R" else _state(fields.get("exit_status")),
        started_at=start,
        ended_at=end,
        card_evidence=evidence,
        card_count=count,
        cluster_id=job_id.partition(".")[2] or None,
        account=fields.get("account"),
        user=fields.get("user"),
        node_id=",".join(hosts_of(fields)) or None,
        node_count=node_count_of(fields),
        cpu_cores=cores_of(fields),
        elapsed_seconds=_seconds(fields.get("resources_used.walltime"), "实际时长"),
        time_limit_seconds=_seconds(fields.get("resource_list.walltime"), "时限"),
    )


def _tenant(fields: Fields) -> str | None:
    """The account, else the project, else the group that the job ran under; never the user."""
    project = fields.get("project")
    return first_said(fields.get("account"), None if project == _NO_PROJECT else project, fields.get("group"))


def _state(exit_status: str | None) -> str | None:
    """0 is success, everything the program or a signal left behind (271 = 256 + SIGTERM) a failure."""
    if exit_status is None:
        return None
    if not re.fullmatch(r"-?[0-9]{1,9}", exit_status):
        raise Unusable("BAD_STATE", f"Exit_status “{exit_status}”不是整数")
    status = int(exit_status)
    return COMPLETED if status == 0 else _SYSTEM_STATES.get(status, FAILED)


def _seconds(printed: str | None, what: str) -> int | None:
    """`[[D:]H:]M:S`, H unbounded, or plain seconds; fractions are cut off."""
    if not printed:
        return None
    if not re.fullmatch(r"[0-9]{1,9}(:[0-9]{1,2}){0,3}(\.\d+)?", printed):
        raise Unusable("BAD_DURATION", f"{what} “{printed}”无法读懂（应为 时:分:秒 或秒数）")
    parts = reversed(printed.partition(".")[0].split(":"))
    return sum(int(part) * weight for part, weight in zip(parts, _WEIGHTS, strict=False))
