"""The press for English pages: the same templates, their Chinese replaced before they are compiled (rendition.py).

`row.name_zh` gives name_en where that is published, else its English (english.py). Any other value that is Chinese, such as
a name, stays as it is in an element marked lang="zh".
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache, wraps
from typing import Any

from jinja2.ext import Extension
from markupsafe import Markup, escape

from hesuan.reports import figure, press
from hesuan.reports.page import arrival
from hesuan.reports.rendition import script_in_english, template_in_english
from hesuan.reports.wording import english
from hesuan.reports.wording.article import in_english
from hesuan.reports.wording.catalogue import text_of

UNKNOWN = "unknown"
NULLABLE = ("yuan", "price", "hours", "seconds", "count", "day")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def set_down(value: Any) -> str:
    """What `{{ … }}` puts on an English page: Chinese in it is marked as such."""
    if type(value) is str:
        return english.marked(figure.visible(value))
    if value is None:
        return UNKNOWN
    return value if type(value) is Markup else escape(press.printed(value))


def script(source: str) -> str:
    return script_in_english(source, text_of)


class Rendering(Extension):
    """Runs before a template is compiled, once."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return template_in_english(source, text_of)


class EnglishPress(press.Press):
    set_down = staticmethod(set_down)
    script = staticmethod(script)

    def getattr(self, obj: Any, attribute: str) -> Any:
        value = super().getattr(obj, attribute)
        if attribute == "article":
            return None if value is None else in_english(value)
        return _chosen(obj, attribute, value) if attribute.endswith("_zh") else value


@cache
def english_press() -> press.Press:
    environment = press.made(EnglishPress, extensions=[Rendering])
    environment.globals["lang"] = "en"
    environment.filters.update(FILTERS)
    return environment


def bare(value: Any) -> Markup:
    """For an attribute, or an element that may hold none: the text alone."""
    if isinstance(value, Markup):
        return Markup(escape(value.striptags())) if "<" in value else value
    return Markup(escape(UNKNOWN if value is None else press.printed(value)))


def told(text: str | None, group: str | None = None) -> Markup | None:
    """group: of words.py, where the word means another thing elsewhere."""
    if text is None:
        return None
    said = None if group is None else english.of_group(group).get(text)
    return english.told(text) if said is None else english.marked(said)


def long_day(value: date) -> str:
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def chart_day(value: date) -> str:
    return f"{value.day} {chart_month(value)}"


def chart_month(value: date) -> str:
    return MONTHS[value.month - 1][:3]


def spelled(days: Sequence[int]) -> str:
    return ", ".join(arrival.spans(days, " to "))


def as_of(value: date | None) -> str:
    return "everything taken in" if value is None else f"up to {figure.day(value)}"


def shortened(text: str, limit: int = 300) -> str:
    """Of a whole text, never of one that was marked already: an element would be cut in two."""
    return (
        text if len(text) <= limit else f"{text[:limit]}… ({len(text):,} characters, the first {limit} here)"
    )


def quantity(value: str, unit: str | None) -> Markup | str:
    if unit is None:
        return value
    is_sum = unit == "元" and figure.NUMBER.match(value)
    printed = figure.yuan(Decimal(value)) if is_sum else english.marked(value)
    return Markup("{} {}").format(printed, english.told(unit)) if unit else printed


def cells(values: str | None) -> list[tuple[str, str]]:
    """Of a source row."""
    return figure.coded_cells(values, unknown="empty", yes="yes", no="no")


def label(meaning: str, name: str) -> Markup:
    """Of a fact: its meaning where it has English, else its name, which is English."""
    return english.told(meaning) if english.has_english(meaning) else english.marked(name.replace("_", " "))


def _chosen(obj: Any, attribute: str, chinese: Any) -> Any:
    """The English column where it is published and filled in."""
    said = obj.get(f"{attribute.removesuffix('zh')}en") if type(obj) is dict else None
    if said:
        return english.marked(figure.visible(said)) if isinstance(said, str) else said
    if isinstance(chinese, list):
        return [english.told(line) if isinstance(line, str) else line for line in chinese]
    return told(chinese)


def _or_unknown(print_it: Callable[[Any], str]) -> Callable[[Any], str]:
    @wraps(print_it)
    def printed(value: Any) -> str:
        return UNKNOWN if value is None else print_it(value)

    return printed


FILTERS: dict[str, Callable[..., Any]] = {
    **{name: _or_unknown(getattr(figure, name)) for name in NULLABLE},
    "bare": bare,
    "told": told,
    "label": label,
    "long_day": long_day,
    "chart_day": chart_day,
    "chart_month": chart_month,
    "as_of": as_of,
    "spelled": spelled,
    "shortened": shortened,
    "quantity": quantity,
    "cells": cells,
}
