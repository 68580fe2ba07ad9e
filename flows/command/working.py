"""Commands that work on a workspace: demo, init, check, run, serve."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hesuan.flows.command.shared import Asking, murmur, shared
from hesuan.schemas.fault import InputFault, UsageFault

if TYPE_CHECKING:
    from hesuan.flows.bucket.place import Root


@click.command()
@shared
@click.option(
    "--seed", type=int, default=2026, show_default=True, help="合成城市的种子；同一种子，同一字节。"
)
def demo(asking: Asking, seed: int) -> None:
    """在新的工作区里造一座合成城市，跑一遍每夜作业。"""
    from hesuan.flows.ground import demo_made

    _run_and_print(asking, demo_made(asking.root, seed=seed), engine_name="inline")


@click.command()
@shared
def init(asking: Asking) -> None:
    """建立工作区：文件夹、hesuan.toml、各表模板（XLSX 与 CSV）。"""
    from hesuan.flows.ground import made
    from hesuan.schemas.policy import default_policy_id

    root = asking.root
    written = made(root, policy=default_policy_id())
    lines = {
        "zh": [f"工作区：{root}", f"模板 {len(written)} 份：{root}/templates"],
        "en": [f"workspace: {root}", f"{len(written)} templates: {root}/templates"],
    }
    asking.say({"workspace": str(root), "templates": written}, lines[asking.lang])


@click.command()
@shared
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(asking: Asking, files: tuple[Path, ...]) -> None:
    """说明每个文件（文件夹里的每一个）是什么、接受与退回多少行、为什么；什么都不改动。"""
    from hesuan.flows.checking import checked_together
    from hesuan.flows.contract_number import published_numbers
    from hesuan.flows.ground import is_published, published

    # A file is checked for its own sake: there need not be a workspace.
    listed = published_numbers(published(asking.root)) if is_published(asking.root) else frozenset()
    results = checked_together(files, listed)
    lines = [line for result in results for line in result.lines(lang=asking.lang, form=asking.form)]
    asking.say([result.facts() for result in results], lines)
    if any(result.status in ("refused", "unrecognised") for result in results):
        sys.exit(InputFault.exit_code)


@click.command()
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
    asking: Asking, as_of: datetime | None, policy_id: str | None, engine_name: str, address: str | None
) -> None:
    """每夜作业跑一遍（前台）。"""
    day = None if as_of is None else as_of.date()
    _run_and_print(
        asking, asking.root, engine_name=engine_name, address=address, policy_id=policy_id, as_of=day
    )


@click.command()
@shared
@click.option("--cron", default="30 2 * * *", show_default=True, help="北京时间。")
def serve(asking: Asking, cron: str) -> None:
    """在 Prefect 上登记并值守每夜作业（北京时间）。"""
    from hesuan.flows.ground import existing
    from hesuan.flows.running import answers

    folder = existing(asking.root).root
    # Without an address in the environment Prefect's own settings may name one.
    url = asking.door.environment.get("PREFECT_API_URL")
    if url and not answers(url):
        raise UsageFault(f"Prefect 服务 {url} 没有应答，值守不了；请启动它再运行")
    from hesuan.flows.nightly import serve_nightly

    serve_nightly(folder.resolve() if isinstance(asking.root, Path) else asking.root, cron=cron)


def _run_and_print(
    asking: Asking,
    root: "Root",
    *,
    engine_name: str,
    address: str | None = None,
    policy_id: str | None = None,
    as_of: date | None = None,
) -> None:
    from hesuan.flows.ground import ordered
    from hesuan.flows.progress import Progress
    from hesuan.flows.running import Carrier, run_order

    door = asking.door
    order = ordered(root, policy_id, today=door.day(), as_of=as_of)
    carrier = Carrier(engine_name, door.environment.get("PREFECT_API_URL"), address)
    progress = Progress(_write_error, seconds=door.seconds, lang=asking.lang, is_watched=door.is_watched)
    outcome = run_order(order, carrier, say=asking.warn, progress=None if asking.is_quiet else progress)
    kept = {
        "zh": f"已存入 {order.bucket}；以上为本机的副本",
        "en": f"stored in {order.bucket}; the above are copies here",
    }
    stored = [] if order.bucket is None else [kept[asking.lang]]
    asking.say(outcome.facts(), [*outcome.lines(lang=asking.lang), *stored])
    if outcome.unread:
        sys.exit(InputFault.exit_code)


def _write_error(text: str) -> None:
    murmur(text, nl=False)
