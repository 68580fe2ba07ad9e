"""The command line's door: looks at the words, the environment and the clock, and turns faults into lines and an exit code.

The only room that looks at the clock and the environment; the commands lie in command/.
"""

import io
import locale
import os
import sys
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from hesuan.flows.command.language import chosen, option_said, put
from hesuan.flows.command.shared import Door, murmur
from hesuan.flows.command.tree import commands
from hesuan.flows.command.trouble import STDOUT, click_lines, fault_lines, storage_fault
from hesuan.flows.terminal import shown_lines
from hesuan.schemas.fault import Fault, UsageFault
from hesuan.schemas.kind import ZONE

__all__ = ["commands", "main"]
INTERRUPTED = 130


def main() -> None:
    """Entry point of the console script."""
    try:
        _asked()
    finally:
        _let_go_of_what_is_full()


def _asked() -> None:
    _have_streams()
    _be_in_utf8()
    words = sys.argv[1:]
    lang = chosen(words, os.environ)
    form = "full" if option_said(words, "--format") == "full" else "concise"
    _be_printable()
    _quiet_prefect()
    put(commands, lang)
    try:
        _refuse_no_text([*words, os.environ.get("HESUAN_WORKSPACE", "")])
        commands.main(args=words, prog_name="hesuan", standalone_mode=False, obj=_door(lang))
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _complain(click_lines(error, lang=lang, form=form), error.exit_code)
    except click.Abort:
        sys.exit(INTERRUPTED)
    except (Fault, OSError) as trouble:
        if "--debug" in words:
            raise
        # A command names the place of its own; what is left is help that cannot be printed.
        fault = storage_fault(trouble, STDOUT) if isinstance(trouble, OSError) else trouble
        _complain(fault_lines(fault, lang=lang, form=form), fault.exit_code)


def _door(lang: str) -> Door:
    return Door(
        environment=dict(os.environ),
        clock=lambda: datetime.now(ZoneInfo(ZONE)),
        seconds=time.perf_counter,
        lang=lang,
        is_watched=sys.stderr.isatty(),
    )


def _complain(lines: list[str], code: int) -> None:
    for line in lines:
        murmur(shown_lines([line]))
    sys.exit(code)


def _have_streams() -> None:
    """What was closed leads nowhere: else the next file opened took its number, and complaints were written into it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _let_go_of_what_is_full() -> None:
    """What could not be printed was told of already: Python would try again as it ends, and end with 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _be_in_utf8() -> None:
    """Names of files are UTF-8 whatever the locale (zh_CN.GB18030): else one file had two names, and our own none.

    Begins anew in Python's UTF-8 mode; the terminal is spoken to as before.
    """
    if sys.getfilesystemencoding() != "utf-8":
        os.environ.setdefault("PYTHONIOENCODING", locale.getencoding())
        begun = sys.orig_argv[1 : len(sys.orig_argv) - len(sys.argv[1:])]
        command: list[str | bytes] = [sys.executable, "-X", "utf8", *begun]
        os.execv(sys.executable, [*command, *map(_in_utf8, sys.argv[1:])])


def _in_utf8(word: str) -> bytes:
    """As it was typed where that is UTF-8; else it was typed in the locale's encoding."""
    typed = os.fsencode(word)
    try:
        typed.decode("utf-8")
    except UnicodeDecodeError:
        return word.encode("utf-8", "surrogateescape")
    return typed


def _refuse_no_text(words: list[str]) -> None:
    for word in words:
        shown = os.fsencode(word).decode("utf-8", "backslashreplace")
        if shown != word:
            raise UsageFault(f"{shown}: 不是 UTF-8 的文字；请改写，文件、文件夹请改名")


def _be_printable() -> None:
    """Where the terminal's encoding lacks a character it is printed as an escape; nothing breaks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _quiet_prefect() -> None:
    """No telemetry, whoever imports Prefect later; both switches are needed."""
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
