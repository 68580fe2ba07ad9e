"""What every command is told: the workspace, the language and the shape of the answer; and how it answers."""

import functools
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from hesuan.flows.command.language import said
from hesuan.flows.command.trouble import STDOUT, storage_fault
from hesuan.flows.terminal import shown_json, shown_lines
from hesuan.schemas.kind import ZONE

if TYPE_CHECKING:
    from hesuan.flows.bucket.place import Root

Command = Callable[..., Any]
FORMS = ("concise", "full")


@dataclass(frozen=True)
class Door:
    """What cli.py alone may look at: the environment, the clock, and whether a person watches stderr."""

    environment: Mapping[str, str]
    clock: Callable[[], datetime]
    seconds: Callable[[], float]
    lang: str = "zh"
    is_watched: bool = False

    def root(self, words: str) -> "Root":
        """A folder, or s3://bucket/prefix. A file is none."""
        from hesuan.flows.bucket.place import SCRATCH, root_named

        root = root_named(words, self.environment.get(SCRATCH))
        if isinstance(root, Path):
            click.Path(file_okay=False).convert(words, None, click.get_current_context())
        return root

    def day(self) -> date:
        return self.clock().astimezone(ZoneInfo(ZONE)).date()


@dataclass(frozen=True)
class Asking:
    """The options that every command has."""

    door: Door
    root: "Root"
    as_json: bool
    form: str
    is_quiet: bool

    @property
    def lang(self) -> str:
        return self.door.lang

    def say(self, facts: Any, lines: list[str]) -> None:
        """`facts` under --json, else `lines`."""
        tell(shown_json(facts) if self.as_json else shown_lines(lines))

    def warn(self, line: str) -> None:
        murmur(shown_lines([said(line, self.lang)]))


def tell(text: str, *, nl: bool = True) -> None:
    """To standard output. Raises OSError that names it: what is full or closed there is not the workspace."""
    try:
        click.echo(text, nl=nl)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, STDOUT) from error


def murmur(text: str, *, nl: bool = True) -> None:
    """To standard error; where it takes nothing, the work goes on."""
    with suppress(OSError):
        click.echo(text, err=True, nl=nl)


def shared(command: Command) -> Command:
    """Options that every command has; the command is given them as one `Asking`, then its own."""
    return _with_options(command, (*_OPTIONS, _FORMAT))


def shared_but_format(command: Command) -> Command:
    """The same for a command whose own --format says how data is printed."""
    return _with_options(command, _OPTIONS)


def _with_options(command: Command, options: tuple[Command, ...]) -> Command:
    @functools.wraps(command)
    def asked(*, root: str | None, as_json: bool, is_quiet: bool, **own: Any) -> Any:
        door: Door = click.get_current_context().obj
        workspace = door.root(root or door.environment.get("HESUAN_WORKSPACE") or "data")
        try:
            return command(Asking(door, workspace, as_json, own.pop("form", FORMS[0]), is_quiet), **own)
        except BrokenPipeError:
            # Whoever reads the answer has read enough: click ends quietly.
            raise
        except OSError as error:
            raise storage_fault(error, workspace) from error

    wrapped: Command = asked
    for option in options:
        wrapped = option(wrapped)
    return wrapped


# Read from the words before click sees them (language.py, trouble.py): help and errors need them too.
LANG = click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    expose_value=False,
    help="输出语言；默认依 HESUAN_LANG，其次区域设置，再次中文。",
)
# Our own, because click keeps its help option with the words it was first asked for in.
HELP = click.help_option("-h", "--help", help="显示本帮助并退出。")
DEBUG = click.option("--debug", is_flag=True, expose_value=False, help="出错时显示完整的调用栈。")
_FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    default=FORMS[0],
    show_default=True,
    help="出错与逐行退回的写法：一行，或分项写明位置、内容与处理。",
)
_OPTIONS = (
    HELP,
    DEBUG,
    click.option("-q", "--quiet", "is_quiet", is_flag=True, help="不报进度。"),
    click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。"),
    LANG,
    click.option(
        "-w",
        "--workspace",
        "root",
        show_default="./data | HESUAN_WORKSPACE",
        help="工作区：文件夹，或 s3://桶名/前缀。",
    ),
)
