"""How a published value is printed: money, hours, counts, days, and text that came out of somebody's file.

A missing value prints as 未知, never as 0, an empty cell of a source row as 空; a float is refused, for no published
figure is one.
"""

import json
import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

from hesuan.reports.paper import capital
from hesuan.reports.wording.evidence_word import spoken
from hesuan.schemas.fault import ReportFault

UNKNOWN = "未知"
# A cell of a source row with nothing in it: what the file says, not what we do not know.
EMPTY = "空"
MINUS = "−"
# A number of yuan or hours without separators, in Chinese or English; not the end of a code, nor of a file's name.
_TOLD = re.compile(
    r"(?<![\w.,/\\#:])(?<!\d，)(?<![0-9A-Za-z]-)[1-9][0-9]{3,15}\.(?:[0-9]{2}|[0-9]{4})"
    r"(?= (?:元|卡时|核时|设备小时|(?:yuan|CNY|card-hours|core-hours|device-hours)\b)(?!\.\w))"
)
WRITTEN = {"true": True, "false": False}
# GB 11643: weights and check characters of the 18-character citizen id.
CITIZEN_ID = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\w)"
)
CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
NUMBER = re.compile(r"-?\d+(\.\d{1,2})?$")
CITIZEN_CHECKS = "10X98765432"


def yuan(value: Decimal | None) -> str:
    """CNY with separators and two places. Raises ReportFault where a fraction of a fen would be lost."""
    return _fixed(value, places=2)


def plain(value: Decimal | None) -> str:
    """CNY as a machine reads it: two places, no separators, '' where unknown. For sorting and for CSV."""
    return "" if value is None else yuan(value).replace(",", "").replace(MINUS, "-")


def price(value: Decimal | None) -> str:
    """A unit price: two places at least, six at most, as many as it has."""
    if value is None:
        return UNKNOWN
    places = next(n for n in range(2, 7) if n == 6 or value == round(value, n))
    return _fixed(value, places=places)


def hours(value: Decimal | None) -> str:
    """Card-hours with thousands separators and four places."""
    return _fixed(value, places=4)


def separated(text: str) -> str:
    """A sentence of ours, its sums and card-hours with thousands separators: 2706481.50 元 → 2,706,481.50 元."""
    return _TOLD.sub(lambda found: f"{Decimal(found.group()):,}", text)


def seconds(value: int | None) -> str:
    """Card-seconds as card-hours, four places, cut off."""
    return hours(None if value is None else Decimal(int(value) * 10_000 // 3600).scaleb(-4))


def count(value: int | None) -> str:
    if value is None:
        return UNKNOWN
    if isinstance(value, bool) or not isinstance(value, int):
        raise ReportFault(f"报告：计数应为整数，实为 {value!r}")
    return f"{value:,}".replace("-", MINUS)


def day(value: date | None) -> str:
    return UNKNOWN if value is None else value.isoformat()[:10]


def as_of(value: date | None) -> str:
    """The day of the run; a run that left nothing out for its day has none."""
    return "全部已收录资料" if value is None else f"截至 {day(value)}"


def long_day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def chart_day(value: date) -> str:
    return f"{value.month}月{value.day}日"


def chart_month(value: date) -> str:
    return f"{value.month}月"


def told(text: str | None, group: str | None = None) -> str | None:
    """Chinese is what is written; press_english.py has the English."""
    return text


def label(meaning: str, name: str) -> str:
    """Of a fact: what it means. press_english.py falls back on its name."""
    return meaning


def capital_yuan(value: Decimal | None) -> str:
    return UNKNOWN if value is None else capital.capital_yuan(value)


def visible(text: str) -> str:
    """Control, bidirectional and other invisible characters shown by number: no name can disguise itself."""
    if text.isprintable():
        return text
    return "".join(_visible_character(character) for character in text)


def quoted(text: str) -> str:
    """A JSON string in ASCII: the text exactly, yet with no character that hides."""
    return json.dumps(text)


def masked(text: str) -> str:
    """Citizen ids (with a right check character) shortened to their first two and last two characters."""
    return CITIZEN_ID.sub(lambda found: _masked_id(found.group()), text)


def shortened(text: str, limit: int = 300) -> str:
    return (
        text if len(text) <= limit else f"{text[:limit]}……（共 {count(len(text))} 字，此处为前 {limit} 字）"
    )


def quantity(value: str, unit: str | None) -> str:
    """A policy value with its unit; sums of yuan get separators, all other values stay as written."""
    if unit is None:
        return value
    return f"{yuan(Decimal(value)) if unit == '元' and NUMBER.match(value) else value} {unit}"


def cells(values: str | None) -> list[tuple[str, str]]:
    """Of a source row: the same as `coded_cells` in Chinese, codes in words, an empty cell 空."""
    return [(name, spoken(name, value)) for name, value in coded_cells(values, unknown=EMPTY)]


def coded_cells(
    values: str | None, *, unknown: str = UNKNOWN, yes: str = "是", no: str = "否"
) -> list[tuple[str, str]]:
    """A published JSON object as (name, value) pairs in its own order; numbers keep the digits they have.

    A cell named is_… holds yes or no, however a source row wrote it down.
    """
    if values is None:
        return []
    try:
        parsed = json.loads(values, parse_float=str, parse_int=str)
    except json.JSONDecodeError as error:
        raise ReportFault(f"报告：证据不是 JSON：{values[:80]!r}：{error.msg}") from error
    pairs = parsed.items() if isinstance(parsed, dict) else [("", parsed)]
    words = {None: unknown, True: yes, False: no}
    return [(str(name), masked(_cell(name, value, words))) for name, value in pairs]


def _cell(name: str, value: Any, words: dict[bool | None, str]) -> str:
    if isinstance(value, str) and name.startswith("is_") and value in WRITTEN:
        return words[WRITTEN[value]]
    if value is None or isinstance(value, bool):
        return words[value]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _fixed(value: Decimal | None, *, places: int) -> str:
    if value is None:
        return UNKNOWN
    if not isinstance(value, Decimal) or not value.is_finite():
        raise ReportFault(f"报告：金额与卡时应为十进制数，实为 {value!r}")
    if value != round(value, places):
        raise ReportFault(f"报告：{value} 的小数多于 {places} 位，打印会改变数值")
    return f"{value:,.{places}f}".replace("-", MINUS)


def _visible_character(character: str) -> str:
    if character in "\n\t\r":
        return " "
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    return f"‹U+{ord(character):04X}›" if hidden else character


def _masked_id(citizen_id: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(citizen_id, CITIZEN_WEIGHTS, strict=False))
    right = CITIZEN_CHECKS[total % 11] == citizen_id[17].upper()
    return f"{citizen_id[:2]}{'*' * 14}{citizen_id[16:]}" if right else citizen_id
