"""LSF `lsb.acct`: positional fields separated by blanks, texts in quotes, one event a line; JOB_FINISH is a run.

Where which field stands is told in `flows.scheduler.lsf_record`.
"""

import re

from hesuan.flows.scheduler.job_log import first_lines, reading_of
from hesuan.flows.scheduler.job_run import (
    CANCELLED,
    CARD_MENTION,
    COMPLETED,
    FAILED,
    OUT_OF_MEMORY,
    PREEMPTED,
    REQUEUED,
    TIMEOUT,
    Run,
    Unusable,
    card_evidence,
    first_said,
    instant,
    whole,
)
from hesuan.flows.scheduler.lsf_record import Fields, record_of
from hesuan.flows.source import Reading, Source
from hesuan.schemas.format import Format

NAME = "lsf_accounting"
FORMATS = (
    Format(
        title_zh="LSF lsb.acct",
        seen_zh="Open XDMoD 测试集的 3 行（记录版本 9.11，2014 年）；10.1 依文档",
        proves=("occupied",),
        cannot_zh="分到几张卡（文件只写申请）；卡是否在用",
    ),
)

_EVENT = re.compile(r'"[A-Z][A-Z_]+" "\d+(\.\d+)*" \d{9,10} ')
_DONE, _EXIT = "64", "32"
# lsbatch.h, TERM_*: why a job that exited was ended; whatever is not here FAILED. A run that the owner threw
# away to begin anew (10) was used; one that the operator requeued (11) is not billable.
_ENDINGS = {
    **{"1": PREEMPTED, "5": TIMEOUT, "11": REQUEUED, "16": OUT_OF_MEMORY},
    **dict.fromkeys(("8", "9", "10", "14", "15"), CANCELLED),
}


def claims(source: Source) -> bool:
    """Lines that begin with a quoted event, a quoted version and epoch seconds. lsb.events is claimed too."""
    return any(_EVENT.match(line) for line in first_lines(source))


def read(source: Source) -> Reading:
    """Read one lsb.acct.

    One accepted row per JOB_FINISH, that is per run of a job or of an array's element; a requeued job's runs
    differ by their start. Other events are rejects, so that who hands in lsb.events learns what is wanted.
    Times are epoch seconds, so no zone is needed; the run ends when the event was logged; a start of 0 means
    that it never ran. The record states no allocation of cards: the count is unknown, `requested` where the
    request speaks of cards.
    Raises InputFault for text that is neither UTF-8 nor GB18030.
    Source: IBM Spectrum LSF 10.1, lsb.acct; metering.md §2.3.
    """
    return reading_of(source, run_of)


def run_of(line: str) -> Run:
    record = record_of(line)
    fields, hosts, tail = record.fields, record.hosts, record.tail
    has_run = fields["startTime"] != "0"
    start = instant(fields["startTime"], "开始时刻") if has_run else None
    names = list(dict.fromkeys(host.rpartition("*")[2] for host in hosts))
    is_asked = CARD_MENTION.search(f"{fields['resReq']} {tail.asked}") is not None
    return Run(
        record_id=_record_id(fields),
        tenant=first_said(fields["projectName"]),
        state=_state(fields),
        started_at=start,
        ended_at=instant(fields["eventTime"], "结束时刻") if has_run else None,
        card_evidence=card_evidence(None, is_asked=is_asked),
        account=first_said(fields["projectName"]),
        user=fields["userName"],
        node_id=",".join(names) or None,
        node_count=len(names) or None,
        cpu_cores=_slot_count(fields, hosts),
        elapsed_seconds=tail.run_seconds,
        time_limit_seconds=tail.limit_seconds,
    )


def _record_id(fields: Fields) -> str:
    """lsf:<job>[<array element>]:<submission>:<start>: ids wrap, and an array's elements share one."""
    job, element = whole(fields["jobId"], "作业编号"), whole(fields["idx"], "数组下标")
    submit = instant(fields["submitTime"], "提交时刻")
    return f"lsf:{job}{f'[{element}]' if element else ''}:{submit}:{int(fields['startTime'])}"


def _state(fields: Fields) -> str:
    status = fields["jStatus"]
    if status == _DONE:
        return COMPLETED
    if status != _EXIT:
        raise Unusable("BAD_STATE", f"作业状态 “{status}”既不是 64（完成）也不是 32（退出）")
    return _ENDINGS.get(fields["exitInfo"], FAILED)


def _slot_count(fields: Fields, hosts: list[str]) -> int | None:
    """A fixed number of slots is granted as asked for; of a range, the hosts tell: `16*n1` is sixteen."""
    asked = whole(fields["numProcessors"], "处理器数")
    if asked == whole(fields["maxNumProcessors"], "处理器数上限"):
        return asked
    counts = [host.rpartition("*")[0] or "1" for host in hosts]
    return sum(whole(count, "槽数") for count in counts) or None
