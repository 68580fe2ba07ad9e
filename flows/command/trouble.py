"""Faults as they are printed: one line each, or in full with place, content and what to do."""

import errno

import click

from hesuan.flows.command.language import said
from hesuan.schemas.fault import (
    CardFault,
    EvidenceFault,
    Fault,
    InputFault,
    PolicyFault,
    ReportFault,
    UsageFault,
    WarehouseFault,
    WorkspaceBusy,
)

# Kind → what it is and what to do, in Chinese and in English.
ADVICE: dict[type[Fault], tuple[tuple[str, str], tuple[str, str]]] = {
    UsageFault: (("用法", "更正命令后再运行；用法见 --help。"), ("usage", "correct the command; see --help")),
    InputFault: (
        ("输入文件", "更正所指的文件后再运行；hesuan check 文件 可先自查。"),
        ("input file", "correct the file and run again; hesuan check FILE tells beforehand"),
    ),
    PolicyFault: (
        ("办法参数", "更正参数文件；hesuan policy --check 文件 逐行指出毛病。"),
        ("policy", "correct the policy file; hesuan policy --check FILE lists every trouble"),
    ),
    CardFault: (
        ("规则或关系的卡片", "程序有误：请附此行反馈。"),
        ("rule or relation card", "a defect of the program: please report this line"),
    ),
    WarehouseFault: (
        ("数据库", "看所指之处是否完整、能否读写、有无空间；重新运行 hesuan run 会另建一份。"),
        (
            "database",
            "see that the place is whole, can be read and written, and has space; hesuan run makes a new one",
        ),
    ),
    ReportFault: (
        ("报告", "看报告文件夹是否可写；数据库不受影响，可用 hesuan report 重写。"),
        ("report", "see that the folder can be written; hesuan report writes it again"),
    ),
    EvidenceFault: (
        ("证据", "收下的证据或台账与其散列不符：不要改动工作区，由保管人核对备份。"),
        ("evidence", "evidence or a ledger differs from its hashes: leave the workspace and compare backups"),
    ),
    WorkspaceBusy: (
        ("工作区占用", "等另一次运行结束后再试。"),
        ("workspace in use", "try again when the other run has ended"),
    ),
}
# What the system answers → what it means and what to do; place and its own words are filled in.
STORAGE = {
    (errno.ENOSPC, errno.EDQUOT): "{place}: 磁盘已满，写不下；请腾出空间后再运行",
    (errno.EACCES, errno.EPERM, errno.EROFS): "{place}: 不许读写（{words}）；请让运行者可以读写此处",
    (errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY): (
        "{place}: 该是文件夹处是文件，或相反（{words}）；请移走它再运行"
    ),
}
OTHER_STORAGE = "{place}: 系统读写出错（{words}）；请看此处是否还在、可读写"
STDOUT = "/dev/stdout"
LABELS = {
    "zh": ("错误（{kind}，退出码 {code}）：{what}", "位置：{where}", "处理：{advice}"),
    "en": ("error ({kind}, exit code {code}): {what}", "where: {where}", "to do: {advice}"),
}


def fault_lines(fault: Fault, *, lang: str, form: str) -> list[str]:
    """One line per trouble, or its full form of two to three lines."""
    if form != "full":
        return [f"{type(fault).__name__}: {said(line, lang)}" for line in fault.lines()]
    return [shown for line in fault.lines() for shown in _in_full(type(fault), said(line, lang), lang)]


def storage_fault(error: OSError, root: object) -> WarehouseFault:
    """What the system would not read or write: where, and what to do. root: told where the system names no place."""
    place = error.filename2 or error.filename or root
    sentence = next((says for codes, says in STORAGE.items() if error.errno in codes), OTHER_STORAGE)
    return WarehouseFault(sentence.format(place=place, words=error.strerror or error))


def click_lines(error: click.ClickException, *, lang: str, form: str) -> list[str]:
    """What click refuses: a usage fault like any other."""
    message = " ".join(error.format_message().split())
    if form == "full":
        return _in_full(UsageFault, message, lang, where=_command_of(error))
    more = {"zh": "（用法见 {} --help）", "en": " (see {} --help)"}[lang]
    return [f"{UsageFault.__name__}: {message}{more.format(_command_of(error))}"]


def _in_full(kind: type[Fault], line: str, lang: str, where: str | None = None) -> list[str]:
    """`line` is place, colon, space and what was found, as every fault is worded."""
    place, colon, rest = line.partition(": ")
    first, second, third = LABELS[lang]
    name, advice = ADVICE[kind][0 if lang == "zh" else 1]
    what, found_at = (rest, place) if colon and where is None else (line, where)
    lines = [first.format(kind=name, code=kind.exit_code, what=what)]
    lines += [f"  {second.format(where=found_at)}"] if found_at else []
    return [*lines, f"  {third.format(advice=advice)}"]


def _command_of(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return "hesuan" if context is None else context.command_path
