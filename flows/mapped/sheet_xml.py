"""What the XML of a sheet says beside the values: how a cell was stored, what is merged, how far cells reach.

calamine gives values only: not whether 26512000000000000000 was typed as text or is a number that Excel has
rounded, nor whether an empty cell is a formula nobody has calculated. Sheets are looked through with regular
expressions: nothing is expanded, and none can run longer than the text is long (no `<` inside a tag, no two
repetitions side by side).
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from hesuan.schemas.fault import InputFault

# A million rows of fifty columns.
MOST_CELLS = 60_000_000
SPACES = b" \t\r\n"
_TAG = rb"<(?:\w+:)?"
_END = rb"</(?:\w+:)?"
_ROW = re.compile(_TAG + rb"row\b")
_ROW_NUMBER = re.compile(rb"""^[^<>]*?\br\s*=\s*["'](\d+)["']""")
_VALUE = re.compile(_TAG + rb"[vt](?:\s[^<>]*)?>[ \t\r\n]*[^< \t\r\n]")
_FORMULA = _TAG + rb"f(?:\s[^<>]*)?(?:/>|>[^<]*" + _END + rb"f>)\s*"
_CELL_TAG = _TAG + rb"c\b([^<>]*)(?<!/)>\s*"
_CELL = re.compile(_CELL_TAG + rb"(?:" + _FORMULA + rb")?" + _TAG + rb"v\b[^<>]*>([^<]+)<")
_VALUED = re.compile(_CELL_TAG + rb"(?:" + _FORMULA + rb")?" + _TAG + rb"(?:v|is)\b")
_NO_VALUE = _TAG + rb"v\b[^<>]*>(?:\s*" + _END + rb"v>)?\s*"
_UNCALCULATED = re.compile(_CELL_TAG + _FORMULA + rb"(?:" + _NO_VALUE + rb")?" + _END + rb"c>")
_CALCULATED = re.compile(_CELL_TAG + _TAG + rb"f\b")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,9})(\d{1,12})["']""")
_STYLE = re.compile(rb"""\bs\s*=\s*["'](\d+)["']""")
_TYPE = re.compile(rb"""\bt\s*=\s*["'](\w+)["']""")
_MERGE = re.compile(
    _TAG + rb"""mergeCell\b[^<>]*?ref\s*=\s*["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']"""
)
_ITEM_END = re.compile(_END + rb"si>")
_EMPTY_ITEM = re.compile(_TAG + rb"si\b[^<>]*/>")
# These only say whether a closer look is due.
_LETTERS = re.compile(rb"""r=["']([A-Za-z]+)\d""")
_FAR_ROW = re.compile(rb"""r=["'][A-Za-z]*(\d{6,})""")
_SPACED = re.compile(rb"r(?:\s+=|=\s)")


def check_sheet(xml: bytes, *, place: str) -> None:
    """calamine makes room for every cell up to the last one: a cell far away would end the process."""
    if b"<!DOCTYPE" in xml:
        raise InputFault(f"{place}: 有文档类型声明（DOCTYPE），已拒收")
    last_row = max((int(row[:12]) for row in _FAR_ROW.findall(xml)), default=99_999)
    width = max((column(letters[:9]) for letters in set(_LETTERS.findall(xml))), default=0) + 1
    is_suspect = last_row * width > MOST_CELLS or _SPACED.search(xml) is not None
    if is_suspect and _extent(xml) > MOST_CELLS:
        raise InputFault(f"{place}: 单元格散布过宽（超过 {MOST_CELLS} 格），请删去远处的内容后再交")


def _extent(xml: bytes) -> int:
    """Rows × columns up to the last cells with a value: formats alone take no room."""
    places = [_PLACE.search(cell[1]) for cell in _VALUED.finditer(xml)]
    known = [(int(place[2]), column(place[1])) for place in places if place is not None]
    if len(known) < len(places):
        return MOST_CELLS + 1
    return max((row for row, _ in known), default=0) * (max((at for _, at in known), default=0) + 1)


def blank_strings(xml: bytes) -> frozenset[bytes]:
    """The numbers of the shared strings that hold nothing."""
    blank: list[int] = []
    number = 0
    for part in _ITEM_END.split(xml)[:-1]:
        empty = len(_EMPTY_ITEM.findall(part))
        blank += range(number, number + empty)
        number += empty
        if not re.sub(rb"<[^<>]*>", b"", part).strip(SPACES):
            blank.append(number)
        number += 1
    return frozenset(str(each).encode() for each in blank)


def filled_rows(xml: bytes, *, after: int, blank: frozenset[bytes]) -> int:
    """Rows below row `after` with at least one value, counted in the XML; spaces alone are no value."""
    count, number = 0, 0
    for part in _ROW.split(xml)[1:]:
        said = _ROW_NUMBER.match(part)
        number = int(said[1]) if said else number + 1
        if number > after and _has_value(part, blank):
            count += 1
    return count


def _has_value(part: bytes, blank: frozenset[bytes]) -> bool:
    if _VALUE.search(part) is None:
        return False
    if not blank or b"<t" in part or b":t" in part:
        return True
    cells = ((_TYPE.search(cell[1]), cell[2]) for cell in _CELL.finditer(part))
    return any(value.strip() and not (kind and kind[1] == b"s" and value in blank) for kind, value in cells)


def stored_numbers(xml: bytes, *, place: str) -> Iterator[tuple[int, int]]:
    """(row, 0-based column) of the cells that hold a number or a date, not text."""
    for cell in _CELL.finditer(xml):
        kind = _TYPE.search(cell[1])
        if kind is None or kind[1] in (b"n", b"d"):
            yield _position(cell[1], place=place)


def styled_numbers(xml: bytes, styles: frozenset[bytes], *, place: str) -> Iterator[tuple[int, int]]:
    """(row, 0-based column) of the cells of these styles that hold a number."""
    for cell in _CELL.finditer(xml):
        style, kind = _STYLE.search(cell[1]), _TYPE.search(cell[1])
        if style is not None and style[1] in styles and (kind is None or kind[1] == b"n"):
            yield _position(cell[1], place=place)


def uncalculated(xml: bytes, *, place: str) -> Iterator[tuple[int, int]]:
    """(row, 0-based column) of the formulas whose value was never calculated; '' is a value."""
    for cell in _UNCALCULATED.finditer(xml):
        kind = _TYPE.search(cell[1])
        if kind is None or kind[1] != b"str":
            yield _position(cell[1], place=place)


def calculated(xml: bytes, *, place: str) -> Iterator[tuple[int, int]]:
    """(row, 0-based column) of every formula, whatever value it holds."""
    for cell in _CALCULATED.finditer(xml):
        yield _position(cell[1], place=place)


def merged(xml: bytes) -> Iterator[tuple[int, int, int, int]]:
    """(first row, first column, last row, last column) of merged cells; they stand behind all the rows."""
    for match in _MERGE.finditer(xml, max(xml.rfind(b"sheetData"), 0)):
        yield int(match[2]), column(match[1]), int(match[4]), column(match[3])


def _position(attributes: bytes, *, place: str) -> tuple[int, int]:
    found = _PLACE.search(attributes)
    if found is None:
        raise InputFault(f"{place}: 单元格没有坐标，无从判断数字是否失真，请用 Excel 打开另存后再交")
    return int(found[2]), column(found[1])


@lru_cache(maxsize=1024)
def column(letters: bytes) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number - 1
