"""Slurm accounting as JSON: `sacct --json` from 21.08 on, and slurmrestd's slurmdb jobs of every version.

Only the drift of the format is dealt with here: jobs become rows of sacct's columns, judged in `flows.scheduler.slurm`.
"""

import json
import re
from typing import Any

import polars as pl

from hesuan.flows.scheduler import slurm
from hesuan.flows.scheduler.slurm_cell import FLAGS
from hesuan.flows.scheduler.slurm_reject import TABLE, refused_for
from hesuan.flows.source import Reading, Source, in_one
from hesuan.flows.text.strict_json import loaded
from hesuan.schemas.fault import InputFault
from hesuan.schemas.format import Format

NAME = "slurm_json"
FORMATS = (
    Format(
        title_zh="Slurm sacct --json",
        seen_zh="21.08、22.05、23.02、23.11 真件各一个作业（SARC 仓库）",
        proves=("allocated",),
        cannot_zh="卡是否在用；是哪张卡；TRES 里没有 gres 的作业几张卡",
    ),
    Format(
        title_zh="slurmrestd 的 slurmdb 作业",
        seen_zh="24.05（API 0.0.41）、25.05（0.0.41–0.0.43）的应答 48 份（Slurm-web 仓库，仿真集群）",
        proves=("allocated",),
        cannot_zh="卡是否在用；是哪张卡；TRES 里没有 gres 的作业几张卡",
    ),
)

_JOBS = re.compile(r'"jobs"\s*:\s*\[')
_NO_JOBS = re.compile(r'"jobs"\s*:\s*\[\s*\]')
_JOB = re.compile(r'"job_id"\s*:')
_PLACE = {"row_no": pl.Int64, "raw": pl.String}
_SCHEMA = {**_PLACE, **dict.fromkeys(slurm.CELLS, pl.String)}


def claims(source: Source) -> bool:
    """An object with a list `jobs` that is empty or whose jobs have a job_id."""
    head = source.head.lstrip()
    return head.startswith("{") and bool(_NO_JOBS.search(head) or (_JOBS.search(head) and _JOB.search(head)))


def read(source: Source) -> Reading:
    """Read one answer of sacct or slurmrestd.

    One accepted row per job; row_no is the job's 1-based place in `jobs`, raw the job without its steps.
    Times are epoch seconds, so no zone is needed; 0 means not yet. Jobs that cannot be used are rejects.
    Raises InputFault for broken JSON (duplicate keys, NaN, nesting too deep, something after the end) and
    for an answer that itself reports errors, for it may be incomplete.
    Source: Slurm's data_parser v0.0.37 to v0.0.44; metering.md §2.1.
    """
    answer = _answer(source)
    jobs = answer["jobs"]
    numbered = list(enumerate(jobs, start=1))
    cluster = _part(_part(answer, "meta"), "slurm").get("cluster")
    whole = [_place(n, job) | _cells(job, cluster) for n, job in numbered if _is_job(job)]
    broken = pl.DataFrame([_place(n, job) for n, job in numbered if not _is_job(job)], schema=_PLACE)
    cells = pl.DataFrame(whole, schema=_SCHEMA)
    accepted, rejected = slurm.intervals(cells, zone="UTC", declaration=source.declaration)
    not_jobs = refused_for(broken, pl.lit("BAD_RECORD"), pl.lit("作业记录缺少 job_id、time 或 state"))
    return in_one(
        row_count=len(jobs),
        frames={TABLE: accepted},
        rejected=pl.concat([not_jobs, rejected]).sort("row_no"),
    )


def _answer(source: Source) -> dict[str, Any]:
    answer = _loaded(source)
    if not isinstance(answer, dict) or not isinstance(answer.get("jobs"), list):
        raise InputFault(f"{source.name}: 顶层不是含有 jobs 列表的对象")
    errors = answer.get("errors")
    if errors:
        raise InputFault(
            f"{source.name}: 导出时 Slurm 报告了错误（{str(errors)[:200]}），内容可能不全，请重新导出"
        )
    return answer


def _loaded(source: Source) -> Any:
    if source.text is None:
        raise InputFault(f"{source.name}: 不是 UTF-8 文本，无法作为 JSON 读取")
    return loaded(source.text, place=source.name)


