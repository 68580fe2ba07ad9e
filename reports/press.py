"""The press: Jinja with autoescape, and a last look at every value before it is printed.

Nothing unformatted passes: a Decimal, float or date that met no filter is a fault, a null prints as 未知.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, TemplateError, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension
from markupsafe import Markup, escape

from hesuan.reports import figure
from hesuan.reports.page import arrival
from hesuan.reports.wording.policy_word import policy_word
from hesuan.schemas.fault import ReportFault

LANDSCAPE = "@page { size: A4 landscape; }"
PORTRAIT = "@page { size: A4 portrait; }"
# Of every page.
STYLES = ("paper.css", "screen.css")
# Functions of figure.py that templates may call.
FIGURES = (
    "yuan",
    "plain",
    "price",
    "hours",
    "seconds",
    "count",
    "day",
    "long_day",
    "as_of",
    "capital_yuan",
    "quantity",
)
TEXTS = ("quoted", "masked", "shortened", "cells", "told", "label", "chart_day", "chart_month")


_TO_ESCAPE = re.compile("[&<>\"']")


def set_down(value: Any) -> str:
    """What `{{ … }}` puts on the page: looked at, and escaped where there is something to escape."""
    if type(value) is str:
        text = figure.visible(value)
        return escape(text) if _TO_ESCAPE.search(text) else text
    return value if type(value) is Markup else escape(printed(value))


def printed(value: Any) -> Any:
    """What leaves `{{ … }}`, before escaping."""
    if value is None:
        return figure.UNKNOWN
    if isinstance(value, Markup):
        return value
    if isinstance(value, str):
        return figure.visible(value)
    if isinstance(value, bool | float | Decimal | date | list | dict):
        raise ReportFault(f"报告：模板中有未经排版的值 {value!r}")
    return value


class Compositor(CodeGenerator):
    """Compiles `{{ … }}` to one call of set_down instead of two: a dossier has three thousand of them."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write("environment.set_down(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write(")")


class Press(Environment):
    """Autoescape is on for every template, whatever its name. `row.name` is the column first, then an attribute."""

    code_generator_class = Compositor
    set_down = staticmethod(set_down)
    # What becomes of a script's source.
    script: Callable[[str], str] = staticmethod(str)

    def compile_all(self) -> None:
        """Every page's template, so that the first page need not wait for it."""
        for name in self.list_templates(filter_func=lambda name: name.endswith(".html.j2")):
            self.get_template(name)

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


@cache
def press() -> Press:
    """Nothing of a run is in it: templates are compiled once."""
    environment = made(Press)
    environment.globals["lang"] = "zh-CN"
    return environment


def made(kind: type[Press], *, extensions: Sequence[type[Extension]] = ()) -> Press:
    environment = kind(
        loader=PackageLoader("hesuan.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=printed,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=extensions,
    )
    environment.filters.update({name: getattr(figure, name) for name in FIGURES + TEXTS})
    environment.filters["spelled"] = arrival.spelled
    environment.globals["policy_word"] = policy_word
    return environment


def page(
    environment: Press,
    template: str,
    *,
    layout: str,
    sheets: Sequence[str] = (),
    scripts: Sequence[str] = (),
    **context: Any,
) -> bytes:
    """One page as UTF-8. The policy in its head allows its own style sheet and script, by hash, and nothing else.

    `sheets` (beside those of every page) and `scripts` (run as one, in their order) name files of our own in templates/,
    which no published value enters.
    """
    style, style_hash = _joined(environment, (*STYLES, *sheets), f"{layout}\n")
    script, script_hash = _joined(environment, tuple(scripts))
    try:
        text = environment.get_template(template).render(
            style=Markup(style),
            style_source=style_hash,
            script=Markup(script),
            script_policy=Markup(f"; script-src {script_hash}" if script else ""),
            **context,
        )
    except TemplateError as error:
        raise ReportFault(f"报告模板 {template}: {error}") from error
    return text.encode()


@cache
def _joined(environment: Press, names: tuple[str, ...], end: str = "") -> tuple[str, Markup]:
    """Files of templates/ as one text, and its hash: the same on every page of a kind."""
    text = "".join(source(environment, name) for name in names) + end
    return text, _hashed(text)


def source(environment: Press, name: str) -> str:
    """A file of templates/; a script in the language of the pages."""
    assert environment.loader is not None
    text = environment.loader.get_source(environment, name)[0]
    return environment.script(text) if name.endswith(".js") else text


def _hashed(text: str) -> Markup:
    """By hash: a page taken out of its folder, or opened from a stick, still knows its own script."""
    return Markup(f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'")
