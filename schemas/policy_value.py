"""The value of a policy key: whether it is of the key's kind and within its bounds, and what to say where not."""

from datetime import date
from decimal import Decimal, InvalidOperation

from hesuan.schemas.policy_key import PolicyKey

Value = Decimal | str | bool
NUMBERS = ("yuan", "ratio", "count", "days", "number")
_KINDS_ZH = {
    "yuan": "数值（元，至多两位小数）",
    "ratio": "0 至 1 之间的数值",
    "count": "整数",
    "days": "整数（天）",
    "number": "数值",
    "word": "文字",
    "list": "逗号分隔的文字",
    "numbers": "逗号分隔的数值",
    "shares": "逗号分隔的“名称:比率”",
    "text": "文字",
    "date": "日期文字 YYYY-MM-DD",
    "flag": "true 或 false",
}


def normal(value: object) -> object:
    """A whole number of TOML as Decimal; anything else as it is."""
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def value_trouble(key: PolicyKey, value: object) -> str | None:
    """What is wrong with the value, as a sentence without the key's name; None where nothing is."""
    found = normal(value)
    if isinstance(found, Decimal) and key.kind in NUMBERS:
        return number_trouble(key, found)
    if isinstance(found, bool) and key.kind == "flag":
        return None
    if isinstance(found, str) and found.strip() and key.kind not in (*NUMBERS, "flag"):
        return _text_trouble(key, found)
    return f"值 {found if isinstance(found, Decimal) else repr(value)} 应为{_KINDS_ZH[key.kind]}"


def number_trouble(key: PolicyKey, value: Decimal) -> str | None:
    """Bounds and decimal places of a number of any kind."""
    if not value.is_finite():
        return f"值 {value} 不是有限的数值"
    if (key.at_least is not None and value < key.at_least) or (
        key.at_most is not None and value > key.at_most
    ):
        return f"值 {value} 越界，应在 {key.at_least} 与 {key.at_most} 之间"
    if places(value) > key.places:
        return f"值 {value} 有 {places(value)} 位小数，应至多 {key.places} 位"
    return None


def alternative_value(key: PolicyKey, text: str) -> Value | None:
    """An alternative is written as text; its value in the key's kind, None where it cannot be read."""
    if key.kind == "flag":
        return {"true": True, "false": False}.get(text)
    if key.kind not in NUMBERS:
        return text
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def places(value: Decimal) -> int:
    """Decimal places that matter: 0.50 has one."""
    _, digits, exponent = value.as_tuple()
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return max(0, -exponent - zeros) if isinstance(exponent, int) and any(digits) else 0


def _text_trouble(key: PolicyKey, value: str) -> str | None:
    if key.kind == "word" and value not in key.words:
        return f"值“{value}”应为 {'、'.join(key.words)} 之一"
    if key.kind == "date" and not _is_date(value):
        return f"值“{value}”应为{_KINDS_ZH['date']}"
    if key.kind == "shares":
        return _shares_trouble(key, value)
    if key.kind == "numbers":
        return _numbers_trouble(key, value)
    return _list_trouble(key, value.split(",")) if key.kind == "list" else None


def _list_trouble(key: PolicyKey, items: list[str]) -> str | None:
    if "" in (item.strip() for item in items):
        return "列表中有空项"
    strange = [item for item in items if key.words and item not in key.words]
    return f"列表中的“{strange[0]}”应为 {'、'.join(key.words)} 之一" if strange else None


def _numbers_trouble(key: PolicyKey, value: str) -> str | None:
    """Each number of the list within the key's bounds, as 6,12."""
    try:
        numbers = [Decimal(item) for item in value.split(",")]
    except InvalidOperation:
        return f"值“{value}”应为{_KINDS_ZH['numbers']}"
    return next(filter(None, (number_trouble(key, number) for number in numbers)), None)


def _shares_trouble(key: PolicyKey, value: str) -> str | None:
    """Names and ratios that together make the whole, as province:0.5,city:0.5."""
    pairs = [item.partition(":") for item in value.split(",")]
    trouble = _list_trouble(key, [name for name, _, _ in pairs])
    if trouble is not None:
        return trouble
    try:
        ratios = [Decimal(ratio) for _, _, ratio in pairs]
        is_whole = all(0 < ratio <= 1 for ratio in ratios) and sum(ratios) == 1
    except InvalidOperation:
        return f"值“{value}”应为{_KINDS_ZH['shares']}"
    return None if is_whole else f"值“{value}”的各项比率应大于 0，其和应为 1"


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
