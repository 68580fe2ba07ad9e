"""JSON that says one thing only: no key twice, no NaN, nothing after the end; what the text means is not here."""

import json
import re
from collections.abc import Callable
from typing import Any

from hesuan.flows.text.library_word import cause
from hesuan.flows.text.twice import twice
from hesuan.schemas.fault import InputFault

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def loaded(text: str, *, place: str, parse_float: Callable[[str], Any] = float) -> Any:
    """The value of a text. Raises InputFault where it is no JSON, or JSON that can be read in two ways."""
    try:
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_not_a_number, parse_float=parse_float
        )
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except RecursionError as error:
        raise InputFault(f"{place}: JSON 嵌套过深") from error
    except UnicodeEncodeError as error:
        raise InputFault(f"{place}: JSON 含有不成对的代理字符，不是合法文本") from error
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":
            raise InputFault(f"{place}: JSON 无法读取：{cause(error)}") from error
        raise InputFault(f"{place}: 一份 JSON 之后还有内容（几份接连写在一起的，请分开存）") from error
    except ValueError as error:
        raise InputFault(f"{place}: JSON 无法读取：{cause(error)}") from error
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    known = dict(pairs)
    if len(known) < len(pairs):
        repeated = twice(name for name, _ in pairs)[0]
        raise ValueError(f"键 {repeated} 在同一对象中出现两次")
    return known


def _not_a_number(word: str) -> float:
    raise ValueError(f"{word} 不是数")
