"""All commands under one name."""

import click

from hesuan.flows.command import filing, looking, working
from hesuan.flows.command.shared import DEBUG, FORMS, HELP, LANG


@click.group()
@HELP
@click.version_option(
    package_name="hesuan", prog_name="hesuan", message="%(prog)s %(version)s", help="显示版本并退出。"
)
@LANG
@DEBUG
@click.option("--format", type=click.Choice(FORMS), expose_value=False, help="出错的写法：一行，或分项写明。")
def commands() -> None:
    """核算：计量、发票与合同相互核对，按办法算出算力券补贴。机器建议，专家组决定。"""


for _command in (
    working.demo,
    working.init,
    working.check,
    working.run,
    working.serve,
    looking.explain,
    looking.diff,
    looking.sql,
    looking.rules,
    looking.policy,
    filing.decide,
    filing.report,
    filing.verify,
    filing.completion,
):
    commands.add_command(_command)
