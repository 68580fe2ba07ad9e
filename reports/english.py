"""The pages' words in English: templates/english.toml for sentences, words.py for published codes, the tables for columns.

`told` is for what the program itself wrote in Chinese, here or in the database. What has no English stays Chinese, in an
element marked lang="zh": nothing is left out, and a reading voice knows. Official papers never pass here.
"""

import re
import tomllib
from functools import cache, lru_cache
from html import unescape
from pathlib import Path

from markupsafe import Markup, escape

from hesuan.reports import figure, words
from hesuan.schemas.fault import ReportFault
from hesuan.schemas.tables import tables

CATALOGUE = Path(__file__).parent / "templates" / "english.toml"
_CHINESE = "\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\uff01-\uffef\U00020000-\U0003ffff"
FOREIGN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_ANY = re.compile(f"[{_CHINESE}]")
# From a Chinese character to the last one; figures and codes between them belong to it, English words do not.
_RUN = re.compile(f"[{_CHINESE}](?:[^a-z<>&]{{0,60}}[{_CHINESE}])*")
MARKS = {
    "，": ", ",
    "、": ", ",
    "；": "; ",
    "。": ". ",
    "：": ": ",
    "（": " (",
    "）": ")",
    "　": " ",
    "？": "?",
    "／": "/",
    "〔": "[",
    "〕": "]",
    "＝": " = ",
    "＋": " + ",
}
_MARK = re.compile("[" + "".join(MARKS) + "]")
_SENTENCE = re.compile("([；。])")
_ELEMENT = re.compile("<[^>]*>")
_ARTICLE = re.compile(
    "第([一二三四五六七八九十]+)条(?:第([一二三四五六七八九十]+)款)?(?:第（([一二三四五六七八九十]+)）项)?"
)
_DIGITS = "零一二三四五六七八九"


def has_chinese(text: str) -> bool:
    """Characters or marks of Chinese."""
    return _ANY.search(text) is not None


def english_marks(text: str) -> str:
    return _MARK.sub(lambda found: MARKS[found.group()], text)


def marked(text: str) -> Markup:
    """Escaped, each stretch of Chinese in an element of its own that says so; not a character is another."""
    return Markup(_RUN.sub(lambda found: f'<span lang="zh">{found.group()}</span>', str(escape(text))))


def text_of(message: str) -> str:
    """English of a message of a template or a script. Raises ReportFault where there is none: no page is half translated."""
    found = catalogue()["text"].get(message)
    if found is None:
        raise ReportFault(f"{CATALOGUE.name}: [text] 没有 {message!r}")
    return found


@lru_cache(maxsize=20_000)
def told(text: str) -> Markup:
    """A sentence of ours in English, else part by part; the parts that have none as they are, marked.

    What stands before the first colon and space is the place of a fault.
    """
    whole = _known(text)
    if whole is not None:
        return whole
    place, colon, rest = text.partition(": ")
    if colon:
        return Markup("{}: {}").format(_known(place) or marked(figure.visible(place)), told(rest))
    subject, colon, rest = text.partition("：")
    if colon and subject in exact():
        return Markup("{}: {}").format(exact()[subject], told(rest))
    said = [(part, _part(part)) for part in _SENTENCE.split(text) if part]
    if not any(english for _, english in said):
        return marked(figure.visible(text))
    return (
        Markup("")
        .join(english or MARKS.get(part) or marked(figure.visible(part)) for part, english in said)
        .rstrip()
    )


def plainly(text: str) -> str:
    """The same without marks, for a script or a terminal to put down."""
    return unescape(_ELEMENT.sub("", told(text)))


def has_english(text: str) -> bool:
    return _known(text) is not None


def article(text: str) -> Markup:
    """第十二条第（四）项 → article 12 (4)."""
    return marked(english_marks(_ARTICLE.sub(_numbered, text))) if _ARTICLE.search(text) else told(text)


@cache
def of_group(group: str) -> dict[str, str]:
    """Chinese → English of one group of published codes: a word may mean another thing in another group."""
    return {zh: words.short(words.ENGLISH[group][code]) for code, zh in words.CHINESE[group].items()}


@cache
def exact() -> dict[str, str]:
    """Chinese → English of every fixed word: columns and tables, published codes, and what the catalogue says last."""
    found = {column.zh: _spaced(column.name) for table in tables().values() for column in table.all_columns}
    found |= {table.zh: _spaced(name) for name, table in tables().items()}
    for group in words.CHINESE:
        found |= of_group(group)
    return found | {zh: english for zh, english in sentences().items() if "{}" not in zh}


def _part(text: str) -> Markup | None:
    """A sentence, or its clauses where all of them are known."""
    clauses = [_known(clause) for clause in text.split("，")]
    said = [clause for clause in clauses if clause is not None]
    return _known(text) or (Markup(", ").join(said) if len(said) == len(clauses) else None)


def _known(text: str) -> Markup | None:
    plain = exact().get(text)
    if plain is not None:
        return marked(plain)
    for pattern, english, is_nested in _patterns():
        found = pattern.fullmatch(text)
        if found:
            first, *others = found.groups()
            head = told(first) if is_nested else _filled(first)
            return marked(english).format(head, *map(_filled, others))
    return None


def _filled(value: str) -> Markup:
    """A word of ours, or a list of them, in English; what came out of a file as it is."""
    said = [exact().get(word) for word in value.split("、")]
    known = [word for word in said if word is not None]
    return marked(", ".join(known) if len(known) == len(said) else figure.visible(value))


@cache
def _patterns() -> list[tuple[re.Pattern[str], str, bool]]:
    """The one with the most fixed text first; nested: what stands first is a sentence of its own."""
    listed = [pair for pair in sentences().items() if "{}" in pair[0]]
    ordered = sorted(listed, key=lambda pair: -len(pair[0].replace("{}", "")))
    return [
        (
            re.compile("(.+?)".join(re.escape(part) for part in chinese.split("{}")), re.DOTALL),
            english,
            chinese.startswith("{}（共"),
        )
        for chinese, english in ordered
    ]


def sentences() -> dict[str, str]:
    """Of every part of the catalogue but the messages of templates."""
    return {zh: said for part, listed in catalogue().items() if part != "text" for zh, said in listed.items()}


@cache
def catalogue() -> dict[str, dict[str, str]]:
    return tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _numbered(found: re.Match[str]) -> str:
    number, paragraph, item = (None if part is None else _number(part) for part in found.groups())
    said = f"article {number}" + ("" if paragraph is None else f" paragraph {paragraph}")
    return said if item is None else f"{said} ({item})"


def _number(text: str) -> int:
    """一 to 九十九."""
    tens, ten, ones = text.rpartition("十")
    return (10 * _DIGITS.index(tens or "一") if ten else 0) + (_DIGITS.index(ones) if ones else 0)
