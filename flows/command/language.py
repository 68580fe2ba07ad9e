"""Which language is spoken, and help and click's own words put into it.

Texts are written in Chinese where they stand; english.py and fault_english.py give the English (of files' faults the
catalogue of the pages, reports/wording/english.py), chinese.py what click says. A text without English is said in Chinese:
nothing is left out.
"""

import sys
from collections.abc import Mapping, Sequence
from functools import cache

import click

from hesuan.flows.command.chinese import CLICK_CHINESE
from hesuan.flows.command.english import HELP_ENGLISH
from hesuan.flows.command.fault_english import fault_english

LANGUAGES = ("zh", "en")
LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
Place = tuple[str, str]


def option_said(words: Sequence[str], option: str) -> str | None:
    """The value that the words give an option, before click reads them; the last one counts."""
    found = None
    for at, word in enumerate(words):
        if word == "--":
            break
        if word == option and at + 1 < len(words):
            found = words[at + 1]
        elif word.startswith(f"{option}="):
            found = word.removeprefix(f"{option}=")
    return found


def chosen(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """--lang, else HESUAN_LANG, else the first locale that is set: English for en_*, Chinese for every other."""
    said_so = option_said(words, "--lang") or environment.get("HESUAN_LANG")
    if said_so in LANGUAGES:
        return str(said_so)
    locale = next((environment[name] for name in LOCALES if environment.get(name)), "")
    return "en" if locale.lower().startswith("en") else "zh"


def said(text: str, lang: str) -> str:
    """A line for people in the language: fixed parts in English where they are known, else as it is.

    What a person at the terminal brought about is looked up first, then what may be wrong with a file.
    """
    line = text if lang == "zh" else fault_english(text)
    if lang == "zh" or line != text:
        return line
    from hesuan.reports.wording.english import plainly

    return plainly(text)


def put(commands: click.Group, lang: str) -> None:
    """Help texts and what click itself says, in the language; until it is put otherwise."""
    for place, text in _chinese_help(commands).items():
        _put_help(commands, place, text if lang == "zh" else HELP_ENGLISH.get(text, text))
    for name, module in sorted(sys.modules.items()):
        if name.startswith("click.") and hasattr(module, "_"):
            vars(module)["_"] = _click_word if lang == "zh" else _as_it_is
            if hasattr(module, "ngettext"):
                vars(module)["ngettext"] = _click_number if lang == "zh" else _as_number


@cache
def _chinese_help(commands: click.Group) -> dict[Place, str]:
    """(command, parameter) → help as it is written; "" is the command's or the group's own."""
    every: dict[str, click.Command] = {"": commands, **commands.commands}
    own = {(name, ""): command.help or "" for name, command in every.items()}
    return own | {
        (name, str(parameter.name)): parameter.help
        for name, command in every.items()
        for parameter in command.params
        if isinstance(parameter, click.Option) and parameter.help
    }


def _put_help(commands: click.Group, place: Place, text: str) -> None:
    name, parameter_name = place
    command = commands.commands[name] if name else commands
    if not parameter_name:
        command.help = text
        # Whole: click would shorten Chinese, which has no spaces, to three dots.
        command.short_help = text if name else None
        return
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name == parameter_name:
            parameter.help = text


def _click_word(text: str) -> str:
    return CLICK_CHINESE.get(text, text)


def _click_number(one: str, many: str, count: int) -> str:
    return CLICK_CHINESE.get(many, many if count != 1 else one)


def _as_it_is(text: str) -> str:
    return text


def _as_number(one: str, many: str, count: int) -> str:
    return one if count == 1 else many
