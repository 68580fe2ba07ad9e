"""The command line: reads arguments and the environment, prints, and turns faults into one line and an exit code.

The only room that looks at the clock and the environment.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from hesuan.schemas.fault import Fault, InputFault
from hesuan.schemas.kind import ZONE

if TYPE_CHECKING:
    from hesuan.flows.bucket.place import Root
    from hesuan.flows.running import Carrier


def _root(context: click.Context, parameter: click.Parameter, words: str) -> "Root":
    """A folder, or s3://bucket/prefix."""
    from hesuan.flows.bucket.place import SCRATCH, root_named

    root = root_named(words, os.environ.get(SCRATCH))
    if isinstance(root, Path):
        click.Path(file_okay=False).convert(words, parameter, context)
    return root


def shared(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that every command has."""
    for option in (
        click.option("--debug", is_flag=True, help="出错时显示完整的调用栈。"),
        click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。"),
        click.option(
            "--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="输出语言。"
        ),
        click.option(
            "-w",
            "--workspace",
            "root",
            callback=_root,
            default=lambda: os.environ.get("HESUAN_WORKSPACE", "data"),
            show_default="./data 或 HESUAN_WORKSPACE",
            help="工作区：文件夹，或 s3://桶名/前缀。",
        ),
    ):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hesuan", prog_name="hesuan")
def commands() -> None:
    """核算：计量、发票与合同相互核对，按办法算出算力券补贴。机器建议，专家组决定。"""


@commands.command()
@shared
@click.option(
    "--seed", type=int, default=2026, show_default=True, help="合成城市的种子；同一种子，同一字节。"
)
def demo(root: "Root", lang: str, as_json: bool, debug: bool, seed: int) -> None:
    """在新的工作区里造一座合成城市，跑一遍每夜作业。"""
    from hesuan.flows.demo.show import make_demo
    from hesuan.flows.ground import folder_of
    from hesuan.flows.running import Carrier

    folder = folder_of(root, command="demo") / "demo" / f"seed-{seed}"
    workspace = make_demo(folder, seed=seed)
    carrier = Carrier("inline")
    _run_and_print(workspace.root, carrier, policy_id=None, as_of=None, lang=lang, as_json=as_json)


@commands.command()
@shared
def init(root: "Root", lang: str, as_json: bool, debug: bool) -> None:
    """建立工作区：文件夹、hesuan.toml、各表模板（XLSX 与 CSV）。"""
    from hesuan.flows.ground import made

    written = made(root, policy=_default_policy())
    _say(
        {"workspace": str(root), "templates": written},
        [f"工作区：{root}", f"模板 {len(written)} 份：{root}/templates"],
        as_json=as_json,
    )


@commands.command()
@shared
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(root: "Root", lang: str, as_json: bool, debug: bool, files: tuple[Path, ...]) -> None:
    """说明每个文件是什么、接受与退回多少行、为什么；什么都不改动。"""
    from hesuan.flows.checking import checked

    results = [checked(path) for path in files]
    lines = [line for result in results for line in result.lines()]
    _say([result.facts() for result in results], lines, as_json=as_json)
    if any(result.status in ("refused", "unrecognised") for result in results):
        sys.exit(10)


@commands.command()
@shared
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="运行日：只用该日（北京时间）及以前的事实。")
@click.option("--policy", "policy_id", help="办法编号。")
@click.option(
    "--engine",
    "engine_name",
    type=click.Choice(["auto", "inline", "pool", "prefect", "dask"]),
    default="auto",
    show_default=True,
    help="由谁执行；auto 在配置了 Prefect 服务且有应答时交给它，否则就地执行；pool 用本机多个进程，dask 用集群。",
)
@click.option("--address", help="Dask 调度器的地址；不写则在本机起两个工作进程。")
def run(
    root: "Root",
    lang: str,
    as_json: bool,
    debug: bool,
    as_of: datetime | None,
    policy_id: str | None,
    engine_name: str,
    address: str | None,
) -> None:
    """每夜作业跑一遍（前台）。"""
    from hesuan.flows.running import Carrier

    day = None if as_of is None else as_of.date()
    carrier = Carrier(engine_name, os.environ.get("PREFECT_API_URL"), address)
    _run_and_print(root, carrier, policy_id=policy_id, as_of=day, lang=lang, as_json=as_json)


@commands.command()
@shared
@click.option("--cron", default="30 2 * * *", show_default=True, help="北京时间。")
def serve(root: "Root", lang: str, as_json: bool, debug: bool, cron: str) -> None:
    """在 Prefect 上登记并值守每夜作业（北京时间）。"""
    _quiet_prefect()
    from hesuan.flows.ground import existing
    from hesuan.flows.nightly import serve_nightly

    folder = existing(root).root
    serve_nightly(folder.resolve() if isinstance(root, Path) else root, cron=cron)


@commands.command()
@shared
@click.argument("identifier")
def explain(root: "Root", lang: str, as_json: bool, debug: bool, identifier: str) -> None:
    """说明一笔申请、一份合同、一项发现、一条规则或一个参数：数字、步骤、来源行。"""
    from hesuan.flows.explaining import explained

    found = explained(_published(root), identifier)
    _say(found.facts, found.lines, as_json=as_json)


@commands.command()
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
def decide(
    root: "Root", lang: str, as_json: bool, debug: bool, file: Path, is_to_print: bool, at: datetime | None
) -> None:
    """收进专家组的意见（第十三条）：整份核对，有一行不合即全部不收。"""
    from hesuan.flows.ground import folder_of
    from hesuan.flows.panel.deciding import decide_sheet, print_sheet
    from hesuan.flows.workspace import existing_workspace

    if is_to_print:
        count = print_sheet(_published(root), file)
        _say({"sheet": str(file), "claim_count": count}, [f"专家意见表：{file}，{count} 笔"], as_json=as_json)
        return
    workspace = existing_workspace(folder_of(root, command="decide"))
    zone = ZoneInfo(ZONE)
    decided = decide_sheet(file, workspace, at=datetime.now(zone) if at is None else at.replace(tzinfo=zone))
    if decided.refused:
        for line in decided.refused:
            _warn(line)
        sys.exit(InputFault.exit_code)
    _say(decided.facts(), decided.lines(), as_json=as_json)


@commands.command(name="report")
@shared
@click.option("--run", "run_id", help="运行编号；默认最近一次。")
def report_command(root: "Root", lang: str, as_json: bool, debug: bool, run_id: str | None) -> None:
    """重写某次运行的报告。"""
    from hesuan.flows.ground import reported
    from hesuan.flows.stages.report import unprinted

    folder = reported(root, run_id)
    missing = unprinted(folder)
    _say(
        {"report": str(folder / "index.html"), "unprinted": list(missing)},
        [f"报告：{folder / 'index.html'}", *(f"纸面未出：{reason}" for reason in missing)],
        as_json=as_json,
    )


@commands.command(name="sql")
@shared
@click.argument("query", required=False)
def sql_command(root: "Root", lang: str, as_json: bool, debug: bool, query: str | None) -> None:
    """只读查询公布的数据库；不写 QUERY 则从标准输入读。"""
    from hesuan.flows.asking import asked

    answer = asked(_published(root), query or sys.stdin.read())
    _say(answer.facts(), answer.lines(), as_json=as_json)


@commands.command()
@shared
def rules(root: "Root", lang: str, as_json: bool, debug: bool) -> None:
    """查什么：规则、后果与条款。"""
    from hesuan.schemas.card import SEVERITIES
    from hesuan.validators.judge import rule_cards

    cards = rule_cards()
    facts = [
        {"id": c.id, "title_zh": c.title_zh, "title_en": c.title_en, "severity": c.severity} for c in cards
    ]
    lines = [
        f"{c.id}  {SEVERITIES[c.severity]}  {c.title_zh if lang == 'zh' else c.title_en}  {c.article}"
        for c in cards
    ]
    _say(facts, lines, as_json=as_json)


@commands.command()
@shared
@click.option("--policy", "policy_id", help="办法编号。")
@click.option("--check", "to_check", type=click.Path(path_type=Path), help="检查一份参数文件。")
@click.option("--text", "text_path", type=click.Path(path_type=Path), help="办法原文；逐条核对引文。")
def policy(
    root: "Root",
    lang: str,
    as_json: bool,
    debug: bool,
    policy_id: str | None,
    to_check: Path | None,
    text_path: Path | None,
) -> None:
    """执行什么：参数、条款、原文与自定理由。"""
    from hesuan.flows.ground import is_published
    from hesuan.flows.policies import policy_lines, shown_policy
    from hesuan.flows.questions import question_lines, questions

    shown = shown_policy(policy_id or _default_policy(), to_check=to_check, text_path=text_path)
    asked = questions(_published(root)) if to_check is None and is_published(root) else []
    facts = [
        {"key": p.key, "value": str(p.value), "article": p.article, "reading": p.reading}
        | {"alternatives": [q for q in asked if q["reading_key"] == p.key]}
        for p in shown.parameters
    ]
    _say(facts, [*question_lines(asked), *policy_lines(shown)], as_json=as_json)


def _run_and_print(
    root: "Root", carrier: "Carrier", *, policy_id: str | None, as_of: date | None, lang: str, as_json: bool
) -> None:
    from hesuan.flows.ground import ordered
    from hesuan.flows.running import run_order

    order = ordered(root, policy_id, today=_today(), as_of=as_of)
    _quiet_prefect()
    outcome = run_order(order, carrier, say=_warn)
    stored = [] if order.bucket is None else [f"已存入 {order.bucket}；以上为本机的副本"]
    _say(outcome.facts(), [*outcome.lines(lang=lang), *stored], as_json=as_json)


def _default_policy() -> str:
    from hesuan.schemas.policy import default_policy_id

    return default_policy_id()


def _today() -> date:
    return datetime.now(ZoneInfo(ZONE)).date()


def _published(root: "Root") -> Path:
    from hesuan.flows.ground import published

    return published(root)


def _quiet_prefect() -> None:
    """No telemetry, whoever imports Prefect later; both switches are needed."""
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")


def _warn(line: str) -> None:
    click.echo(line, err=True)


def _say(facts: Any, lines: list[str], *, as_json: bool) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False, indent=2) if as_json else "\n".join(lines))


def main() -> None:
    """Entry point of the console script."""
    try:
        commands.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except Fault as fault:
        if "--debug" in sys.argv:
            raise
        for line in fault.lines():
            click.echo(f"{type(fault).__name__}: {line}", err=True)
        sys.exit(fault.exit_code)
