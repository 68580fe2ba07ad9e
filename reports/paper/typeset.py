"""The typesetter: our templates and printed values become PDF; the only door to typst.

A template takes its values as data and never as markup, so nothing that a file says is carried out.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hesuan.reports import figure
from hesuan.schemas.fault import ReportFault

# Debian's fonts-noto-cjk.
FONTS = Path("/usr/share/fonts/opentype/noto")
SERIF, SANS = "Noto Serif CJK SC", "Noto Sans CJK SC"
# A paper made now must equal one made tomorrow.
CREATED = datetime(2026, 1, 1, tzinfo=UTC)
# Both refuse a character that no font has, where plain PDF prints an empty box.
PAPER = ("a-2a", "ua-1")
WITH_FILES = ("a-3b",)
# How typst names text that no font can show.
NO_GLYPH = re.compile(r'the text `"(.+)"` could not be displayed', re.DOTALL)
CODED = re.compile(r"\\u\{([0-9a-f]+)\}")


@dataclass(frozen=True)
class Faces:
    """Where fonts lie, and the family of the opinion's body (an office's own 仿宋, if it has one)."""

    folder: Path = FONTS
    body: str = SERIF


def absent(faces: Faces) -> str | None:
    """What papers cannot be made without, as a sentence; None where nothing is missing."""
    if find_spec("typst") is None:
        return "没有安装 typst，不出纸面文件；请安装 hesuan[paper]"
    found = _families(faces.folder)
    missing = [family for family in (SERIF, SANS, faces.body) if family not in found]
    if missing:
        return (
            f"{faces.folder}: 没有字体 {'、'.join(missing)}，不出纸面文件；"
            "请安装 fonts-noto-cjk，或在 hesuan.toml 写明 paper_fonts"
        )
    return None


def made_ready(faces: Faces) -> None:
    """Look through the fonts ahead of the first paper, where papers can be made."""
    if absent(faces) is None:
        _compiler(faces)


@dataclass(frozen=True)
class Attached:
    """A file carried inside a PDF, byte for byte."""

    name: str
    kind: str
    title: str
    content: str


def typeset(
    template: str,
    said: Mapping[str, Any],
    faces: Faces,
    *,
    standards: tuple[str, ...] = PAPER,
    attached: Sequence[Attached] = (),
) -> bytes:
    """One PDF. `said`: str, int, bool, None, lists and dicts of these; every other value met no formatting.

    The same template, values and fonts give the same bytes. Raises ReportFault where typst refuses or warns:
    a missing font, or a character that no font has, which is named.
    """
    import typst

    try:
        content, warnings = _compiler(faces).compile_with_warnings(
            _root().joinpath(f"{template}.typ").read_bytes(),
            format="pdf",
            sys_inputs=_inputs(said, faces, attached),
            pdf_standards=list(standards),
            timestamp=CREATED,
        )
    except typst.TypstError as error:
        raise ReportFault(_refusal(template, error)) from error
    if warnings:
        raise ReportFault(f"纸面文件 {template}: {warnings[0].message}")
    assert isinstance(content, bytes)
    return content


def pictures(template: str, said: Mapping[str, Any], faces: Faces, *, ppi: float) -> list[bytes]:
    """The same pages as PNG."""
    made = _compiler(faces).compile(
        _root().joinpath(f"{template}.typ").read_bytes(),
        format="png",
        ppi=ppi,
        sys_inputs=_inputs(said, faces),
        timestamp=CREATED,
    )
    return made if isinstance(made, list) else [made]


def _inputs(said: Mapping[str, Any], faces: Faces, attached: Sequence[Attached] = ()) -> dict[str, str]:
    files = [asdict(each) for each in attached]
    return {
        "said": json.dumps(_printed(dict(said)), ensure_ascii=False),
        "files": json.dumps(files, ensure_ascii=False),
        "body": faces.body,
    }


def _printed(value: Any) -> Any:
    """Text as `figure.visible` shows it and without citizen ids; a sum or date that met no formatting is a fault."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return figure.visible(figure.masked(value))
    if isinstance(value, list | tuple):
        return [_printed(each) for each in value]
    if isinstance(value, dict):
        return {name: _printed(each) for name, each in value.items()}
    raise ReportFault(f"报告：纸面文件中有未经排版的值 {value!r}")


def _refusal(template: str, error: Any) -> str:
    missing = NO_GLYPH.search(error.message)
    if missing is None:
        return f"纸面文件 {template}: {error.message}"
    text = CODED.sub(lambda coded: chr(int(coded[1], 16)), missing[1])
    named = "、".join(
        f"{character if character.isprintable() else ''}（U+{ord(character):04X}）" for character in text
    )
    return f"纸面文件 {template}: 字体里没有字符 {named}；请换用收有该字的字体（hesuan.toml 的 paper_fonts）"


def _root() -> Path:
    return Path(str(files("hesuan.reports"))) / "templates" / "paper"


@cache
def _families(folder: Path) -> frozenset[str]:
    import typst

    return frozenset(typst.Fonts(False, True, [folder]).families()) if folder.is_dir() else frozenset()


@cache
def _compiler(faces: Faces) -> Any:
    """Fonts are looked through once a process."""
    import typst

    return typst.Compiler(root=_root(), font_paths=[faces.folder], ignore_system_fonts=True)