def _part(whole: Any, name: str) -> dict[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


def _is_job(job: Any) -> bool:
    return isinstance(job, dict) and "job_id" in job and bool(_part(job, "time")) and "state" in job


def _place(number: int, job: Any) -> dict[str, Any]:
    shown = {name: value for name, value in job.items() if name != "steps"} if isinstance(job, dict) else job
    return {"row_no": number, "raw": json.dumps(shown, ensure_ascii=False, separators=(",", ":"))}


def _cells(job: dict[str, Any], cluster: Any) -> dict[str, str | None]:
    """The job as sacct would print it in slurm.CELLS."""
    time, owner, tres = _part(job, "time"), _part(job, "association"), _part(job, "tres")
    wishes = [job.get(name) for name in ("tres_req_str", "tres_per_job", "tres_per_node", "tres_per_task")]
    return {
        "jobid": _job_id(job),
        "jobidraw": _numeral(job["job_id"]),
        "cluster": _text(job.get("cluster") or owner.get("cluster") or cluster),
        "account": _text(job.get("account") or owner.get("account")),
        "user": _text(job.get("user") or owner.get("user")),
        **{cell: _moment(time, name) for cell, name in _MOMENTS},
        "elapsedraw": _numeral(time.get("elapsed")),
        "suspended": _numeral(time.get("suspended")),
        "timelimitraw": _numeral(time.get("limit")),
        "state": _state(job["state"]),
        "nnodes": _numeral(job.get("allocation_nodes")),
        "alloctres": _tres(tres.get("allocated", job.get("tres_alloc_str"))),
        "reqtres": ",".join([_tres(tres.get("requested")), *map(_text, filter(None, wishes))]),
        "nodelist": _text(job.get("nodes")),
        "submitline": _text(job.get("submit_line")),
    }


_MOMENTS = (("submit", "submission"), ("start", "start"), ("end", "end"))


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return "" if value is None else str(value)


def _numeral(value: Any) -> str | None:
    """A number in any dress: 7200, or since 22.05 {set, infinite, number}; null where none is set."""
    if isinstance(value, dict):
        if value.get("infinite"):
            return "UNLIMITED"
        value = value.get("number") if value.get("set") else None
    return None if value is None else str(value)


def _moment(time: dict[str, Any], name: str) -> str | None:
    """Epoch seconds; 0 and unset are Unknown, as sacct prints them; null where the job does not say."""
    if name not in time:
        return None
    number = _numeral(time[name])
    return "Unknown" if number in (None, "0") else number


def _state(state: Any) -> str:
    """The word that sacct prints. `current` is a word up to 23.02 and a list since 23.11: the state, then flags.

    A run that was requeued, resized or revoked lies in slurmdbd as the flag alone: the state before it is made up.
    """
    current = state.get("current") if isinstance(state, dict) else state
    if not isinstance(current, list):
        return _text(current)
    return next((flag for flag in FLAGS if flag in current), _text(current[:1]))


def _job_id(job: dict[str, Any]) -> str:
    """JobID as sacct prints it: 123, array task 123_7, array not yet split 123_[1-3], heterogeneous 123+0."""
    array, het = _part(job, "array"), _part(job, "het")
    of_array, task, tasks = _numeral(array.get("job_id")), _numeral(array.get("task_id")), array.get("task")
    of_het = _numeral(het.get("job_id"))
    if of_het not in (None, "0"):
        return f"{of_het}+{_numeral(het.get('job_offset')) or 0}"
    if of_array not in (None, "0") and (task or tasks):
        return f"{of_array}_{task or f'[{tasks}]'}"
    return _numeral(job["job_id"]) or ""


def _tres(listed: Any) -> str:
    """[{type, name, count}] as sacct prints it: cpu=4,gres/gpu:l40s=2. Some answers hold that text itself."""
    return ",".join(map(_tres_entry, listed)) if isinstance(listed, list) else _text(listed)


def _tres_entry(entry: Any) -> str:
    if not isinstance(entry, dict):
        return _text(entry)
    name = f"{entry.get('type')}/{entry['name']}" if entry.get("name") else entry.get("type")
    return f"{name}={_numeral(entry.get('count'))}"
