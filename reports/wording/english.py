"""The pages' words in English: templates/english.toml for sentences, words.py for published codes, the tables for columns.

`told` is for what the program itself wrote in Chinese, here or in the database. What has no English stays Chinese, in an
element marked lang="zh": nothing is left out, and a reading voice knows. Official papers never pass here.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from html import unescape

from markupsafe import Markup, escape

from hesuan.reports import figure
from hesuan.reports.wording import words
from hesuan.reports.wording.catalogue import sentences
from hesuan.schemas.tables import tables

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
# How a sentence begins of which one slot is a sentence of ours, and which slot that is.
NESTED = {
    "{}（共": 0,
    "旁边的 {} 读不懂（{}": 1,
    "JSON 无法读取：": 0,
    "XML 无法解析：": 0,
    "此行不是完整的 JSON（": 0,
    "工作簿内部结构有误（": 0,
}
# Before a slot: what follows is the file's own.
FILES_OWN = ("“", "现有表头：")
_MARK = re.compile("[" + "".join(MARKS) + "]")
_SENTENCE = re.compile("([；。])")
_ELEMENT = re.compile("<[^>]*>")


def has_chinese(text: str) -> bool:
    """Characters or marks of Chinese."""
    return _ANY.search(text) is not None


def english_marks(text: str) -> str:
    return _MARK.sub(lambda found: MARKS[found.group()], text)


def marked(text: str) -> Markup:
    """Escaped, each stretch of Chinese in an element of its own that says so; not a character is another."""
    safe = escape(text)
    return safe if text.isascii() else Markup(_RUN.sub(r'<span lang="zh">\g<0></span>', str(safe)))


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
    """A sentence, or its clauses or the members of its list where all of them are known."""
    return _known(text) or _joined(text.split("，")) or _joined(text.split("、"))


def _joined(parts: list[str]) -> Markup | None:
    said = [english for english in map(_known, parts) if english is not None]
    return Markup(", ").join(said) if len(said) == len(parts) else None


@lru_cache(maxsize=20_000)
def _known(text: str) -> Markup | None:
    plain = exact().get(text)
    if plain is not None:
        return marked(plain)
    for sentence in _patterns():
        found = sentence.pattern.fullmatch(text) if sentence.longest in text else None
        if found:
            slots = [
                told(slot) if at == sentence.nested else _filled(slot)
                for at, slot in enumerate(found.groups())
            ]
            own = {at: marked(figure.visible(found[at + 1])) for at in sentence.quoted}
            return marked(sentence.english).format(*(own.get(at, slot) for at, slot in enumerate(slots)))
    return None


def _filled(value: str) -> Markup:
    """A word of ours, or a list of them, in English; what came out of a file as it is."""
    said = [exact().get(word) for word in value.split("、")]
    known = [word for word in said if word is not None]
    return marked(", ".join(known) if len(known) == len(said) else figure.visible(value))


@dataclass(frozen=True)
class _Sentence:
    """longest: its longest fixed stretch, which is looked for first. nested: which slot is a sentence of its own.

    quoted: places of the slots that repeat what stands in a file, which is never put into other words.
    """

    pattern: re.Pattern[str]
    longest: str
    english: str
    nested: int | None
    quoted: frozenset[int]


@cache
def _patterns() -> list[_Sentence]:
    """The one with the most fixed text first."""
    listed = [pair for pair in sentences().items() if "{}" in pair[0]]
    ordered = sorted(listed, key=lambda pair: -len(pair[0].replace("{}", "")))
    return [
        _Sentence(
            re.compile("(.+?)".join(map(re.escape, chinese.split("{}"))), re.DOTALL),
            max(chinese.split("{}"), key=len),
            english,
            next((at for start, at in NESTED.items() if chinese.startswith(start)), None),
            _quoted(chinese),
        )
        for chinese, english in ordered
    ]


def _quoted(chinese: str) -> frozenset[int]:
    before = chinese.split("{}")[:-1]
    return frozenset(at for at, text in enumerate(before) if text.endswith(FILES_OWN))


def _spaced(name: str) -> str:
    return name.replace("_", " ")
