"""An article of the regulation: whether it is of the one in force, and its number in English."""

import re
from functools import cache

from markupsafe import Markup

from hesuan.reports.wording.english import english_marks, marked, told
from hesuan.schemas.policy import default_policy_id, load_policy

_ARTICLE = re.compile(
    "第([一二三四五六七八九十]+)条(?:第([一二三四五六七八九十]+)款)?(?:第（([一二三四五六七八九十]+)）项)?"
)
_DIGITS = "零一二三四五六七八九"


_NAMED = re.compile("(《[^》]+》)(.+)")


def is_of_the_house(regulation: str) -> bool:
    """Whether 《……办法》（版本） is the house's own instrument, the only one whose articles our fixed texts may cite."""
    return regulation.startswith(f"《{_home_title()}》")


@cache
def _home_title() -> str:
    return load_policy(default_policy_id()).title_zh


def in_english(text: str) -> Markup:
    """第十二条第（四）项 → article 12 (4); 《……办法》第七条 → article 7 of 《……办法》."""
    named = _NAMED.fullmatch(text)
    if named:
        return in_english(named[2]) + " of " + marked(named[1])
    return marked(english_marks(_ARTICLE.sub(_numbered, text))) if _ARTICLE.search(text) else told(text)


def in_english_plainly(text: str) -> str:
    """The same without marks, for a terminal."""
    return in_english(text).striptags()


def _numbered(found: re.Match[str]) -> str:
    number, paragraph, item = (None if part is None else _number(part) for part in found.groups())
    said = f"article {number}" + ("" if paragraph is None else f" paragraph {paragraph}")
    return said if item is None else f"{said} ({item})"


def _number(text: str) -> int:
    """一 to 九十九."""
    tens, ten, ones = text.rpartition("十")
    return (10 * _DIGITS.index(tens or "一") if ten else 0) + (_DIGITS.index(ones) if ones else 0)
