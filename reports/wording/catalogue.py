"""templates/english.toml: the English of every message and sentence of ours, by its Chinese; english.py looks it up."""

import tomllib
from functools import cache
from pathlib import Path

from hesuan.schemas.fault import ReportFault

CATALOGUE = Path(__file__).parents[1] / "templates" / "english.toml"


@cache
def catalogue() -> dict[str, dict[str, str]]:
    return tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))


def sentences() -> dict[str, str]:
    """Of every part of the catalogue but the messages of templates."""
    return {zh: said for part, listed in catalogue().items() if part != "text" for zh, said in listed.items()}


def text_of(message: str) -> str:
    """English of a message of a template or a script. Raises ReportFault where there is none: no page is half translated."""
    found = catalogue()["text"].get(message)
    if found is None:
        raise ReportFault(f"{CATALOGUE.name}: [text] 没有 {message!r}")
    return found
