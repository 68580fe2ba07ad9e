"""Commands that only look: explain, diff, sql, rules, policy."""

import sys
from pathlib import Path

import click

from hesuan.flows.command.shared import Asking, shared, shared_but_format, tell


@click.command()
@shared
@click.argument("identifier")
def explain(asking: Asking, identifier: str) -> None:
    """说明一笔申请、一份合同、一项发现、一个数字（申请编号/列名）、一条规则或一个参数：数字、步骤、来源行。"""
    from hesuan.flows.explaining import explained
    from hesuan.flows.ground import published

    found = explained(published(asking.root), identifier, asking.lang)
    asking.say(found.facts, found.lines)


@click.command()
@shared
@click.argument("before")
@click.argument("after")
def diff(asking: Asking, before: str, after: str) -> None:
    """两次运行之间的不同：申请、发现与参数。BEFORE、AFTER 为运行编号，最近一次可写作 latest。"""
    from hesuan.flows.before.differing import differing
    from hesuan.flows.ground import run_database

    difference = differing(run_database(asking.root, before), run_database(asking.root, after))
    asking.say(difference.facts(), difference.lines(lang=asking.lang))


@click.command()
@shared_but_format
@click.option(
    "--format",
    "shape",
    type=click.Choice(["table", "csv", "json", "parquet", "xlsx"]),
    default="table",
    show_default=True,
    help="输出格式；parquet 与 xlsx 须写 --out。",
)
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="写入此文件，不打印。")
@click.option("--examples", "is_to_list", is_flag=True, help="打印可照用的查询，什么都不查。")
@click.argument("query", required=False)
def sql(asking: Asking, shape: str, out: Path | None, is_to_list: bool, query: str | None) -> None:
    """只读查询公布的数据库；不写 QUERY 则从标准输入读。不能读写别的文件，设置不能改。"""
    from hesuan.flows.asking import asked, examples, kept
    from hesuan.flows.ground import published

    if is_to_list:
        tell(examples(), nl=False)
        return
    database = published(asking.root)
    question = sys.stdin.read() if query is None else query
    wanted = "json" if asking.as_json else shape
    if wanted == "parquet" and out is not None:
        asking.warn(f"{out}: {kept(database, question, out)} 行")
        return
    answer = asked(database, question)
    if out is None:
        tell(answer.text(wanted), nl=False)
    else:
        answer.write(out, wanted)
        asking.warn(f"{out}: {answer.height} 行")


@click.command()
@shared
def rules(asking: Asking) -> None:
    """查什么：规则、后果与条款。"""
    from hesuan.flows.ground import policy_in_force
    from hesuan.flows.reference.cited import cited_cards
    from hesuan.reports.wording.article import in_english_plainly
    from hesuan.reports.wording.words import word_of
    from hesuan.schemas.policy import load_policy

    cards = cited_cards(load_policy(policy_in_force(asking.root)))
    facts = [
        {
            "id": c.id,
            "title_zh": c.title_zh,
            "title_en": c.title_en,
            "severity": c.severity,
            "article": c.article,
        }
        for c in cards
    ]
    lines = [
        f"{c.id}  {word_of('severity', c.severity, asking.lang)}"
        f"  {c.title_zh if asking.lang == 'zh' else c.title_en}"
        f"  {c.article if asking.lang == 'zh' else in_english_plainly(c.article)}"
        for c in cards
    ]
    asking.say(facts, lines)


@click.command()
@shared
@click.option("--policy", "policy_id", help="办法编号。")
@click.option("--check", "to_check", type=click.Path(path_type=Path), help="检查一份参数文件。")
@click.option("--text", "text_path", type=click.Path(path_type=Path), help="办法原文；逐条核对引文。")
def policy(asking: Asking, policy_id: str | None, to_check: Path | None, text_path: Path | None) -> None:
    """执行什么：参数、条款、原文与自定理由。"""
    from hesuan.flows.ground import is_published, policy_in_force, published
    from hesuan.flows.policies import policy_facts, policy_lines, shown_policy
    from hesuan.flows.questions import question_lines, questions
    from hesuan.schemas.policy import default_policy_id

    # A file is checked for its own sake: there need not be a workspace.
    chosen = policy_id or (default_policy_id() if to_check else policy_in_force(asking.root))
    shown = shown_policy(chosen, to_check=to_check, text_path=text_path)
    is_asked = to_check is None and is_published(asking.root)
    open_questions = questions(published(asking.root), shown.id) if is_asked else []
    asking.say(
        policy_facts(shown, open_questions),
        [*question_lines(open_questions, asking.lang), *policy_lines(shown, asking.lang)],
    )
