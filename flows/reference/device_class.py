"""Which class of accelerator a model is of, as a macro of the database: data/reference/device-class.toml, read strictly."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from hesuan.schemas.fault import PolicyFault
from hesuan.schemas.unit import plain

PLACE = "device-class.toml"
CLASS = re.compile(r"[A-Z]{2,8}")
# In the model's plain spelling a word stands for itself: no sign of a pattern may be among its letters.
WORD = re.compile(r"[0-9a-z\u4e00-\u9fff]+")


def class_macro() -> str:
    """The SQL that makes reconciled.device_class. Raises PolicyFault where the table does not hold."""
    return macro_of(_text(), place=PLACE)


@cache
def class_words() -> tuple[str, ...]:
    """Words that tell a class wherever they stand in a model's name: makers, series of names, the classes themselves."""
    return tuple(word for entry in tomllib.loads(_text())["device_class"] for word in entry["words"])


def _text() -> str:
    return (files("hesuan.data") / "reference" / PLACE).read_text("utf-8")


def macro_of(text: str, *, place: str) -> str:
    """reconciled.device_class(model): the class, 'unknown' where none or several fit, null where there is no model."""
    try:
        entries = tomllib.loads(text)["device_class"]
        patterns = {entry["name"]: _pattern(entry) for entry in entries}
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise PolicyFault(f"{place}: 加速卡类别表读不出：{error!r}") from error
    words = [word for entry in entries for word in (*entry["words"], *entry["series"])]
    twice = sorted({word for word in words if words.count(word) > 1})
    if twice or len(patterns) < len(entries):
        raise PolicyFault(f"{place}: 写了两次：{'、'.join(twice) or '类别'}")
    fits = ", ".join(
        f"case when regexp_matches(reconciled.plain_word(model), '{pattern}') then '{name}' end"
        for name, pattern in patterns.items()
    )
    return f"""
        create macro reconciled.only_one(found) as
            case when len(list_filter(found, lambda x: x is not null)) = 1
                then list_filter(found, lambda x: x is not null)[1]
                else 'unknown'
            end;
        create macro reconciled.device_class(model) as
            case when model is not null then reconciled.only_one([{fits}]) end;
    """


def _pattern(entry: dict[str, Any]) -> str:
    """A word anywhere, or a series at the beginning that no digit follows but those of a memory; letters and digits alone.

    A count may stand before it: 8×A800 80GB.
    """
    words, series = list(entry["words"]), list(entry["series"])
    odd = [word for word in (*words, *series) if plain(word) != word or not WORD.fullmatch(word)]
    if odd or not words or not CLASS.fullmatch(entry["name"]):
        raise ValueError(f"{entry['name']}: {'、'.join(odd)}")
    begun = f"|^(?:[0-9]{{1,2}})?(?:{'|'.join(series)})(?:[1-9][0-9]{{0,2}}g|[^0-9]|$)" if series else ""
    return f"{'|'.join(words)}{begun}"
