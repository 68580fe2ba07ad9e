"""Headers as people write them: what two spellings have in common, and which units may stand in brackets."""

import re
import unicodedata
from functools import lru_cache

from hesuan.schemas.kind import Kind
from hesuan.schemas.unit import unit_book

LONGEST = 100
_BRACKET = re.compile(r"^(.+?)[(\[{【〔]([^()\[\]{}【】〔〕]*)[)\]}】〕]$")
_BEHIND = re.compile(r"^([^/\s]+)(?:\s*/\s*|\s+)(\S+)$")
# Remarks on how to fill a cell in; they never change what it means.
_REMARKS = (
    *(
        "必填",
        "选填",
        "可选",
        "可空",
        "如有",
        "含当日",
        "是/否",
        "北京时间",
        "东八区",
        "utc+8",
        "18位",
        "20位",
    ),
    *("yyyy-mm-dd", "yyyy/mm/dd", "yyyy-mm", "yyyymmdd", "年月日", "文本", "文本格式", "小数", "整数"),
)
_MONEY = ("元", "人民币", "人民币元", "单位:元", "单位元", "rmb", "cny", "¥", "￥")
_COUNT = ("卡", "张", "个", "块", "核", "台", "次", "项", "条")
_HOURS = ("小时", "时", "h", "卡时", "卡小时", "gpu小时", "gpu时")
_BILLED = tuple(unit.name for unit in unit_book().units)
_UNITS = {
    "yuan": _MONEY,
    "price": (*_MONEY, *(f"元/{unit}" for unit in _BILLED)),
    "hours": _HOURS,
    "quantity": (*_BILLED, *_COUNT),
    "cards": _COUNT,
    "int": (*_COUNT, "秒", "s"),
}


@lru_cache(maxsize=4096)
def plain(header: str) -> str:
    """Half width, lower case, without spaces, byte order mark, and the marks of forms (*, :).

    '' for what is too long to be a header.
    """
    if len(header) > LONGEST:
        return ""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", header)).strip("﻿*:").lower()


def parted(header: str) -> tuple[str, str]:
    """A plain header and what stands in brackets at its end, '' where nothing does."""
    match = _BRACKET.match(header)
    return (match[1], match[2]) if match else (header, "")


@lru_cache(maxsize=4096)
def unit_behind(written: str) -> tuple[str, str]:
    """金额/元 and 金额 元 as a plain header and the unit behind it; '' where nothing stands apart."""
    match = _BEHIND.match(unicodedata.normalize("NFKC", written.strip()))
    return (plain(match[1]), plain(match[2])) if match and len(written) <= LONGEST else ("", "")


def units(kind: Kind, more: tuple[str, ...]) -> tuple[str, ...] | None:
    """The words that may stand in brackets; None where any may: text has no scale to be mistaken in."""
    is_measured = kind.dtype.is_numeric() or kind.dtype.is_temporal()
    return (*_UNITS.get(kind.name, ()), *more) if is_measured else None


def is_harmless(word: str, kind: Kind, more: tuple[str, ...]) -> bool:
    """元 and 小时 say the unit that is read anyway; 万元, 不含税 or UTC would change it."""
    known = units(kind, more)
    return known is None or word in {plain(w) for w in (*known, *_REMARKS)}
