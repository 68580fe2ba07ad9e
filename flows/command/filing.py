"""Commands about what is kept: report, decide, verify; and completion for the shell."""

import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from click.shell_completion import get_completion_class

from hesuan.flows.command.shared import Asking, shared, tell
from hesuan.schemas.fault import EvidenceFault, InputFault, UsageFault
from hesuan.schemas.kind import ZONE

PROGRAM = "hesuan"


@click.command()
@shared
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--print", "is_to_print", is_flag=True, help="不收意见，而把空白的专家意见表写到 FILE（XLSX）。"
)
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]),
    help="审查时间（北京时间）；默认此刻。",
)
def decide(asking: Asking, file: Path, is_to_print: bool, at: datetime | None) -> None:
    """收进专家组的意见（第十三条）：整份核对，有一行不合即全部不收。"""
    from hesuan.flows.ground import decided, published
    from hesuan.flows.panel.deciding import print_sheet

    if is_to_print:
        count = print_sheet(published(asking.root), file)
        asking.say({"sheet": str(file), "claim_count": count}, [f"专家意见表：{file}，{count} 笔"])
        return
    now = asking.door.clock()
    decided_at = now if at is None else at.replace(tzinfo=ZoneInfo(ZONE))
    if decided_at > now:
        raise UsageFault(f"--at: {at} 晚于此刻（{now:%Y-%m-%d %H:%M:%S}），还没有审查")
    found = decided(asking.root, file, at=decided_at)
    if found.refused:
        for line in found.refused:
            asking.warn(line)
        sys.exit(InputFault.exit_code)
    asking.say(found.facts(), found.lines())


@click.command()
@shared
@click.option("--run", "run_id", help="运行编号；默认最近一次。")
def report(asking: Asking, run_id: str | None) -> None:
    """重写某次运行的报告；--lang en 另出英文网页，在其 en 文件夹里。"""
    from hesuan.flows.ground import reported
    from hesuan.flows.stages.report import unprinted
    from hesuan.reports.edition import FOLDERS

    folder = reported(asking.root, run_id, lang=asking.lang)
    missing = unprinted(folder)
    page = folder / FOLDERS[asking.lang] / "index.html"
    label, lacking = {"zh": ("报告：", "纸面未出："), "en": ("report: ", "not on paper: ")}[asking.lang]
    asking.say(
        {"report": str(page), "unprinted": list(missing)},
        [f"{label}{page}", *(f"{lacking}{reason}" for reason in missing)],
    )


@click.command()
@shared
@click.argument("folder", required=False, type=click.Path(file_okay=False))
@click.option(
    "--rerun",
    "is_rerun",
    is_flag=True,
    help="另由证据重算最近一次运行，逐表比对；在临时文件夹里，与夜间核算一样久。",
)
def verify(asking: Asking, folder: str | None, is_rerun: bool) -> None:
    """离线核验一个工作区或其证据文件夹：文件是否原样，数字是否即所公布的。"""
    from hesuan.flows.ground import verified

    root = asking.root if folder is None else asking.door.root(folder)
    found = verified(root, is_rerun=is_rerun)
    for line in found.troubles:
        asking.warn(line)
    asking.say(found.facts(), found.lines(lang=asking.lang))
    if found.troubles:
        sys.exit(EvidenceFault.exit_code)


@click.command()
@shared
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(asking: Asking, shell: str) -> None:
    """打印命令补全的脚本（bash、zsh、fish）。"""
    from hesuan.flows.command.tree import commands

    maker = get_completion_class(shell)
    if maker is None:
        raise UsageFault(f"{shell}: 没有这种命令行的补全")
    tell(maker(commands, {}, PROGRAM, "_HESUAN_COMPLETE").source())
